"""Links in foreign words: what they seem to lead to must be where they lead."""

from __future__ import annotations

import unicodedata

import regex

from bridgebot.model import Span
from bridgebot.render.rich import Rich

_UNSEEN = regex.compile(r"[\p{Cf}\p{Mn}\u115f\u1160\u3164\uffa0]")
# A name with a top-level domain, or anything with a scheme: what people take for an address.
_LIKE_ADDRESS = regex.compile(r"[\p{L}\p{N}-]\.\p{L}{2,}|\w:/|\bwww\.", regex.IGNORECASE)
_CHINESE_DOT = regex.compile("(?<=[a-z0-9])。(?=[a-z0-9])")  # browsers take it for one
_FRONT = regex.compile(r"^(?:https?://)?(?:www\.)?")


def honest(text: Rich) -> Rich:
    """Foreign text in which no label passes for another address: there the address stands behind it."""
    links = [span for span in text.spans if span.kind == "link"]
    if not links:
        return text
    return text.spelled(span for span in links if deceives(text.text[span.start : span.end], span))


def deceives(label: str, link: Span) -> bool:
    """Whether the label looks like an address and is not the beginning of the link's own. Pure.

    Invisible characters are taken out and look-alikes of dots and slashes folded first. Networks cut
    a long address short: the whole host must stand there.
    """
    seen = unicodedata.normalize("NFKC", _UNSEEN.sub("", label)).strip().casefold()
    seen = _CHINESE_DOT.sub(".", seen)
    if not _LIKE_ADDRESS.search(seen):
        return False
    address = _bare(link.url or "")
    shown = _bare(seen).removesuffix("...").rstrip("/")  # the normal form of an ellipsis is three dots
    host = regex.split(r"[/?#]", address, maxsplit=1)[0]
    if "@" in host or not shown.startswith(host) or not address.startswith(shown):
        return True
    cut = seen.endswith("...")
    return not cut and address[len(shown) : len(shown) + 1] not in ("", "/", "?", "#")


def _bare(address: str) -> str:
    return str(_FRONT.sub("", address.casefold()))
