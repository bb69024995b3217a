"""What the site says of itself, and the empty lists of what it does not have, which apps ask for."""

from __future__ import annotations

from typing import Any

from adapters.plaza.api.door import Call, Door, Reply
from adapters.plaza.api.entities import domain
from adapters.plaza.api.kitchen import Kitchen
from adapters.plaza.api.statuses import URL_LENGTH
from bridgebot.model import FileLimits

# Servers that speak Mastodon's API begin with the version that they are like.
VERSION = "4.3.0 (compatible; Plaza 1.0)"
_SOURCE = "https://docs.joinmastodon.org/methods/"
_EMPTY = {
    "/api/v1/custom_emojis": "",
    "/api/v1/announcements": "",
    "/api/v1/trends/tags": "",
    "/api/v1/trends/statuses": "",
    "/api/v1/trends/links": "",
    "/api/v1/lists": "read:lists",
    "/api/v1/filters": "read:filters",
    "/api/v2/filters": "read:filters",
    "/api/v1/blocks": "read:blocks",
    "/api/v1/mutes": "read:mutes",
    "/api/v1/conversations": "read:statuses",
    "/api/v1/followed_tags": "read:follows",
    "/api/v1/endorsements": "read:accounts",
    "/api/v1/scheduled_statuses": "read:statuses",
    r"/api/v1/accounts/{id:\d{1,15}}/followers": "read:accounts",
    r"/api/v1/accounts/{id:\d{1,15}}/following": "read:accounts",
    r"/api/v1/accounts/{id:\d{1,15}}/featured_tags": "read:accounts",
    r"/api/v1/accounts/{id:\d{1,15}}/lists": "read:lists",
}


class Instance:
    """The methods about the site."""

    def __init__(self, door: Door, kitchen: Kitchen, files: FileLimits | None) -> None:
        self._kitchen = kitchen
        self._files = files
        door.add("GET", "/api/v1/instance", self.first)
        door.add("GET", "/api/v2/instance", self.second)
        door.add("GET", "/api/v1/preferences", self.preferences, "read:accounts")
        for path, scope in _EMPTY.items():
            door.add("GET", path, self.nothing, *([scope] if scope else []))

    async def nothing(self, call: Call) -> Reply:
        """Proves the token all the same: an empty list is no answer to a stranger."""
        await call.read(lambda connection, me: None)
        return Reply([])

    async def preferences(self, call: Call) -> Reply:
        await call.look(lambda connection, me: None)
        return Reply(
            {
                "posting:default:visibility": "public",
                "posting:default:sensitive": False,
                "posting:default:language": None,
                "reading:expand:media": "default",
                "reading:expand:spoilers": False,
            }
        )

    async def second(self, call: Call) -> Reply:
        url, options = self._kitchen.entities.url, self._kitchen.options()
        return Reply(
            {
                "domain": domain(url("/")),
                "title": options.title,
                "version": VERSION,
                "source_url": _SOURCE,
                "description": "",
                "usage": {"users": {"active_month": 0}},
                "thumbnail": {"url": url("/plaza/icon.svg"), "description": ""},
                "icon": [],
                "languages": ["en", "zh"],
                "configuration": {"urls": {"about": url("/")}, **self._limits()},
                "registrations": {"enabled": False, "approval_required": False, "message": None, "url": None},
                "api_versions": {"mastodon": 2},
                "contact": {"email": "", "account": None},
                "rules": [],
            }
        )

    async def first(self, call: Call) -> Reply:
        url, options = self._kitchen.entities.url, self._kitchen.options()
        return Reply(
            {
                "uri": domain(url("/")),
                "title": options.title,
                "short_description": "",
                "description": "",
                "email": "",
                "version": VERSION,
                "urls": {},
                "stats": {"user_count": 0, "status_count": 0, "domain_count": 0},
                "thumbnail": url("/plaza/icon.svg"),
                "languages": ["en", "zh"],
                "registrations": False,  # in the chat alone: /join
                "approval_required": False,
                "invites_enabled": False,
                "configuration": self._limits(),
                "contact_account": None,
                "rules": [],
            }
        )

    def _limits(self) -> dict[str, Any]:
        return {
            "accounts": {"max_featured_tags": 0, "max_pinned_statuses": 0},
            "statuses": {
                "max_characters": self._kitchen.options().limit,
                "max_media_attachments": self._files.count if self._files else 0,
                "characters_reserved_per_url": URL_LENGTH,
            },
            "media_attachments": self._media(),
            "polls": {"max_options": 0, "max_characters_per_option": 0},
            "translation": {"enabled": False},
        }

    def _media(self) -> dict[str, Any]:
        """Films are not among the types; some apps ask for their limits all the same."""
        files = self._files
        return {
            "supported_mime_types": sorted(files.types) if files else [],
            "description_limit": files.alt_length if files else 0,
            "image_size_limit": files.image_bytes if files else 0,
            "image_matrix_limit": (files.image_pixels or 0) if files else 0,
            "video_size_limit": 0,
            "video_matrix_limit": 0,
            "video_frame_rate_limit": 0,
        }
