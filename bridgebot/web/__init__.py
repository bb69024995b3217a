"""The bot's own web server: what adapters serve, and three addresses for those who watch over it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from bridgebot.adapter import Handler
from bridgebot.config import WebSettings
from bridgebot.errors import ConfigError
from bridgebot.texts import Texts
from bridgebot.web.answers import SERVER_LOG, add_headers, around_every_request
from bridgebot.web.scraping import METRICS_TYPE, may_scrape

MAX_REQUEST = 1024 * 1024  # bytes of a request's body
MAX_HEADER = 8190  # bytes of one header line, and of the request line
GRACE = 2.0  # seconds that open requests (event streams) have when the server stops
PATIENCE = 5.0  # seconds for one answer to "are you ready?"

_PLACEHOLDER = re.compile(r"\{[^{}]*(\{[^{}]*\}[^{}]*)*\}")
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound


async def _nothing() -> Mapping[str, bool]:
    return {}


@dataclass(frozen=True, slots=True)
class Watch:
    """How it goes, for those who ask over HTTP."""

    alive: Callable[[], bool] = lambda: True
    ready: Callable[[], Awaitable[Mapping[str, bool]]] = _nothing  # what everything hangs on, by name
    degraded: Callable[[], list[str]] = list  # adapters that do not work, which leaves the rest ready
    metrics: Callable[[], Awaitable[bytes]] | None = None  # None: there are none


@dataclass(frozen=True, slots=True)
class _Taken:
    owner: str
    method: str
    path: str


class Web:
    """The server. Adapters declare routes first, then `start`, at the end `stop`."""

    def __init__(
        self,
        settings: WebSettings,
        texts: Texts,
        *,
        language: str = "en",
        watch: Watch | None = None,
    ) -> None:
        """`language` is the operator's. `watch` says how it goes with the house."""
        self._settings = settings
        self._say = partial(texts, language)
        self._watch = watch or Watch()
        self._taken: list[_Taken] = []
        self._app = web.Application(client_max_size=MAX_REQUEST, middlewares=[around_every_request(texts)])
        self._app.on_response_prepare.append(add_headers)
        self._runner: web.AppRunner | None = None
        own = self.routes("bridgebot")
        own.add("GET", "/healthz", self._healthz)
        own.add("GET", "/readyz", self._readyz)
        own.add("GET", "/metrics", self._metrics)

    def routes(self, owner: str) -> OwnedRoutes:
        """The `Routes` of one adapter."""
        return OwnedRoutes(self, owner)

    async def start(self) -> None:
        """Listen; raises ConfigError if the address cannot be used."""
        self._runner = web.AppRunner(
            self._app,
            access_log=None,  # the middleware logs the pattern of the route: paths hold ids
            logger=SERVER_LOG,
            auto_decompress=False,  # nobody packs a request; what a hub signs are the bytes that it sends
            max_line_size=MAX_HEADER,
            max_field_size=MAX_HEADER,
            shutdown_timeout=GRACE,
        )
        await self._runner.setup()
        host, port = self._settings.host, self._settings.port
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self.stop()
            words = self._say("web-cannot-listen", address=f"{host}:{port}", error=error.strerror or "?")
            raise ConfigError(words) from error

    async def stop(self) -> None:
        """Stop listening and end what is open, promptly."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def base(self) -> str:
        """Where people reach the server, without a slash at the end: `public_url`, or where it listens."""
        if self._settings.public_url:
            return self._settings.public_url
        addresses = self._runner.addresses if self._runner else []
        host, port = addresses[0][:2] if addresses else (self._settings.host, self._settings.port)
        host = _ANYWHERE.get(host, host)
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def take(self, owner: str, method: str, path: str, handler: Handler) -> None:
        """Serve `path` for `owner`; raises ConfigError if somebody has it."""
        other = next((one for one in self._taken if _collide(one, method, path)), None)
        if other is not None:
            raise ConfigError(self._say("web-collision", path=path, one=other.owner, other=owner))
        self._taken.append(_Taken(owner, method, path))
        route = self._app.router.add_route(method, path, handler)
        if method == "GET" and route.resource is not None:
            self._app.router.add_route("HEAD", path, handler)

    async def _healthz(self, request: web.Request) -> web.Response:
        return web.Response(text="ok\n") if self._watch.alive() else web.Response(status=503, text="stuck\n")

    async def _readyz(self, request: web.Request) -> web.Response:
        ready = await _asked(self._watch.ready)
        states = ready | {"degraded": self._watch.degraded()}
        return web.json_response(states, status=200 if all(ready.values()) else 503)

    async def _metrics(self, request: web.Request) -> web.Response:
        if self._watch.metrics is None or not may_scrape(request, self._settings):
            raise web.HTTPNotFound  # as if it were not there
        body = await self._watch.metrics()
        return web.Response(body=body, headers={"Content-Type": METRICS_TYPE, "Cache-Control": "no-store"})


class OwnedRoutes:
    """`Routes` as one adapter sees them."""

    def __init__(self, server: Web, owner: str) -> None:
        self._server = server
        self._owner = owner

    def add(self, method: str, path: str, handler: Handler) -> None:
        self._server.take(self._owner, method.upper(), path, handler)

    def url(self, path: str) -> str:
        return f"{self._server.base}{path}"


def _collide(taken: _Taken, method: str, path: str) -> bool:
    methods = {"*", "GET"} if method == "HEAD" else {"*", method}
    same_method = taken.method in methods or method == "*"
    return same_method and _shape(taken.path) == _shape(path)


def _shape(path: str) -> str:
    """The path with its placeholders unnamed: `/@{name}` and `/@{who}` are one."""
    return _PLACEHOLDER.sub("{}", path)


async def _asked(ready: Callable[[], Awaitable[Mapping[str, bool]]]) -> dict[str, bool]:
    try:
        return dict(await asyncio.wait_for(ready(), PATIENCE))
    except Exception:  # whatever it is, nothing can be said of any part
        return {"house": False}


__all__ = ["OwnedRoutes", "Watch", "Web"]
