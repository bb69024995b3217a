"""The relay itself: each fault is what it says, at the wire, and hits only what it was ordered for."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import pytest
from aiohttp import web

from tests.servers.http_relay import ACTS, Fault, HttpRelay
from tests.servers.relay import Relay

BODY = b'{"words": "' + b"x" * 2000 + b'"}'
RESETS = [Fault.BEFORE, Fault.WITHIN, Fault.LOST_ANSWER, Fault.CUT_HEAD, Fault.CUT_BODY]


class Server:
    """Remembers every request that came whole."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.begun = 0
        self.port = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.begun += 1
        body = await request.read()
        assert body in (BODY, b"")
        self.heard.append((request.method, request.path))
        if request.path == "/socket":
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            async for message in socket:
                await socket.send_str(f"you said {message.data}")
            return socket
        if request.path == "/chunks":
            answer = web.StreamResponse()
            answer.enable_chunked_encoding()
            await answer.prepare(request)
            for _ in range(3):
                await answer.write(b"piece")
            return answer
        return web.json_response({"path": request.path, "more": "y" * 200})


@pytest.fixture
async def server():
    server, app = Server(), web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.port = runner.addresses[0][1]
    yield server
    await runner.cleanup()


@pytest.fixture
async def relay(server):
    async with HttpRelay(server.port) as relay:
        yield relay


@pytest.fixture
async def http():
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        yield http


async def posts(http, relay, path: str = "/posts") -> tuple[int, str]:
    async with http.post(relay.url + path, data=BODY) as answer:
        return answer.status, await answer.text()


async def reads(http, relay, path: str = "/posts") -> tuple[int, str]:
    async with http.get(relay.url + path) as answer:
        return answer.status, await answer.text()


async def test_all_goes_well_as_long_as_nothing_is_ordered(server, relay, http):
    for _ in range(3):
        assert (await posts(http, relay))[0] == (await reads(http, relay))[0] == 200
    assert await reads(http, relay, "/chunks") == (200, "piecepiecepiece")
    assert relay.met == []
    assert relay.passed == server.heard
    async with http.ws_connect(f"{relay.url}/socket") as socket:
        await socket.send_str("hi")
        assert (await socket.receive()).data == "you said hi"


@pytest.mark.parametrize("fault", RESETS)
async def test_a_reset_is_one_and_the_server_has_acted_or_not_as_it_says(server, relay, http, fault):
    relay.order(fault, "POST")
    with pytest.raises(aiohttp.ClientError):
        await posts(http, relay)
    await asyncio.sleep(0.05)
    assert server.heard == ([("POST", "/posts")] if fault in ACTS else [])
    assert server.begun == (0 if fault is Fault.BEFORE else 1)
    assert (await posts(http, relay))[0] == 200
    assert relay.met == [(fault, "POST", "/posts")]


async def test_a_body_that_is_cut_has_a_good_head(server, relay, http):
    relay.order(Fault.CUT_BODY)
    async with http.post(relay.url, data=BODY) as answer:
        assert answer.status == 200
        with pytest.raises(aiohttp.ClientError):
            await answer.read()


async def test_truncated_json_is_an_answer_that_came_whole(server, relay, http):
    relay.order(Fault.TRUNCATED)
    status, text = await posts(http, relay)
    assert status == 200
    assert text.startswith('{"path": "/posts"')
    assert not text.endswith("}")
    assert len(server.heard) == 1


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        (Fault.ERROR, 500, "application/json"),
        (Fault.BAD_GATEWAY, 502, "text/html"),
        (Fault.RATE, 429, "application/json"),
    ],
)
async def test_an_answer_of_its_own_keeps_the_server_out(server, relay, http, fault, status, kind):
    relay.order(fault, headers={"Retry-After": "7"})
    async with http.post(relay.url, data=BODY) as answer:
        assert (answer.status, answer.content_type) == (status, kind)
        assert (answer.headers.get("Retry-After") == "7") is (fault is Fault.RATE)
    assert server.heard == []


async def test_late_and_stalled_answers_differ_in_when_the_server_acts(server, relay, http):
    for fault, acts in ((Fault.LATE, 1), (Fault.STALL, 0)):
        server.heard.clear()
        relay.order(fault, seconds=60)
        waiting = asyncio.create_task(posts(http, relay))
        await asyncio.sleep(0.3)
        while len(server.heard) < acts:
            await asyncio.sleep(0.01)
        assert len(server.heard) == acts
        assert not waiting.done()
        waiting.cancel()
        relay.order(fault, seconds=0.2)
        begun = time.monotonic()
        assert (await posts(http, relay))[0] == 200
        assert time.monotonic() - begun > 0.19


async def test_a_half_open_connection_says_nothing_and_does_not_end(server, relay):
    relay.order(Fault.HALF_OPEN)
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(b"GET /posts HTTP/1.1\r\nHost: here\r\n\r\n")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await reader.read(1)
    assert len(server.heard) == 1
    relay.heal()
    with pytest.raises(ConnectionResetError):
        await reader.read(1)
    writer.close()


async def test_only_what_was_ordered_is_hit_and_only_so_often(server, relay, http):
    relay.order(Fault.ERROR, "POST", r"/a$", times=2)
    relay.order(Fault.RATE, "GET", times=None)
    assert (await posts(http, relay, "/ab"))[0] == 200
    assert [(await posts(http, relay, "/a"))[0] for _ in range(3)] == [500, 500, 200]
    assert [(await reads(http, relay, "/a"))[0] for _ in range(3)] == [429] * 3
    relay.heal()
    assert (await reads(http, relay, "/a"))[0] == 200
    assert len(relay.met) == 5


async def test_nobody_listens_until_it_is_there_again(server, relay, http):
    port = relay.port
    assert (await reads(http, relay))[0] == 200
    relay.refuse()
    with pytest.raises(aiohttp.ClientConnectorError, match=r"refused|Connect call failed"):
        await reads(http, relay)
    await relay.listen()
    assert relay.port == port
    assert (await reads(http, relay))[0] == 200


async def test_tcp_cut_stalled_and_vanished():
    async def echo(reader, writer):
        while data := await reader.read(100):
            heard.append(data)
            writer.write(data)
        writer.close()

    heard: list[bytes] = []
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, Relay(server.sockets[0].getsockname()[1]) as relay:
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
        writer.write(b"one")
        assert await reader.readexactly(3) == b"one"
        relay.stall()
        writer.write(b"two")
        await asyncio.sleep(0.1)
        relay.resume()
        assert await reader.readexactly(3) == b"two"
        relay.vanish()
        writer.write(b"three")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await reader.read(1)
        other, second = await asyncio.open_connection("127.0.0.1", relay.port)
        second.write(b"four")
        assert await other.readexactly(4) == b"four"
        assert heard == [b"one", b"two", b"four"]
        relay.cut()
        with pytest.raises(ConnectionResetError):
            await reader.read(1)
        writer.close()
        second.close()
