"""From one database to another, such as SQLite to PostgreSQL, counted and compared."""

from core.messages import Invalid, Problem
from data.backup.tables import fill, lines, one_moment, require_empty, shapes, sums
from data.engine import Store
from data.migrate import is_current, revision_of


def move(source: Store, target: Store) -> dict[str, tuple[int, str]]:
    """Write every row of one store into another, empty one; returns rows and digest of each table.

    Files stay where they are. Whatever is written to the source meanwhile is noticed at the end.

    Raises:
        Invalid: the source has another release's schema, the target is not empty, or the source changed.
    """
    if not is_current(source):
        raise Invalid([Problem("store", "store_of_other_release")])
    require_empty(target)
    wanted = shapes()
    with one_moment(source) as connection:
        here = fill(
            target, revision_of(source) or "", ((shape, lines(connection, shape)) for shape in wanted)
        )
    with one_moment(source) as connection:
        there = sums(connection, wanted)
    if changed := [name for name in here if here[name] != there[name]]:
        raise Invalid([Problem("store", "changed_meanwhile", {"tables": ", ".join(changed)})])
    return here
