"""Where a visitor comes from, as far as the proxies in front can be trusted."""

from data.settings import settings

UNKNOWN = "local"
_MAPPED = "::ffff:"  # before an address of four numbers, where a process listens to both kinds


def visitor(forwarded_for: str, peer: str | None) -> str:
    """The visitor's address, the same whichever way it is written.

    Args:
        forwarded_for: the `X-Forwarded-For` header; the last entry is the nearest proxy's word. Only as
            many entries are believed as there are proxies of ours (`FIREBREAK_TRUSTED_PROXIES`).
        peer: address of whoever is connected to this process.
    """
    proxies = settings().trusted_proxies
    hops = [h.strip() for h in forwarded_for.split(",") if h.strip()]
    said = hops[-proxies] if proxies and len(hops) >= proxies else peer or UNKNOWN
    return said.removeprefix(_MAPPED) if "." in said else said
