"""The studio's rules of notices: prepared in a person's draft (PRODUCT.md F2, P8)."""

from typing import Any

from core.access import Who
from core.messages import refuse
from core.studio import LISTS, Area
from core.telling import Rule, check_rule, to_document
from data.commands.studio import edit_draft
from data.engine import Store
from data.queries.channels import personal_channels


def keep_rule(store: Store, who: Who, rule: Rule) -> None:
    """Put a rule into the person's draft; one that says what was shipped takes it out.

    Raises:
        Invalid: nobody would be told, or somebody who may not see what it is about; unknown channels.
    """
    with store.reading(fresh=True) as session:
        channels = personal_channels(session, who)

    def put(content: dict[str, Any]) -> dict[str, Any]:
        refuse(check_rule(rule, (*channels, *rule_before(content))))
        rest = [d for d in content.get(LISTS[Area.NOTICES], ()) if d["key"] != rule.kind]
        return {LISTS[Area.NOTICES]: [*rest, *([] if rule.shipped else [to_document(rule)])]}

    def rule_before(content: dict[str, Any]) -> list[str]:
        """Channels that it kept off already: one may have been taken away from the installation since."""
        known = {d["key"]: d for d in content.get(LISTS[Area.NOTICES], ())}
        return list(known.get(rule.kind, {}).get("off", ()))

    edit_draft(store, who, Area.NOTICES, put)
