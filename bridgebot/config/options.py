"""The core's options as they are written, with their defaults and rules."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from yarl import URL

_LISTEN = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]+):(?P<port>\d{1,5})")
_PERSON = re.compile(r"(?P<adapter>[a-z][a-z0-9_]*):(?P<id>\S+)")


def split_listen(listen: str) -> tuple[str, int]:
    """Host and port of `127.0.0.1:8790` or `[::1]:8790`; ValueError for anything else."""
    match = _LISTEN.fullmatch(listen)
    if match is None or int(match["port"]) > 65535:
        raise ValueError("not host:port")
    return match["host"].strip("[]"), int(match["port"])


def _listen(value: str) -> str:
    try:
        split_listen(value)
    except ValueError as error:
        raise PydanticCustomError("config-want-listen", "host:port") from error
    return value


def _origin(value: str) -> URL | None:
    """The address of a site alone; None for anything else."""
    try:
        url = URL(value)
        bare = bool(url.host) and url.path in ("", "/") and not (url.query or url.fragment)
    except ValueError:
        return None
    return url if bare and url.user is None and url.password is None else None


def _public_url(value: str) -> str:
    url = _origin(value)
    if url is None:
        raise PydanticCustomError("config-want-public-url", "an origin")
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.host or "")):
        raise PydanticCustomError("config-want-https", "https")
    return value.rstrip("/")


def _site(value: str) -> str:
    """An origin of the operator's own network; there it may do without TLS."""
    url = _origin(value)
    if url is None or url.scheme not in ("http", "https"):
        raise PydanticCustomError("config-want-site", "an origin")
    return value.rstrip("/")


def is_loopback(host: str) -> bool:
    """Is this host, by name or number, the machine itself?"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _timezone(value: str) -> str:
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PydanticCustomError("config-want-timezone", "a time zone") from error


def _person(value: str) -> str:
    """`adapter:id`, the id as the network gives it: an address without resource, in small letters."""
    match = _PERSON.fullmatch(value)
    if match is None:
        raise PydanticCustomError("config-want-person", "adapter:id")
    native = match["id"]
    if "@" not in native[1:]:
        return value
    local, _, domain = native.rpartition("@")
    if not local or not domain or "@" in local[1:] or "/" in domain:
        raise PydanticCustomError("config-want-bare-address", "a bare address")
    return f"{match['adapter']}:{native.lower()}"


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value))
    except ValueError as error:
        raise PydanticCustomError("config-want-networks", "networks") from error


def _commas(value: object) -> object:
    """A list may be written with commas, as in the environment."""
    if not isinstance(value, str):
        return value
    return [item.strip() for item in value.split(",") if item.strip()]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WebOptions(_Section):
    listen: Annotated[str, AfterValidator(_listen)] = "127.0.0.1:8790"
    public_url: Annotated[str, AfterValidator(_public_url)] | None = None
    metrics_allow: Annotated[
        tuple[Annotated[str, AfterValidator(_network)], ...], BeforeValidator(_commas)
    ] = ("127.0.0.0/8", "::1/128")
    metrics_token_file: Path | None = None


class LogOptions(_Section):
    format: Literal["console", "json"] = "console"
    level: Literal["debug", "info", "warning", "error"] = "info"


class QuotaOptions(_Section):
    """What one person may have or do; an operator can say otherwise for each."""

    posts: Annotated[int, Field(ge=0)] = 300
    media: Annotated[int, Field(ge=0)] = 200
    follows: Annotated[int, Field(ge=0)] = 500
    routes: Annotated[int, Field(ge=0)] = 100
    accounts: Annotated[int, Field(ge=0)] = 20
    links: Annotated[int, Field(ge=0)] = 5


class CoreOptions(_Section):
    """Everything but `adapters`, whose options each adapter declares itself."""

    language: Literal["en", "zh-CN"] = "en"
    timezone: Annotated[str, AfterValidator(_timezone)] = "UTC"
    database: str = "sqlite:///bridgebot.db"
    access: Literal["open", "invite", "allowlist"] = "invite"
    allow: tuple[Annotated[str, AfterValidator(_person)], ...] = ()
    operators: tuple[Annotated[str, AfterValidator(_person)], ...] = ()
    invites_per_operator: Annotated[int, Field(ge=0)] = 50
    invites_per_user: Annotated[int, Field(ge=0)] = 0
    newcomers_per_day: Annotated[int, Field(ge=0)] = 1000
    quotas: QuotaOptions = QuotaOptions()
    audit_days: Annotated[int, Field(ge=30)] = 365
    digest_after: Annotated[int, Field(ge=0)] = 20
    privacy: Annotated[str, Field(max_length=2000)] = ""
    file_sites: Annotated[tuple[Annotated[str, AfterValidator(_site)], ...], BeforeValidator(_commas)] = ()
    secret_keys_file: Path = Path("keys")
    web: WebOptions = WebOptions()
    log: LogOptions = LogOptions()
    shutdown_grace: Annotated[float, Field(ge=0, le=3600)] = 20
