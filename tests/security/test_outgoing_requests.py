"""Where the bot goes when people say where: nowhere but to public names, whatever is written or answered.

Most of it happens in a network of its own, in which every address of both families leads to one listener that
counts: what is said to be unreachable was not reached, and the same way did reach what is allowed.
"""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import resource
import zlib
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from bridgebot.errors import AdapterError, Rejected, Temporary, Unconfirmed
from bridgebot.http import AddressRefused, Policy, call, policy, session
from bridgebot.http.addresses import is_name, may_connect, networks
from bridgebot.http.guard import MAX_BODY, may_request
from tests.security import no_internet
from tests.servers import needed
from tests.test_http import Names, raw, serving, trusting

PUBLIC, PUBLIC_6 = "93.184.216.34", "2606:4700::1111"


def name(*addresses: str) -> str:
    """A name that leads to these addresses."""
    made = [ipaddress.ip_address(one) for one in addresses]
    return ".".join(f"{one.version}-{one.packed.hex()}" for one in made) + ".example"


def sends_to(*addresses: str) -> str:
    """An address that sends its reader to the next one, and so on."""
    made = ""
    for one in reversed(addresses):
        made = one if not made else f"{one}to/{made.replace('%', '%25').replace(':', '%3A')}"
    return made


GOOD = name(PUBLIC)
OPEN = f"http://{GOOD}/"

# --- a network of its own ----------------------------------------------------------------------

# What nobody may name: addresses instead of names, in every spelling that some program understands.
SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "0", "0.0.0.0", "2130706433", "017700000001", "0177.0.0.1",
    "0177.0.0.01", "0x7f000001", "0x7f.0.0.1", "0x7f.1", "0X7F.0.0.1", "127.0.0.1.", "127.000.000.001",
    "127.0.0.0x1", "①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1",
    "%31%32%37.0.0.1",
    "127.0.0.1%00", f"127.0.0.1%2e{GOOD}", "٠.٠.٠.٠", "10.0.0.1", "172.16.0.1", "192.168.0.1",
    "100.64.0.1", "169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "168.63.129.16",
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "93.184.216.34", "1572395042",
    "0x5db8d822", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]",
    "[2001:0:53aa:64c:0:0:80ff:fffe]", "[fe80::1]", "[fe80::1%25lo]", "[fe80::1%lo]", "[fd00::1]",
    "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[2606:4700::1111]", "[v1.x]", "localhost", "localhost.",
    "LOCALHOST", "localhost.localdomain", "foo.localhost", "ip6-localhost", "intranet", "metadata",
    "metadata.google.internal", "metadata.google.internal.", "instance-data.ec2.internal",
    "kubernetes.default.svc", "host.docker.internal", ".", "..", "a..example", ".example", "-.example",
    "a" * 64 + ".example", "x." * 127 + "example", "exa mple.org", "exam\tple.org", "exa\nmple.org",
    f"{GOOD}\\@127.0.0.1", f"127.0.0.1\\.{GOOD}", f"127.0.0.1#.{GOOD}", f"127.0.0.1?.{GOOD}",
    f"{GOOD}@127.0.0.1", f"127.0.0.1&{GOOD}", f"me@{GOOD}", f"me:pw@{GOOD}", f"{GOOD}:22", f"{GOOD}:6379",
    f"{GOOD}:8080", f"{GOOD}:0", f"{GOOD}:99999", f"{GOOD}:-1", "xn--", "xn--a.example",
    "\u202e1.0.0.721", "exam\u200bple.localhost", "127.0.0.1\u200b", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "loc\u00adalhost",
    "_.localhost", "*.example",
]  # fmt: skip
# Where a good name leads: the name server is the attacker's.
INSIDE = [
    "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.0.0.1", "172.16.9.1", "172.31.255.254", "192.168.1.1",
    "100.64.0.1", "100.100.100.200", "169.254.169.254", "169.254.170.2", "192.0.0.8", "192.0.2.1",
    "192.88.99.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808", "2002:7f00:1::1",
    "2002:a00:1::1", "2001:0:53aa:64c:0:0:80ff:fffe", "2001:db8::1", "3fff::1", "fc00::1", "fd00:ec2::254",
    "fe80::1", "fec0::1", "ff02::1", "100::1", "5f00::1",
]  # fmt: skip
SCHEMES = [
    "file:///etc/passwd", "file://localhost/etc/passwd", "gopher://127.0.0.1:6379/_x", "data:text/html,x",
    "dict://127.0.0.1:11211/", "ftp://example.org/", "ldap://127.0.0.1/", "javascript:alert(1)",
    "jar:http://x.example!/", "//127.0.0.1/", "http:127.0.0.1", "http:/127.0.0.1", "http:///127.0.0.1",
    "https:\\\\127.0.0.1\\", "unix:///run/x.sock", "ws://127.0.0.1/", "blob:https://x.example/1",
    "view-source:http://127.0.0.1/", "http://", "https://", "", " ",
]  # fmt: skip
TARGETS = [
    "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://2130706433/",
    "http://169.254.169.254/latest", f"http://{name('10.0.0.1')}/", f"http://{name('::1')}/",
    f"http://{name(PUBLIC)}:8080/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_x",
    "data:text/plain,x", f"http://me:pw@{name(PUBLIC)}/", "http://[64:ff9b::7f00:1]/", "//127.0.0.1/",
    "http:\\\\127.0.0.1", "http://①②⑦.0.0.1/", "ftp://127.0.0.1/",
]  # fmt: skip

REFUSED = [
    *(("named", f"https://{one}/") for one in SPELLINGS),
    *(("feed", f"http://{one}/") for one in SPELLINGS),
    *(("link", one) for one in SPELLINGS if not one.startswith("me")),  # `me@…` is somebody's handle
    *(("link", f"@ada@{one}") for one in SPELLINGS[:45]),
    *(("person", f"@ada@{one}") for one in SPELLINGS),  # /follow, without an account
    *(("person", f"https://{one}/@ada") for one in SPELLINGS),
    *(("person", f"{one}@ada") for one in SCHEMES),
    # /feed; of names in front of an @, which are passwords there
    *(("site", f"http://{one}/") for one in SPELLINGS[::3] if "@" not in one),
    *(("site", f"feed:{one}") for one in SPELLINGS[1::3] if "@" not in one),
    *(("site", one) for one in SCHEMES),
    *(("named", one) for one in SCHEMES),
    *(("feed", one) for one in SCHEMES),
    *(("link", one) for one in SCHEMES if one.strip()),
    *(("named", f"https://{name(one)}/") for one in INSIDE),
    *(("feed", f"http://{name(one)}/") for one in INSIDE),
    *(("link", name(one)) for one in INSIDE[::3]),
    *(("person", f"@ada@{name(one)}") for one in INSIDE[1::3]),
    *(("site", f"http://{name(one)}/feed.xml") for one in INSIDE[2::3]),
    *(("allowing", f"http://{name(one)}/") for one in INSIDE if not one.startswith("10.1.")),
    ("named", OPEN),  # not encrypted
    ("named", f"https://{name(PUBLIC)}:80/"),
    ("feed", f"http://{name(PUBLIC)}:443/"),
    ("feed", f"https://{name(PUBLIC)}:80/"),
    ("allowing", "http://10.1.2.3/"),  # a number, though the address is allowed
    ("allowing", f"http://{name('10.1.2.3')}:8080/"),
    ("named", f"https://{name('10.1.2.3')}/"),  # what one adapter may, another may not
    ("feed", "http://10.7.7.7:8080/api"),
    ("own", "http://10.7.7.7:8081/api"),
    ("own", "http://10.7.7.8:8080/api"),
    ("own", f"https://{name('10.7.7.7')}/"),
]
# The first hop is open; after it nothing is.
REDIRECTED = [
    *(("feed", sends_to(OPEN, one)) for one in TARGETS),
    *(("feed", sends_to(OPEN, f"http://{name('93.184.216.35')}/", one)) for one in TARGETS),
    ("feed", sends_to(OPEN, OPEN, OPEN, OPEN, "http://127.0.0.1/")),
    *(("site", sends_to(OPEN, one)) for one in TARGETS[::2]),
    ("allowing", sends_to(OPEN, "http://10.1.2.3/")),
    ("allowing", sends_to(OPEN, f"http://{name('10.2.0.1')}/")),
    ("twice", f"http://then-{name(PUBLIC, '127.0.0.1')}/"),
    ("twice", f"http://then-{name(PUBLIC, '10.0.0.1')}/"),
    ("twice", f"http://then-{name(PUBLIC, '169.254.169.254')}/"),
]
# The same harness gets there where one may.
REACHED = [
    ("named", f"https://{name(PUBLIC)}/", f"{PUBLIC}:443"),
    ("named", f"https://{name(PUBLIC_6)}/", f"{PUBLIC_6}:443"),
    ("named", f"https://{name(PUBLIC)}./", f"{PUBLIC}:443"),
    ("feed", OPEN, f"{PUBLIC}:80"),
    ("feed", OPEN.upper().replace("HTTP", "http"), f"{PUBLIC}:80"),
    ("feed", f"https://{name(PUBLIC)}/", f"{PUBLIC}:443"),
    ("feed", sends_to(OPEN, f"http://{name('93.184.216.35')}/"), "93.184.216.35:80"),
    ("feed", sends_to(OPEN, f"https://{name('93.184.216.35')}/"), "93.184.216.35:443"),
    ("feed", f"http://{name('::ffff:93.184.216.34')}/", f"{PUBLIC}:80"),
    ("feed", f"http://{name('64:ff9b::5db8:d822')}/", "64:ff9b::5db8:d822:80"),
    ("link", name(PUBLIC), f"{PUBLIC}:443"),
    ("link", f"@ada@{name(PUBLIC)}", f"{PUBLIC}:443"),
    ("link", f"https://{name(PUBLIC)}/@ada", f"{PUBLIC}:443"),
    ("person", f"@ada@{name(PUBLIC)}", f"{PUBLIC}:443"),
    ("person", f"https://{name(PUBLIC)}/@ada", f"{PUBLIC}:443"),
    ("site", f"{OPEN}feed", f"{PUBLIC}:80"),
    ("site", f"feed://{name(PUBLIC)}/", f"{PUBLIC}:443"),
    ("allowing", f"http://{name('10.1.2.3')}/", "10.1.2.3:80"),
    ("allowing", f"http://{name('::ffff:10.1.2.3')}/", "10.1.2.3:80"),
    ("allowing", f"http://{name('fd00:1::5')}/", "fd00:1::5:80"),
    ("own", "http://10.7.7.7:8080/api", "10.7.7.7:8080"),
]
# One address of several is inside: that one is not used, whichever comes first.
MIXED = [
    ("feed", f"http://{name(PUBLIC, '127.0.0.1')}/"),
    ("feed", f"http://{name('127.0.0.1', PUBLIC)}/"),
    ("feed", f"http://{name('10.0.0.1', '192.168.0.1', PUBLIC)}/"),
    ("feed", f"http://{name('::1', PUBLIC)}/"),
    ("feed", f"http://{name(PUBLIC_6, '127.0.0.1')}/"),
    ("named", f"https://{name('169.254.169.254', PUBLIC)}/"),
]
ALL = [*REFUSED, *REDIRECTED, *((door, text) for door, text, _ in REACHED), *MIXED]


@pytest.fixture(scope="module")
def visited() -> dict[tuple[str, str], dict[str, Any]]:
    """How each visit ended, and what was connected to."""
    needed.program("ip", "iproute2")
    needed.program("unshare", "util-linux")
    if not no_internet.can_be_made():
        needed.missing("a network of its own from the kernel, else these would try the real one")
    ends = no_internet.visits([{"door": door, "text": text} for door, text in ALL])
    return dict(zip(ALL, ends, strict=True))


KEYS = {
    "http-address-refused",
    "http-address-wrong",
    "http-redirected",
    "feeds-wrong",
    "mastodon-server-wrong",
    "mastodon-server-number",
    "mastodon-server-port",
    "mastodon-nobody",  # what no handle and no page is, is nobody's
}


def shown(case: Any) -> str:
    return ascii(case[:60]) if isinstance(case, str) else ""


@pytest.mark.parametrize(("door", "text"), REFUSED, ids=shown)
def test_nothing_is_connected_to(visited, door: str, text: str) -> None:
    assert visited[door, text]["reached"] == {}
    assert visited[door, text]["end"] in KEYS


@pytest.mark.parametrize(("door", "text"), REDIRECTED, ids=shown)
def test_a_redirect_leads_nowhere_else(visited, door: str, text: str) -> None:
    found = visited[door, text]
    assert set(found["reached"]) <= {f"{PUBLIC}:80", "93.184.216.35:80"}
    assert found["reached"], "the first hop is open"
    assert found["end"] in KEYS


@pytest.mark.parametrize(("door", "text"), MIXED, ids=shown)
def test_an_address_inside_among_others_is_not_used(visited, door: str, text: str) -> None:
    assert {one.rpartition(":")[0] for one in visited[door, text]["reached"]} <= {PUBLIC, PUBLIC_6}


@pytest.mark.parametrize(("door", "text", "address"), REACHED, ids=shown)
def test_the_same_way_reaches_what_is_allowed(visited, door: str, text: str, address: str) -> None:
    assert address in visited[door, text]["reached"], visited[door, text]


def test_the_table_is_as_long_as_it_should_be() -> None:
    assert len(set(REFUSED)) == len(REFUSED) >= 300
    assert len({text for _, text in [*REFUSED, *REDIRECTED]}) >= 200


# --- what the guard says, address by address ---------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.0.1", "0.0.0.0", "10.0.0.1", "172.16.9.1", "192.168.1.1", "100.64.0.1",
        "169.254.169.254", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
        "192.88.99.1", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1",
        "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::8.8.8.8", "2002:7f00:1::", "2002:a00:1::1",
        "2001:0:53aa:64c::1", "2001:db8::1", "3fff::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%lo",
        "fec0::1", "ff02::1", "100::1", "5f00::1",
        "127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "localhost", "",
    ],
)  # fmt: skip
def test_no_connection_to_what_is_not_the_internet(address: str) -> None:
    assert not may_connect(address)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"],
)
def test_the_internet_may_be_reached(address: str) -> None:
    assert may_connect(address)


def test_allowed_networks_count_in_every_spelling() -> None:
    allowed = networks(["10.1.0.0/16", "fd00::/8"])
    assert may_connect("10.1.2.3", allowed)
    assert may_connect("::ffff:10.1.2.3", allowed)
    assert may_connect("fd00::5", allowed)
    assert not may_connect("10.2.0.1", allowed)


@pytest.mark.parametrize(
    "host",
    ["127.1", "127.0.0.1", "127.0.0.1.", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "a.0x7f",
     "a.1", "::1", "localhost", "intranet", "", ".", "a..b", "-a.example", "a b.example", "ex ample.org"],
)  # fmt: skip
def test_only_full_names_are_names(host: str) -> None:
    assert not is_name(host)


@pytest.mark.parametrize("host", ["example.org", "EXAMPLE.org.", "xn--fiqs8s.xn--fiqs8s", "a-b.c1.social"])
def test_names(host: str) -> None:
    assert is_name(host)


@pytest.mark.parametrize(
    ("url", "plain_http", "expected"),
    [
        ("https://example.org/x", False, True),
        ("wss://example.org/x", False, True),
        ("http://example.org/feed", False, False),
        ("http://example.org/feed", True, True),
        ("https://example.org:8443/", True, False),
        ("http://example.org:443/", True, False),
        ("https://me@example.org/", False, False),
        ("https://me:pw@example.org/", False, False),
        ("https://127.0.0.1/", False, False),
        ("https://[::1]/", False, False),
        ("https://①②⑦.⓪.⓪.①/", False, False),
        ("https://%31%32%37.0.0.1/", False, False),
        ("https://0x7f.0.0.1/", False, False),
        ("ftp://example.org/", False, False),
        ("file:///etc/passwd", False, False),
    ],
)
def test_addresses_that_people_may_name(url: str, plain_http: bool, expected: bool) -> None:
    assert may_request(URL(url), Policy(plain_http=plain_http)) is expected


def test_the_operator_opens_exactly_one_origin() -> None:
    rules = policy({"server": "http://127.0.0.1:3000/api", "name": "x", "allow_addresses": ()})
    assert may_request(URL("http://127.0.0.1:3000/other"), rules)
    assert may_request(URL("ws://127.0.0.1:3000/other"), rules)
    for url in ("http://127.0.0.1:3001/", "https://127.0.0.1:3000/", "http://localhost:3000/"):
        assert not may_request(URL(url), rules)


def test_wrong_networks_are_refused() -> None:
    with pytest.raises(ValueError):
        policy({"allow_addresses": ("10.0.0.0/33",)})


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["169.254.169.254"],
        ["10.0.0.1 127.0.0.1"],
    ],
)
async def test_a_name_that_leads_home_is_refused_where_it_is_connected_to(answers: list[str]) -> None:
    async with session(Policy(), resolver=Names(*answers)) as http:
        with pytest.raises(AddressRefused, match=r"inside\.example"):
            await http.get("https://inside.example/")


async def test_a_name_that_changes_its_mind_gains_nothing() -> None:
    names = Names("127.0.0.1", "127.0.0.2")
    async with session(Policy(networks=networks(["127.0.0.1/32"])), resolver=names) as http:
        with pytest.raises(aiohttp.ClientConnectorError):  # may be reached, but nobody listens on 443
            await http.get("https://turns.example/")
        http.connector.clear_dns_cache()
        with pytest.raises(AddressRefused):
            await http.get("https://turns.example/")
    assert names.asked == ["turns.example", "turns.example"]


async def test_a_redirect_is_checked_like_any_request() -> None:
    reached = []

    async def secret(request: web.Request) -> web.Response:
        reached.append(request.path)
        return web.Response(text="the metadata service")

    async with serving(secret) as inside:

        async def away(request: web.Request) -> web.Response:
            raise web.HTTPFound(
                {"/ip": inside, "/name": "http://localhost/", "/file": "file:///etc/passwd"}[request.path]
            )

        async with serving(away) as outside, session(trusting(outside)) as http:
            for path in ("/ip", "/name", "/file"):
                with pytest.raises(Rejected):
                    await call(http, "GET", f"{outside}{path}")
    assert reached == []


async def test_one_adapters_origin_is_not_anothers() -> None:
    async def hello(request: web.Request) -> web.Response:
        return web.json_response({})

    async with serving(hello) as origin, session(trusting(origin)) as mine, session(Policy()) as other:
        await call(mine, "GET", origin)
        with pytest.raises(Rejected) as refused:
            await call(other, "GET", origin)
        assert refused.value.key == "http-address-refused"


# --- how much ----------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [True, False])
async def test_what_is_too_long_is_not_read(packed: bool) -> None:
    sent = 0

    async def flood(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        headers = {"Content-Encoding": "gzip"} if packed else {}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        piece = gzip.compress(bytes(MAX_BODY * 4)) if packed else bytes(1024 * 1024)
        for _ in range(1 if packed else 64):
            await response.write(piece)
            sent += len(piece)
        return response

    async with serving(flood) as origin, session(trusting(origin)) as http:
        with pytest.raises(Rejected) as refused:
            await call(http, "GET", origin, expect="any")
        assert refused.value.key == "http-too-large"
        with pytest.raises(Unconfirmed):
            await call(http, "POST", origin, expect="any")
    assert packed or sent < 64 * 1024 * 1024


BOMB = 512 * 1024 * 1024  # bytes of nothing, which pack to half a million


def packed(encoding: str) -> bytes:
    """Much, packed small; `gzip` in many members, or in one."""
    if encoding == "gzip members":
        return gzip.compress(bytes(1024 * 1024)) * 512
    wide = {"gzip": 31, "deflate": 15, "raw deflate": -15}[encoding]
    made = zlib.compressobj(9, zlib.DEFLATED, wide)
    return b"".join(made.compress(bytes(1024 * 1024)) for _ in range(512)) + made.flush()


@pytest.mark.parametrize("encoding", ["gzip", "gzip members", "deflate", "raw deflate"])
async def test_a_bomb_is_put_aside_before_it_takes_room(encoding: str) -> None:
    body = packed(encoding)
    assert len(body) < MAX_BODY

    async def bomb(request: web.Request) -> web.StreamResponse:
        named = "gzip" if "gzip" in encoding else "deflate"
        response = web.StreamResponse(headers={"Content-Encoding": named})
        await response.prepare(request)
        await response.write(body)
        return response

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with serving(bomb) as origin, session(trusting(origin)) as http:
        with pytest.raises(Rejected) as refused:
            await call(http, "GET", origin, expect="any")
    assert refused.value.key == "http-too-large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 128 * 1024  # KiB


@pytest.mark.parametrize("encoding", ["br", "zstd", "x-unknown"])
async def test_what_was_not_asked_for_is_not_unpacked(encoding: str) -> None:
    """Brotli and zstd are not installed with the bot, and not offered: such an answer stays what it is."""
    asked = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.headers["Accept-Encoding"])
        return web.Response(body=b"\x00" * 64, headers={"Content-Encoding": encoding})

    async with serving(answer) as origin, session(trusting(origin)) as http:
        with pytest.raises(AdapterError):
            await call(http, "GET", origin)
    assert encoding not in asked[0]


async def dripping(pieces: bytes, seconds: float, reader: Any, writer: asyncio.StreamWriter) -> None:
    try:
        await reader.readuntil(b"\r\n\r\n")
        while True:
            writer.write(pieces)
            await writer.drain()
            await asyncio.sleep(seconds)
    except (ConnectionError, asyncio.IncompleteReadError):
        writer.close()


@pytest.mark.parametrize(
    ("first", "more", "pause"),
    [
        (b"", b"", 0.05),  # accepts and says nothing
        (b"", b"H", 0.05),  # a status line, letter by letter
        (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", 0.05),  # headers, one by one
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.001),  # a word before the answer, again and again
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", b"x", 0.05),  # a body, letter by letter
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.05),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0", 0.001),  # the size of a piece
    ],
    ids=["silence", "status", "headers", "continue", "body", "chunks", "chunk size"],
)
async def test_who_talks_slowly_is_not_listened_to_for_long(first: bytes, more: bytes, pause: float) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        await dripping(more, pause, reader, writer)

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, session(trusting(origin)) as http:
        begun = asyncio.get_running_loop().time()
        with pytest.raises(Temporary):
            await call(http, "GET", origin, timeout=1)
        assert asyncio.get_running_loop().time() - begun < 5


@pytest.mark.parametrize(
    "head",
    [
        b"X-A: " + b"b" * 1024 * 1024 + b"\r\n",  # one line
        b"X-A: b\r\n" * 100_000,  # many
        b"X-A: b\r\n b" + b" b" * 500_000 + b"\r\n",  # one folded
    ],
    ids=["long", "many", "folded"],
)
async def test_headers_have_an_end(head: bytes) -> None:
    async with raw(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n{}") as origin, session(trusting(origin)) as http:
        with pytest.raises(Temporary):
            await call(http, "GET", origin, timeout=5)


@pytest.mark.parametrize(
    "answer",
    [
        b"Content-Length: 999999999999\r\n\r\n{}",
        b"Content-Length: -1\r\n\r\n{}",
        b"Content-Length: 2\r\nContent-Length: 20\r\n\r\n{}",
        b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}",
        b"Content-Length: \xef\xbc\x92\r\n\r\n{}",
    ],
)
async def test_a_length_that_is_wrong_is_no_answer(answer: bytes) -> None:
    async with raw(b"HTTP/1.1 200 OK\r\n" + answer) as origin, session(trusting(origin)) as http:
        try:
            found = await call(http, "GET", origin, timeout=5)
        except (Temporary, Rejected):
            return
        assert found.body == b"{}"  # no byte of what came behind it


async def test_a_token_does_not_follow_a_redirect_elsewhere() -> None:
    """It is one server's: another one named by it never sees it."""
    seen = []

    async def other(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        return web.json_response({})

    async with serving(other) as elsewhere:

        async def away(request: web.Request) -> web.Response:
            raise web.HTTPFound(elsewhere)

        async with serving(away) as origin, session(trusting(origin, elsewhere)) as http:
            await call(http, "GET", origin, headers={"Authorization": "Bearer one-servers"})
    assert seen == [None]


async def test_nobody_is_signed_in_by_an_address() -> None:
    """aiohttp makes a password of what stands before the `@`, and hides it from who looks at the address."""

    async def away(request: web.Request) -> web.Response:
        raise web.HTTPFound(f"http://me:secret@{request.host}/x")

    async with serving(away) as origin, session(trusting(origin)) as http:
        for address in (origin, origin.replace("//", "//me@"), origin.replace("//", "//:x@")):
            with pytest.raises(Rejected) as refused:
                await call(http, "GET", address)
            assert refused.value.key == "http-address-refused"


def test_no_variable_of_the_environment_sends_requests_elsewhere(visited) -> None:
    """The whole table was visited with proxies set: nobody called them."""
    assert not any("10.9.9.9" in address for one in visited.values() for address in one["reached"])
