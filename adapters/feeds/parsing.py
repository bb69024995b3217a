"""From the bytes of an answer to a feed: pure, and within bounds whatever stands in them."""

from __future__ import annotations

from adapters.feeds import jsonfeed, xml
from adapters.feeds.entities import Feed, Unreadable

MOST = 10_000  # entries
_JSON = ("{",)


def parse(body: bytes, charset: str | None, base: str) -> Feed:
    """A feed in any of its formats; `base` is where it was read. Raises Unreadable or TooMuch."""
    text = xml.decoded(body, charset)
    if text[:64].lstrip("\ufeff \t\r\n").startswith(_JSON):
        return jsonfeed.read(text.lstrip("\ufeff"), base, MOST)
    try:
        return xml.read(text, base, MOST)
    except (RecursionError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
        # feedparser meets what nobody thought of with whatever error Python has.
        raise Unreadable(type(error).__name__) from error


def charset(content_type: str) -> str | None:
    """The encoding that a server names."""
    for part in content_type.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None
