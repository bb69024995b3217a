"""Streaming, by websocket and by server-sent events: mastodon, streaming/index.js."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from aiohttp import WSMsgType, web

from tests.servers.mastodon_entities import Entities
from tests.servers.mastodon_things import Notification, Person, Status
from tests.servers.mastodon_world import World

HEARTBEAT = 15.0  # seconds
SCOPES = {"user": "read:statuses", "user:notification": "read:notifications", "list": "read:lists"}
NEEDS = {"list": "list", "hashtag": "tag", "hashtag:local": "tag"}
OPEN = frozenset({"public", "public:local", "hashtag", "hashtag:local"})


class NoStream(Exception):
    """The stream is not to be had: a status and words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True)
class Channel:
    """What one listens to."""

    name: str
    person: Person | None
    argument: str = ""

    @property
    def label(self) -> list[str]:
        return [self.name, self.argument] if self.argument else [self.name]

    def carries(self, world: World, event: str, about: Any) -> bool:
        if isinstance(about, Notification):
            return self.name in ("user", "user:notification") and about.to is self.person
        match self.name:
            case "user":
                return self.person is not None and world.in_home(about, self.person)
            case "list":
                people = world.lists.get(self.argument)
                return people is not None and world.in_list(about, people)
            case "hashtag" | "hashtag:local":
                public = about.visibility == "public" and not about.boosts
                return public and self.argument.lower() in [one.lower() for one in about.tags]
            case "public" | "public:local":
                return about.visibility == "public" and not about.boosts and about.reply_to_id is None
        return False


def payload(world: World, event: str, about: Notification | Status) -> str:
    """A status is told as anybody sees it (FanOutOnWriteService renders it once, for nobody)."""
    if event == "delete":
        return about.id
    if isinstance(about, Notification):
        return json.dumps(Entities(world, about.to).notification(about), ensure_ascii=False)
    return json.dumps(Entities(world, None).status(about), ensure_ascii=False)


class Streams:
    """Everybody who listens."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.heartbeat = HEARTBEAT
        self.listeners: dict[object, tuple[set[Channel], asyncio.Queue[tuple[Channel, str, str] | None]]] = {}
        server.world.watchers.append(self._happened)

    def _happened(self, event: str, about: Any) -> None:
        world = self.server.world
        for channels, queue in list(self.listeners.values()):
            for channel in channels:
                if channel.carries(world, event, about):
                    queue.put_nowait((channel, event, payload(world, event, about)))

    def cut(self) -> None:
        """Every stream ends now; what happens before the next one starts is told to nobody."""
        for _, queue in self.listeners.values():
            queue.put_nowait(None)

    def channels(self) -> set[Channel]:
        """What is listened to now."""
        return {one for channels, _ in self.listeners.values() for one in channels}

    # --- who may listen to what ---

    def _token(self, request: web.Request) -> Any:
        header = request.headers.get("Authorization", "").removeprefix("Bearer ")
        shown = header or request.query.get("access_token") or request.headers.get("Sec-WebSocket-Protocol")
        if not shown:
            return None
        token = self.server.tokens.get(shown)
        if token is None or token.revoked:
            raise NoStream(401, "Invalid access token")
        return token

    def _channel(self, token: Any, name: str, values: Any) -> Channel:
        if name not in SCOPES and name not in OPEN:
            raise NoStream(404, "Unknown stream type")
        if token is None:  # since 4.2 also the public streams need one (REQUIRE_AUTH is the default now)
            raise NoStream(401, "Missing access token")
        if name in SCOPES and not token.allows(SCOPES[name]):
            raise NoStream(401, "Access token does not have the required scopes")
        argument = str(values.get(NEEDS[name], "")) if name in NEEDS else ""
        if name in NEEDS and not argument:
            raise NoStream(400, f"Missing {NEEDS[name]} parameter")
        if name == "list":
            people = self.server.world.lists.get(argument)
            if people is None or people.owner is not token.person:
                raise NoStream(404, "Not authorized to stream this list")
        return Channel(name, token.person, argument)

    # --- the two ways ---

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """`/api/v1/streaming` and what stands below it."""
        if not self.server.world.flavour.streaming:
            return web.json_response({"error": "Not Found"}, status=404)
        path = request.path.removeprefix("/api/v1/streaming").strip("/")
        if path == "health":
            return web.Response(text="OK")
        websocket = request.headers.get("Upgrade", "").lower() == "websocket"
        try:
            if websocket:
                return await self._websocket(request)
            if not self.server.world.flavour.sse:
                raise NoStream(404, "Not Found")
            return await self._events(request, path)
        except NoStream as problem:
            return web.json_response({"error": str(problem)}, status=problem.status)

    async def _websocket(self, request: web.Request) -> web.WebSocketResponse:
        token = self._token(request)
        channels: set[Channel] = set()
        if name := request.query.get("stream"):
            channels.add(self._channel(token, name, request.query))
        elif token is None:
            raise NoStream(401, "Missing access token")
        shown = request.headers.get("Sec-WebSocket-Protocol")
        socket = web.WebSocketResponse(protocols=(shown,) if shown else (), heartbeat=self.heartbeat)
        await socket.prepare(request)
        queue: asyncio.Queue[tuple[Channel, str, str] | None] = asyncio.Queue()
        self.listeners[socket] = (channels, queue)
        sender = asyncio.create_task(self._send_all(socket, queue))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._asked(socket, token, channels, message.data)
        finally:
            self.listeners.pop(socket, None)
            sender.cancel()
        return socket

    async def _send_all(
        self, socket: web.WebSocketResponse, queue: asyncio.Queue[tuple[Channel, str, str] | None]
    ) -> None:
        while (told := await queue.get()) is not None:
            channel, event, body = told
            await socket.send_json({"stream": channel.label, "event": event, "payload": body})
        await socket.close()

    async def _asked(
        self, socket: web.WebSocketResponse, token: Any, channels: set[Channel], text: str
    ) -> None:
        """`{"type": "subscribe", "stream": …}` on an open connection."""
        try:
            said = json.loads(text)
            channel = self._channel(token, said.get("stream", ""), said)
        except NoStream as problem:
            await socket.send_json({"error": str(problem), "status": problem.status})
        else:
            (channels.add if said.get("type") == "subscribe" else channels.discard)(channel)

    async def _events(self, request: web.Request, path: str) -> web.StreamResponse:
        name = path.replace("/", ":")
        channel = self._channel(self._token(request), name, request.query)
        answer = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await answer.prepare(request)
        await answer.write(b":)\n")
        queue: asyncio.Queue[tuple[Channel, str, str] | None] = asyncio.Queue()
        self.listeners[answer] = ({channel}, queue)
        try:
            while True:
                try:
                    told = await asyncio.wait_for(queue.get(), self.heartbeat)
                except TimeoutError:
                    await answer.write(b":thump\n")
                    continue
                if told is None:
                    return answer
                await answer.write(f"event: {told[1]}\ndata: {told[2]}\n\n".encode())
        except ConnectionError:  # the listener went away
            return answer
        finally:
            self.listeners.pop(answer, None)
