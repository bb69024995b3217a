"""One read of an address: only what changed, within bounds, and parsed beside the loop."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import aiohttp

from adapters.feeds import addresses, parsing
from adapters.feeds.entities import Feed, TooMuch, Unreadable
from bridgebot.errors import AuthExpired, Rejected, Temporary
from bridgebot.http import Response, call

T = TypeVar("T")

MISSING = 404
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, text/html;q=0.5, */*;q=0.1"
)
_LINK = re.compile(r"<([^<>]*)>([^<]*)")  # RFC 8288; the parameters up to the next link
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.I)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered."""

    status: int  # 200, 304 or 404
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str = field(repr=False)  # where it was found
    moved: str = field(repr=False)  # by what address it is to be asked from now on


class Wire:
    """Reads addresses. Documents are parsed in a thread: a large one takes seconds."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self._parsers = ThreadPoolExecutor(2, thread_name_prefix="feeds")

    async def get(
        self, address: str, headers: Mapping[str, str] | None = None, timeout: float | None = None
    ) -> Answer:
        """Raises as any call does; who must say a password, or another one, is `Rejected`."""
        try:
            target = addresses.target(address)
        except ValueError as error:
            raise Rejected("http-address-wrong") from error
        sent = {"Accept": _ACCEPT, **(headers or {})}
        if target.authorization is not None:
            sent["Authorization"] = target.authorization
        answer = await self._call(target, sent, timeout)
        if answer.status >= 300 and answer.status not in (304, MISSING):
            raise Temporary("http-no-answer", host=target.url.host or "")
        moved = addresses.moved(address, answer.moved) if answer.moved != str(target.url) else address
        return Answer(answer.status, answer.headers, answer.body, answer.url, moved)

    async def _call(
        self, target: addresses.Target, headers: Mapping[str, str], timeout: float | None
    ) -> Response:
        try:
            return await call(
                self._http,
                "GET",
                target.url,
                expect="any",
                headers=headers,
                timeout=timeout,
                answers=(MISSING,),
            )
        except AuthExpired as error:
            raise Rejected("feeds-locked", host=target.url.host or "") from error

    async def understood(self, answer: Answer) -> Feed | None:
        """The feed that was read; None where it is none. Raises Rejected for one that is too large."""
        kind = parsing.charset(answer.headers.get("Content-Type", ""))
        try:
            return await self.beside(lambda: parsing.parse(answer.body, kind, answer.url))
        except TooMuch as error:
            raise Rejected("feeds-too-much", host=addresses.host(answer.url)) from error
        except Unreadable:
            return None

    async def beside(self, work: Callable[[], T]) -> T:
        """Do something that takes a while where it holds nothing up."""
        return await asyncio.get_running_loop().run_in_executor(self._parsers, work)


def links(headers: Mapping[str, str]) -> dict[str, str]:
    """What `Link` headers lead to, by relation, the first of each."""
    everyone = getattr(headers, "getall", lambda name, default: [headers.get(name, "")])("Link", [])
    found: dict[str, str] = {}
    for header in everyone:
        for href, parameters in _LINK.findall(header):
            rel = _REL.search(parameters)
            for name in (rel[1] or rel[2] or "").lower().split() if rel else ():
                found.setdefault(name, href.strip())
    return found
