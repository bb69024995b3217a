"""The guarded session.

Two checks, because neither is enough: a middleware looks at the address of every request, also
after each redirect; the connector looks at the number that is connected to, after the name was
resolved, so that a name which changes its mind between two look-ups gains nothing.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver
from yarl import URL

from bridgebot import __version__
from bridgebot.http.addresses import Network, is_name, may_connect, networks

MAX_BODY = 8 * 1024 * 1024  # bytes of one answer, after decompression
MAX_FIELD = 16 * 1024  # bytes of one header line
PER_HOST = 16  # connections to one host at a time, beside streams; there is no limit for all hosts together
ORIGINS = 4096  # of which it is remembered what the policy says
# Seconds. One timer for all of a request: another for each silence would cost as much as the rest of it.
TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=10)

Ended = Callable[[str], None]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SCHEMES = {"http": "http", "ws": "http", "https": "https", "wss": "https"}


class AddressRefused(aiohttp.ClientError):
    """The request leads where the bot does not go; nothing was sent."""

    def __init__(self, host: str) -> None:
        super().__init__(f"bridgebot does not connect to {host}")
        self.host = host


class BodyTooLarge(aiohttp.ClientError):
    """The answer is longer than `MAX_BODY`."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Where one adapter may go beyond `https://` and a public name."""

    networks: tuple[Network, ...] = ()  # private addresses that names may lead to
    origins: frozenset[str] = frozenset()  # written by the operator: reached as they stand
    plain_http: bool = False  # also `http://` on port 80: feeds


@dataclass(slots=True)
class _Attempt:
    """One request on its way, as the socket factory sees it."""

    trusted: bool | None  # its origin is one of the operator's; None: nobody may ask it
    networks: tuple[Network, ...]
    refused: bool = False


_attempt: ContextVar[_Attempt | None] = ContextVar("attempt", default=None)


def policy(options: Mapping[str, Any], *, plain_http: bool = False) -> Policy:
    """The policy of an adapter with these options: `allow_addresses`, and every address in them.

    Raises ValueError if `allow_addresses` holds something that is no network.
    """
    origins = frozenset(origin(url) for value in options.values() for url in _urls(value))
    return Policy(networks(options.get("allow_addresses", ())), origins, plain_http)


def session(
    policy: Policy,
    *,
    public_url: str | None = None,
    resolver: AbstractResolver | None = None,
    ended: Ended = lambda status: None,
) -> aiohttp.ClientSession:
    """A guarded session for one adapter; the caller closes it.

    No cookies, no proxy from the environment, no answer above `MAX_BODY`, always the same User-Agent.
    A request that the policy refuses raises `AddressRefused`. `ended` is told how each request ended:
    `2xx` … `5xx`, `429`, `refused`, or `error` where no answer came.
    """
    return aiohttp.ClientSession(
        connector=_Connector(resolver),
        cookie_jar=aiohttp.DummyCookieJar(),
        middlewares=(_Guard(policy, user_agent(public_url), ended),),
        response_class=_LimitedResponse,
        json_serialize_bytes=msgspec.json.encode,
        timeout=TIMEOUT,
        trust_env=False,
        max_line_size=MAX_FIELD,
        max_field_size=MAX_FIELD,
    )


class _Connector(aiohttp.TCPConnector):
    """Connections that are asked and answer, so many to a host; and streams, which stay open for hours: a
    few of those would leave no room for a call to the same host, so they are not counted.
    """

    def __init__(self, resolver: AbstractResolver | None) -> None:
        super().__init__(limit=0, limit_per_host=PER_HOST, socket_factory=_guarded_socket, resolver=resolver)
        self._streams = aiohttp.TCPConnector(limit=0, socket_factory=_guarded_socket, resolver=resolver)

    async def connect(self, req: Any, traces: Any, timeout: aiohttp.ClientTimeout) -> Any:
        if _is_stream(req.headers):
            return await self._streams.connect(req, traces, timeout)
        return await super().connect(req, traces, timeout)

    async def close(self, *, abort_ssl: bool = False) -> None:
        await self._streams.close(abort_ssl=abort_ssl)
        await super().close(abort_ssl=abort_ssl)


def _is_stream(headers: Mapping[str, str]) -> bool:
    """A websocket, or server-sent events."""
    return "websocket" in headers.get("Upgrade", "") or "text/event-stream" in headers.get("Accept", "")


def user_agent(public_url: str | None) -> str:
    """Who is calling, and where its operator can be found."""
    return f"bridgebot/{__version__}" + (f" (+{public_url})" if public_url else "")


def origin(url: URL) -> str:
    """Scheme, host and port of an address, in one spelling."""
    scheme = _SCHEMES.get(url.scheme, url.scheme)
    return f"{scheme}://{(url.raw_host or '').lower()}:{url.port}"


def may_request(url: URL, policy: Policy) -> bool:
    """May this address be asked at all, before anybody knows where its name leads?"""
    if url.scheme not in _SCHEMES or has_userinfo(url):
        return False
    if origin(url) in policy.origins:
        return True
    ports = {"https": 443, "http": 80} if policy.plain_http else {"https": 443}
    return url.port == ports.get(_SCHEMES[url.scheme]) and is_name(url.raw_host or "")


def has_userinfo(url: URL) -> bool:
    """Does it name somebody (`https://me:secret@…`)? aiohttp would sign in so, and show the guard an address
    without it.
    """
    return url.user is not None or url.password is not None


class _Guard:
    """The middleware: every request passes here, also each one that a redirect asks for."""

    def __init__(self, policy: Policy, user_agent: str, ended: Ended) -> None:
        self._policy = policy
        self._user_agent = user_agent
        self._ended = ended
        self._judged = lru_cache(ORIGINS)(self._judge)  # a timeline is polled a thousand times a day

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        url, how = request.url, "error"
        attempt = _Attempt(self._judged(url.scheme, url.raw_authority), self._policy.networks)
        token = _attempt.set(attempt)
        try:
            if attempt.trusted is None:
                raise AddressRefused(url.raw_host or "?")
            request.headers["User-Agent"] = self._user_agent
            answer = await handler(request)
            if answer.status in _REDIRECTS:
                _check_redirect(answer)
            how = "429" if answer.status == 429 else f"{answer.status // 100}xx"
            return answer
        except AddressRefused:
            how = "refused"
            raise
        except aiohttp.ClientConnectorError as error:
            if not attempt.refused:
                raise
            how = "refused"
            raise AddressRefused(url.raw_host or "?") from error
        finally:
            _attempt.reset(token)
            self._ended(how)

    def _judge(self, scheme: str, authority: str) -> bool | None:
        """Of an origin, as it is written: see `_Attempt.trusted`."""
        url = URL.build(scheme=scheme, authority=authority, encoded=True)
        return origin(url) in self._policy.origins if may_request(url, self._policy) else None


def _check_redirect(answer: aiohttp.ClientResponse) -> None:
    with contextlib.suppress(ValueError):  # whoever asks for such an address says that it is none
        if has_userinfo(URL(answer.headers.get("Location", ""))):
            answer.close()
            raise AddressRefused(answer.url.raw_host or "?")


def _guarded_socket(info: tuple[Any, ...]) -> socket.socket:
    """Make the socket for one resolved address, or refuse it (called where it is connected to)."""
    family, kind, protocol, _, target = info
    attempt = _attempt.get()
    if attempt is None or not (attempt.trusted or may_connect(target[0], attempt.networks)):
        if attempt is not None:
            attempt.refused = True
        raise OSError("address refused")
    return socket.socket(family, kind, protocol)


class _LimitedResponse(aiohttp.ClientResponse):
    """A response whose body is never read beyond `MAX_BODY`; a stream read piece by piece is its reader's."""

    async def read(self) -> bytes:
        if self._body is None:
            try:
                self._body = await self._limited()
            except BaseException:
                self.close()
                raise
        return await super().read()

    async def _limited(self) -> bytes:
        if (self.content_length or 0) > MAX_BODY:
            raise BodyTooLarge(f"{self.content_length} bytes")
        content, pieces, size = self.content, [], 0
        while True:
            piece = await content.readany()
            size += len(piece)
            if size > MAX_BODY:
                raise BodyTooLarge(f"more than {MAX_BODY} bytes")
            pieces.append(piece)
            if content.at_eof() and content.exception() is None:
                return b"".join(pieces)


def _urls(value: Any) -> list[URL]:
    if isinstance(value, str):
        url = URL(value) if value.startswith(("http://", "https://", "ws://", "wss://")) else None
        return [url] if url is not None and url.raw_host else []
    if isinstance(value, Mapping):
        value = list(value.values())
    return [url for item in value for url in _urls(item)] if isinstance(value, list | tuple) else []
