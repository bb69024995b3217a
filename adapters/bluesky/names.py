"""How people and records are called, and where they are opened: pure."""

from __future__ import annotations

from adapters.bluesky.entities import ProfileView

NO_HANDLE = "handle.invalid"  # whose domain does not point back at the person
POST = "app.bsky.feed.post"
_ADDRESSES = {  # of records that are no posts, on the site
    POST: "post",
    "app.bsky.feed.generator": "feed",
    "app.bsky.graph.list": "lists",
}


def handle(actor: ProfileView) -> str:
    """`@ada.example`; of who has no handle that holds, `@did:plc:…`, by which they are found as well."""
    return f"@{actor.did if actor.handle in ('', NO_HANDLE) else actor.handle}"


def url(uri: str, site: str) -> str:
    """Where people open what an at:// address names; what the site has no page for: its author."""
    parts = uri.removeprefix("at://").split("/")
    if len(parts) != 3:
        return f"{site}/profile/{parts[0]}"
    did, collection, key = parts
    if collection == "app.bsky.graph.starterpack":
        return f"{site}/starter-pack/{did}/{key}"
    page = _ADDRESSES.get(collection)
    return f"{site}/profile/{did}/{page}/{key}" if page else f"{site}/profile/{did}"
