"""Timelines, notifications, media, and what the server says of itself."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tests.servers.mastodon_api import Answer, ApiError, Call, Routes, not_found, page
from tests.servers.mastodon_people import MIMES, statuses

routes = Routes()
SIZE = {"width": 480, "height": 360, "size": "480x360", "aspect": 1.3333333333333333}
WAITS = 2  # how often a video is asked after before it is ready


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


# --- media ---


@routes.add("POST", "/api/v2/media", "file", "description", "focus", "thumbnail", scope="write:media")
async def upload(call: Call) -> Answer:
    """A picture is ready at once (200), a film later (202): docs, methods/media, v2."""
    file = call.params.get("file")
    if not isinstance(file, web.FileField):
        raise ApiError(422, "Validation failed: File can't be blank")
    if file.content_type not in MIMES:
        raise ApiError(422, "Validation failed: File content type is invalid")
    kind, id = file.content_type.partition("/")[0], call.world.new_id()
    place = f"{call.world.home}/system/media_attachments/files/{id}"
    made = {
        "id": id,
        "type": kind,
        "url": f"{place}/original/file" if kind == "image" else None,
        "preview_url": f"{place}/small/file",
        "remote_url": None,
        "preview_remote_url": None,
        "text_url": None,
        "meta": _focused(call, {"original": SIZE, "small": SIZE}),
        "description": call.text("description") or None,
        "blurhash": "UGC~-#M{0JfkNFofR%M{IURj%Mt7E0oM%MR*",
        "_owner": call.me,
        "_used": False,
        "_waits": 0 if kind == "image" else WAITS,
        "_place": place,
    }
    call.server.media[id] = made
    return Answer(call.entities.media(made), 200 if made["url"] else 202)


def _focused(call: Call, meta: dict[str, Any]) -> dict[str, Any]:
    if not (focus := call.text("focus")):
        return meta
    x, _, y = focus.partition(",")
    return meta | {"focus": {"x": float(x), "y": float(y)}}


def _medium(call: Call) -> dict[str, Any]:
    """404 when it is attached already (docs, methods/media)."""
    found = call.server.media.get(call.segment())
    if found is None or found["_owner"] is not call.me or found["_used"]:
        raise not_found()
    return found


@routes.add("GET", "/api/v1/media/{id}", scope="write:media")
async def medium(call: Call) -> Answer:
    """206 while it is worked on."""
    found = _medium(call)
    if found["_waits"]:
        found["_waits"] -= 1
    elif found["url"] is None:
        found["url"] = f"{found['_place']}/original/file"
    return Answer(call.entities.media(found), 200 if found["url"] else 206)


@routes.add("PUT", "/api/v1/media/{id}", "description", "focus", "thumbnail", scope="write:media")
async def describe(call: Call) -> Answer:
    found = _medium(call)
    if "description" in call.params:
        found["description"] = call.text("description") or None
    found["meta"] = _focused(call, found["meta"])
    return Answer(call.entities.media(found), 200 if found["url"] else 206)


# --- the server itself ---


def _limits(call: Call) -> dict[str, Any]:
    return {
        "statuses": {
            "max_characters": call.world.flavour.max_characters,
            "max_media_attachments": 4,
            "characters_reserved_per_url": 23,
        },
        "media_attachments": {
            "supported_mime_types": MIMES,
            "image_size_limit": 16777216,
            "image_matrix_limit": 33177600,
            "video_size_limit": 103809024,
            "video_frame_rate_limit": 120,
            "video_matrix_limit": 8294400,
        },
        "polls": {
            "max_options": 4,
            "max_characters_per_option": 50,
            "min_expiration": 300,
            "max_expiration": 2629746,
        },
    }


@routes.add("GET", "/api/v1/instance")
async def instance_v1(call: Call) -> Answer:
    world = call.world
    local = [one for one in world.people.values() if one.host is None]
    return Answer(
        {
            "uri": world.domain,
            "title": "A town",
            "short_description": "",
            "description": "",
            "email": "",
            "version": world.flavour.version,
            "urls": {"streaming_api": call.server.streaming_url} if world.flavour.streaming else {},
            "stats": {"user_count": len(local), "status_count": len(world.statuses), "domain_count": 1},
            "thumbnail": f"{world.home}/preview.png",
            "languages": ["en"],
            "registrations": False,
            "approval_required": False,
            "invites_enabled": True,
            "configuration": {"accounts": {"max_featured_tags": 10}} | _limits(call),
            "contact_account": None,
            "rules": [],
        }
    )


@routes.add("GET", "/api/v2/instance")
async def instance_v2(call: Call) -> Answer:
    world = call.world
    limits = _limits(call)
    limits["media_attachments"]["description_limit"] = 1500
    return Answer(
        {
            "domain": world.domain,
            "title": "A town",
            "version": world.flavour.version,
            "source_url": f"https://{world.flavour.name}.example/source",
            "description": "",
            "usage": {"users": {"active_month": 4}},
            "thumbnail": {"url": f"{world.home}/preview.png", "description": ""},
            "icon": [{"src": f"{world.home}/icon-36.png", "size": "36x36"}],
            "languages": ["en"],
            "configuration": _configuration(call) | limits,
            "registrations": {
                "enabled": False,
                "approval_required": False,
                "reason_required": False,
                "message": None,
                "min_age": None,
                "url": None,
            },
            "api_versions": {"mastodon": 11},
            "wrapstodon": None,
            "contact": {"email": "", "account": None},
            "rules": [],
        }
    )


def _configuration(call: Call) -> dict[str, Any]:
    home, world = call.world.home, call.world
    urls: dict[str, Any] = {"streaming": call.server.streaming_url} if world.flavour.streaming else {}
    everybody = {"local": "public", "remote": "public"}
    return {
        "urls": urls
        | {
            "status": None,
            "about": f"{home}/about",
            "privacy_policy": f"{home}/privacy-policy",
            "terms_of_service": None,
        },
        "vapid": {"public_key": "BPbaJXyseslyEcU9zb-vqWsMSnTPKhjpCB7g2B6H4Xku1g2rmZl8G1kwo2Nq9pUmD6WH"},
        "accounts": {
            "max_display_name_length": 40,
            "max_note_length": 500,
            "max_avatar_description_length": 150,
            "max_header_description_length": 150,
            "max_featured_tags": 10,
            "max_pinned_statuses": 5,
            "max_profile_fields": 4,
            "profile_field_name_limit": 255,
            "profile_field_value_limit": 255,
        },
        "translation": {"enabled": False},
        "timelines_access": {
            "live_feeds": everybody,
            "hashtag_feeds": everybody,
            "trending_link_feeds": everybody,
        },
        "limited_federation": False,
    }


@routes.add("GET", "/.well-known/nodeinfo")
async def nodeinfo_links(call: Call) -> Answer:
    schema = "http://nodeinfo.diaspora.software/ns/schema/2.0"
    return Answer({"links": [{"rel": schema, "href": f"{call.world.home}/nodeinfo/2.0"}]})


@routes.add("GET", "/nodeinfo/2.0")
async def nodeinfo(call: Call) -> Answer:
    flavour = call.world.flavour
    return Answer(
        {
            "version": "2.0",
            "software": {"name": flavour.name, "version": flavour.version},
            "protocols": ["activitypub"],
            "services": {"outbound": [], "inbound": []},
            "usage": {"users": {"total": 4, "activeMonth": 4, "activeHalfyear": 4}, "localPosts": 6},
            "openRegistrations": False,
            "metadata": {"nodeName": "A town", "nodeDescription": ""},
        }
    )
