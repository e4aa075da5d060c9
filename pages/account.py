"""Who am I here, how do I sign in, where am I signed in, and which programs speak for me?"""

from components.account import own_sessions_card, password_card, profile_card
from components.frame import page
from components.home_layout import own_card
from components.tokens import own_tokens_card
from components.usage import own_usage
from components.wishes import wishes_card
from core.access import Permission
from data.queries.api_tokens import own_tokens
from data.queries.channels import personal_channels, wishes_of
from data.queries.sessions import own_account, own_sessions
from data.queries.today import layout_in_force

with page("account.title", needs=Permission.OWN_ACCOUNT) as view:
    account = view.read(own_account)
    profile_card(view, account)
    if account.has_password:
        password_card(view, programs=bool(view.read(own_tokens, view.now)))
    own_sessions_card(view, view.read_now(own_sessions, view.now))
    wishes_card(view, view.read(personal_channels), view.read(wishes_of), account.email)
    own_card(*view.read(layout_in_force), view)
    own_tokens_card(view, view.read(own_tokens, view.now))
    own_usage(view)
