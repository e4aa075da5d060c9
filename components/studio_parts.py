"""The parts of the studio, put together: each reads its desk, draws it, and carries out what is asked."""

from collections.abc import Callable
from functools import partial
from typing import Any

from components import (
    studio,
    studio_field_editor,
    studio_fields,
    studio_home,
    studio_lists,
    studio_notices,
    studio_report_editor,
    studio_reports,
    studio_rules,
)
from components.frame import View
from core.reports.library import Report
from core.studio import Area
from core.telling import KINDS, Rule, rule_of
from core.vocabulary import offered
from data.commands.command import Command
from data.commands.home import keep_layout
from data.commands.studio import discard_draft, keep_rules, publish, rebase_draft, restore
from data.commands.studio_fields import bring_back_field, drop_field, keep_field, move_field
from data.commands.studio_lists import keep_grade_rules, keep_tags, keep_types
from data.commands.studio_notices import keep_rule
from data.commands.studio_reports import bring_back_report, drop_report, keep_report
from data.queries.channels import personal_channels
from data.queries.home_preview import waiting
from data.queries.metrics.report import Shown
from data.queries.reports import offered as offered_choices
from data.queries.reports import report_preview
from data.queries.rules_preview import rules_preview
from data.queries.studio import Desk, desk
from data.queries.studio_lists import (
    grades_preview,
    shipped_stages,
    stages_in_use,
    tags_in_use,
    tags_preview,
)
from data.queries.studio_preview import fields_preview
from data.queries.telling_preview import Told, rule_preview, told_lately

PUBLISH: Command[..., int] = publish
RESTORE: Command[..., int] = restore
FIELDS: dict[str, Callable[..., Any]] = {
    "keep": keep_field,
    "up": partial(move_field, by=-1),
    "drop": drop_field,
    "back": bring_back_field,
}
REPORTS: dict[str, Callable[..., Any]] = {
    "keep": keep_report,
    "drop": drop_report,
    "back": bring_back_report,
}
KEEP_RULES: Callable[..., None] = keep_rules
KEEP_TAGS: Callable[..., None] = keep_tags
KEEP_STAGES: Callable[..., None] = keep_types
KEEP_GRADES: Callable[..., None] = keep_grade_rules
KEEP_LAYOUT: Callable[..., None] = keep_layout
KEEP_RULE: Callable[..., None] = keep_rule
AREA: dict[str, Callable[..., Any]] = {
    "publish": PUBLISH,
    "restore": RESTORE,
    "discard": discard_draft,
    "rebase": rebase_draft,
}


def fields(view: View) -> None:
    """The company's own fields."""
    found = view.read_now(desk, Area.FIELDS)
    does = studio.commands(view, Area.FIELDS, AREA)
    edits = {name: partial(view.do, work) for name, work in FIELDS.items()}
    studio.at_work(found, does, view)
    studio_fields.fields_block(found, edits)
    studio_field_editor.editor(found, edits["keep"], view)
    describe = studio_fields.describer(found.policy.own_fields)
    studio.publishing(Area.FIELDS, found, does, describe, partial(held_against, found, view), view)
    studio.versions(found, does["restore"], describe, view)


def held_against(found: Desk, view: View) -> None:
    """The draft on real records."""
    own = found.policy.own_fields
    studio_fields.preview(view.read(fields_preview, own, found.waiting, view.now), own, view)


def rules(view: View) -> None:
    """The policy's numbers and switches."""
    found = view.read_now(desk, Area.RULES)
    does = studio.commands(view, Area.RULES, AREA)
    describe = studio_rules.describer(view)
    studio.at_work(found, does, view)
    studio_rules.rules_block(found, partial(view.do, KEEP_RULES), view)
    studio.publishing(Area.RULES, found, does, describe, partial(would_mean, found, view), view)
    studio.versions(found, does["restore"], describe, view)


def would_mean(found: Desk, view: View) -> None:
    """The draft's rules on what is recorded."""
    policies = found.in_force, found.policy
    studio_rules.preview(view.read(rules_preview, policies, found.waiting, view.now), view)


def reports(view: View) -> None:
    """The company's own reports."""
    found, choices = view.read(desk, Area.REPORTS), view.read(offered_choices)
    does = studio.commands(view, Area.REPORTS, AREA)
    edits = {name: partial(view.do, work) for name, work in REPORTS.items()}
    studio.at_work(found, does, view)
    studio_reports.reports_block(found, edits, choices, view)
    studio_report_editor.editor(found, edits["keep"], partial(shown_now, view), choices, view)
    describe = studio_reports.describer(choices)
    studio.publishing(Area.REPORTS, found, does, describe, partial(would_show, found, view), view)
    studio.versions(found, does["restore"], describe, view)


def shown_now(view: View, report: Report) -> Shown:
    """A report on the records as they stand."""
    return view.read(report_preview, report, view.now)


def would_show(found: Desk, view: View) -> None:
    """The draft's reports on the records as they stand."""
    waiting = [r for r in found.policy.own_reports if r.name in found.waiting and not r.retired]
    studio_reports.preview([shown_now(view, report) for report in waiting], view)


def tags(view: View) -> None:
    """The company's tags."""
    found = view.read(desk, Area.TAGS)
    _at_work(Area.TAGS, found, view)
    uses = view.read(tags_in_use, found.policy.tags)
    studio_lists.tags_block(uses, found, partial(view.do, KEEP_TAGS), view)
    _into_force(Area.TAGS, found, view, partial(tags_would_mean, found, view))


def tags_would_mean(found: Desk, view: View) -> None:
    """The draft's tags on the customers that carry them."""
    studio_lists.tags_effect(view.read(tags_preview, found.in_force, found.policy))


def stages(view: View) -> None:
    """The action types, which are the stages too."""
    found = view.read(desk, Area.STAGES)
    _at_work(Area.STAGES, found, view)
    keep = partial(view.do, KEEP_STAGES)
    uses = view.read(stages_in_use, found.policy.stages)
    studio_lists.stages_block(uses, shipped_stages(), found, keep, view)
    stood = offered(found.in_force.stages)
    _into_force(Area.STAGES, found, view, partial(studio_lists.stages_effect, uses, stood))


def grades(view: View) -> None:
    """The rules that propose grades."""
    found = view.read(desk, Area.GRADES)
    _at_work(Area.GRADES, found, view)
    studio_lists.grades_block(found, partial(view.do, KEEP_GRADES), view)
    _into_force(Area.GRADES, found, view, partial(grades_would_mean, found, view))


def grades_would_mean(found: Desk, view: View) -> None:
    """The draft's rules on real customers."""
    studio_lists.grades_effect(view.read(grades_preview, found.policy, view.now))


def _at_work(area: Area, found: Desk, view: View) -> None:
    studio.at_work(found, studio.commands(view, area, AREA), view)


def _into_force(area: Area, found: Desk, view: View, preview: Callable[[], None]) -> None:
    does = studio.commands(view, area, AREA)
    describe = studio_lists.describer(found.policy.own_fields)
    studio.publishing(area, found, does, describe, preview, view)
    studio.versions(found, does["restore"], describe, view)


def home(view: View) -> None:
    """The layout of Today by role."""
    found, role = view.read(desk, Area.HOME), studio_home.chosen_role()
    does, describe = studio.commands(view, Area.HOME, AREA), studio_home.describer()
    studio.at_work(found, does, view)
    studio_home.home_block(found, role, partial(view.do, KEEP_LAYOUT), view)
    studio.publishing(Area.HOME, found, does, describe, partial(would_see, found, role, view), view)
    studio.versions(found, does["restore"], describe, view)


def would_see(found: Desk, role: str, view: View) -> None:
    """The draft's layout on what waits now."""
    studio_home.preview(found, role, view.read(waiting, role, view.now))


def notices(view: View) -> None:
    """How each kind of notice is told."""
    found, lately = view.read(desk, Area.NOTICES), view.read(told_lately, view.now)
    does, describe = studio.commands(view, Area.NOTICES, AREA), studio_notices.describer()
    channels, keep = view.read(personal_channels), partial(view.do, KEEP_RULE)
    studio.at_work(found, does, view)
    studio_notices.editor(found, keep, partial(would_tell, view), channels, view)
    studio_notices.notices_block(found, lately)
    studio.publishing(Area.NOTICES, found, does, describe, partial(would_have_told, found, view), view)
    studio.versions(found, does["restore"], describe, view)


def would_tell(view: View, rule: Rule) -> Told:
    """A rule on what was told lately."""
    return view.read(rule_preview, rule, view.now)


def would_have_told(found: Desk, view: View) -> None:
    """The draft's rules on what was told lately."""
    rules = [rule_of(found.policy.notice_rules, kind) for kind in sorted(found.waiting & set(KINDS))]
    studio_notices.preview(rules, [would_tell(view, rule) for rule in rules], view)


PARTS: dict[str, Callable[[View], None]] = {
    "fields": fields,
    "stages": stages,
    "tags": tags,
    "grades": grades,
    "rules": rules,
    "reports": reports,
    "home": home,
    "notices": notices,
    "elsewhere": studio.elsewhere,
}
