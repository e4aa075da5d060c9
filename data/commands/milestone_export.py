"""The path of milestones as a file, with the rows that prove it (PRODUCT.md E)."""

from core.access import Permission
from core.messages import Problem, refuse
from data.commands.command import Tx, command
from data.exchange.milestone_book import milestone_book
from data.exchange.milestone_print import milestone_page
from data.queries.milestone_results import results
from data.queries.milestones import milestone_path, proof

FORMS = ("xlsx", "html")


@command("milestone.export", needs=Permission.SEE_MILESTONES)
def export_milestones(tx: Tx, team_id: int | None, form: str, language: str) -> bytes:
    """A place's path as a file: `xlsx`, or `html` for printing.

    Raises:
        NotFound: no such place within reach.
        Invalid: no such form.
    """
    refuse([] if form in FORMS else [Problem("form", "unknown_choice", {"value": form})])
    path = milestone_path(tx.session, tx.who, team_id, tx.now)
    wanted = [(stop.day, told.criterion) for stop in path.stops for told in stop.assessments]
    proofs = [
        found
        for day, name in wanted
        if (found := proof(tx.session, tx.who, team_id, day, name, tx.now)) is not None
    ]
    tx.audit(
        "export", None, after={"team": path.team, "form": form, "rows": sum(len(p.rows) for p in proofs)}
    )
    if form == "xlsx":
        return milestone_book(language, path, proofs)
    told = [result for stop in path.stops for result in results(tx.session, tx.who, team_id, stop.day)]
    return milestone_page(language, path, told, proofs)
