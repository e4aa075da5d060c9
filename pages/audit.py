"""Who changed what, when, and can it be taken back?"""

from functools import partial

from components import address
from components.audit import audit_filters, audit_pager, audit_rows, undone
from components.frame import page
from core.access import Permission
from data.commands.undo import undo
from data.queries.audit_log import audit_choices, audit_log

with page("audit.title", needs=Permission.SEE_AUDIT) as view:
    filters = audit_filters(view.read(audit_choices))
    log = view.read(audit_log, filters, view.now)
    if back := audit_rows(log, view):
        undone(partial(view.do, undo, back))
    audit_pager(log, address.number("before"))
