"""What an operator can set."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from bridgebot.adapter import AdapterConfig

_SCHEMES = frozenset({"http", "https", "xmpp", "tg", "mailto"})


class Config(AdapterConfig):
    """Plaza's options; each has a default that suits a small circle of people."""

    title: str = Field(default="Plaza", min_length=1, max_length=60)  # the site's name on its pages
    bot: str | None = None  # where people reach the bot, shown on the front page: https:, xmpp:, tg: …
    open: bool = True  # whether new accounts may be made
    limit: int = Field(default=1000, ge=1, le=20_000)  # of a post, in graphemes
    posts_per_hour: int = Field(default=60, ge=1)  # new posts and edits of one account
    follows_per_day: int = Field(default=100, ge=1)
    reports_per_day: int = Field(default=20, ge=1)
    picture_megabytes: int = Field(default=8, ge=1, le=64)  # of one picture
    person_megabytes: int = Field(default=200, ge=1)  # of all pictures of one person
    total_megabytes: int = Field(default=2000, ge=0)  # of all pictures; 0: Plaza takes none

    @field_validator("bot")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and urlsplit(value).scheme not in _SCHEMES:
            raise PydanticCustomError("plaza-want-bot", "an address")
        return value
