"""A strict fake of servers that speak Mastodon's API, on a free port of this machine.

Written from docs.joinmastodon.org and Mastodon's source; each odd rule names its source. Its answers
are held against recorded ones of a real server in `tests/adapters/test_mastodon_server.py`.

    async with serve() as server:                    # or serve("gotosocial"), serve("takahe")
        ada = server.person("ada")                   # ada and lin have passwords; grete, zoe and others not
        post = ada.post("hello #tea")                # people act at once, without HTTP
        code = await ada.consents(url)               # or go through the consent page as a browser would
        server.fail(Fault.RATE, path="/statuses")    # the next such request goes wrong

The server calls itself `masto.example` wherever it names itself (uri, url, Link, acct); it is reached
at `server.url`. Its rate limits are those of a real server; `server.budgets.enforced = False` lets a
test poll as fast as it likes. `server.advance(seconds)` lets time pass.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import re
import secrets
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from tests.servers import (
    mastodon_instance,
    mastodon_media,
    mastodon_oauth,
    mastodon_people,
    mastodon_statuses,
    mastodon_timelines,
    mastodon_voting,
)
from tests.servers.mastodon_api import Answer, ApiError, Call, Route, Token, check_known, parameters
from tests.servers.mastodon_faults import Budgets, Fault, Faults, hang_up, ordered, truncated
from tests.servers.mastodon_person import Someone
from tests.servers.mastodon_stream import Streams
from tests.servers.mastodon_things import FLAVOURS, Person
from tests.servers.mastodon_world import World

__all__ = ["DOMAIN", "Fault", "MastodonServer", "serve"]

DOMAIN = "masto.example"
FAR = "far.example"
PASSWORDS = {"ada": "ada's very secret password", "lin": "lin's very secret password"}
ROUTES = [
    *mastodon_oauth.routes,
    *mastodon_statuses.routes,
    *mastodon_voting.routes,
    *mastodon_people.routes,
    *mastodon_timelines.routes,
    *mastodon_media.routes,
    *mastodon_instance.routes,
]


class MastodonServer:
    """The server, what it keeps, and its people."""

    def __init__(self, flavour: str = "mastodon", domain: str = DOMAIN) -> None:
        self.world = World(FLAVOURS[flavour], domain)
        self.port = 0
        self.streams_port = 0  # where it says that its streams are, if not here: a relay
        self.apps: dict[str, dict[str, Any]] = {}
        self.codes: dict[str, Any] = {}
        self.tokens: dict[str, Token] = {}
        self.names_issuer = False  # says who sends a browser back (RFC 9207)
        self.sessions: dict[Any, Person] = {}
        self.keys: dict[tuple[str, str], tuple[str, datetime]] = {}
        self.scheduled: dict[str, dict[str, Any]] = {}
        self.media: dict[str, dict[str, Any]] = {}
        self.unseen: set[Person] = set()  # people elsewhere whom this server has not met yet
        self.asked: list[tuple[str, str]] = []  # every request that came: method and path
        # Parameters that are known everywhere, or ignored, as Rails ignores unknown ones.
        self.tolerated: set[str] = {"content_type"} if self.world.flavour.markup else set()
        self.faults = Faults()
        self.budgets = Budgets(self.world.flavour.iso_reset)
        self.streams = Streams(self)
        self.runner: web.AppRunner | None = None
        self._settle()

    def _settle(self) -> None:
        """The people who are there from the start."""
        for name, password in PASSWORDS.items():
            self.world.join(name, display_name=name.title(), password=password)
        for name in ("grete", "stranger"):
            self.world.join(name, display_name=name.title())
        self.world.join("zoe", display_name="Zoe", locked=True)
        self.world.join("bo", FAR, display_name="Bo")
        self.unseen.add(self.world.join("far_away", FAR, display_name="Not met yet"))

    @property
    def domain(self) -> str:
        """What the server calls itself: the name that people give."""
        return self.world.domain

    host = domain

    @property
    def url(self) -> str:
        """Where the server is reached."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def streaming_url(self) -> str:
        """What the server says of where its streams are."""
        return f"ws://127.0.0.1:{self.streams_port or self.port}"

    @property
    def secrets(self) -> list[str]:
        """What nobody but server and client may see."""
        tokens = [one.value for one in self.tokens.values()]
        return [*tokens, *(app["client_secret"] for app in self.apps.values()), *self.codes]

    def person(self, name: str) -> Someone:
        """Somebody by name: `ada`, `bo@far.example`; who is not there yet joins."""
        found = self.world.find(name)
        if found is None:
            username, _, host = name.removeprefix("@").partition("@")
            found = self.world.join(username, host or None, display_name=username.title())
        return Someone(self, found)

    def new_token(self, app: dict[str, Any], scopes: frozenset[str], person: Person | None) -> Token:
        made = Token(secrets.token_urlsafe(32), app, scopes, person)
        self.tokens[made.value] = made
        return made

    def expire(self, name: str) -> None:
        """Somebody revokes every app's access, in the settings."""
        for token in self.tokens.values():
            if token.person is not None and token.person.username == name:
                token.revoked = True

    def advance(self, seconds: float) -> None:
        """Time passes; what was scheduled until then is published."""
        self.world.offset += timedelta(seconds=seconds)
        for id, one in list(self.scheduled.items()):
            if one["at"] <= self.world.now():
                del self.scheduled[id]
                self.world.post(one["author"], **one["fields"])

    # --- what goes wrong ---

    def fail(
        self, fault: Fault, *, method: str | None = None, path: str | None = None, times: int | None = 1
    ) -> None:
        """The next request that fits meets this; `times` None: every one until `heal`."""
        self.faults.add(fault, method, path, times)

    async def refuse(self) -> None:
        """Nobody listens, until `heal`."""
        await self.close()

    async def heal(self) -> None:
        """From now on everything goes well."""
        self.faults.heal()
        if self.runner is None:
            await self.open()

    # --- one request ---

    async def answer(self, request: web.Request, route: Route | None = None) -> web.StreamResponse:
        """Every request comes by here."""
        self.asked.append((request.method, request.path))
        fault = self.faults.take(request)
        if fault is Fault.HANG:
            await self.faults.healed.wait()
        if fault in (Fault.HANG, Fault.CUT_BEFORE):
            await request.read()
            hang_up(request)
            return web.Response()
        if fault in (None, Fault.CUT_AFTER, Fault.TRUNCATED):
            answer = await self._good(request, route)
            if fault is Fault.CUT_AFTER:
                hang_up(request)
            if fault is Fault.TRUNCATED:
                assert isinstance(answer, web.Response)
                return await truncated(request, answer)
            return answer
        answer = ordered(fault)
        if fault is Fault.RATE:
            answer.headers.update(self.budgets.exhausted(self.world.now()))
        return answer

    async def _good(self, request: web.Request, route: Route | None) -> web.StreamResponse:
        if self.world.flavour.needs_user_agent and not request.headers.get("User-Agent"):
            # gotosocial: internal/middleware/useragent.go
            words = "I'm a teapot: no user-agent sent with request"
            return web.json_response({"error": words}, status=418)
        if request.path.rstrip("/").startswith("/api/v1/streaming"):
            return await self.streams.answer(request)
        who = request.headers.get("Authorization") or request.remote or ""
        within, headers = self.budgets.spend(who, request, self.world.now())
        answer = await self._api(request, route) if within else ordered(Fault.RATE)
        for name, value in headers.items():
            answer.headers[name] = value
        return answer

    async def _api(self, request: web.Request, route: Route | None) -> web.Response:
        try:
            if route is None or self._missing(request):
                raise ApiError(404, "Not Found")
            answer = await self._called(route, request)
        except ApiError as problem:
            return web.json_response(problem.body, status=problem.status)
        if isinstance(answer, Answer):
            return web.json_response(answer.body, status=answer.status, headers=answer.headers)
        return answer

    def _missing(self, request: web.Request) -> bool:
        """Whether this software has no such thing."""
        flavour, path = self.world.flavour, request.path.rstrip("/")
        if path == "/api/v2/instance" and not flavour.newest_instance:
            return True
        return re.fullmatch(flavour.missing, f"{request.method} {path}") is not None

    async def _called(self, route: Route, request: web.Request) -> Any:
        params = await parameters(request)
        token = self._let_in(route, request, params)
        check_known(route, params, self.tolerated)
        return await route.handler(Call(request, self.world, token, params, self))

    def _let_in(self, route: Route, request: web.Request, params: dict[str, Any]) -> Token | None:
        """Doorkeeper's order: is the token one (401), does it allow this (403), is it a person's (422)."""
        if route.scope is None:
            return None
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        value = value if kind.lower() == "bearer" else str(params.get("access_token", ""))
        if not value and route.anonymous and self.world.flavour.anonymous:
            return None
        token = self.tokens.get(value)
        if token is None:
            raise ApiError(401, "The access token is invalid")
        if token.revoked:
            raise ApiError(401, "The access token was revoked")
        allowed = route.app or token.allows(route.scope)
        if not allowed and not (route.path.endswith("/verify_credentials") and token.allows("profile")):
            raise ApiError(403, "This action is outside the authorized scopes")
        if token.person is None and not route.app and not route.anonymous:
            raise ApiError(422, "This method requires an authenticated user")
        return token

    async def _file(self, request: web.Request) -> web.Response:
        """What was handed over, to anybody, in the size in which it came."""
        made = self.media.get(request.match_info["id"])
        return web.Response(body=made["_content"]) if made else web.Response(status=404)

    # --- the port ---

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=64 * 1024 * 1024)

        def endpoint(route: Route) -> Any:
            return functools.partial(self.answer, route=route)

        for route in ROUTES:
            for path in (route.path, f"{route.path}/"):  # Rails takes both
                app.router.add_route(route.method, path, endpoint(route))
        app.router.add_get("/system/media_attachments/files/{id}/{size}/file", self._file)
        app.router.add_route("*", "/{path:.*}", self.answer)
        return app

    async def open(self) -> None:
        """Listen; on the same port when it is opened again."""
        self.runner = web.AppRunner(self._application(), shutdown_timeout=0.1)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self.runner.addresses[0][1]
        if not self.domain:
            self.world.domain, self.world.scheme = f"127.0.0.1:{self.port}", "http"

    async def close(self) -> None:
        """Listen no more, and end every connection."""
        self.streams.cut()
        self.faults.healed.set()
        if self.runner is not None:
            runner, self.runner = self.runner, None
            await runner.cleanup()
            await asyncio.sleep(0.01)  # until clients know that their open connections ended


@contextlib.asynccontextmanager
async def serve(flavour: str = "mastodon", domain: str = DOMAIN) -> AsyncIterator[MastodonServer]:
    """A server on a free port, of one of `FLAVOURS`. With `domain=""` it calls itself
    what it is reached at, for clients that cannot be told where a name leads.
    """
    server = MastodonServer(flavour, domain)
    await server.open()
    try:
        yield server
    finally:
        await server.close()
