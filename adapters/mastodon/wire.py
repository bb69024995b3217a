"""Calls of the Mastodon API: where a server is, what goes with a request, what an answer means."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import quote, urlencode

import aiohttp
import msgspec
from yarl import URL

from adapters.mastodon import limits
from adapters.mastodon.entities import Account as Person
from adapters.mastodon.entities import Instance, Named, Search, Status
from bridgebot.adapter import UNHEARD, Clock, Rates
from bridgebot.errors import AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.http import Response, call
from bridgebot.http.retry import date
from bridgebot.model import Account, Made

log = logging.getLogger(__name__)

# What msgspec raises of bytes that are not what was asked for: also where they are no letters.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

T = TypeVar("T")
Read = TypeVar("Read", covariant=True)


class Reads(Protocol[Read]):
    """What makes something of the bytes of an answer."""

    def decode(self, body: bytes, /) -> Read: ...


class Secret(msgspec.Struct, frozen=True):
    """What an account's credentials hold."""

    token: str
    client_id: str
    client_secret: str
    streaming: str = ""  # address of its streams; "": it has none
    software: str = ""  # see `software`

    def __repr__(self) -> str:
        return "<Secret>"


# By a sign in the version that a server gives, or in the address of its source.
_SOFTWARE = {
    **{name: name for name in ("gotosocial", "takahe", "akkoma", "pleroma", "pixelfed")},
    "snac": "really snac/",  # `4.0.0 (not true; really snac/2.80)`
    "plaza": "compatible; plaza",
}
_SECRET = msgspec.json.Decoder(Secret)


class Answer(Made, Generic[T], frozen=True):
    value: T
    headers: Mapping[str, str]
    now: datetime  # by our clock

    @property
    def at(self) -> datetime:
        """When the server gave it, by its own clock where it tells."""
        return date(self.headers.get("Date", "")) or self.now


def secret(account: Account) -> Secret:
    """An account's credentials. Raises AuthExpired where they are none of ours."""
    try:
        return _SECRET.decode(account.credentials)
    except UNREADABLE:
        raise AuthExpired() from None  # not the cause: it may quote what it could not read


def domain(account: Account) -> str:
    """The host that stands in the handles of the account's server."""
    return account.handle.rpartition("@")[2] or account.server


def software(instance: Instance) -> str:
    """Which software it is, where that matters: one of `_SOFTWARE` or ``."""
    said = f"{instance.version} {instance.source_url or ''}".lower()
    return next((name for name, sign in _SOFTWARE.items() if sign in said), "")


class Wire:
    """The one way to the servers."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        clock: Clock,
        servers: Mapping[str, str],
        rates: Rates = UNHEARD,
        name: str = "mastodon",
    ) -> None:
        self.http = http
        self._name = name  # of the adapter: what people write to link an account
        self._clock = clock
        self._rates = rates
        self._servers = {name.lower(): address.rstrip("/") for name, address in servers.items()}

    def known(self, server: str) -> bool:
        """Whether the operator said where this server is."""
        return server in self._servers

    def address(self, server: str, path: str = "") -> str:
        """Where a path of this server is reached."""
        return f"{self._servers.get(server, f'https://{server}')}{path}"

    async def call(
        self,
        account: Account | None,
        method: str,
        path: str,
        kind: type[T],
        *,
        server: str = "",
        params: Mapping[str, str] | None = None,
        json: Any = None,
        idempotent: bool | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """One call with an account's token, or without any at `server`; its answer as a `kind`."""
        options = {"params": params, "json": json, "idempotent": idempotent, "headers": headers}
        return (await self.dated(account, method, path, kind, server=server, **options)).value

    async def dated(
        self,
        account: Account | None,
        method: str,
        path: str,
        kind: type[T] | Reads[T],
        *,
        server: str = "",
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        idempotent: bool | None = None,
        **options: Any,
    ) -> Answer[T]:
        """The same, with the server's time."""
        repeatable = method == "GET" if idempotent is None else idempotent
        host = account.server if account else server
        # The path is encoded by whoever made it: yarl would decode `%2F` in a hashtag.
        query = f"?{_query(tuple(params.items()))}" if params else ""
        url = URL(self.address(host, f"{path}{query}"), encoded=True)
        head = dict(headers) if headers else {}
        if account:
            head["Authorization"] = f"Bearer {secret(account).token}"
        try:
            got = await call(
                self.http, method, url, expect="any", idempotent=repeatable, headers=head, **options
            )
        except Rejected as error:
            if not _outside_scopes(error):
                raise
            raise AuthExpired("mastodon-scopes") from error
        except AuthExpired as error:
            if account is not None:
                raise
            raise Rejected("mastodon-needs-account", server=server, network=self._name) from error
        now = self._clock.now()
        limits.tell(self._rates, got, account, host, path, now)
        return Answer(decoded(got, kind, url.host or "", repeatable), got.headers, now)


@lru_cache(64)  # most timelines are asked for in the same words
def _query(params: tuple[tuple[str, str], ...]) -> str:
    return urlencode(params)


def decoded(got: Response, kind: type[T] | Reads[T], host: str, repeatable: bool) -> T:
    """The answer as a `kind`; HTML, cut JSON or something else is no answer."""
    decoder: Reads[T] = kind if isinstance(kind, Members) else _decoder(kind)
    try:
        return decoder.decode(got.body)
    except UNREADABLE:
        if repeatable:
            raise Temporary("http-no-answer", host=host) from None
        raise Unconfirmed("http-unclear", host=host) from None


_DECODERS: dict[Any, msgspec.json.Decoder[Any]] = {}  # by kind, each made once


def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    if kind not in _DECODERS:
        _DECODERS[kind] = msgspec.json.Decoder(kind)
    return _DECODERS[kind]


def _outside_scopes(error: Rejected) -> bool:
    """A token that may not do this (403 "outside the authorized scopes") must be made anew."""
    return "authorized scopes" in str(error.arguments.get("words", "")).lower()


# --- lists, of which each member is read alone --------------------------------------------------


class Members(Generic[T]):
    """A list as an answer. A member that cannot be read stays as it came, and takes no other with it."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        self._whole = msgspec.json.Decoder(list[kind])  # type: ignore[valid-type]
        self._apart = msgspec.json.Decoder(list[msgspec.Raw])

    def decode(self, body: bytes, /) -> Sequence[T | msgspec.Raw]:
        """All at once; one by one only where that fails."""
        with contextlib.suppress(*UNREADABLE):
            return self._whole.decode(body)
        members = ((raw, one(raw, self._kind)) for raw in self._apart.decode(body))
        return [raw if member is None else member for raw, member in members]


def each(raw: Iterable[msgspec.Raw], kind: type[T]) -> list[T]:
    """What can be read of a list; the rest is named in the log and passed over."""
    found = (one(item, kind) for item in raw)
    return [item for item in found if item is not None]


def one(raw: msgspec.Raw, kind: type[T]) -> T | None:
    """One member of a list; None, and a line in the log, if it cannot be read."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except UNREADABLE as error:
        log.warning("A %s is passed over: %s (id %r)", kind.__name__, error, name(raw)[:64])
        return None


def name(raw: msgspec.Raw) -> str:
    """The id of something that may not be readable otherwise; "" without one."""
    try:
        return msgspec.json.decode(raw, type=Named).id
    except UNREADABLE:
        return ""


# --- what several modules ask ------------------------------------------------------------------


async def status(wire: Wire, account: Account, post_id: str) -> Status:
    """One post as the server shows it. Raises TargetGone."""
    return await wire.call(account, "GET", f"/api/v1/statuses/{quoted(post_id)}", Status)


async def person(wire: Wire, account: Account, handle: str) -> Person:
    """Somebody by the handle, also of a server that this one has not met yet. Raises TargetGone."""
    own = f"@{domain(account)}"
    wanted = handle.strip().removeprefix("@").lower().removesuffix(own)
    try:
        return await wire.call(account, "GET", "/api/v1/accounts/lookup", Person, params={"acct": wanted})
    except TargetGone:  # lookup asks no other server
        return await _searched(wire, account, wanted)


async def _searched(wire: Wire, account: Account, wanted: str) -> Person:
    params = {"q": f"@{wanted}", "type": "accounts", "resolve": "true", "limit": "5"}
    found = await wire.call(account, "GET", "/api/v2/search", Search, params=params)
    for somebody in each(found.accounts, Person):
        if somebody.acct.lower() == wanted:
            return somebody
    raise TargetGone("mastodon-nobody", handle=f"@{wanted}")


def quoted(part: str) -> str:
    """A native id or a tag as one step of a path."""
    return quote(part, safe="")
