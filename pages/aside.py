"""What do I need to know of this customer while I chat with them?"""

from components.aside import brief, sought
from components.frame import page
from core.access import Permission
from data.queries.customer_file import customer_file

with page("aside.title", needs=Permission.SEE_CUSTOMERS) as view:
    found = sought(view)
    if found is not None:
        brief(view.read(customer_file, found), view)
