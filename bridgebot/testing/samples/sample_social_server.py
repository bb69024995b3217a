"""A strict fake of SampleSocial's server: what the API does not know is refused, as the real one would."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bridgebot.model import (
    Account,
    Audience,
    Author,
    Browser,
    Consent,
    Post,
    Question,
    Timeline,
    TimelineKind,
)
from bridgebot.testing.social_base import LASTING, RETRY_AFTER, Mark, SocialFailure

PAGE = 20
PEOPLE = ("ada", "lin", "grete", "stranger")
STATUS = {SocialFailure.AUTH: 401, SocialFailure.REJECTED: 422, SocialFailure.BROKEN: 500}


class Server:
    """The server and the people on it: what the contract kit calls the remote."""

    failures = frozenset(SocialFailure)

    def __init__(self) -> None:
        self.url = ""
        self.tokens = {f"a-very-secret-token-of-{name}": name for name in PEOPLE}
        self.standing: dict[str, dict[str, Any]] = {}  # by id
        self.log: list[dict[str, Any]] = []  # every post, and again with `gone`
        self.keys: dict[tuple[str, str], dict[str, Any]] = {}
        self.favourites: set[tuple[str, str]] = set()
        self.failure: SocialFailure | None = None
        self.runner: web.AppRunner | None = None
        self.port = 0

    @property
    def secrets(self) -> Sequence[str]:
        return list(self.tokens)

    # --- the API ---

    async def answer_all(self, request: web.Request) -> web.StreamResponse:
        """Every request comes by here, where things go wrong on order."""
        failure = self.failure
        if failure not in LASTING:
            self.failure = None
        if failure is SocialFailure.RATE:
            raise web.HTTPTooManyRequests(headers={"Retry-After": str(RETRY_AFTER)})
        if failure in STATUS:
            return web.json_response({"error": "on order"}, status=STATUS[failure])
        if failure is SocialFailure.NONSENSE:
            return web.Response(text="<html>hello</html>", content_type="text/html")
        answer = await self._answer(request) if failure is not SocialFailure.LOST else web.Response()
        if failure in (SocialFailure.CUT, SocialFailure.LOST):
            assert request.transport is not None
            request.transport.close()
        return answer

    async def _answer(self, request: web.Request) -> web.Response:
        me = self._reader(request)
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["me"] if me:
                return web.json_response({"id": f"u-{me}", "name": me})
            case "POST", ["posts"] if me:
                return await self._publish(me, await request.json())
            case "GET", ["posts", id]:
                return web.json_response(self._visible(id, me))
            case "DELETE", ["posts", id] if me:
                return self._delete(id, me)
            case (("PUT" | "DELETE"), ["posts", id, "favourite"]) if me:
                mark = me, self._visible(id, me)["id"]
                (self.favourites.add if request.method == "PUT" else self.favourites.discard)(mark)
                return web.json_response({})
            case "GET", ["people", id, "changes"]:
                return self._changes(id, me, request.query.get("since"))
        raise web.HTTPNotFound

    def _reader(self, request: web.Request) -> str | None:
        header = request.headers.get("Authorization")
        if header is None:
            return None
        if (name := self.tokens.get(header.removeprefix("Bearer "))) is None:
            raise web.HTTPUnauthorized
        return name

    async def _publish(self, me: str, body: dict[str, Any]) -> web.Response:
        if body.keys() != {"text", "audience", "reply_to", "key"} or len(body["text"]) > 500:
            raise web.HTTPUnprocessableEntity
        if body["audience"] not in ("public", "followers"):
            raise web.HTTPUnprocessableEntity
        if body["reply_to"] is not None:
            self._visible(body["reply_to"], me)
        key = me, body.pop("key")
        if key not in self.keys:
            self.keys[key] = self._add(me, **body)
        return web.json_response(self.keys[key])

    def _delete(self, id: str, me: str) -> web.Response:
        post = self._visible(id, me)
        if post["author"]["name"] != me:
            raise web.HTTPForbidden
        self.log.append({**self.standing.pop(id), "gone": True})
        return web.json_response({})

    def _changes(self, person: str, me: str | None, since: str | None) -> web.Response:
        start = len(self.log) if since is None else int(since)
        end = min(start + PAGE, len(self.log))
        seen = [p for p in self.log[start:end] if p["author"]["id"] == person and self._may(p, me)]
        posts = [post for post in seen if post["id"] in self.standing]
        gone = [post["id"] for post in seen if post.get("gone")]
        return web.json_response({"posts": posts, "gone": gone, "next": end, "more": end < len(self.log)})

    def _visible(self, id: str, me: str | None) -> dict[str, Any]:
        if id not in self.standing or not self._may(self.standing[id], me):
            raise web.HTTPNotFound
        return self.standing[id]

    def _may(self, post: dict[str, Any], me: str | None) -> bool:
        return post["audience"] == "public" or me is not None

    def _add(self, name: str, text: str, audience: str, reply_to: str | None) -> dict[str, Any]:
        post = {
            "id": str(len(self.log) + 1),
            "author": {"id": f"u-{name}", "name": name},
            "text": text,
            "audience": audience,
            "at": datetime.now(UTC).isoformat(),
            "reply_to": reply_to,
        }
        self.standing[post["id"]] = post  # type: ignore[index]
        self.log.append(post)
        return post

    # --- the people ---

    async def answer(
        self, step: Question | Browser | Consent, who: str = "ada", *, right: bool = True
    ) -> str:
        return f"a-very-secret-token-of-{who}" if right else "another-token"

    async def person(self) -> str:
        return f"@grete@{self.url.removeprefix('http://')}"

    async def timeline(self, kind: TimelineKind, account: Account) -> Timeline:
        return Timeline(kind, account.server, "u-grete" if kind is TimelineKind.PERSON else "")

    async def add(
        self,
        timeline: Timeline | None,
        text: str,
        *,
        account: Account,
        audience: Audience = Audience.PUBLIC,
        reply_to: str | None = None,
    ) -> str:
        name = "grete" if timeline else "stranger"
        if timeline and timeline.kind is TimelineKind.OWN:
            name = account.name
        id: str = self._add(name, text, audience, reply_to)["id"]
        return id

    async def edit(self, post_id: str, text: str) -> None:
        raise NotImplementedError("SampleSocial knows no edits")

    async def delete(self, post_id: str) -> None:
        self._delete(post_id, self.standing[post_id]["author"]["name"])

    async def posts(self) -> Sequence[Post]:
        return [
            Post(
                post["id"],
                Author(post["author"]["id"], post["author"]["name"]),
                post["text"],
                Audience(post["audience"]),
                datetime.fromisoformat(post["at"]),
                reply_to=post["reply_to"],
            )
            for post in self.standing.values()
        ]

    async def files(self, post_id: str) -> Sequence[bytes]:
        raise NotImplementedError("SampleSocial knows no files")

    async def marked(self, mark: Mark, account: Account, target: str) -> bool:
        return (account.name, target) in self.favourites

    async def fail(self, failure: SocialFailure) -> None:
        if failure is SocialFailure.REFUSED:
            await self.close()
        else:
            self.failure = failure

    async def heal(self) -> None:
        self.failure = None
        if self.runner is None:
            await self.open()

    # --- the port ---

    async def open(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.answer_all)
        self.runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", self.port).start()
        self.port = self.runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"

    async def close(self) -> None:
        if self.runner is not None:
            await self.runner.cleanup()
            await asyncio.sleep(0.01)  # until clients know that their open connections ended
        self.runner = None


@contextlib.asynccontextmanager
async def serve() -> AsyncIterator[Server]:
    """The server on a free port of this machine."""
    server = Server()
    await server.open()
    try:
        yield server
    finally:
        await server.close()
