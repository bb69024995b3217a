"""How somebody is called: pure."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.mastodon.entities import Mention


def handle(acct: str, domain: str) -> str:
    """`domain`: the host in the handles of the server's own people, which it leaves out."""
    return f"@{acct}" if "@" in acct else f"@{acct}@{domain}"


def names_of(mentions: Iterable[Mention], domain: str) -> dict[str, str]:
    """How those are called whom a post names, by the addresses of their pages."""
    return {one.url: handle(one.acct, domain) for one in mentions if one.url}
