"""What a server says of itself: limits, addresses, software."""

from __future__ import annotations

from typing import Any

from tests.servers.mastodon_api import Answer, Call, Routes
from tests.servers.mastodon_media import MIMES

routes = Routes()


POLLS = {
    "max_options": 4,
    "max_characters_per_option": 50,
    "min_expiration": 300,
    "max_expiration": 2629746,
}


def _limits(call: Call) -> dict[str, Any]:
    """Takahe says nothing of polls, Pixelfed that it has none, snac takes more."""
    match call.world.flavour.name:
        case "takahe":
            polls = {}
        case "pixelfed":
            polls = {"polls": dict.fromkeys(POLLS, 0)}
        case "snac":
            polls = {"polls": POLLS | {"max_options": 8}}
        case _:
            polls = {"polls": POLLS}
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
        **polls,
    }


# docs/…/differences_in_mastoapi_responses.md of Akkoma, Instance: beside, not in, the configuration
_AKKOMA = {
    "max_toot_chars": 5000,
    "description_limit": 5000,
    "upload_limit": 16000000,
    "poll_limits": {
        "max_options": 20,
        "max_option_chars": 200,
        "min_expiration": 0,
        "max_expiration": 31536000,
    },
}


@routes.add("GET", "/api/v1/instance")
async def instance_v1(call: Call) -> Answer:
    world = call.world
    local = [one for one in world.people.values() if one.host is None]
    configuration = {"accounts": {"max_featured_tags": 10}} | _limits(call)
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
            "contact_account": None,
            "rules": [],
        }
        | (_AKKOMA if world.flavour.name == "akkoma" else {"configuration": configuration})
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
            **({"api_versions": {"mastodon": 11}} if world.flavour.name == "mastodon" else {}),
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
