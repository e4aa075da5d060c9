"""Who is asking, and whether they may: a bearer token, its rate, its scopes, its person's role."""

from starlette.requests import Request

from core.access import decide
from core.api import allows
from core.messages import NotAllowed
from data.api.faults import Refusal
from data.api.limit import Limiter
from data.api.operation import Operation
from data.commands.api_tokens import PREFIX, USE_STEP, note_use
from data.commands.sessions import fingerprint
from data.engine import Store
from data.queries.api_tokens import Bearer, bearer
from data.queries.policies import policy_in_force
from data.visitor import visitor

WRONG_PER_MINUTE = 30  # requests without a good token that one address may make
_LONGEST = 200
LIMITER = Limiter()


def admitted(store: Store, request: Request, op: Operation) -> Bearer:
    """The person for whom a request speaks. Cookies are not looked at: a browser cannot be made to ask.

    Raises:
        Refusal: no good token, too many requests, or the token's scopes do not reach so far.
        NotAllowed: its person's role does not.
    """
    now, token = store.clock(), _token(request)
    with store.reading(fresh=True) as session:
        found = bearer(session, fingerprint(token), now) if token else None
        per_minute = policy_in_force(session).api_per_minute
    if found is None:
        _slow(LIMITER.wait(f"address:{_address(request)}", now, WRONG_PER_MINUTE))
        raise Refusal(401, "no_token", {"WWW-Authenticate": 'Bearer realm="firebreak"'})
    _slow(LIMITER.wait(f"token:{found.token_id}", now, per_minute))
    if found.last_used_at is None or found.last_used_at <= now - USE_STEP:
        note_use(store, found.token_id)
    if not allows(found.scopes, op.group, op.access):
        raise Refusal(403, "scope", scope=f"{op.group}:{op.access}")
    if op.sees and not decide(found.who, op.sees).allowed:
        raise NotAllowed(permission=op.sees)
    return found


def _token(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    good = scheme.lower() == "bearer" and token.startswith(PREFIX) and len(token) <= _LONGEST
    return token if good else None


def _slow(seconds: int) -> None:
    if seconds:
        raise Refusal(429, "too_many", {"Retry-After": str(seconds)}, n=seconds)


def _address(request: Request) -> str:
    peer = request.client.host if request.client else None
    return visitor(request.headers.get("x-forwarded-for", ""), peer)
