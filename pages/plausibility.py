"""Which records should I ask about?"""

from components import address
from components.frame import page
from components.navigation import open_page
from components.plausibility import looked_through, reviewed, signs
from core.access import Permission
from data.queries.plausibility import PAGE, plausibility

with page("plausibility.title", needs=Permission.SEE_BOARD) as view:
    found = view.read(plausibility, view.now, address.number("shown") or PAGE)
    looked_through(found)
    if customer := signs(found, view):
        open_page("customer", customer=customer)
    reviewed(found.reviews, view)
