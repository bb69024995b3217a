"""The options of one Telegram bot."""

from __future__ import annotations

import re

from pydantic import ConfigDict, Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from yarl import URL

from bridgebot.adapter import AdapterConfig

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")


class Config(AdapterConfig):
    """One bot, as @BotFather made it."""

    model_config = ConfigDict(hide_input_in_errors=True)  # a token that is mistyped is nearly one

    token: SecretStr  # from @BotFather: 123456789:AAE…
    api: str = "https://api.telegram.org"  # any Bot API server
    poll_timeout: int = Field(default=50, ge=1, le=50)  # seconds; Telegram itself waits no longer
    album_wait: float = Field(default=2.0, gt=0, le=5)  # seconds after a picture of an album for the next one

    @field_validator("token")
    @classmethod
    def _is_token(cls, value: SecretStr) -> SecretStr:
        if _TOKEN.fullmatch(value.get_secret_value()) is None:
            raise PydanticCustomError("telegram-want-token", "a token")
        return value

    @field_validator("api")
    @classmethod
    def _is_server(cls, value: str) -> str:
        url = URL(value)
        if url.scheme not in ("http", "https") or not url.host or url.user or url.query_string:
            raise PydanticCustomError(
                "config-want-address", "an address", {"example": "https://api.telegram.org"}
            )
        return value.rstrip("/")
