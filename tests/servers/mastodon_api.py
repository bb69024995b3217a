"""One call of the API: who calls, may they, what do they say, and how it is answered.

Stricter than a real server in one thing: a parameter that the endpoint does not know is refused
(Rails ignores it), so that a misspelt one is found out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from tests.servers.mastodon_entities import Entities
from tests.servers.mastodon_things import Person, Status, newest, order
from tests.servers.mastodon_world import World

PAGING = frozenset({"max_id", "since_id", "min_id", "limit"})


class ApiError(Exception):
    """The server says no."""

    def __init__(self, status: int, words: str, **more: Any) -> None:
        super().__init__(words)
        self.status = status
        self.body = {"error": words, **more}


def not_found() -> ApiError:
    return ApiError(404, "Record not found")  # mastodon: app/controllers/api/base_controller.rb


def invalid(words: str) -> ApiError:
    return ApiError(422, f"Validation failed: {words}")


@dataclass
class Token:
    """What a client shows to be let in; `person` is None for an app's own token."""

    value: str
    app: dict[str, Any]
    scopes: frozenset[str]
    person: Person | None = None
    revoked: bool = False

    def allows(self, scope: str) -> bool:
        """`write` holds `write:statuses`; `follow` is old for three of each (OAuth scopes in the docs)."""
        held = set(self.scopes)
        if "follow" in held:
            held |= {
                f"{verb}:{what}" for verb in ("read", "write") for what in ("follows", "blocks", "mutes")
            }
        return scope in held or scope.partition(":")[0] in held


@dataclass
class Answer:
    """What goes back, with its headers."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Call:
    """A request that has passed the door."""

    request: web.Request
    world: World
    token: Token | None
    params: dict[str, Any]
    server: Any  # the MastodonServer

    @property
    def me(self) -> Person | None:
        return self.token.person if self.token else None

    @property
    def entities(self) -> Entities:
        return Entities(self.world, self.me)

    def segment(self, name: str = "id") -> str:
        return self.request.match_info[name]

    def flag(self, name: str) -> bool:
        return str(self.params.get(name, "")).lower() in ("1", "true", "on", "t")

    def text(self, name: str) -> str:
        value = self.params.get(name)
        return "" if value is None else str(value)

    def many(self, name: str) -> list[str]:
        value = self.params.get(name) or []
        return [str(one) for one in (value if isinstance(value, list) else [value])]

    # --- what the path names ---

    def status(self) -> Status:
        """The status in the path, if the caller may see it: 404 otherwise, never 403."""
        found = self.world.statuses.get(self.segment())
        if found is None or not self.world.visible(found, self.me):
            raise not_found()
        return found

    def own_status(self) -> Status:
        found = self.status()
        if found.author is not self.me:
            raise not_found()
        return found

    def person(self) -> Person:
        found = self.world.people.get(self.segment())
        if found is None:
            raise not_found()
        return found


Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    handler: Handler
    scope: str | None  # None: no token needed
    params: frozenset[str]
    anonymous: bool  # what is public is also read without a token
    app: bool  # an app's own token will do


class Routes(list[Route]):
    """The endpoints of one module."""

    def add(
        self,
        method: str,
        path: str,
        *params: str,
        scope: str | None = None,
        anonymous: bool = False,
        app: bool = False,
        paged: bool = False,
    ) -> Callable[[Handler], Handler]:
        known = frozenset(params) | (PAGING if paged else frozenset())

        def remember(handler: Handler) -> Handler:
            self.append(Route(method, path, handler, scope, known, anonymous, app))
            return handler

        return remember


# --- parameters --------------------------------------------------------------------------------


async def parameters(request: web.Request) -> dict[str, Any]:
    """Query and body as one, as Rails has them: JSON, urlencoded or multipart."""
    found = _nested(parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True))
    if request.method in ("GET", "HEAD"):
        return found
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            raise ApiError(400, "There was an error parsing the JSON body") from None
        if not isinstance(body, dict):
            raise ApiError(400, "There was an error parsing the JSON body")
        return found | body
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return found | _nested(list((await request.post()).items()))
    if request.can_read_body and await request.read():
        raise ApiError(415, f"Unsupported Media Type {request.content_type}")
    return found


def _nested(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """`a[]=1&b[c]=2` as Rack reads it."""
    made: dict[str, Any] = {}
    for name, value in pairs:
        first, *rest = re.findall(r"^[^\[]+|\[[^\]]*\]", name) or [name]
        _put(made, first, rest, value)
    return made


def _put(into: dict[str, Any], name: str, rest: list[str], value: Any) -> None:
    if not rest:
        into[name] = value
    elif rest[0] == "[]" or (rest[0][1:-1].isdigit() and len(rest) == 1):
        into.setdefault(name, []).append(value)
    else:
        _put(into.setdefault(name, {}), rest[0][1:-1], rest[1:], value)


def check_known(route: Route, params: dict[str, Any], tolerated: set[str]) -> None:
    unknown = sorted(params.keys() - route.params - {"access_token"} - tolerated)
    if unknown:
        raise ApiError(
            422, f"The fake server knows no parameter {unknown[0]!r} of {route.method} {route.path}"
        )


# --- pages -------------------------------------------------------------------------------------


def page(
    call: Call, things: list[Any], *, most: int = 40, usual: int = 20, always_next: bool = False
) -> tuple[list[Any], dict[str, str]]:
    """One page, newest first, with its `Link` header.

    `since_id` cuts off below and shows the newest; `min_id` shows those directly above it
    (mastodon: app/models/concerns/paginable.rb). `always_next`: the home timeline and notifications
    name a next page even where none is.
    """
    limit = min(asked_limit(call, usual), most)
    found = newest(things)
    if maximum := call.text("max_id"):
        found = [one for one in found if order(one.id) < order(maximum)]
    if minimum := call.text("min_id") or call.text("since_id"):
        found = [one for one in found if order(one.id) > order(minimum)]
    found = found[-limit:] if call.text("min_id") else found[:limit]
    return found, _links(call, found, always_next or len(found) == limit)


def asked_limit(call: Call, usual: int) -> int:
    """How many the caller wants."""
    text = call.text("limit")
    if not text:
        return usual
    if not text.isdigit() or int(text) == 0:
        raise ApiError(400, "The limit must be a number above 0")
    return int(text)


def _links(call: Call, found: list[Any], more: bool) -> dict[str, str]:
    if not found or not call.world.flavour.links:
        return {}
    path = call.world.home + call.request.path
    kept = {name: value for name, value in call.params.items() if name not in PAGING - {"limit"}}

    def link(name: str, id: str, rel: str) -> str:
        pairs: list[tuple[str, str]] = []
        for key, value in sorted((kept | {name: id}).items()):
            pairs += [(f"{key}[]", one) for one in value] if isinstance(value, list) else [(key, value)]
        return f'<{path}?{urlencode(pairs)}>; rel="{rel}"'

    links = [link("max_id", found[-1].id, "next")] if more else []
    return {"Link": ", ".join([*links, link("min_id", found[0].id, "prev")])}


def moment(text: str) -> datetime:
    """A time as a client writes it."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise invalid("Scheduled at is invalid") from None
    if time.tzinfo is None:
        raise invalid("Scheduled at is invalid")
    return time
