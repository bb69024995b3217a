"""Whatever comes over the wire, no method of Plaza falls over: odd bytes, numbers, bodies and headers."""

import asyncio
import json

import pytest
from yarl import URL

from tests.servers.plaza import town as plaza_town
from tests.servers.plaza_apps import introduce
from tests.servers.plaza_browser import browser

ODD = (
    "\u0000",
    "\u202e",
    "²",
    "9" * 5000,
    "-1",
    "1e9",
    "%",
    "[",
    "\\ud800",
    "\U0001f468\u200d\U0001f469",
    "' OR 1=1 --",
)
READS = (
    "/api/v1/timelines/home?max_id={0}",
    "/api/v1/timelines/home?limit={0}",
    "/api/v1/timelines/tag/{0}",
    "/api/v1/accounts/lookup?acct={0}",
    "/api/v1/accounts/relationships?id[]={0}",
    "/api/v1/accounts/search?q={0}",
    "/api/v1/notifications?types[]={0}",
    "/api/v2/search?q={0}",
    "/api/v1/statuses/{0}",
    "/api/v1/accounts/{0}",
    "/api/v1/media/{0}",
    "/plaza/pictures/{0}",
    "/oauth/authorize?client_id={0}&redirect_uri={0}&scope={0}",
)
WRITES = (
    ("/api/v1/statuses", ("status", "spoiler_text", "language", "visibility", "in_reply_to_id")),
    ("/api/v1/statuses", ("media_ids", "media_attributes", "sensitive")),
    ("/api/v2/media", ("file", "description", "focus")),
    ("/api/v1/reports", ("account_id", "status_ids", "comment")),
    ("/api/v1/apps", ("client_name", "redirect_uris", "scopes", "website")),
    ("/oauth/token", ("grant_type", "code", "client_id", "client_secret", "redirect_uri", "code_verifier")),
    ("/oauth/revoke", ("client_id", "client_secret", "token")),
)
SHAPES = (None, True, 1, 1.5, [], [[]], {}, {"a": {"b": []}}, "")


class Line:
    """A connection on which any bytes can be said."""

    def __init__(self, base):
        self.url = URL(base)

    async def says(self, method, path, token, body=b"", **headers):
        reader, writer = await asyncio.open_connection(self.url.host, self.url.port)
        head = {
            "Host": f"{self.url.host}:{self.url.port}",
            "Connection": "close",
            "Content-Length": str(len(body)),
        }
        if token:
            head["Authorization"] = f"Bearer {token}"
        head |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
        writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        return int(answer.split(b" ", 2)[1])


@pytest.fixture
async def line():
    async with plaza_town(posts_per_hour=10_000, reports_per_day=10_000) as town:
        base = town.context.routes.url("").rstrip("/")
        app = await introduce(town.context.http, base)
        async with browser() as window:
            await window.signs_in(await town.adapter.sign_in(await town.account("ada")))
            made = Line(base)
            made.token = await app.token(window)
        yield made


@pytest.mark.parametrize("path", READS)
async def test_odd_words_in_an_address(line, path):
    for word in (*ODD, "%ff%fe", "%00"):
        raw = word if word.startswith("%f") or word == "%00" else URL.build(path=f"/{word}").raw_path[1:]
        status = await line.says("GET", path.format(raw), line.token)
        assert status < 500, (word, status)


@pytest.mark.parametrize(("path", "fields"), WRITES)
async def test_odd_values_in_a_body(line, path, fields):
    for value in (*ODD, *SHAPES):
        said = json.dumps(dict.fromkeys(fields, value)).replace("\\\\ud800", "\\ud800").encode()
        status = await line.says("POST", path, line.token, said, Content_Type="application/json")
        assert status < 500, (value, status)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"[" * 100_000),
        ("application/json", b"[1]"),
        ("application/json", b"\xff\xfe"),
        ("application/json; charset=nonsense", b"{}"),
        ("application/x-www-form-urlencoded", b"status=%ff&a[b][c]=1&[]=2&=3"),
        ("application/x-www-form-urlencoded; charset=nonsense", b"status=x"),
        ("multipart/form-data; boundary=x", b"--x\r\nnothing"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--x--',
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; filename="x"\r\n\r\nx\r\n--x--',
        ),
        (
            "application/x-www-form-urlencoded",
            b"media_attributes[][id]=%ff&media_attributes=1&a[][]=2&media_ids[][]=3",
        ),
        ("multipart/form-data", b"--x--"),
        ("text/plain", b"status=x"),
    ],
)
async def test_odd_bodies(line, kind, body):
    ours = ("/api/v1/statuses", "/api/v2/media", "/oauth/token", "/api/v1/apps", "/oauth/authorize")
    for path in (*ours, "/plaza/apps"):
        assert await line.says("POST", path, line.token, body, Content_Type=kind) < 500, path


async def test_odd_headers(line):
    odd = "\xff\xfe"
    path = "/api/v1/accounts/verify_credentials"
    assert await line.says("GET", path, odd) == 401
    assert await line.says("GET", path, line.token, X_Forwarded_For=odd) == 200
    assert await line.says("GET", path, None, Authorization="Bearer") == 401
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert (
        await line.says(
            "POST",
            "/oauth/token",
            None,
            b"grant_type=authorization_code",
            Authorization=f"Basic {odd}",
            **form,
        )
        == 401
    )
    assert (
        await line.says("POST", "/api/v1/statuses", line.token, b"status=x", Idempotency_Key=odd, **form)
        == 200
    )
    assert await line.says("GET", "/plaza/apps", None, Cookie=f"plaza={odd}") == 401
