"""The post that another one quotes, in the shapes that servers have for it: pure.

Mastodon (4.4): `quote` with a `state` and, where the reader may see it, `quoted_status`. Akkoma and the
family of Misskey: `quote` is the post. Pleroma: `pleroma.quote` is the post, `pleroma.quote_url` its address.
All of them put a paragraph of the class `quote-inline` with the address into the text, for other servers.
"""

from __future__ import annotations

import contextlib
import re
from html import unescape
from typing import Any

import msgspec

from adapters.mastodon import filters
from adapters.mastodon.entities import Quoted, Status
from adapters.mastodon.html import text_of
from adapters.mastodon.names import handle, names_of
from bridgebot.model import Quote

# Whoever was quoted does not want it, or the reader wants nothing of them (docs, entities/Quote, state).
_REFUSED = frozenset({"rejected", "revoked", "blocked_account", "blocked_domain", "muted_account"})
_INLINE = re.compile(r'class="[^"]*\bquote-inline\b[^>]*>.*?href="(https?://[^"]+)"', re.DOTALL)


def quotes(status: Status) -> bool:
    """Whether this is a quote, also of what is not shown: its paragraph is then no part of the text."""
    return status.quote is not None or bool(status.pleroma and _pleroma(status))


def quote_of(status: Status, domain: str) -> Quote | None:
    """What is shown of the quoted post: all of it only where the server shows it and nobody refused."""
    state = _said(status.quote, "state")
    if state in _REFUSED:
        return None
    found = _post(status, state)
    if found is not None:
        return _shown(found, domain)
    address = (status.pleroma.quote_url if status.pleroma else None) or _inline(status.content)
    return Quote(address) if address else None


def _post(status: Status, state: str | None) -> Quoted | None:
    """The quoted post; with a state only where it is `accepted` (unknown ones count for unauthorized)."""
    inner = status.quote if state is None else status.quote.get("quoted_status")
    if inner is None and status.pleroma is not None:
        inner = status.pleroma.quote
    if inner is None or state not in (None, "accepted"):
        return None
    with contextlib.suppress(msgspec.ValidationError):  # nobody wrote down what may stand here
        return msgspec.convert(inner, Quoted)
    return None


def _shown(post: Quoted, domain: str) -> Quote | None:
    address = next((one for one in (post.url, post.uri) if one and one.startswith("http")), None)
    if address is None:
        return None
    words = [*filters.titles(filters.matching(post.filtered or ())), post.spoiler_text or ""]
    hidden = " · ".join(word for word in words if word)
    text = hidden or text_of(post.content or "", names_of(post.mentions or (), domain), quotes=True).text
    return Quote(address, post.id, handle(post.account.acct, domain) if post.account else "", text)


def _pleroma(status: Status) -> bool:
    assert status.pleroma is not None
    return bool(status.pleroma.quote or status.pleroma.quote_url)


def _said(value: Any, name: str) -> str | None:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def _inline(html: str | None) -> str | None:
    found = _INLINE.search(html or "")
    return unescape(found[1]) if found else None
