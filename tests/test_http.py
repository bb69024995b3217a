"""Outgoing HTTP: where the bot goes, and what each end of a call means; over real loopback servers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bridgebot.errors import AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.http import Policy, call, policy, session
from bridgebot.http.guard import PER_HOST
from bridgebot.http.retry import LONGEST, retry_after
from bridgebot.http.wire import MAX_WORDS, words

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """A server on a free port that answers everything by `handler`; gives its origin."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def raw(answer: bytes) -> AsyncIterator[str]:
    """A server that reads a request, writes these bytes and hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


class Names(AbstractResolver):
    """A resolver under the attacker's control: each look-up gives the next answer, the last one stays."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses.split()
        ]

    async def close(self) -> None:
        pass


def trusting(*origins: str) -> Policy:
    return policy({"server": list(origins)})


# --- who asks -----------------------------------------------------------------------------------


async def test_every_request_says_who_asks_and_carries_no_cookies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    seen = []

    async def hello(request: web.Request) -> web.Response:
        seen.append(dict(request.headers))
        response = web.json_response({})
        response.set_cookie("session", "one person's")
        return response

    async with serving(hello) as origin, session(trusting(origin), public_url="https://bot.example") as http:
        await call(http, "GET", origin, headers={"User-Agent": "someone else"})
        await call(http, "GET", origin)
    assert [headers["User-Agent"] for headers in seen] == ["bridgebot/0.1.0 (+https://bot.example)"] * 2
    assert all("Cookie" not in headers for headers in seen)


# --- what each end means -----------------------------------------------------------------------

ANSWERS = [
    # status, body, what a write learns, what a read learns
    (401, "{}", AuthExpired, AuthExpired),
    (403, '{"error": "no"}', Rejected, Rejected),
    (404, "<html>", TargetGone, TargetGone),
    (410, "{}", TargetGone, TargetGone),
    (422, "<html>", Rejected, Rejected),
    (408, "", Temporary, Temporary),
    (425, "", Temporary, Temporary),
    (429, "<html>", Temporary, Temporary),
    (500, "{}", Unconfirmed, Temporary),
    (502, "<html>", Unconfirmed, Temporary),
    (503, "{}", Unconfirmed, Temporary),
    (200, "<html>", Unconfirmed, Temporary),
    (200, '{"id": "1"', Unconfirmed, Temporary),
    (200, "", Unconfirmed, Temporary),
    (200, "[" * 100_000, Unconfirmed, Temporary),
]


@pytest.mark.parametrize(("status", "body", "write", "read"), ANSWERS)
async def test_an_answer_becomes_one_error(
    status: int, body: str, write: type[Exception], read: type[Exception]
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    async with serving(answer) as origin, session(trusting(origin)) as http:
        for method, idempotent, expected in (
            ("POST", None, write),
            ("GET", None, read),
            ("POST", True, read),
        ):
            with pytest.raises(expected) as raised:
                await call(http, method, origin, json={}, idempotent=idempotent)
            assert type(raised.value) is expected


@pytest.mark.parametrize(
    ("answer", "write"),
    [
        (b"", Unconfirmed),
        (b"HTTP/1.1 200 OK\r\nContent-Le", Unconfirmed),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}", Unconfirmed),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", Unconfirmed),
        (b"SMTP hello\r\n\r\n", Unconfirmed),
        (b"HTTP/1.1 422 No\r\nContent-Length: 20\r\n\r\n{}", Rejected),
    ],
)
async def test_half_an_answer(answer: bytes, write: type[Exception]) -> None:
    async with raw(answer) as origin, session(trusting(origin)) as http:
        with pytest.raises(write):
            await call(http, "POST", origin, json={})
    async with raw(answer) as origin, session(trusting(origin)) as http:
        with pytest.raises(Rejected if write is Rejected else Temporary):
            await call(http, "GET", origin)


async def test_nobody_there_is_temporary() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{free.getsockname()[1]}"
        async with session(trusting(origin)) as http:
            with pytest.raises(Temporary) as raised:
                await call(http, "POST", origin, json={})
        assert raised.value.key == "http-unreachable"


async def test_a_name_that_does_not_resolve_is_temporary() -> None:
    class Nobody(Names):
        async def resolve(self, host, port=0, family=socket.AF_INET):
            raise OSError("no such name")

    async with session(Policy(), resolver=Nobody()) as http:
        with pytest.raises(Temporary):
            await call(http, "POST", "https://nowhere.example/", json={})


async def test_an_answer_that_does_not_come_leaves_it_open() -> None:
    async def never(request: web.Request) -> web.Response:
        await asyncio.sleep(60)
        raise AssertionError

    async with serving(never) as origin, session(trusting(origin)) as http:
        with pytest.raises(Unconfirmed):
            await call(http, "POST", origin, json={}, timeout=0.2)
        with pytest.raises(Temporary):
            await call(http, "GET", origin, timeout=0.2)


async def test_good_answers() -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/none":
            return web.Response(status=204)
        return web.json_response({"q": request.query.get("q"), "sent": await request.text()})

    async with serving(answer) as origin, session(trusting(origin)) as http:
        response = await call(http, "POST", f"{origin}/x", params={"q": "中 文"}, json={"a": 1})
        assert response.json == {"q": "中 文", "sent": '{"a":1}'}
        assert response.headers["content-type"].startswith("application/json")
        assert (await call(http, "DELETE", f"{origin}/none")).json is None


async def test_a_refusal_that_was_asked_for_is_an_answer() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"error": "InvalidSwap"}, status=int(request.path[1:]))

    async with serving(answer) as origin, session(policy({"url": origin})) as http:
        told = await call(http, "POST", f"{origin}/400", expect="any", answers={400, 401})
        assert (told.status, told.body) == (400, b'{"error": "InvalidSwap"}')
        with pytest.raises(Rejected):
            await call(http, "POST", f"{origin}/403", answers={400, 401})
        with pytest.raises(Rejected):
            await call(http, "POST", f"{origin}/400")


async def test_only_what_may_be_repeated_follows_a_redirect() -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/old":
            raise web.HTTPTemporaryRedirect("/new")
        return web.json_response({"path": request.path})

    async with serving(answer) as origin, session(trusting(origin)) as http:
        assert (await call(http, "GET", f"{origin}/old")).json == {"path": "/new"}
        with pytest.raises(Rejected):
            await call(http, "POST", f"{origin}/old", json={})


async def test_what_moved_for_good_is_told_and_what_moved_for_now_is_not() -> None:
    ways = {"/a": (301, "/b"), "/b": (308, "/c"), "/c": (302, "/e"), "/d": (301, "/e")}

    async def answer(request: web.Request) -> web.Response:
        status, to = ways.get(request.path, (200, ""))
        return web.json_response({}, status=status, headers={"Location": to} if to else {})

    async with serving(answer) as origin, session(trusting(origin)) as http:
        met = [await call(http, "GET", f"{origin}/{path}") for path in "acde"]
    assert [one.url.removeprefix(origin) for one in met] == ["/e"] * 4
    assert [one.moved.removeprefix(origin) for one in met] == ["/c", "/c", "/e", "/e"]
    assert not [one for one in met if origin in repr(one)], "an address may be a secret"


async def test_a_caller_may_say_himself_what_a_status_means() -> None:
    async def answer(request: web.Request) -> web.Response:
        raise web.HTTPNotFound

    async with serving(answer) as origin, session(trusting(origin)) as http:
        assert (await call(http, "GET", origin, answers=(404,))).status == 404
        with pytest.raises(TargetGone):
            await call(http, "GET", origin, answers=(410,))


async def test_a_circle_of_redirects_ends() -> None:
    async def around(request: web.Request) -> web.Response:
        raise web.HTTPFound(f"/{len(request.path)}x")

    async with serving(around) as origin, session(trusting(origin)) as http:
        with pytest.raises(Rejected):
            await call(http, "GET", origin)


@pytest.mark.parametrize("url", ["http://", "https://exa mple.org:99999999/", "nonsense", "https://[::1"])
async def test_what_is_no_address_is_refused(url: str) -> None:
    async with session(Policy()) as http:
        with pytest.raises(Rejected):
            await call(http, "GET", url)


# --- when to come back, and what the network said -----------------------------------------------

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "99999999"}, LONGEST),
        ({"Retry-After": format_datetime(NOW + timedelta(minutes=2), usegmt=True)}, 120),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "soon", "X-RateLimit-Reset": "7"}, 7),
        ({"X-RateLimit-Reset": "2026-03-01T12:05:00.000Z"}, 300),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 60)}, 60),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp() * 1000) + 60_000)}, 60),
        ({"RateLimit-Reset": "12"}, 12),
        ({"Retry-After": "10", "X-RateLimit-Reset": "2026-03-01T12:05:00Z"}, 10),
        # a server whose clock is an hour behind ours
        (
            {
                "Date": format_datetime(NOW - timedelta(hours=1), usegmt=True),
                "X-RateLimit-Reset": "2026-03-01T11:00:20Z",
            },
            20,
        ),
        ({}, None),
    ],
)
def test_when_to_come_back(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


async def test_a_429_carries_the_wait() -> None:
    async def busy(request: web.Request) -> web.Response:
        return web.Response(status=429, headers={"retry-after": "17"})

    async with serving(busy) as origin, session(trusting(origin)) as http:
        with pytest.raises(Temporary) as raised:
            await call(http, "POST", origin, json={})
    assert raised.value.retry_after == 17


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error": "Validation failed: Text is too long"}', "Validation failed: Text is too long"),
        (b'{"error": "invalid_grant", "error_description": "The code is used"}', "The code is used"),
        (b'{"errors": [{"message": "first"}, {"message": "second"}]}', "first"),
        (b'{"error": "a\\u202eb\\u0000c\\n d"}', "ab c d"),
        (b"<html>Bad gateway</html>", ""),
        (b'{"error": {"error": {"error": {"error": {"error": "deep"}}}}}', ""),
        (b"[" * 100_000, ""),
        (b"\xff", ""),
    ],
)
def test_a_networks_own_words(body: bytes, said: str) -> None:
    assert words(body) == said


def test_a_networks_own_words_are_not_long() -> None:
    assert len(words(b'{"error": "' + b"x" * 9999 + b'"}')) == MAX_WORDS


async def test_streams_that_stay_open_leave_room_for_calls_to_the_same_host() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if "Upgrade" in request.headers:
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            await socket.receive()
            return socket
        if request.headers.get("Accept") != "text/event-stream":
            return web.Response(text="hello")
        events = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await events.prepare(request)
        await events.write(b":\n")
        await asyncio.Event().wait()
        return events

    async with serving(answer) as origin, session(trusting(origin)) as http, asyncio.timeout(60):
        sockets = [await http.ws_connect(origin) for _ in range(PER_HOST)]
        events = [await http.get(origin, headers={"Accept": "text/event-stream"}) for _ in range(PER_HOST)]
        async with http.get(origin) as called:
            assert await called.text() == "hello"
        for one in sockets:
            await one.close()
        for stream in events:
            stream.close()
