"""Which posts a bridge brought, as far as a server tells: by what they were written with, and for whom.

A list can only name some. Nothing depends on its being whole: what it does not name is told by its words.
"""

from __future__ import annotations

from functools import lru_cache

from adapters.mastodon.entities import Status

# Programs that carry posts from elsewhere, by the names under which they register.
_PROGRAMS = frozenset(
    {
        "buffer",
        "crossposter",
        "dlvr.it",
        "echofeed",
        "feed2toot",
        "feedecho",
        "fedica",
        "ifttt",
        "make",
        "mastodon twitter crossposter",
        "mastofeed",
        "moa",
        "moa bridge",
        "n8n",
        "openvibe",
        "postiz",
        "publer",
        "skymoth",
        "zapier",
    }
)
# Servers that show the people of another network as if they lived there.
_PROXIES = ("brid.gy", "mostr.pub", "momostr.pink", "bird.makeup", "rss-parrot.net")


def name(status: Status) -> str | None:
    """With what a post was written, where its author lets that be seen."""
    return (status.application.name or None) if status.application is not None else None


def bridged(status: Status) -> bool:
    """Whether somebody's bridge brought it from another network."""
    if status.application is not None and (status.application.name or "").casefold() in _PROGRAMS:
        return True
    _, elsewhere, host = status.account.acct.rpartition("@")
    return bool(elsewhere) and _is_proxy(host)


@lru_cache(1024)
def _is_proxy(host: str) -> bool:
    return any(host.lower() == proxy or host.lower().endswith(f".{proxy}") for proxy in _PROXIES)
