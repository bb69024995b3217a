"""Calls of the AT Protocol (XRPC): where they go, what goes with them, what an answer means."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode

import aiohttp
import msgspec
from yarl import URL

from adapters.bluesky import limits
from adapters.bluesky.config import Config
from bridgebot.adapter import UNHEARD, Clock, Rates
from bridgebot.errors import AdapterError, AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.http import Response, call, patience
from bridgebot.http.wire import words
from bridgebot.model import Account

log = logging.getLogger(__name__)

T = TypeVar("T")
Params = Sequence[tuple[str, str]]  # a name may come several times: that is how XRPC writes a list

# What msgspec raises of bytes that are not what was asked for: also where they are no letters.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
SERVERS: Final = 1024  # of which it is remembered where they are reached
EARLY: Final = 5.0  # seconds before its end in which a token is not used any more: a call takes its time
_TOLD = frozenset({400, 401, 403, 404, 413, 501})  # statuses of which the body says what they mean
# Errors by name: lexicons/com/atproto and app/bsky, packages/xrpc-server/src/errors.ts and
# packages/pds/src/auth-verifier.ts of bluesky-social/atproto.
_SIGNED_OUT = frozenset(
    {"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired", "BadJwt", "BadJwtSignature"}
)
_GONE = frozenset(
    {"NotFound", "RecordNotFound", "RepoNotFound", "HandleNotFound", "ActorNotFound", "DidNotFound"}
)
_CLOSED = {
    **dict.fromkeys(("AccountTakedown", "RepoTakendown", "AccountSuspended", "RepoSuspended"), "taken-down"),
    **dict.fromkeys(("AccountDeactivated", "RepoDeactivated"), "deactivated"),
}
# What is not there is often only said in words, as an InvalidRequest.
_GONE_WORDS = re.compile(r"not found|could not (?:locate|find)|unable to resolve handle", re.IGNORECASE)


class Secret(msgspec.Struct, frozen=True):
    """What an account's credentials hold: its sessions, never its password."""

    did: str
    pds: str  # address of the server that keeps the account
    access: str  # goes with each call, for two hours
    refresh: str  # gives a fresh one, for months
    expires: float = 0  # when `access` is over, in seconds since 1970; 0: it does not say

    @property
    def host(self) -> str:
        """Which server that is."""
        return self.pds.partition("://")[2]

    def __repr__(self) -> str:
        return "<Secret>"


class Nothing(msgspec.Struct, frozen=True):
    """An answer in which nothing is read."""


class Refused(Rejected):
    """The network's no, with the name that XRPC gives to it: `InvalidSwap`, `BlockedActor`, ``."""

    def __init__(self, key: str, /, *, name: str, **arguments: str | int) -> None:
        super().__init__(key, **arguments)
        self.name = name


class _Error(msgspec.Struct, frozen=True):
    error: str = ""
    message: str = ""


_SECRET = msgspec.json.Decoder(Secret)
_ERROR = msgspec.json.Decoder(_Error)


def secret(account: Account) -> Secret:
    """An account's credentials. Raises AuthExpired where they are none of ours."""
    try:
        return _SECRET.decode(account.credentials)
    except UNREADABLE:
        raise AuthExpired() from None  # not the cause: it may quote what it could not read


class Wire:
    """The one way to the servers."""

    def __init__(
        self, http: aiohttp.ClientSession, clock: Clock, config: Config, rates: Rates = UNHEARD
    ) -> None:
        self.http = http
        self.clock = clock
        self.config = config
        self._rates = rates
        self._servers = {name.lower(): address.rstrip("/") for name, address in config.servers.items()}
        self._base = lru_cache(SERVERS)(self.reached)

    async def query(
        self, account: Account | None, nsid: str, kind: type[T], params: Params = (), *, server: str = ""
    ) -> T:
        """A read. With an account it goes to that account's own server, which passes on what is not its own;
        without one to `server` (an address), "": the app view, which answers everybody.
        """
        path = f"{nsid}?{_query(tuple(params))}" if params else nsid
        return await self._call(account, "GET", path, kind, server=server, idempotent=True)

    async def procedure(
        self,
        account: Account | None,
        nsid: str,
        kind: type[T],
        *,
        json: Any = None,
        server: str = "",
        token: str = "",
        idempotent: bool = False,
    ) -> T:
        """A call that changes something; `token` goes with it instead of the account's."""
        return await self._call(
            account, "POST", nsid, kind, server=server, token=token, idempotent=idempotent, json=json
        )

    async def upload(
        self, account: Account, content: AsyncIterable[bytes] | bytes, type_: str, size: int, kind: type[T]
    ) -> T:
        """Hand over the bytes of a file: the server drops it again if no record names it soon."""
        headers = {"Content-Type": type_, "Content-Length": str(size)}
        nsid, time = "com.atproto.repo.uploadBlob", patience(size)
        return await self._call(
            account, "POST", nsid, kind, idempotent=True, data=content, headers=headers, timeout=time
        )

    async def read(self, address: str, kind: type[T]) -> T:
        """JSON that is no XRPC: the document of an identity."""
        got = await call(self.http, "GET", self.reached(address), expect="any")
        return decoded(got, kind, URL(address).host or "", repeatable=True)

    def reached(self, address: str) -> str:
        """Where an address is reached: the operator may have said so for its host."""
        url = URL(address, encoded=True)
        instead = self._named(url)
        return address if instead is None else f"{instead}{url.raw_path_qs if url.path != '/' else ''}"

    def known(self, address: str) -> bool:
        """Is this one of the places that the operator named?"""
        config = self.config
        named = {config.site, config.appview, config.entryway, config.plc, *self._servers.values()}
        return address.rstrip("/") in named or self._named(URL(address)) is not None

    def _named(self, url: URL) -> str | None:
        """Where the operator said that this server is; with its port, or for any."""
        host = (url.raw_host or "").lower()
        return self._servers.get(f"{host}:{url.explicit_port}") or self._servers.get(host)

    async def _call(
        self,
        account: Account | None,
        method: str,
        path: str,
        kind: type[T],
        *,
        server: str = "",
        token: str = "",
        idempotent: bool,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> T:
        base, counted, head = server or self.config.appview, self.config.realm, dict(headers or {})
        if account is not None:
            known = secret(account)
            base, token, counted = known.pds, token or self._fresh(known), account.kept_at
        if token:
            head["Authorization"] = f"Bearer {token}"
        url = URL(f"{self._base(base)}/xrpc/{path}", encoded=True)
        got = await call(
            self.http,
            method,
            url,
            expect="any",
            idempotent=idempotent,
            headers=head,
            answers=_TOLD,
            **options,
        )
        limits.tell(self._rates, got, account, counted, self.clock.now())
        if got.status in _TOLD:
            own = method == "POST" and path.startswith("com.atproto.")
            raise refusal(got, url.host or "", signed_in=bool(token), own=own)
        return decoded(got, kind, url.host or "", repeatable=idempotent)

    def _fresh(self, known: Secret) -> str:
        """The token for a call; one that is over is not worth the call."""
        if known.expires and self.clock.now().timestamp() >= known.expires - EARLY:
            raise AuthExpired()
        return known.access


@lru_cache(64)  # most timelines are asked for in the same words
def _query(params: tuple[tuple[str, str], ...]) -> str:
    return urlencode(params)


def refusal(got: Response, host: str, *, signed_in: bool, own: bool = False) -> AdapterError:
    """What a server's no means: it stands in the body, hardly in the status. `own`: the call is about
    nobody but who calls.
    """
    try:
        said = _ERROR.decode(got.body)
    except UNREADABLE:
        said = _Error()
    name = said.error or ("PayloadTooLarge" if got.status == 413 else "")  # said by a proxy before it
    if signed_in and (name in _SIGNED_OUT or (got.status == 401 and name not in _CLOSED)):
        return AuthExpired()
    if name in _CLOSED and (got.status == 401 or own):  # else it is about somebody whom the call names
        key = f"bluesky-{_CLOSED[name]}"
        return AuthExpired(key) if signed_in else Refused(key, name=name)
    if name in _CLOSED or name in _GONE or got.status == 404:
        return TargetGone()
    if name == "InvalidRequest" and _GONE_WORDS.search(said.message):
        return TargetGone()
    told = words(got.body) or f"HTTP {got.status}"
    return Refused("http-rejected", name=name, host=host, words=told)


# --- answers -----------------------------------------------------------------------------------

_DECODERS: dict[Any, msgspec.json.Decoder[Any]] = {}  # by kind, each made once


def decoded(got: Response, kind: type[T], host: str, *, repeatable: bool) -> T:
    """The answer as a `kind`; HTML, cut JSON or something else is no answer."""
    if kind not in _DECODERS:
        _DECODERS[kind] = msgspec.json.Decoder(kind)
    try:
        # Many procedures answer with nothing at all.
        value: T = _DECODERS[kind].decode(b"{}" if kind is Nothing and not got.body else got.body)
        return value
    except UNREADABLE:
        if repeatable:
            raise Temporary("http-no-answer", host=host) from None
        raise Unconfirmed("http-unclear", host=host) from None


def each(raw: Iterable[msgspec.Raw], kind: type[T]) -> list[T]:
    """What can be read of a list; the rest is named in the log and passed over."""
    found = (one(item, kind) for item in raw)
    return [item for item in found if item is not None]


def one(raw: msgspec.Raw, kind: type[T]) -> T | None:
    """One member of a list; None, and a line in the log, if it cannot be read."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except UNREADABLE as error:
        log.warning("A %s is passed over: %s", kind.__name__, error)
        return None


def quoted(part: str) -> str:
    """One step of a path."""
    return quote(part, safe="")
