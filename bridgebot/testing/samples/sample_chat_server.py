"""A strict fake of SampleChat's server: what the API does not know is refused, as the real one would."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bridgebot.model import Chat, Span
from bridgebot.testing.chat_base import RETRY_AFTER, ChatFailure, Heard

GROUP = "stones"


class Server:
    """The server and the people on it: what the contract kit calls the remote."""

    secrets = ("a-very-secret-token",)
    failures = frozenset(set(ChatFailure) - {ChatFailure.REMOVED})
    no_file = ""  # SampleChat knows no files

    def __init__(self) -> None:
        self.url = ""
        self.updates: list[dict[str, Any]] = []  # not yet acknowledged
        self.messages: dict[str, dict[str, Any]] = {}  # those that stand, by id
        self.numbers = itertools.count(1)
        self.news = asyncio.Event()
        self.failure: ChatFailure | None = None
        self.drops = 0  # how often the next poll is cut off
        self.closed = False
        self.locked_out = False

    # --- the API ---

    async def poll(self, request: web.Request) -> web.Response:
        self._check(request)
        after = int(request.query["after"])
        self.updates = [update for update in self.updates if update["number"] > after]
        self.news.clear()
        if not self.updates and not self.drops:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), float(request.query["wait"]))
        if self.drops:
            self.drops -= 1
            return self._cut(request)
        self._check(request)
        return web.json_response(self.updates)

    async def post(self, request: web.Request) -> web.Response:
        self._check(request)
        body = await self._body(request, {"text", "reply_to"})
        chat = request.match_info["chat"]
        if self.closed and chat == "ada":
            raise web.HTTPNotFound
        match self.failure:
            case ChatFailure.RATE:
                self.failure = None
                raise web.HTTPTooManyRequests(headers={"Retry-After": str(RETRY_AFTER)})
            case ChatFailure.REJECTED:
                self.failure = None
                raise web.HTTPUnprocessableEntity
        id = self._say(chat, "bot", body["text"], body["reply_to"])
        if self.failure is ChatFailure.LOST_ANSWER:
            return self._cut(request)
        return web.json_response({"id": id})

    async def put(self, request: web.Request) -> web.Response:
        self._check(request)
        message = self._own(request)
        message["text"] = (await self._body(request, {"text"}))["text"]
        return web.json_response({})

    async def remove(self, request: web.Request) -> web.Response:
        self._check(request)
        del self.messages[self._own(request)["id"]]
        return web.json_response({})

    def _check(self, request: web.Request) -> None:
        if self.locked_out or request.headers.get("Authorization") != f"Bearer {self.secrets[0]}":
            raise web.HTTPUnauthorized

    async def _body(self, request: web.Request, keys: set[str]) -> dict[str, Any]:
        body: dict[str, Any] = await request.json()
        if body.keys() != keys or not 0 < len(body["text"]) <= 1000:
            raise web.HTTPBadRequest
        return body

    def _own(self, request: web.Request) -> dict[str, Any]:
        message = self.messages.get(request.match_info["id"])
        if message is None or (message["chat"], message["sender"]) != (request.match_info["chat"], "bot"):
            raise web.HTTPNotFound
        return message

    def _cut(self, request: web.Request) -> web.Response:
        self.failure = None
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    # --- the people ---

    async def say(
        self,
        text: str,
        *,
        sender: str = "ada",
        group: bool = False,
        reply_to: str | None = None,
        addressed: bool = True,
        spans: Sequence[Span] = (),  # SampleChat has no emphasis
    ) -> str:
        return self._say(GROUP if group else sender, sender, text, reply_to, addressed)

    async def send_files(
        self, contents: Sequence[bytes], text: str = "", *, sender: str = "ada", group: bool = False
    ) -> str:
        raise NotImplementedError("SampleChat knows no files")

    async def publish_file(self, content: bytes) -> str:
        raise NotImplementedError("SampleChat shows no pictures")

    async def edit(self, said: str, text: str, *, spans: Sequence[Span] = ()) -> None:
        self.messages[said]["text"] = text
        self._tell("edited", self.messages[said])

    async def delete(self, said: str) -> None:
        self._tell("deleted", self.messages.pop(said))

    async def stands(self, said: str) -> bool:
        return said in self.messages

    async def press(self, message_id: str, data: str, *, sender: str = "ada") -> None:
        raise NotImplementedError("SampleChat has no buttons")

    async def react(self, message_id: str, *emojis: str, sender: str = "ada") -> None:
        raise NotImplementedError("SampleChat tells of no reactions")

    async def heard(self, chat: Chat) -> Sequence[Heard]:
        own = [m for m in self.messages.values() if (m["chat"], m["sender"]) == (chat.id, "bot")]
        return [Heard(message["id"], message["text"], message["reply_to"]) for message in own]

    async def fail(self, failure: ChatFailure) -> None:
        self.closed = self.closed or failure is ChatFailure.CLOSED
        self.locked_out = failure is ChatFailure.LOCKED_OUT
        if failure is ChatFailure.DROP:
            self.drops = 2  # aiohttp opens a new connection for a GET once by itself
        self.failure = failure
        self.news.set()

    def _say(self, chat: str, sender: str, text: str, reply_to: str | None, addressed: bool = True) -> str:
        id = f"m{next(self.numbers)}"
        self.messages[id] = {
            "id": id,
            "chat": chat,
            "sender": sender,
            "text": text,
            "reply_to": reply_to,
            "addressed": addressed,
            "at": datetime.now(UTC).isoformat(),
        }
        self._tell("said", self.messages[id])
        return id

    def _tell(self, kind: str, message: dict[str, Any]) -> None:
        sender = {
            "id": message["sender"],
            "name": message["sender"].title(),
            "bot": message["sender"] == "bot",
        }
        chat = {"id": message["chat"], "direct": message["chat"] != GROUP}
        update = {"number": next(self.numbers), "kind": kind, "message": message["id"]}
        self.updates.append({**message, **update, "sender": sender, "chat": chat})
        self.news.set()


@contextlib.asynccontextmanager
async def serve() -> AsyncIterator[Server]:
    """The server on a free port of this machine."""
    server, app = Server(), web.Application()
    app.router.add_get("/updates", server.poll)
    app.router.add_post("/chats/{chat}/messages", server.post)
    app.router.add_put("/chats/{chat}/messages/{id}", server.put)
    app.router.add_delete("/chats/{chat}/messages/{id}", server.remove)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield server
    finally:
        await runner.cleanup()
