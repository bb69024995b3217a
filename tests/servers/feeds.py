"""A strict web server of feeds: validators, gzip, redirects, passwords, and complaints about bad readers.

RFC 9110 (conditional requests 13, redirects 15.4, authentication 11) and what sites do beside it. It says in
`complaints` what no good reader does; a test that used it asks for them at its end.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from aiohttp import web


@dataclass
class Document:
    """What stands at a path."""

    body: bytes
    type: str = "application/rss+xml"
    etag: bool = True
    modified: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    password: tuple[str, str] | None = None  # who may read it
    query: str | None = None  # without this query it is not there

    def validator(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:12]}"'


@dataclass(frozen=True)
class Seen:
    """One request and what it was answered."""

    path: str
    status: int
    sent: int  # bytes of the body
    headers: Mapping[str, str]


class FeedServer:
    """Sites, by path; all of it on one port of the loopback address."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.redirects: dict[str, tuple[int, str]] = {}
        self.statuses: dict[str, tuple[int, Mapping[str, str]]] = {}  # instead of a document
        self.seen: list[Seen] = []
        self.complaints: list[str] = []
        self.delay = 0.0  # seconds before each answer
        self.cut: str | None = None  # "before" or "after": the connection is closed without an answer
        self.once: web.Response | None = None  # to the next request, instead of all else
        self.gave: dict[str, set[str]] = {}  # ETags that were given out, by path
        self.routes: list[web.RouteDef] = []  # what else is served: a hub
        self._port = 0
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._is_deaf = False

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def url(self, path: str) -> str:
        return f"{self.origin}{path}"

    def asked(self, path: str) -> list[int]:
        """The statuses that this path was answered with."""
        return [one.status for one in self.seen if one.path == path]

    async def open(self) -> None:
        app = web.Application()
        app.add_routes([*self.routes, web.route("*", "/{rest:.*}", self._answer)])
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await self.listen()

    async def heal(self) -> None:
        """It goes well again."""
        self.cut = self.once = None
        if self._is_deaf:
            await self.listen()

    async def listen(self) -> None:
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await self._site.start()
        self._is_deaf = False
        self._port = self._runner.addresses[0][1]

    async def deaf(self) -> None:
        """From now on nobody listens."""
        assert self._site is not None
        await self._site.stop()
        self._is_deaf = True
        for connection in list(self._runner.server.connections) if self._runner else []:
            connection.force_close()
            if connection.transport is not None:
                connection.transport.close()

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    # --- answers ---

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self._judge(request)
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.cut and request.transport is not None:
            request.transport.close()
        once, self.once = self.once, None
        response = once if once is not None else self._found(request)
        body = response.body if isinstance(response.body, bytes) else b""
        self.seen.append(Seen(request.path, response.status, len(body), dict(request.headers)))
        return response

    def _found(self, request: web.Request) -> web.Response:
        path = request.path
        if path in self.redirects:
            status, to = self.redirects[path]
            return web.Response(status=status, headers={"Location": to})
        if path in self.statuses:
            status, headers = self.statuses[path]
            return web.Response(status=status, headers=headers)
        document = self.documents.get(path)
        if document is None or (document.query is not None and request.query_string != document.query):
            return web.Response(status=404, text="<html><body>Nothing here", content_type="text/html")
        if document.password is not None and not _may(request, document.password):
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="stones"'})
        return self._conditional(request, document)

    def _conditional(self, request: web.Request, document: Document) -> web.Response:
        headers = {**document.headers, "Date": format_datetime(datetime.now(UTC), usegmt=True)}
        if document.etag:
            headers["ETag"] = document.validator()
            self.gave.setdefault(request.path, set()).add(headers["ETag"])
        if document.modified is not None:
            headers["Last-Modified"] = format_datetime(document.modified, usegmt=True)
        if _same(request, document):
            return web.Response(status=304, headers=headers)
        body = document.body
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, 1)
        return web.Response(body=body, headers={**headers, "Content-Type": document.type})

    def _judge(self, request: web.Request) -> None:
        headers = request.headers
        wrong = {
            "a method other than GET": request.method not in ("GET", "HEAD"),
            "no User-Agent": not headers.get("User-Agent"),
            "no Accept": "xml" not in headers.get("Accept", ""),
            "cookies": "Cookie" in headers,
            "a Referer": "Referer" in headers,
            "a password where none is asked for": "Authorization" in headers
            and not self._locked(request.path),
            "an ETag that was never given out": not self._is_ours(request),
        }
        self.complaints += [f"{request.path}: {what}" for what, so in wrong.items() if so]

    def _locked(self, path: str) -> bool:
        document = self.documents.get(path)
        moved = self.redirects.get(path)
        return (document is not None and document.password is not None) or moved is not None

    def _is_ours(self, request: web.Request) -> bool:
        said = request.headers.get("If-None-Match")
        known = set().union(*self.gave.values()) if self.gave else set()
        return said is None or set(said.split(", ")) <= known


def _same(request: web.Request, document: Document) -> bool:
    """RFC 9110, 13.2.2: with If-None-Match, If-Modified-Since is not looked at."""
    said = request.headers.get("If-None-Match")
    if said is not None:
        return document.etag and document.validator() in [one.removeprefix("W/") for one in said.split(", ")]
    since = request.headers.get("If-Modified-Since")
    return bool(since and document.modified and document.modified <= parsedate_to_datetime(since))


def _may(request: web.Request, password: tuple[str, str]) -> bool:
    said = request.headers.get("Authorization", "").removeprefix("Basic ")
    with contextlib.suppress(ValueError):
        return base64.b64decode(said).decode() == ":".join(password)
    return False


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[FeedServer]:
    """A server without documents, for the length of a test."""
    server = FeedServer()
    await server.open()
    try:
        yield server
    finally:
        await server.close()
