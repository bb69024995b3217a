"""Quotes: who may, and the shapes that servers give them.

Mastodon: docs.joinmastodon.org, client/quotes and entities/Quote. Pleroma and Akkoma:
lib/pleroma/web/mastodon_api/views/status_view.ex of each.
"""

from __future__ import annotations

from typing import Any

from tests.servers.mastodon_things import Person, Status
from tests.servers.mastodon_world import World

PARAMETERS = {"mastodon": "quoted_status_id", "pleroma": "quote_id", "akkoma": "quote_id"}
GONE = "The post you are trying to quote does not appear to exist."
SHOWN = frozenset({"accepted", "blocked_account", "muted_account"})  # with the post beside it


def may(world: World, status: Status, viewer: Person | None) -> str:
    """`current_user` of QuoteApproval."""
    if viewer is None or status.visibility == "direct":
        return "denied"
    if viewer is status.author:
        return "automatic"
    if status.visibility == "private":
        return "denied"
    allowed = {"public": True, "followers": (viewer, status.author) in world.follows}
    if status.quote_policy == "manual":
        return "manual"
    return "automatic" if allowed.get(status.quote_policy) else "denied"


def approval(world: World, status: Status, viewer: Person | None) -> dict[str, Any]:
    policy = status.quote_policy
    who = [policy] if policy in ("public", "followers") else []
    manual = ["public"] if policy == "manual" else []
    return {"automatic": who, "manual": manual, "current_user": may(world, status, viewer)}


def state(world: World, status: Status, viewer: Person | None) -> str:
    """As this viewer is told of it (app/serializers/rest/base_quote_serializer.rb)."""
    quoted = status.quotes
    assert quoted is not None
    if status.quote_state != "accepted":
        return status.quote_state
    if not world.visible(quoted, viewer):
        return "unauthorized"
    if viewer is not None and (viewer, quoted.author) in world.blocks:
        return "blocked_account"
    if viewer is not None and (viewer, quoted.author) in world.mutes:
        return "muted_account"
    return "accepted"


def shape(entities: Any, status: Status, *, shallow: bool) -> dict[str, Any]:
    """The keys of a status that tell of its quote."""
    world, quoted = entities.world, status.quotes
    told = state(world, status, entities.viewer) if quoted else ""
    shown = quoted if told in SHOWN else None
    whole = entities.status(shown, shallow=True) if shown and not shallow else None
    match world.flavour.quotes:
        case "pleroma":
            more = {
                "quote": whole,
                "quote_id": quoted.id if quoted else None,
                "quote_url": entities.uri(quoted) if quoted else None,
                "quote_visible": shown is not None,
            }
            return {"pleroma": {"local": status.author.host is None, **more}}
        case "akkoma":
            return {"quote": whole, "quote_id": quoted.id if quoted else None, "pleroma": {"local": True}}
    if quoted is None:
        return {"quote": None}
    if shallow:
        return {"quote": {"state": told, "quoted_status_id": shown.id if shown else None}}
    return {"quote": {"state": told, "quoted_status": whole}}


def fallback(entities: Any, status: Status, html: str) -> str:
    """The text with the address of what is quoted, for servers that know no quotes."""
    if status.quotes is None:
        return html
    url = entities.url(status.quotes)
    link = f'<a href="{url}" target="_blank" rel="nofollow noopener" translate="no">{url}</a>'
    if entities.world.flavour.quotes == "mastodon":  # text_formatter.rb: in front
        return f'<p class="quote-inline">RE: {link}</p>{html}'
    return f'{html}<span class="quote-inline"><br/><br/>RE: {link}</span>'
