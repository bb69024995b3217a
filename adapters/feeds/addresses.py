"""Addresses of feeds: what people write, and what of it is a secret. Pure."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field

from yarl import URL

MOST = 4096  # characters; browsers and servers take no longer ones either

# Words by which servers name what lets in whoever has it (`?token=…`, `?auth=…`), and private parts of sites.
_SECRET_NAME = re.compile(r"token|secret|passw|pwd|auth|signature|api_?key|^(key|sig|sid|code|pass)$", re.I)
_PRIVATE_PATH = re.compile(r"(^|[/.])private([/.]|$)", re.I)
_VEIL = " "  # which stands in no address


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked, and with which password."""

    url: URL = field(repr=False)
    authorization: str | None = field(default=None, repr=False)  # a header


def meant(written: str) -> tuple[str, ...]:
    """The addresses that somebody may mean, the likeliest first; none where it is no address.

    `feed:` stands in front of a whole address or in the place of `http:` (the draft of that scheme,
    draft-obasanjo-feed-URI-scheme-02, knows both).
    """
    written = written.strip()
    scheme, colon, rest = written.partition(":")
    if colon and scheme.lower() == "feed":
        if rest.lower().startswith(("http://", "https://")):
            return meant(rest)
        rest = rest.lstrip("/")
        return (*meant(f"https://{rest}"), *meant(f"http://{rest}"))
    found = _clean(written)
    return () if found is None else (found,)


def absolute(base: str, href: str) -> str | None:
    """Where a link on a page leads; None where that is nothing of the web."""
    try:
        return _clean(str(URL(base).with_user(None).join(URL(href.strip()))))
    except ValueError:
        return None


def target(address: str) -> Target:
    """How an address is asked: a name and password in it go into a header. Raises ValueError."""
    url = URL(address)
    if url.user is None and url.password is None:
        return Target(url)
    both = f"{url.user or ''}:{url.password or ''}".encode()
    return Target(url.with_user(None), f"Basic {base64.b64encode(both).decode()}")


def moved(address: str, to: str) -> str:
    """An address that moved. The name and password go along within a server, and to no other one."""
    old, new = URL(address), URL(to)
    if new.user is None and (old.host, old.port) == (new.host, new.port):
        new = new.with_user(old.user).with_password(old.password)
    return str(new)


def host(address: str) -> str:
    """The server's name, as people read it."""
    return (URL(address).host or "").lower()


def is_private(address: str) -> bool:
    """Whether it lets in whoever has it, as far as that can be seen."""
    url = URL(address)
    if url.user is not None or url.password is not None or _PRIVATE_PATH.search(url.path):
        return True
    return any(_SECRET_NAME.search(name) for name in url.query)


def veiled(name: str, address: str) -> str:
    """What a feed is called at its hub, without what of its address may be a secret: most are called as they
    are asked, or differ in scheme or host alone.
    """
    own = _own(address)
    return name.replace(own, _VEIL) if own else name


def unveiled(name: str, address: str) -> str:
    """The name that `veiled` made so."""
    return name.replace(_VEIL, _own(address))


def _own(address: str) -> str:
    """What of an address no other one has."""
    return URL(address).raw_path_qs.strip("/")


def _clean(address: str) -> str | None:
    """An address in one spelling, without what leads to a place within it."""
    try:
        url = URL(address).with_fragment(None)
        usable = url.scheme in ("http", "https") and bool(url.host) and len(address) <= MOST
    except ValueError:  # also of a name that is no IDNA
        return None
    if not usable:
        return None
    url = url.with_port(None) if url.is_default_port() else url
    return str(url if url.query_string or url.raw_path != "/" else url.with_path("/"))
