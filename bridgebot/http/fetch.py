"""A file from an address, piece by piece: never more than was asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
from yarl import URL

from bridgebot.errors import AdapterError, Rejected, TargetGone, Temporary
from bridgebot.http.guard import AddressRefused, has_userinfo
from bridgebot.http.wire import MAX_REDIRECTS

_PIECE = 1 << 16  # bytes
# Seconds. A large file takes its time, but never falls silent.
_PATIENCE = aiohttp.ClientTimeout(total=600, sock_connect=10, sock_read=20)
_LATER = frozenset({408, 425, 429})


async def fetch(session: aiohttp.ClientSession, url: str, most: int) -> AsyncIterator[bytes]:
    """What is at this address. Raises Rejected for an address that is refused, a file of more than `most`
    bytes and what the server refuses, TargetGone where nothing is, Temporary for everything else. No
    credentials go with it, and none of its errors has the address in it, for that may open the file.
    """
    try:
        address = URL(url)
        host = address.host or ""
        if has_userinfo(address):
            raise AddressRefused(host)
        async with session.get(address, max_redirects=MAX_REDIRECTS, timeout=_PATIENCE) as answer:
            _check(answer.status, host)
            size = 0
            if (answer.content_length or 0) > most:
                raise Rejected("http-too-large", host=host)
            async for piece in answer.content.iter_chunked(_PIECE):
                size += len(piece)
                if size > most:
                    raise Rejected("http-too-large", host=host)
                yield piece
    except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
        problem = _problem(error)
    else:
        return
    raise problem  # here, where nothing hangs on it that has the address in it


def _check(status: int, host: str) -> None:
    if status in (404, 410):
        raise TargetGone()
    if status >= 500 or status in _LATER:
        raise Temporary("http-unreachable", host=host)
    if status != 200:
        raise Rejected("http-rejected", host=host, words=f"HTTP {status}")


def _problem(error: Exception) -> AdapterError:
    """The word for a request that has no answer."""
    if isinstance(error, AddressRefused):
        return Rejected("http-address-refused", host=error.host)
    if isinstance(error, aiohttp.TooManyRedirects | aiohttp.NonHttpUrlClientError | ValueError):
        return Rejected("http-address-wrong")
    return Temporary("http-no-file")
