"""Which customers are mine, and which of them need me?"""

from components import address
from components.customer_forms import customer_form
from components.customers import added, customer_filters, customer_rows, customers_buttons, pager
from components.frame import page
from components.own_values import gathered
from core.access import Permission
from core.customers import CustomerInput
from data.commands.customers import open_customer
from data.queries.customers import choices, customer_list
from data.queries.own_fields import company_fields

with page("customers.title", needs=Permission.SEE_CUSTOMERS) as view:
    options = view.read(choices)
    customers_buttons(view)
    filters = customer_filters(options, view)
    found = view.read(customer_list, filters, view.now)
    customer_rows(found, view)
    pager(found.total, filters.page)
    if address.said("do") == "new":
        customer_form(
            None,
            options,
            view.read(company_fields),
            view,
            lambda typed, version: view.do(open_customer, CustomerInput(**gathered(typed))),
            lambda: None,
            added,
        )
