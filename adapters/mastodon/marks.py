"""What links and emphasis in a post's HTML become, whichever way it is read."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import msgspec

from bridgebot.model import Markup, Span

KINDS: Mapping[str, Markup] = {
    **dict.fromkeys(("b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("del", "s", "strike"), "strike"),
    **dict.fromkeys(("code", "pre"), "code"),
}

_SCHEME = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:[/?#:]\S*)?$", re.IGNORECASE)


class Text(msgspec.Struct, frozen=True, gc=False):  # holds nothing that could lead back to it
    """A text and what is set apart in it."""

    text: str
    spans: tuple[Span, ...] = ()


def said(shown: str, href: str, classes: Collection[str], names: Mapping[str, str]) -> str | None:
    """The words for a link that is shown as `shown`; None where they stay and lead to `href` unseen.

    `classes` are those of its element; `names` says how somebody is called whose page it leads to.
    """
    if not href or not shown.strip() or "hashtag" in classes:
        return shown
    if (called := _name(shown, href, classes, names)) is not None:
        return called
    if _SCHEME.match(shown):  # it stays as the author wrote it, unless it leads elsewhere
        return shown if shown == href or _bare(shown) == _bare(href) else href
    if _shortened(shown, href):
        return href
    # What looks like another address than the one it leads to is not left alone.
    return f"{shown} ({href})" if _HOST.match(shown) else None


def _name(shown: str, href: str, classes: Collection[str], names: Mapping[str, str]) -> str | None:
    if href in names:
        return names[href]
    if not shown.startswith("@") or "mention" not in classes:
        return None
    # The address may be of another form than in `mentions`: then the name shown must be enough.
    start = f"{shown.lower()}@"
    same = {name for name in names.values() if f"{name.lower()}@".startswith(start)}
    return same.pop() if len(same) == 1 else None


def _shortened(shown: str, href: str) -> bool:
    """Is this the beginning of the address, as servers show long ones?"""
    begun = shown.removesuffix("…").removesuffix("...")
    return "." in begun and _bare(href).startswith(_bare(begun))


def _bare(address: str) -> str:
    rest = _SCHEME.sub("", address, count=1)
    host, slash, path = rest.partition("/")
    return f"{host.lower()}{slash}{path}".rstrip("/")
