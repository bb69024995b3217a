"""The web server: what every answer carries, what the log may hold, who may serve what."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from bridgebot.config import WebSettings
from bridgebot.errors import ConfigError
from bridgebot.texts import Texts
from bridgebot.web import Watch, Web

LOCAL = WebSettings("127.0.0.1", 0)
READY = {"database": True, "talk": True, "degraded": []}


async def hello(request: web.Request) -> web.StreamResponse:
    return web.Response(text=f"hello {request.match_info.get('name', '')}")


class Site:
    """A server that is running, and a browser in front of it."""

    def __init__(self, server: Web, http: aiohttp.ClientSession) -> None:
        self.server = server
        self.http = http

    async def get(self, path: str, method: str = "GET", **more) -> tuple[aiohttp.ClientResponse, str]:
        async with self.http.request(method, f"{self.server.base}{path}", **more) as answer:
            return answer, await answer.text()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    checks = {"database": _yes, "talk": _yes}

    async def ready():
        return {name: await check() for name, check in checks.items()}

    server = Web(LOCAL, Texts(), watch=Watch(ready=ready))
    routes = server.routes("plaza")
    routes.add("GET", "/@{name}", hello)
    begun = asyncio.Event()

    async def taking(request: web.Request) -> web.StreamResponse:
        begun.set()
        return await take(request)

    routes.add("POST", "/take", taking)
    routes.add("GET", "/crash", crash)
    routes.add("GET", "/own", own)
    routes.add("GET", "/gone", gone)
    routes.add("GET", "/stream", stream)
    await server.start()
    async with aiohttp.ClientSession() as http:
        running = Site(server, http)
        running.checks, running.begun = checks, begun
        yield running
    await server.stop()


async def _yes() -> bool:
    return True


async def _no() -> bool:
    return False


async def take(request: web.Request) -> web.StreamResponse:
    return web.Response(text=str(len(await request.read())))


async def crash(request: web.Request) -> web.StreamResponse:
    raise KeyError("hunter2")


async def own(request: web.Request) -> web.StreamResponse:
    return web.Response(text="mine", headers={"Content-Security-Policy": "default-src 'self'"})


async def gone(request: web.Request) -> web.StreamResponse:
    raise web.HTTPNotFound(text="a page of my own", content_type="text/html")


async def stream(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"first")
    raise KeyError("hunter2")


@pytest.mark.parametrize("path", ["/@ada", "/healthz", "/readyz", "/nothing", "/crash", "/gone", "/take"])
async def test_every_answer_is_guarded(site, path: str) -> None:
    answer, _ = await site.get(path)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; frame-ancestors 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Server"] == "bridgebot"


async def test_what_machines_ask_every_few_seconds_fills_no_log_unless_it_goes_wrong(site, caplog) -> None:
    with caplog.at_level(logging.DEBUG, "bridgebot.web"):
        for path in ("/healthz", "/readyz", "/metrics", "/@ada"):
            await site.get(path)
        site.checks["database"] = _no
        await site.get("/readyz")
    told = [one for one in caplog.records if one.name == "bridgebot.web"]
    lines = [(one.facts["route"], one.facts["status"], one.levelname.lower()) for one in told]
    assert lines == [
        ("/healthz", 200, "debug"),
        ("/readyz", 200, "debug"),
        ("/metrics", 404, "info"),
        ("/@{name}", 200, "info"),
        ("/readyz", 503, "info"),
    ]


async def test_a_stream_is_guarded_too_and_its_failure_is_no_whole_answer(site) -> None:
    with pytest.raises(aiohttp.ClientPayloadError):
        await site.get("/stream")


async def test_a_handlers_own_headers_and_pages_stay(site) -> None:
    answer, _ = await site.get("/own")
    assert answer.headers["Content-Security-Policy"] == "default-src 'self'"
    answer, text = await site.get("/gone")
    assert (answer.status, text) == (404, "a page of my own")


async def test_error_pages_speak_the_readers_language(site) -> None:
    answer, text = await site.get("/nothing", headers={"Accept-Language": "zh-TW,zh;q=0.9,en;q=0.8"})
    assert (answer.status, text) == (404, "这里什么也没有。\n")
    assert answer.headers["Content-Language"] == "zh-CN"
    answer, text = await site.get("/take")
    assert (answer.status, text) == (405, "This address does not answer to that.\n")
    assert answer.headers["Allow"] == "POST"


async def test_a_bug_shows_nothing(site) -> None:
    answer, text = await site.get("/crash")
    assert (answer.status, text) == (500, "Something went wrong here. It has been noted.\n")


async def test_head_is_answered_without_a_body(site) -> None:
    answer, text = await site.get("/@ada", "HEAD")
    assert (answer.status, text, answer.headers["Content-Length"]) == (200, "", "9")


async def test_what_is_too_large_is_refused(site) -> None:
    answer, _ = await site.get("/take", "POST", data=bytes(2 * 1024 * 1024))
    assert answer.status == 413
    answer, text = await site.get("/take", "POST", data=bytes(1000))
    assert (answer.status, text) == (200, "1000")
    answer, _ = await site.get("/@ada", headers={"X-Long": "x" * 20_000})
    assert answer.status == 400


async def test_health_asks_nobody_and_readiness_asks_all(site) -> None:
    async def gone() -> bool:
        raise OSError("the disk is gone")

    async def no() -> bool:
        return False

    answer, text = await site.get("/readyz")
    assert (answer.status, await answer.json(), text) == (200, READY, text)
    site.checks["talk"] = no
    answer, _ = await site.get("/readyz")
    assert (answer.status, await answer.json()) == (503, READY | {"talk": False})
    site.checks["talk"] = gone  # nothing is known of any part
    answer, _ = await site.get("/readyz")
    assert (answer.status, await answer.json()) == (503, {"house": False, "degraded": []})
    answer, text = await site.get("/healthz")
    assert (answer.status, text) == (200, "ok\n")


async def test_the_log_holds_no_ids_and_no_questions(site, caplog) -> None:
    with caplog.at_level(logging.DEBUG, "bridgebot.web"):
        await site.get("/@hunter2?token=hunter2")
        await site.get("/hunter2")
    lines = [one.facts for one in caplog.records if one.name == "bridgebot.web"]
    assert [(one["method"], one["route"], one["status"]) for one in lines] == [
        ("GET", "/@{name}", 200),
        ("GET", "-", 404),
    ]
    assert "hunter2" not in str(lines)


@pytest.mark.parametrize(
    ("method", "path", "collides"),
    [
        ("GET", "/@{who}", True),
        ("HEAD", "/@{who}", True),
        ("*", "/@{who:[a-z]{2,4}}", True),
        ("GET", "/healthz", True),
        ("POST", "/@{name}", False),
        ("GET", "/@{name}/{number}", False),
    ],
)
def test_an_address_has_one_owner(method: str, path: str, collides: bool) -> None:
    server = Web(LOCAL, Texts())
    server.routes("plaza").add("GET", "/@{name}", hello)
    if not collides:
        server.routes("other").add(method, path, hello)
        return
    with pytest.raises(ConfigError) as raised:
        server.routes("other").add(method, path, hello)
    owner = "bridgebot" if path == "/healthz" else "plaza"
    (problem,) = raised.value.problems
    assert problem == f"{owner} and other both want to serve {path}; only one of them can be configured."


async def test_where_people_reach_it() -> None:
    public = Web(WebSettings("127.0.0.1", 0, "https://bot.example"), Texts())
    assert public.routes("plaza").url("/@ada") == "https://bot.example/@ada"
    assert Web(WebSettings("127.0.0.1", 8790), Texts()).routes("x").url("/") == "http://127.0.0.1:8790/"
    assert Web(WebSettings("::1", 8790), Texts()).base == "http://[::1]:8790"
    everywhere = Web(WebSettings("0.0.0.0", 0), Texts())
    await everywhere.start()
    assert everywhere.base.startswith("http://127.0.0.1:")
    assert not everywhere.base.endswith(":0")
    await everywhere.stop()


async def test_a_taken_port_is_a_sentence() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        server = Web(WebSettings("127.0.0.1", other.getsockname()[1]), Texts(), language="zh-CN")
        with pytest.raises(ConfigError, match="机器人无法监听"):
            await server.start()


async def test_stopping_does_not_wait_for_open_streams() -> None:
    opened = asyncio.Event()

    async def forever(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        opened.set()
        await asyncio.Event().wait()
        return response

    server = Web(LOCAL, Texts())
    server.routes("plaza").add("GET", "/events", forever)
    await server.start()
    async with aiohttp.ClientSession() as http, http.get(f"{server.base}/events"):
        await opened.wait()
        await asyncio.wait_for(server.stop(), 60)


@pytest.mark.parametrize("path", ["/take", "/nothing"])
@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        # Some hubs hand on what they unpacked with the headers that it had: what is signed are these bytes.
        ("Content-Encoding: gzip\r\nContent-Length: 5", b"hello", {"/take": 200, "/nothing": 404}),
        ("Transfer-Encoding: chunked", b"5\r\nhello\r\nzz\r\n", {"/take": 400, "/nothing": 400}),
        ("Content-Length: 5\r\nTransfer-Encoding: gzip", b"hello", {"/take": 400, "/nothing": 400}),
    ],
)
async def test_a_body_that_is_not_what_it_says_is_nobodys_error_here(
    site, caplog, path: str, head: str, body: bytes, expected: dict[str, int]
) -> None:
    where = URL(site.server.base)
    reader, writer = await asyncio.open_connection(where.host, where.port)
    writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{head}\r\n\r\n".encode() + body)
    async with asyncio.timeout(30):
        answer = await reader.read()
    writer.close()
    assert answer.split(b" ", 2)[1] == str(expected[path]).encode(), answer
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING] == []
    assert (await site.get("/@ada"))[0].status == 200


@pytest.mark.parametrize("head", ["Content-Length: 10", "Transfer-Encoding: chunked"])
async def test_who_leaves_in_the_middle_of_sending_is_no_error_here(site, caplog, head: str) -> None:
    where = URL(site.server.base)
    _, writer = await asyncio.open_connection(where.host, where.port)
    writer.write(f"POST /take HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n5\r\nhel".encode())
    with caplog.at_level(logging.INFO, "bridgebot.web"):
        async with asyncio.timeout(60):
            await site.begun.wait()
            writer.transport.abort()
            while not (told := [one for one in caplog.records if one.name == "bridgebot.web"]):
                await asyncio.sleep(0.01)
    assert [(one.facts["route"], one.facts["status"], one.levelname) for one in told] == [
        ("/take", 400, "INFO")
    ]
