"""One call of the API: may it, what does it say, and how it is answered.

A token comes in the `Authorization` header and nowhere else: addresses are logged on the way, and a
cookie would let any page in the browser speak for its person. So other sites' pages may call (CORS),
and find nothing that they did not bring.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from aiohttp import web

from adapters.plaza.api import params
from adapters.plaza.api.params import Params
from adapters.plaza.api.problems import FORBIDDEN, INVALID, ApiError, of, with_limits
from adapters.plaza.scopes import allows
from adapters.plaza.store import tokens
from adapters.plaza.store.access import digest
from adapters.plaza.store.rows import Member
from adapters.plaza.store.tokens import Holder
from adapters.plaza.throttle import Cap, Left, Throttle, caller
from adapters.plaza.voice import voice
from bridgebot.adapter import Context, Database
from bridgebot.errors import AdapterError

T = TypeVar("T")

TOKEN = Cap("token", 300, timedelta(minutes=5))  # as Mastodon has it, for each token
NAMELESS = Cap("address", 300, timedelta(minutes=5))  # for each address that calls without one
CROWD = Cap("crowd", 1500, timedelta(minutes=5))  # for each address, whatever it shows
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset",
}
_PREFLIGHT = {
    **CORS,
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
    "Access-Control-Max-Age": "3600",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was let in. Its token is proven anew in each unit of work that is done for it."""

    request: web.Request
    params: Params
    database: Database
    secret: str | None = field(repr=False)
    scopes: tuple[str, ...]  # one of these is needed

    def segment(self, name: str = "id") -> int:
        """A number in the path."""
        return int(self.request.match_info[name])

    async def read(self, unit: Callable[[Any, Member | None], T]) -> T:
        """Read as whose token it is, or as anybody where none is shown."""

        def proven(connection: Any, now: datetime) -> tuple[T, int | None]:
            held = self._held(connection)
            stale = held is not None and tokens.is_stale(held.used_at, now)
            found = unit(connection, held.member if held else None)
            return found, held.id if held is not None and stale else None

        found, stale = await self.database.read(proven)
        if stale is not None:
            await self.database.run(lambda connection, now: tokens.touch(connection, now, stale))
        return found

    async def look(self, unit: Callable[[Any, Member], T]) -> T:
        """Read as whose token it is."""
        return await self.read(lambda connection, me: unit(connection, _some(me)))

    async def act(self, unit: Callable[[Any, datetime, Member], T]) -> T:
        """Change something as whose token it is."""

        def proven(connection: Any, now: datetime) -> T:
            held = self._held(connection)
            done = unit(connection, now, _some(held.member if held else None))
            if held is not None and tokens.is_stale(held.used_at, now):
                tokens.touch(connection, now, held.id)
            return done

        return await self.database.run(proven)

    def _held(self, connection: Any) -> Holder | None:
        if self.secret is None:
            return None
        held = tokens.holder(connection, self.secret)
        if held is None:
            raise ApiError(401, INVALID)
        if not any(allows(held.scopes, one) for one in self.scopes):
            raise ApiError(403, FORBIDDEN)
        return held


def _some(me: Member | None) -> Member:
    if me is None:
        raise ApiError(401, INVALID)
    return me


Method = Callable[[Call], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class _Method:
    """One that was declared."""

    do: Method
    scopes: tuple[str, ...]
    anonymous: bool
    cap: Cap | None
    most: int | None


class Door:
    """Where methods are declared and calls come in."""

    def __init__(self, context: Context, throttle: Throttle) -> None:
        self._context = context
        self._throttle = throttle
        self._known: set[str] = set()  # paths that answer what a browser asks beforehand

    def add(
        self,
        method: str,
        path: str,
        do: Method,
        *scopes: str,
        anonymous: bool = False,
        cap: Cap | None = None,
        most: int | None = None,
    ) -> None:
        """Serve a method. Without scopes it needs no token; with `anonymous` it goes without one too;
        `cap` counts what one address calls, beside everything else. `most` bytes may come with a call, where
        that is more than the site takes of anybody.
        """
        declared = _Method(do, scopes, anonymous or not scopes, cap, most)

        async def handler(request: web.Request) -> web.StreamResponse:
            return await self._answered(request, declared)

        if path.startswith("/api/"):
            path += "{slash:/?}"  # Rails takes no notice of it, and Mastodon.py asks for `…/instance/`
        self._context.routes.add(method, path, handler)
        if path not in self._known:
            self._known.add(path)
            self._context.routes.add("OPTIONS", path, _preflight)

    async def _answered(self, request: web.Request, method: _Method) -> web.Response:
        secret = _secret(request) if method.scopes else None
        left = self._left(request, secret, method.cap)
        try:
            if not left.allowed:
                raise ApiError(429, "Too many requests")
            if secret is None and not method.anonymous:
                raise ApiError(401, INVALID)
            reply = await method.do(await self._call(request, secret, method))
        except (ApiError, AdapterError, params.Unreadable) as error:
            problem = of(error, self._say(request), self._context.clock.now())
            return _json(problem.body, problem.status, {**with_limits(left), **problem.headers})
        return _json(reply.body, reply.status, {**with_limits(left), **reply.headers})

    async def _call(self, request: web.Request, secret: str | None, method: _Method) -> Call:
        """The call with what it says. A large body is read only of somebody who may send it, and only where
        there may be a file in it.
        """
        database, scopes = self._context.database, method.scopes
        if method.most is None or request.content_type != "multipart/form-data":
            return Call(request, await params.read(request), database, secret, scopes)
        await Call(request, Params({}), database, secret, scopes).look(lambda connection, me: None)
        wide = request.clone(client_max_size=method.most)
        try:
            return Call(wide, await params.read(wide), database, secret, scopes)
        except web.HTTPRequestEntityTooLarge:
            raise ApiError(413, "The file is too large") from None

    def _left(self, request: web.Request, secret: str | None, cap: Cap | None) -> Left:
        """What is left of the narrowest cap that this call counts for."""
        now, address = self._context.clock.now(), caller(request)
        crowd = self._throttle.take(CROWD, address, now)
        if not crowd.allowed:
            return crowd
        if secret is not None:
            return self._throttle.take(TOKEN, digest(secret), now)
        return self._throttle.take(cap or NAMELESS, address, now)

    def _say(self, request: web.Request) -> Callable[..., str]:
        words = voice(request, self._context.texts)
        return lambda key, **arguments: words.texts(words.language, key, **arguments)


def _secret(request: web.Request) -> str | None:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" and value.strip() else None


async def _preflight(request: web.Request) -> web.Response:
    return web.Response(status=204, headers=_PREFLIGHT)


def _json(body: Any, status: int, headers: Mapping[str, str]) -> web.Response:
    kept = {"Cache-Control": "no-store", "Vary": "Authorization"}
    return web.json_response(body, status=status, headers={**CORS, **kept, **headers})
