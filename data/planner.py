"""What SQLite's planner is told of the store, once and for every size.

Without figures SQLite takes any key of an index for ten rows. Where a key has most of a table it then reads
all of that instead of what a person's own team has. Measuring (`ANALYZE`) would tell it, but from the day of
the measurement alone, so that plans would change as a company grows; figures written by hand keep them
(https://www.sqlite.org/lang_analyze.html: applications may write them). PostgreSQL measures by itself.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from data.schema import Base

_ROWS = 1_000_000  # of every table named here; how they lie is what counts
_MANY = 20_000
_Keys = Mapping[tuple[str, ...], tuple[int, ...]]
_KEYS: Mapping[
    str, _Keys
] = {  # by table: the columns of an index, and how many rows have the same first, first two, …
    "opportunity": {
        ("pipeline_id", "outcome"): (500_000, 100_000),
        ("pipeline_id", "currency"): (500_000, 400_000),
    },
    "action": {("type", "status", "voided_at"): (100_000, 80_000, 80_000)},
    "forecast_line": {
        ("run_id", "opportunity_id"): (_MANY, 1),
        ("run_id", "value"): (_MANY, 1),
    },
    "forecast_win": {("run_id", "opportunity_id"): (_MANY, 1)},
    "alert": {("cleared_at",): (_MANY,)},
}
_BATCH: _Keys = {("batch_id",): (_ROWS,)}  # of an import: most rows came by none


def guide(connection: Connection) -> None:
    """Tell the planner; again and again is fine. Of PostgreSQL nothing is asked."""
    if connection.dialect.name != "sqlite":
        return
    connection.execute(text("ANALYZE sqlite_schema"))  # makes the table where there is none
    connection.execute(text("DELETE FROM sqlite_stat1"))
    told = [row for table in Base.metadata.tables for row in _of(connection, table)]
    if told:
        connection.execute(text("INSERT INTO sqlite_stat1 VALUES (:tbl, :idx, :stat)"), told)
    connection.execute(text("ANALYZE sqlite_schema"))  # reads them


def _of(connection: Connection, table: str) -> list[dict[str, str]]:
    """The figures of a table's indexes, by the names that they have in this store."""
    known = dict(_KEYS.get(table, {}))
    if "batch_id" in Base.metadata.tables[table].columns:
        known.update(_BATCH)
    if not known:
        return []
    named = text("SELECT name FROM pragma_index_list(:table)")
    columns = text("SELECT name FROM pragma_index_info(:index) ORDER BY seqno")
    found = []
    for index in connection.scalars(named, {"table": table}).all():
        key = tuple(connection.scalars(columns, {"index": index}))
        if key in known:
            stat = " ".join(str(n) for n in (_ROWS, *known[key]))
            found.append({"tbl": table, "idx": index, "stat": stat})
    return found
