"""The options of one XMPP account."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError
from slixmpp import JID, InvalidJID

from bridgebot.adapter import AdapterConfig


class Config(AdapterConfig):
    """An ordinary account on any XMPP server."""

    jid: str  # the bot's account: bot@example.org
    password: SecretStr
    host: str | None = None  # where to connect, if DNS does not say
    port: int = Field(default=5222, ge=1, le=65535)  # only with `host`
    tls: bool = True  # False only on this machine: the password would travel in the clear
    direct_tls: bool = False  # with `host`: TLS from the first byte (port 5223) instead of STARTTLS
    ca_file: Path | None = None  # certificates to trust instead of the system's
    rooms: tuple[str, ...] = ()  # rooms to be in
    nick: str = Field(default="bridgebot", min_length=1, max_length=64)  # the bot's name in rooms
    # Where people's files lie, if not behind a public name on port 443: https://upload.example.org:5281
    upload_sites: tuple[str, ...] = ()
    accept_invitations: bool = True  # enter a room that somebody invites the bot to
    language: str = "en"  # of the adapter's own few answers where a person's is unknown

    @field_validator("jid")
    @classmethod
    def _account(cls, value: str) -> str:
        parsed = _jid(value)
        if not parsed.user:
            raise PydanticCustomError("xmpp-want-account", "name@server")
        return str(parsed)

    @field_validator("rooms", mode="before")
    @classmethod
    def _rooms(cls, value: Any) -> Any:
        return tuple(_room(room) for room in value) if isinstance(value, list | tuple) else value

    @field_validator("upload_sites")
    @classmethod
    def _sites(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(site.startswith(("https://", "http://")) for site in value):
            raise PydanticCustomError("config-want-site", "an origin")
        return value

    @model_validator(mode="after")
    def _safe(self) -> Config:
        if not self.tls and not _loopback(self.host):
            raise PydanticCustomError("xmpp-want-tls", "TLS")
        if not self.tls and self.direct_tls:
            raise PydanticCustomError("xmpp-want-tls-on", "TLS")
        return self


def _room(room: object) -> str:
    parsed = _jid(str(room))
    if not parsed.user or parsed.resource:
        raise PydanticCustomError("xmpp-want-room", "a room", {"room": str(room)})
    return str(parsed)


def _jid(value: str) -> JID:
    try:
        return JID(value)
    except InvalidJID as error:
        raise PydanticCustomError("xmpp-want-address", "an address", {"address": value}) from error


def _loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
