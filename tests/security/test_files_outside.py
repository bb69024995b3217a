"""Files of people: what is fetched for them, from where, and what of it is never shown to anybody."""

from __future__ import annotations

import json
import traceback

import aiohttp
import pytest
import sqlalchemy as sa
from aiohttp import web
from yarl import URL

from bridgebot.errors import Rejected, TargetGone, Temporary
from bridgebot.http import policy, session
from bridgebot.http.fetch import fetch
from bridgebot.model import Attachment
from bridgebot.store import mine, posts
from bridgebot.store import tables as t
from bridgebot.testing.pictures import png
from tests.house import TestHouse
from tests.test_http import serving

RED = png((200, 30, 30))
SECRET = "a-secret-in-the-address"


@pytest.fixture
async def site():
    """A site with files, whose addresses nobody is to see."""

    async def answer(request: web.Request) -> web.Response:
        match request.match_info["what"]:
            case "there":
                return web.Response(body=RED * 3)
            case "elsewhere":
                raise web.HTTPFound(f"/{SECRET}/there")
            case "round":
                raise web.HTTPFound(f"/{SECRET}/round")
            case number:
                return web.Response(status=int(number))

    app = web.Application()
    app.router.add_get(f"/{SECRET}/{{what}}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/{SECRET}"
    await runner.cleanup()


async def got(http: aiohttp.ClientSession, url: str, most: int = 10_000) -> bytes:
    return b"".join([piece async for piece in fetch(http, url, most)])


@pytest.mark.parametrize("what", ["there", "elsewhere"])
async def test_a_file_is_fetched_up_to_its_size_and_no_further(site, what):
    async with aiohttp.ClientSession() as http:
        assert await got(http, f"{site}/{what}", len(RED) * 3) == RED * 3
        with pytest.raises(Rejected):
            await got(http, f"{site}/{what}", len(RED) * 3 - 1)


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ("404", TargetGone),
        ("410", TargetGone),
        ("403", Rejected),
        ("204", Rejected),
        ("429", Temporary),
        ("500", Temporary),
        ("round", Rejected),
    ],
)
async def test_what_goes_wrong_says_what_to_do_and_not_where_it_was(site, what, error):
    async with aiohttp.ClientSession() as http:
        with pytest.raises(error) as info:
            await got(http, f"{site}/{what}")
    assert SECRET not in "".join(traceback.format_exception(info.value))


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x.png",
        "https://[::1]/x.png",
        "https://localhost/x.png",
        "http://files.example.org/x.png",
        "https://files.example.org:5281/x.png",
        "https://me:secret@files.example.org/x.png",
        "file:///etc/passwd",
        "https://[",
    ],
)
async def test_nothing_is_fetched_that_anybody_may_not_name(url):
    async with session(policy({})) as http:
        with pytest.raises(Rejected):
            await got(http, url)


async def shown(house: TestHouse, address: str):
    """What a chat shows of a post with a picture at an address that its network does not fetch by itself."""
    house.chat.network.web[address] = None
    await house.user("ada", "north")
    await house.shows("look", media=(Attachment("image", address, "a red stone"),))
    line = house.chat.messages()[-1]
    return line.text.endswith(address), [one.content for one in line.shown]


async def test_the_operators_own_sites_are_asked_for_files_of_posts(tmp_path, site):
    address = f"{site}/elsewhere"
    async with TestHouse(tmp_path, file_sites=(str(URL(site).origin()),)) as house:
        assert await shown(house, address) == (False, [RED])


@pytest.mark.parametrize(
    "named", ["", "http://127.0.0.1:9", "https://127.0.0.1:{port}", "http://localhost:{port}"]
)
async def test_a_site_is_one_scheme_one_host_and_one_port(tmp_path, site, named):
    address, sites = f"{site}/there", (named.format(port=URL(site).port),) if named else ()
    async with TestHouse(tmp_path, file_sites=sites) as house:
        assert await shown(house, address) == (True, [])


async def test_one_site_leads_to_no_other(tmp_path, site):
    async def away(request: web.Request) -> web.Response:
        raise web.HTTPFound(f"{site}/there")

    async with serving(away) as origin, TestHouse(tmp_path, file_sites=(origin,)) as house:
        assert await shown(house, f"{origin}/x.png") == (True, [])


async def test_where_nobody_listens_it_is_tried_again(site):
    async with aiohttp.ClientSession() as http:
        with pytest.raises(Temporary):
            await got(http, "http://127.0.0.1:9/x.png")


async def test_where_a_file_is_stands_in_no_answer_no_export_and_no_repr(tmp_path, caplog):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        house.social("south").fail("upload", Rejected())
        await house.says("stones\nalt: red", files=[RED])
        [ref] = house.chat.network.files
        [row] = await house.store.read(lambda tx, now: tx.scalars(sa.select(t.post.c.files)))
        assert row[0]["ref"] == ref
        await house.says("/history 2k7")
        await house.says("/export")
        shown = [line.text for line in house.chat.messages()]
        post = await house.store.read(lambda tx, now: posts.post(tx, tx.scalar(sa.select(t.post.c.id))))
        shown += [repr(post), repr(post.enclosed), caplog.text]
        [exported] = await house.store.read(lambda tx, now: mine.posts(tx, post.user_id, 0))
        assert exported["files"] == [{"kind": "image", "type": "image/png", "name": "", "alt": "red"}]
        shown.append(repr(exported))
        shown += [str(error) for error in await house.store.read(_errors)]
    assert [text for text in shown if ref in text] == []


def _errors(tx, now):
    return [json.dumps(error) for error in tx.scalars(sa.select(t.delivery.c.error)) if error]
