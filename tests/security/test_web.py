"""The web side of a running house: every route that any adapter or the core has registered, in every way.

Routes are taken from the server's own table, addresses with secrets from what the bot said in chats: a new
route or page is tried without being named here.
"""

from __future__ import annotations

import asyncio
import logging
import re
from urllib.parse import urljoin, urlsplit

import pytest
import pytest_asyncio

from tests.security.site import POOL, PUBLIC, SECRET, Forms, Uncovered, filled, settle_people, site

SAFE = ("GET", "HEAD", "OPTIONS")
ACTING = ("POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")
EVIL = "evil.example"
# What a browser shows or runs at once; all else that people bring must come as a file.
SHOWN = re.compile(
    r"text/(html|plain|css|javascript|event-stream)|image/(svg\+xml|png|jpeg|gif|webp)|application/(\w+\+)?(json|xml)"
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory):
    async with site(tmp_path_factory.mktemp("site")) as house:
        await settle_people(house)
        yield house


async def everywhere(house, methods, **more):
    """An answer for every path and method; nobody acts by an address that was given to somebody else."""
    paths = house.paths(secret=set(methods) <= set(SAFE))
    return [(method, await house.ask(method, path, **more)) for path in paths for method in methods]


# --- what every answer bears ---------------------------------------------------------------------


def guarded(method, answer):
    where = f"{method} {answer.path} {answer.status}"
    policy = {
        part.split()[0]: part.split()[1:] for part in answer.headers["Content-Security-Policy"].split(";")
    }
    assert policy["default-src"] == ["'none'"], where
    assert policy["frame-ancestors"] == ["'none'"], where
    assert policy.get("base-uri") == ["'none'"] or "sandbox" in policy, where
    assert "form-action" in policy or "sandbox" in policy, where
    sources = {source for name, listed in policy.items() for source in listed if name != "form-action"}
    assert not sources & {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:"}, where
    assert answer.headers["X-Content-Type-Options"] == "nosniff", where
    assert answer.headers["Referrer-Policy"] == "no-referrer", where
    assert answer.headers["Server"] == "bridgebot", where
    for cookie in answer.headers.getall("Set-Cookie", []):
        if "max-age=0" in cookie.lower():
            continue  # it is taken away
        assert re.search("samesite=(lax|strict)", cookie, re.IGNORECASE), where
        assert "httponly" in cookie.lower(), where
    if answer.status == 200 and not SHOWN.match(answer.headers.get("Content-Type", "text/plain")):
        assert answer.headers["Content-Disposition"].startswith("attachment"), where
    assert answer.status < 500 or answer.status == 503, where  # come again when somebody is there
    assert SECRET not in answer.text, where


async def test_every_route_and_error_page_bears_its_guard(house):
    assert len(house.paths()) >= 12
    for methods in (SAFE, ACTING):
        for method, answer in await everywhere(house, methods):
            guarded(method, answer)
    for path in ("/nowhere", "/@ada/none", "/plaza/", "/%", "/\N{SNOWMAN}"):
        guarded("GET", await house.ask("GET", path))


async def test_pages_run_and_load_nothing_that_stands_in_them(house):
    for _, answer in await everywhere(house, ("GET",)):
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            hashes = "'sha256-" in answer.headers["Content-Security-Policy"]
            assert hashes or not re.search(r"<script(?![^>]*\ssrc=)[^>]*>|<style", answer.text), answer.path
            assert not re.search(r"\son\w+=|\sstyle=|javascript:", answer.text), answer.path


# --- what a request may change -------------------------------------------------------------------


async def test_reading_changes_no_row(house):
    before = house.rows()
    for method in SAFE:
        await everywhere(house, (method,))
        await everywhere(house, (method,), headers={"Cookie": "session=x; csrf=x"})
        assert house.rows() == before, method


async def test_head_is_as_get_without_the_words(house):
    for path in house.paths():
        get, head = await house.ask("GET", path), await house.ask("HEAD", path)
        assert head.text == "", path
        assert head.status in (get.status, 503), path  # some pages wait for a person


@pytest.mark.parametrize("cookie", [None, "session=x; csrf=x; __Host-session=x"])
async def test_nothing_is_done_without_proof_that_its_page_was_seen(house, cookie):
    headers = {"Origin": f"https://{EVIL}"} | ({"Cookie": cookie} if cookie else {})
    before = house.rows()
    for method, answer in await everywhere(house, ACTING, headers=headers):
        assert answer.status >= 300, f"{method} {answer.path}"
    for method, answer in await everywhere(house, ("POST",), headers=headers, data={"csrf": "x", "yes": "1"}):
        assert answer.status >= 300, f"{method} {answer.path}"
    assert house.rows() == before


async def test_no_form_works_without_what_its_page_put_into_it(house):
    """Each form of each page that anybody can open, its hidden fields left out or invented. What stands
    at an address that is itself a secret, and asks for no more, has proof enough.
    """
    before = house.rows()
    for path in house.paths():
        page = await house.ask("GET", path)
        for form in Forms(page.text).found if "<form" in page.text else ():
            proven = path in house.given() and not form["hidden"]
            if form["method"] != "POST" or proven:
                continue
            target = urljoin(f"{house.base}{path}", form["action"] or path).replace(PUBLIC, house.base)
            assert urlsplit(target).netloc == urlsplit(house.base).netloc
            for hidden in ({}, dict.fromkeys(form["hidden"], "x" * 43)):
                # Without the browser's cookies, as another site would send it.
                house.http.cookie_jar.clear()
                answer = await house.ask("POST", target, data={**form["shown"], **hidden})
                assert answer.status >= 300, target
    assert house.rows() == before


# --- what is told about requests -----------------------------------------------------------------


async def test_the_log_holds_patterns_and_no_ids(house, caplog):
    with caplog.at_level(logging.DEBUG):
        await everywhere(house, ("GET", "POST"))
        await house.ask("GET", "/@ada/1?lang=en&before=7", headers={"Referer": "https://reader.example/x"})
    lines = [str(record.__dict__.get("facts", "")) + record.getMessage() for record in caplog.records]
    told = "\n".join(line for line in lines if "request" in line or "route" in line)
    assert "/@{name}" in told
    for secret in (*(one for one in POOL if len(one) > 20), "/@ada", "/@bo", "before", "reader.example"):
        assert secret not in told
    for path in house.given():
        last = path.rpartition("/")[2]
        assert len(last) < 16 or last not in told


# --- tricks --------------------------------------------------------------------------------------


async def test_no_address_is_made_of_what_a_request_says_of_its_host(house):
    for headers in (
        {"Host": EVIL},
        {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "https", "Forwarded": f"host={EVIL}"},
        {"X-Original-URL": f"https://{EVIL}/", "X-Rewrite-URL": "/metrics"},
        {"Host": f"127.0.0.1@{EVIL}"},
    ):
        for _, answer in await everywhere(house, ("GET",), headers=headers):
            assert EVIL not in answer.text, answer.path
            assert EVIL not in str(answer.headers), answer.path


TRAVERSALS = (
    "/plaza/../../../../etc/passwd", "/plaza/..%2f..%2f..%2fetc%2fpasswd", "/plaza/%2e%2e/%2e%2e/etc/passwd",
    "/plaza/style.css/../../../../etc/passwd", "//etc/passwd", "/plaza/....//....//etc/passwd",
    "/plaza/style.css%00.html", "/@ada%2f..%2f..%2fetc%2fpasswd", "/tags/..%2f..%2fetc%2fpasswd",
    "/plaza/..\\..\\..\\etc\\passwd", "/plaza/%c0%ae%c0%ae/etc/passwd", "/static/../config.yaml", "/../keys",
)  # fmt: skip


@pytest.mark.parametrize("path", TRAVERSALS)
async def test_no_path_leads_out_of_the_site(house, path):
    answer = await _raw(house, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 ")
    assert not answer.startswith(b"HTTP/1.1 5")
    assert b"root:" not in answer
    assert b"secret_keys_file" not in answer
    assert (house.folder / "keys").read_bytes() not in answer


LONG = "a" * 20_000


@pytest.mark.parametrize(
    "more",
    [
        {"params": {"before": "9" * 4000, "after": "-1", "lang": "x" * 3000}},
        {"headers": {"Accept-Language": "x" * 8000, "If-None-Match": '"' * 500}},
        {"headers": {"Last-Event-ID": "9" * 40, "If-Modified-Since": "never"}},
        {"params": {"before": "٣", "thread": "²", "name": "\x00", "tag": "\ud7ff"}},
        {"headers": {"Cookie": "; ".join(f"c{n}=x" for n in range(500))}},
    ],
    ids=("query", "headers", "numbers", "odd characters", "cookies"),
)
async def test_over_long_and_odd_input_is_answered_without_a_fault(house, more):
    for _, answer in await everywhere(house, ("GET",), **more):
        assert answer.status < 500, answer.path


async def test_what_is_larger_than_a_request_may_be_is_refused(house):
    for path in house.paths():
        answer = await _raw(house, f"GET {path}/{LONG} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert answer[9:12] in (b"400", b"414"), path
    for path in house.paths(secret=False):
        posted = await house.ask("POST", path, data=b"x=" + b"y" * 2_000_000)
        assert 300 <= posted.status < 500, path  # nobody reads what is sent along with "sign out"


SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
SMUGGLING = {
    "both lengths": (
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "two lengths": (
        f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: {len(SMUGGLED)}\r\n\r\n"
    ),
    "an odd length": "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n",
    "a length in a list": "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 0\r\n\r\n",
    "an odd encoding": "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a space before the colon": "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "an odd chunk": "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    "a folded header": "POST / HTTP/1.1\r\nHost: x\r\nX: y\r\n Transfer-Encoding: chunked\r\n\r\n",
    "a bare line feed": "GET / HTTP/1.1\nHost: x\nX: y\n\n",
    "a NUL": "GET / HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
}


@pytest.mark.parametrize("head", SMUGGLING.values(), ids=SMUGGLING)
async def test_a_request_of_which_two_readers_could_make_two_is_none(house, head):
    """A proxy in front and this server must not disagree where a request ends."""
    answer = await _raw(house, head + SMUGGLED)
    assert answer.count(b"HTTP/1.1 ") <= 1 or answer.startswith(b"HTTP/1.1 400"), answer[:200]
    assert not answer.startswith((b"HTTP/1.1 2", b"HTTP/1.1 5")), answer[:200]


async def _raw(house, request: str) -> bytes:
    where = urlsplit(house.base)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(request.encode("latin-1"))
    try:
        async with asyncio.timeout(3):
            return await reader.read()
    except TimeoutError:
        return b"HTTP/1.1 400 (kept open, nothing answered)"
    finally:
        writer.close()


# --- the generator itself --------------------------------------------------------------------------


async def test_a_route_into_which_nothing_fits_is_not_passed_over():
    assert list(filled("/@{name}/feed")) == [f"/@{one}/feed" for one in POOL]
    assert list(filled(r"/x/{file:a.css|b.js}")) == ["/x/a.css", "/x/b.js"]
    with pytest.raises(Uncovered, match="add something that does"):
        list(filled(r"/x/{odd:[%]{7}}"))


async def test_every_registered_route_is_tried(house):
    patterns = {pattern for _, pattern in house.routes()}
    tried = {re.sub(r"\{[^{}]*(\{[^{}]*\}[^{}]*)*\}", "{}", one) for one in patterns}
    assert {"/healthz", "/@{}", "/plaza/events"} <= tried
    assert len(house.paths()) >= len(patterns)
