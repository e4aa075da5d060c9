"""Icons of action types."""

ICONS = {
    "appointment": ":material/event:",
    "needs_diagnosis": ":material/troubleshoot:",
    "solution_demo": ":material/present_to_all:",
    "objection_handling": ":material/forum:",
    "quote_confirmation": ":material/request_quote:",
}


def type_icon(key: str) -> str:
    """An action type's icon; one for all that the company added."""
    return ICONS.get(key, ":material/label:")
