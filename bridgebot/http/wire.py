"""One request and the meaning of how it ended.

| what happened | error |
| --- | --- |
| not connected, refused before the body, 408, 425, 429 | `Temporary`: surely nothing was done |
| no or half an answer, 5xx, HTML or cut JSON for JSON | `Unconfirmed`; `Temporary` if it may be repeated |
| 401 | `AuthExpired` |
| 404, 410 | `TargetGone` |
| every other 4xx, a redirect of what is no read, a refused address, a read that is too long | `Rejected` |
"""

from __future__ import annotations

import contextlib
import json as json_module
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, Literal
from weakref import WeakKeyDictionary

import aiohttp
from yarl import URL

from bridgebot.deadlines import Deadlines
from bridgebot.errors import (
    AdapterError,
    AuthExpired,
    Rejected,
    TargetGone,
    Temporary,
    Unconfirmed,
)
from bridgebot.http.guard import AddressRefused, BodyTooLarge, has_userinfo
from bridgebot.http.retry import retry_after
from bridgebot.model import Made, changed

READS = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_REDIRECTS = 4
MAX_WORDS = 200  # characters of a network's own words
_LEAST, _MOST = 30.0, 600.0  # seconds for a call that hands over a file
_SLOWEST = 64 * 1024  # bytes in a second that may be all that a line carries
_NOT_STARTED = frozenset({408, 425, 429})  # the server says itself that it did nothing
_FOR_GOOD = frozenset({301, 308})
_NO_CONTENT = frozenset({202, 204, 205})
_NO_LIMIT = contextlib.nullcontext()
_WORDS = ("error_description", "message", "detail", "error", "errors", "title")


class Response(Made, frozen=True):
    """A good answer (2xx, or 304 to a conditional read), or one that was asked for with `answers`."""

    status: int
    headers: Mapping[str, str]  # looked up without regard to case
    body: bytes
    json: Any = None  # parsed, with `expect="json"`; None without content
    url: str = ""  # what answered, behind all redirects
    # Where it is to be asked from now on: as far as the redirects said that they are for good (301, 308).
    moved: str = ""

    def __repr__(self) -> str:
        return f"<Response {self.status}>"


def patience(size: int) -> float:
    """How many seconds a call may take that hands over so many bytes."""
    return min(max(_LEAST, size / _SLOWEST), _MOST)


async def call(
    session: aiohttp.ClientSession,
    method: str,
    url: str | URL,
    *,
    expect: Literal["json", "any"] = "json",
    idempotent: bool | None = None,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    json: Any = None,
    data: Any = None,
    timeout: float | None = None,
    answers: Collection[int] = (),
) -> Response:
    """Make one request and read the answer; `timeout` in seconds, None: the session's. Statuses in `answers`
    are no errors: what they mean is for the caller to say.

    `idempotent` says that repeating the request does no harm (None: if it is a read); only such a
    request follows redirects. Raises the errors of the table above, with texts of the core.
    """
    repeatable = method.upper() in READS if idempotent is None else idempotent
    options: dict[str, Any] = {"headers": headers, "params": params, "json": json, "data": data}
    limit: AbstractContextManager[None] = _NO_LIMIT
    if timeout is not None:
        options["timeout"] = aiohttp.ClientTimeout(total=timeout)
    elif session.timeout.total is not None:
        deadlines, options["timeout"] = _timed(session, session.timeout.total)
        limit = deadlines.each()
    host = ""
    try:
        url = URL(url)
        host = url.host or ""
        if has_userinfo(url):
            raise AddressRefused(host)
        with limit:
            answer = await _exchange(session, method, url, repeatable, options)
    except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
        raise _failure(error, host, repeatable) from error
    return answer if answer.status in answers else _judged(answer, host, repeatable, expect)


def _timed(session: aiohttp.ClientSession, seconds: float) -> _Timed:
    """The one timer of all calls over a session, and what is left for aiohttp to look after: its own timer,
    one for each call, is an eighth of their CPU.
    """
    known = _TIMED.get(session)
    if known is None:
        own = session.timeout
        left = aiohttp.ClientTimeout(
            connect=own.connect, sock_connect=own.sock_connect, sock_read=own.sock_read
        )
        known = _TIMED[session] = Deadlines(seconds), left
    return known


_Timed = tuple[Deadlines, aiohttp.ClientTimeout]
_TIMED: WeakKeyDictionary[aiohttp.ClientSession, _Timed] = WeakKeyDictionary()


async def _exchange(
    session: aiohttp.ClientSession, method: str, url: URL, repeatable: bool, options: Mapping[str, Any]
) -> Response:
    async with session.request(
        method, url, allow_redirects=repeatable, max_redirects=MAX_REDIRECTS, **options
    ) as answer:
        try:
            body = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            if not 400 <= answer.status < 500:  # a refusal is one even if its words were cut off
                raise
            body = b""
        here = str(answer.real_url)
        moved = _moved(answer) if answer.history else here
        return Response(answer.status, answer.headers, body, url=here, moved=moved)


def _moved(answer: aiohttp.ClientResponse) -> str:
    """The address that permanent redirects led to, before the first temporary one."""
    ways: Sequence[aiohttp.ClientResponse] = (*answer.history, answer)
    return str(next(way for way in ways if way is answer or way.status not in _FOR_GOOD).real_url)


def _failure(error: Exception, host: str, repeatable: bool) -> AdapterError:
    """The word for a request that has no answer."""
    if isinstance(error, AddressRefused):
        return Rejected("http-address-refused", host=error.host)
    if isinstance(error, aiohttp.TooManyRedirects | aiohttp.NonHttpUrlClientError):
        return Rejected("http-redirected", host=host)
    if isinstance(error, ValueError):  # aiohttp.InvalidURL is one
        return Rejected("http-address-wrong")
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return Temporary("http-unreachable", host=host)
    if isinstance(error, BodyTooLarge) and repeatable:
        return Rejected("http-too-large", host=host)
    return _unclear(host, repeatable)


def _judged(answer: Response, host: str, repeatable: bool, expect: str) -> Response:
    """The answer itself if it is good; raises what it means if not."""
    status = answer.status
    if status in _NOT_STARTED:
        rate = "" if status == 429 else None
        raise Temporary("http-busy", host=host, retry_after=_wait(answer), rate=rate)
    if status >= 500:
        raise _unclear(host, repeatable, _wait(answer))
    if status == 401:
        raise AuthExpired()
    if status in (404, 410):
        raise TargetGone()
    if status >= 400:
        raise Rejected("http-rejected", host=host, words=words(answer.body) or f"HTTP {status}")
    if 300 <= status < 400 and status != 304:
        raise Rejected("http-redirected", host=host)
    if expect == "any" or status == 304:
        return answer
    return _parsed(answer, host, repeatable)


def _parsed(answer: Response, host: str, repeatable: bool) -> Response:
    if not answer.body.strip() and answer.status in _NO_CONTENT:
        return answer
    try:
        value = json_module.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise _unclear(host, repeatable) from error
    return changed(answer, json=value)


def _unclear(host: str, repeatable: bool, wait: float | None = None) -> AdapterError:
    if repeatable:
        return Temporary("http-no-answer", host=host, retry_after=wait)
    return Unconfirmed("http-unclear", host=host)


def _wait(answer: Response) -> float | None:
    return retry_after(answer.headers, datetime.now(UTC))


def words(body: bytes) -> str:
    """What a network says in a JSON error, on one line, without control characters, and not long."""
    try:
        text = _said(json_module.loads(body))
    except (ValueError, RecursionError):
        return ""
    shown = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    shown = "".join(c for c in shown if unicodedata.category(c)[0] != "C")
    shown = " ".join(shown.split())
    return shown if len(shown) <= MAX_WORDS else shown[: MAX_WORDS - 1] + "…"


def _said(value: Any, depth: int = 0) -> str:
    if isinstance(value, str):
        return value
    if depth > 3:
        return ""
    if isinstance(value, list):
        return next((said for item in value if (said := _said(item, depth + 1))), "")
    if isinstance(value, dict):
        return next((said for key in _WORDS if (said := _said(value.get(key), depth + 1))), "")
    return ""
