"""Who may read the measurements: this machine and whom the operator names, and nobody through a proxy."""

from __future__ import annotations

import hmac
import ipaddress

from aiohttp import hdrs, web
from yarl import URL

from bridgebot.config import WebSettings

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# One of these, and the request was handed on by somebody: its peer's address says nothing.
_HANDED_ON = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via", "CF-Connecting-IP")


def may_scrape(request: web.Request, settings: WebSettings) -> bool:
    """By the token from a file, or else by the address of who asks directly."""
    given = request.headers.get(hdrs.AUTHORIZATION, "")
    token = settings.metrics_token
    if token is not None and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    return not _came_through_a_proxy(request, settings) and _is_allowed(request, settings)


def _came_through_a_proxy(request: web.Request, settings: WebSettings) -> bool:
    """Proxies say so, or pass on the name by which people know the site; old ones speak HTTP/1.0."""
    public = URL(settings.public_url).host if settings.public_url else None
    asked = URL(f"http://{request.host}").host if _sound(request.host) else None
    named = public is not None and asked == public and not settings.is_own(public)
    return named or request.version < (1, 1) or any(name in request.headers for name in _HANDED_ON)


def _sound(host: str) -> bool:
    try:
        return bool(URL(f"http://{host}").host)
    except ValueError:
        return False


def _is_allowed(request: web.Request, settings: WebSettings) -> bool:
    peer = request.transport.get_extra_info("peername") if request.transport else None
    if not peer:
        return False
    address = ipaddress.ip_address(str(peer[0]).partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)  # a socket for both families shows 127.0.0.1 as ::ffff:…
    return any((mapped or address) in network for network in settings.metrics_networks)
