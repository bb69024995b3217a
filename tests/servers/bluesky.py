"""A strict fake of a Bluesky server and app view, on a free port of this machine.

Written from the public lexicons (lexicons/com/atproto and lexicons/app/bsky of bluesky-social/atproto), by
which it checks every call and every answer, and from what the servers' own source does where lexicons are
silent; each odd rule names its source. It is at once the PDS that keeps the accounts, the app view behind it,
the app view that anybody may ask, and the directory of did:plc. `tests/servers/bluesky_real.py` starts the
real ones.

    async with serve() as server:
        ada = server.person("ada")                     # ada and lin have an app password; others not
        post = ada.post("hello #tea")                  # people act at once, without HTTP
        server.fail(Fault.RATE, path="putRecord")      # the next such call goes wrong
        server.world.lags = True                       # the app view sees nothing new until `catch_up`
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.servers import bluesky_feeds, bluesky_sessions, bluesky_writes
from tests.servers import bluesky_lexicons as lexicons
from tests.servers.bluesky_api import Call, Handler, XrpcError, invalid
from tests.servers.bluesky_faults import RETRY_AFTER, Fault, Faults, hang_up, limits, ordered
from tests.servers.bluesky_person import Someone
from tests.servers.bluesky_sessions import WITH_REFRESH, Tokens
from tests.servers.bluesky_world import World

__all__ = ["DOMAIN", "BlueskyServer", "Fault", "serve"]

DOMAIN = "sky.test"
PASSWORDS = {"ada": "abcd-efgh-ijkl-mnop", "lin": "qrst-uvwx-yz23-4567"}
HANDLERS: dict[str, Handler] = {
    **bluesky_sessions.HANDLERS,
    **bluesky_writes.HANDLERS,
    **bluesky_feeds.HANDLERS,
}


class BlueskyServer:
    """The servers, what they keep, and their people."""

    def __init__(self, domain: str = DOMAIN) -> None:
        self.world = World(domain)
        self.tokens = Tokens()
        self.faults = Faults()
        self.reports: list[tuple[str, dict[str, Any]]] = []
        self.asked: list[str] = []  # every method that was called
        self.bodies: list[tuple[str, Any]] = []  # every procedure's body
        self.renewals: Counter[str] = Counter()  # of sessions, by DID
        self.port = 0
        self.runner: web.AppRunner | None = None
        for name in ("ada", "lin", "grete", "stranger"):
            self.world.join(name, password=PASSWORDS.get(name, ""))

    @property
    def url(self) -> str:
        """Where all of it is reached."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def options(self) -> dict[str, Any]:
        """The options of an adapter that is to use it."""
        return {"appview": self.url, "entryway": self.url, "plc": self.url}

    @property
    def secrets(self) -> list[str]:
        """What nobody but server and client may see."""
        passwords = [one for person in self.world.people.values() for one in person.passwords]
        return [*self.tokens.made, *passwords]

    def person(self, name: str) -> Someone:
        """Somebody by name, handle or DID; who is not there yet joins."""
        return Someone(self, self.world.person(name) or self.world.join(name))

    def expire(self, name: str) -> None:
        """The app password of somebody is taken back in the settings: the sessions made with it go on until
        their tokens are over, and are not renewed (packages/pds/src/account-manager, revokeAppPassword).
        """
        did = self.person(name).did
        for token in self.tokens.made:
            with contextlib.suppress(XrpcError):
                claims = self.tokens.read(token, 0)
                theirs = claims["sub"] == did and claims["scope"] == "com.atproto.refresh"
                self.tokens.revoked |= {claims["jti"]} if theirs else set()

    def advance(self, seconds: float) -> None:
        """Time passes."""
        self.world.offset += timedelta(seconds=seconds)

    # --- what goes wrong ---

    def fail(self, fault: Fault, *, path: str | None = None, times: int | None = 1) -> None:
        """The next call that fits meets this; `times` None: every one until `heal`."""
        self.faults.add(fault, path, times)

    async def refuse(self) -> None:
        """Nobody listens, until `heal`."""
        await self.close()

    async def heal(self) -> None:
        """From now on everything goes well."""
        self.faults.heal()
        if self.runner is None:
            await self.open()

    # --- answering ---

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.match_info["nsid"])
        fault = self.faults.take(request)
        if fault in (Fault.CUT_BEFORE, Fault.HANG):
            await request.read()
            if fault is Fault.HANG:
                await self.faults.healed.wait()
            hang_up(request)
            return web.Response()
        if fault not in (None, Fault.CUT_AFTER):
            return self._told(ordered(fault), over=fault is Fault.RATE)
        answer = await self._answered(request)
        if fault is Fault.CUT_AFTER:
            hang_up(request)
        return self._told(answer)

    def _told(self, answer: web.Response, *, over: bool = False) -> web.Response:
        now = self.world.now()
        answer.headers.update(limits(now, left=0, seconds=RETRY_AFTER) if over else limits(now))
        return answer

    async def _answered(self, request: web.Request) -> web.Response:
        nsid = request.match_info["nsid"]
        try:
            call = await self._call(nsid, request)
            said = HANDLERS[nsid](call)
            body = await said if inspect.isawaitable(said) else said
        except XrpcError as problem:
            return problem.answer
        if not lexicons.answers(nsid):
            assert body is None, f"{nsid} answers nothing"
            return web.Response()
        lexicons.check(nsid, "output", body)  # an error here is the fake's own
        return web.json_response(body)

    async def _call(self, nsid: str, request: web.Request) -> Call:
        """packages/xrpc-server/src/server.ts: the method, who calls, the parameters, the body."""
        kind = lexicons.known(nsid)
        if kind is None or nsid not in HANDLERS:
            raise XrpcError("MethodNotImplemented", "Method Not Implemented", 501)
        if request.method != ("GET" if kind == "query" else "POST"):
            raise XrpcError("InvalidRequest", f"Incorrect HTTP method ({request.method}) expected", 405)
        try:
            call = Call(self, nsid, request, lexicons.parameters(nsid, list(request.query.items())))
            self._let_in(call)
            call.body = await self._body(nsid, request) if kind == "procedure" else None
        except lexicons.Invalid as error:
            raise invalid(f"Error: {error}") from None
        return call

    def _let_in(self, call: Call) -> None:
        """Whose token came with it: an access token, but for a session's own end a refresh token."""
        scheme, _, token = call.request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return
        if scheme != "Bearer":
            raise XrpcError("InvalidToken", "Unexpected authorization type")
        call.claims = self.tokens.read(token, self.world.now().timestamp())
        renews = call.claims["scope"] == "com.atproto.refresh"
        if renews is not (call.nsid in WITH_REFRESH):
            raise XrpcError("InvalidToken", "Bad token scope")
        call.person = self.world.people[call.claims["sub"]]

    async def _body(self, nsid: str, request: web.Request) -> Any:
        wanted, raw = lexicons.encoding(nsid), await request.read()
        if wanted is None:
            if raw:
                raise invalid("A request body was provided when none was expected")
            return None
        if wanted == "*/*":
            return raw
        if request.content_type != wanted:
            raise invalid(f"Wrong request encoding (Content-Type): {request.content_type}")
        try:
            body = json.loads(raw)
        except ValueError:
            raise invalid("Unexpected token in JSON") from None
        self.bodies.append((nsid, body))
        lexicons.check(nsid, "input", body)
        return body

    async def _directory(self, request: web.Request) -> web.Response:
        """GET /did:plc:…: web.plc.directory."""
        did = request.match_info["did"]
        if did not in self.world.people:
            return web.json_response({"message": f"DID not registered: {did}"}, status=404)
        return web.json_response(bluesky_sessions.document(self.url, self.world.people[did]))

    async def _picture(self, request: web.Request) -> web.Response:
        """As the CDN gives it; that would make it smaller."""
        content, kind, _ = self.world.blobs.get(request.match_info["cid"], (b"", "", ""))
        return web.Response(body=content, content_type=kind) if content else web.Response(status=404)

    async def _well_known(self, request: web.Request) -> web.Response:
        person = self.world.person(request.host.partition(":")[0])
        return web.Response(text=person.did) if person else web.Response(status=404, text="User not found")

    # --- the port ---

    async def open(self) -> None:
        """Listen; on the same port when it is opened again."""
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_route("*", "/xrpc/{nsid}", self.answer)
        app.router.add_get("/img/{size}/plain/{did}/{cid}", self._picture)
        app.router.add_get("/.well-known/atproto-did", self._well_known)
        app.router.add_get("/{did:did:plc:[a-z2-7]+}", self._directory)
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self.runner.addresses[0][1]

    async def close(self) -> None:
        """Listen no more, and end every connection."""
        self.faults.healed.set()
        if self.runner is not None:
            runner, self.runner = self.runner, None
            await runner.cleanup()
            await asyncio.sleep(0.01)  # until clients know that their open connections ended


@contextlib.asynccontextmanager
async def serve(domain: str = DOMAIN) -> AsyncIterator[BlueskyServer]:
    """A server on a free port."""
    server = BlueskyServer(domain)
    await server.open()
    try:
        yield server
    finally:
        await server.close()
