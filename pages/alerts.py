"""What is going wrong, and who has it in hand?"""

from functools import partial

from components.alerts import chosen_filters, filters, in_hand, listed, taken
from components.frame import page
from core.access import Permission
from data.commands.alert_handling import assign_alert, snooze_alert
from data.commands.command import Command
from data.queries.alerts import alert_hands, alert_list, one_alert

DOES: dict[str, Command[..., int]] = {
    "assign": assign_alert,
    "snooze": snooze_alert,
}

with page("alerts.title", needs=Permission.HANDLE_ALERTS) as view:
    asked = chosen_filters()
    found = view.read(alert_list, asked, view.now)
    if chosen := taken(view):
        does = {way: partial(view.do, command) for way, command in DOES.items()}
        in_hand(view.read(one_alert, chosen, view.now), partial(view.read, alert_hands), does, view)
    filters(found)
    listed(found, asked.show, view)
