"""The options of a Bluesky adapter: where the parts of the network are."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import field_validator
from pydantic_core import PydanticCustomError
from yarl import URL

from bridgebot.adapter import AdapterConfig


class Config(AdapterConfig):
    """Every account can be linked, wherever it is kept; these options are for a network of one's own."""

    site: str = "https://bsky.app"  # the pages that people open; its host names the network
    appview: str = "https://public.api.bsky.app"  # answers what anybody may read
    entryway: str = "https://bsky.social"  # signs in who gives an e-mail address, and completes short handles
    plc: str = "https://plc.directory"  # knows where each did:plc is kept
    servers: Mapping[str, str] = {}  # host of a PDS → where that is reached, instead of https://HOST
    cards: bool = True  # the page that a post links to is shown as a card, with its title and picture

    @field_validator("site", "appview", "entryway", "plc")
    @classmethod
    def _is_address(cls, value: str) -> str:
        url = URL(value)
        if url.scheme not in ("http", "https") or not url.host or url.user or url.query_string:
            raise PydanticCustomError("config-want-address", "an address", {"example": "https://bsky.social"})
        return value.rstrip("/")

    @property
    def realm(self) -> str:
        """The one realm of all posts: an at:// address is the same on every server of the network."""
        return URL(self.site).host or ""
