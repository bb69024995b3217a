"""Timelines and notifications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.servers.mastodon_api import Answer, Call, Routes, not_found, page
from tests.servers.mastodon_people import statuses

routes = Routes()


@routes.add("GET", "/api/v1/timelines/home", "local", scope="read:statuses", paged=True)
async def home(call: Call) -> Answer:
    me = call.me
    assert me is not None
    found = [one for one in call.world.statuses.values() if call.world.in_home(one, me)]
    return statuses(call, found, always_next=True)


@routes.add("GET", "/api/v1/timelines/list/{id}", scope="read:lists", paged=True)
async def list_timeline(call: Call) -> Answer:
    people = call.world.lists.get(call.segment())
    if people is None or people.owner is not call.me:
        raise not_found()
    found = [one for one in call.world.statuses.values() if call.world.in_list(one, people)]
    return statuses(call, found, always_next=True)


@routes.add(
    "GET",
    "/api/v1/timelines/tag/{id}",
    *("local", "remote", "only_media", "any", "all", "none"),
    scope="read:statuses",
    anonymous=True,
    paged=True,
)
async def tag_timeline(call: Call) -> Answer:
    """Public posts alone, no boosts (mastodon: app/models/tag_feed.rb)."""
    tag = call.segment().lower()
    found = [one for one in _public(call) if tag in [name.lower() for name in one.tags]]
    return statuses(call, found)


@routes.add(
    "GET",
    "/api/v1/timelines/public",
    *("local", "remote", "only_media"),
    scope="read:statuses",
    anonymous=True,
    paged=True,
)
async def public_timeline(call: Call) -> Answer:
    """No boosts and no answers to others (mastodon: app/models/public_feed.rb)."""
    return statuses(call, [one for one in _public(call) if one.reply_to_id is None])


def _public(call: Call) -> list[Any]:
    found = [one for one in call.world.statuses.values() if one.visibility == "public" and not one.boosts]
    if call.flag("local"):
        found = [one for one in found if one.author.host is None]
    return [one for one in found if one.media] if call.flag("only_media") else found


@dataclass(eq=False)
class _PutAside:
    """A bookmark: pages go by its own id, not by the post's (bookmarks_controller.rb)."""

    id: str
    status: Any


@routes.add("GET", "/api/v1/bookmarks", scope="read:bookmarks", paged=True)
async def bookmarks(call: Call) -> Answer:
    """The last to be put aside first; 20 unless asked otherwise, at most 40."""
    world = call.world
    found = [
        _PutAside(id, status)
        for (person, status), id in world.bookmarks.items()
        if person is call.me and world.visible(status, call.me)
    ]
    shown, links = page(call, found)
    return Answer([call.entities.status(one.status) for one in shown], headers=links)


# --- notifications ---


def _told(call: Call) -> list[Any]:
    return [one for one in call.world.notifications if one.to is call.me]


@routes.add(
    "GET",
    "/api/v1/notifications",
    *("types", "exclude_types", "account_id", "include_filtered"),
    scope="read:notifications",
    paged=True,
)
async def notifications(call: Call) -> Answer:
    """40 unless asked otherwise, at most 80 (docs, methods/notifications)."""
    found, only, without = _told(call), call.many("types"), call.many("exclude_types")
    if only:
        found = [one for one in found if one.type in only]
    found = [one for one in found if one.type not in without]
    if by := call.text("account_id"):
        found = [one for one in found if one.by.id == by]
    shown, links = page(call, found, most=80, usual=40, always_next=True)
    return Answer([call.entities.notification(one) for one in shown], headers=links)


@routes.add("GET", "/api/v1/notifications/{id}", scope="read:notifications")
async def notification(call: Call) -> Answer:
    for one in _told(call):
        if one.id == call.segment():
            return Answer(call.entities.notification(one))
    raise not_found()


@routes.add("POST", "/api/v1/notifications/clear", scope="write:notifications")
async def clear(call: Call) -> Answer:
    call.world.notifications = [one for one in call.world.notifications if one.to is not call.me]
    return Answer({})


@routes.add("POST", "/api/v1/notifications/{id}/dismiss", scope="write:notifications")
async def dismiss(call: Call) -> Answer:
    found = [one for one in _told(call) if one.id == call.segment()]
    if not found:
        raise not_found()
    call.world.notifications.remove(found[0])
    return Answer({})
