"""The reading page against people who mean harm: other users, other sites, and those whose posts are read."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from bridgebot import flow, model
from bridgebot.model import Attachment, Audience, Author, Draft, Span, TimelineKind
from bridgebot.store import keep, people, routes, sessions
from bridgebot.store import tables as t
from bridgebot.web.reader import _POST, _SECRET
from tests.security.hostile import ADDRESSES, BIDI, CONTROLS, MARKUP
from tests.servers.reader_pages import Reading, hidden, reading_house

SECRET = "octarine"  # stands in all that is not for Bo
ALIVE = {"a", "img", "form", "input", "button", "details", "select"}  # what can lead or send somewhere
PLAIN = {
    "html", "head", "meta", "title", "style", "body", "p", "main", "h1", "h2", "div", "article", "header",
    "footer", "b", "bdi", "span", "time", "ul", "li", "nav", "section", "label", "option", "summary",
    "textarea", "strong", "em", "s", "code",
}  # fmt: skip


@pytest.fixture
async def walls(tmp_path):
    """Ada follows Lin and has posts for few; Bo has a page of his own."""
    async with reading_house(tmp_path) as walls:
        house = walls.house
        for name in ("ada", "bo"):
            await house.user(name, "north", "south")
        await house.says("/home on north")
        north = house.social("north")
        north.network.follows.add((north.network.person("ada").id, north.network.person("lin").id))
        await house.poll()
        yield walls


async def brought(walls: Reading, text: str, **more):
    made = walls.house.social("north").add_post("lin", text, **more)
    await walls.house.wait(1)
    await walls.house.poll()
    return made


async def rows(walls: Reading) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the house."""
    return await walls.house.store.read(
        lambda tx, now: {
            table.name: [tuple(row) for row in tx.connection.execute(sa.select(table))]
            for table in t.metadata.sorted_tables
        }
    )


# --- users are walls ---------------------------------------------------------------------------


async def hers(walls: Reading) -> list[int]:
    """Everything of Ada's that there is: private, shown to her, and her own."""
    await brought(walls, f"among us {SECRET}", audience=Audience.FOLLOWERS)
    await brought(walls, f"for ada {SECRET} @ada", audience=Audience.DIRECT)
    await brought(walls, f"public, and followed by her alone {SECRET}")
    await walls.house.says(f"/memo {SECRET}")
    await walls.house.says("/vis followers")
    await walls.house.says(f"/post mine {SECRET}")
    await walls.house.wait(3)
    return await walls.house.store.read(lambda tx, now: tx.scalars(sa.select(t.post.c.id)))


def addresses(posts: list[int], lines: list[int], cursors: list[str]) -> list[str]:
    """Every address of the page with everything of hers that fits into it."""
    queries = [
        *(f"from={line}" for line in lines),
        *(f"edge={one}" for one in cursors),
        *(f"kind={kind}" for kind in ("posts", "mentions", "feeds", "own")),
        f"q={SECRET}",
        f"q={SECRET}&from={lines[0]}",
        "network=north",
        "new=1",
        *(f"new=1&edge={one}" for one in cursors),
        *(f"new=1&from={line}" for line in lines),
        "by=@lin@north.example",
        "by=@ada@north.example",
        "pictures=1",
    ]
    return ["/read", *(f"/read?{one}" for one in queries), *(f"/read/post/{post}" for post in posts)]


async def test_nobody_reads_or_does_anything_with_what_is_anothers(walls):
    posts = await hers(walls)
    assert len(posts) >= 5
    ada, bo = await walls.signed_in("ada"), await walls.signed_in("bo")
    assert SECRET in (await ada.opens()).text
    lines = await walls.house.store.read(lambda tx, now: tx.scalars(sa.select(t.timeline.c.id)))
    marks = re.findall(r"edge=([\w-]+)", (await ada.opens()).text) or ["A" * 22]
    asked = await ada.sends(
        f"/read/post/{posts[0]}", hidden(await ada.opens(), "/read/out") | {"do": "boost"}
    )
    done = urlsplit(asked.leads_to).query.partition("done=")[2].partition("#")[0]
    await walls.house.settle()
    before = await rows(walls)
    for path in addresses(posts, lines, marks):
        page = await bo.opens(f"{path}{'&' if '?' in path else '?'}done={done}")
        typed = re.compile(rf'value="(\?q=)?{SECRET}|q={SECRET}')  # what Bo looks for he knows
        assert SECRET not in typed.sub("", page.text), path
        assert "has your word" not in page.words
        assert "on its way" not in page.words
    out = hidden(await bo.opens(), "/read/out")
    for line in lines:
        await bo.sends("/read/to", out | {"to": marks[0], "back": f"?from={line}"})
    for post, does in itertools.product(posts, ("favourite", "boost", "bookmark", "reply")):
        answer = await bo.sends(f"/read/post/{post}", out | {"do": does, "text": "x"})
        assert answer.status == 404, (post, does)
    assert await rows(walls) == before


async def test_every_route_of_the_page_is_for_whoever_is_signed_in(walls):
    """Without a session nothing is there, whatever the cookie says."""
    posts = await hers(walls)
    stranger = await walls.reader()
    before = await rows(walls)
    for cookie in (None, "A" * 43, "x", "'; DROP TABLE visit"):
        headers = {} if cookie is None else {"Cookie": f"read={cookie}"}
        for path in addresses(posts, [1], []):
            page = await stranger.browser.ask("GET", f"{walls.site}{path}", headers=headers)
            assert (page.status, SECRET in page.text) == (403, False), path
        for action in ("/read/out", "/read/to", *(f"/read/post/{post}" for post in posts)):
            assert (await stranger.sends(action, {"do": "boost"}, **headers)).status == 403
    assert await rows(walls) == before


async def test_where_else_somebody_writes_is_told_to_nobody_who_reads_them_in_one_place(walls):
    """Lin uses this bot, too, and posts to two networks; Ada has accounts on both and reads her on one."""
    house = walls.house
    await house.user("lin", "north", "south")
    await house.says("/post on both", sender="lin")
    await house.wait(3)
    await house.poll()
    lin, ada = await walls.signed_in("lin"), await walls.signed_in("ada")
    assert "https://south.example/lin/1" in (await lin.opens()).text
    (post,) = await ada.ids()
    for path in ("/read", f"/read/post/{post}"):
        page = await ada.opens(path)
        assert "on both" in page.words
        assert "@lin@north.example" in page.words
        assert "https://north.example/lin/1" in page.text
        shown = re.sub(r"<option.*?</option>", "", page.text)
        assert "South" not in shown
        assert "south.example" not in shown
    await house.says("/mute @lin@north.example")
    assert await ada.ids() == []


async def test_the_address_of_a_feed_stands_nowhere_for_it_may_be_a_secret(walls):
    house, address = walls.house, "https://ada:pa55word@example.org/feed?token=t0psecret"

    def reads(tx, now):
        native = model.Timeline(TimelineKind.FEED, "example.org", address)
        line = routes.timeline(tx, now, "north", native, None, "A quiet journal")
        chat = people.direct_chat(tx, 1)
        routes.add(tx, now, 1, "follow", timeline_id=line.id, chat_id=chat.id)
        post = model.Post("e1", Author("j", "A quiet journal"), "an entry", Audience.PUBLIC, now)
        flow.accept(tx, now, flow.met_in_timeline(tx, line, post), house.house.networks, timeline=line)

    await house.store.run(reads)
    await house.settle()
    ada = await walls.signed_in()
    page = await ada.opens("/read?kind=feeds")
    assert "an entry" in page.words
    assert "A quiet journal · example.org" in page.words
    for secret in ("pa55word", "t0psecret", "token="):
        assert secret not in page.text
    assert await (await walls.signed_in("bo")).ids("/read?kind=feeds") == []


# --- signing in --------------------------------------------------------------------------------


async def test_looking_at_an_address_uses_it_up_for_nobody(walls):
    address = await walls.address()
    before = await rows(walls)
    for method, headers in (("GET", {}), ("HEAD", {}), ("GET", {"Sec-Purpose": "prefetch"})):
        page = await (await walls.reader()).browser.ask(method, address, headers=headers)
        assert page.status == 200
    assert await rows(walls) == before
    reader = await walls.reader()
    assert (await reader.browser.presses(address)).status == 303


async def test_of_addresses_and_sessions_only_digests_are_stored(walls):
    reader = await walls.signed_in()
    address, cookie = await walls.address(), reader.cookies()["read"]
    kept = await rows(walls)
    said = {name: str(found) for name, found in kept.items()}
    assert len(kept["visit"]) == 2
    assert [name for name, words in said.items() if cookie in words] == []
    told = [name for name, words in said.items() if address.rpartition("/")[2] in words]
    assert set(told) == {"delivery", "part"}  # the message in the chat, which is wiped once it is out
    await walls.house.store.run(keep.wipe_handed)
    assert address.rpartition("/")[2] not in str(await rows(walls))


async def test_a_browser_is_signed_in_by_nobody_but_itself(walls):
    """Another site that sends the form, or a form without the browser that was shown it."""
    address = await walls.address()
    path = urlsplit(address).path
    shown, other = await walls.reader(), await walls.reader()
    fields = hidden(await shown.opens(address), path)
    await other.opens(address)
    for reader, sent, headers in (
        (shown, {}, {}),
        (shown, fields, {"Origin": "https://evil.example"}),
        (shown, fields, {"Sec-Fetch-Site": "cross-site"}),
        (other, fields, {}),
        (await walls.reader(), fields, {}),
    ):
        answer = await reader.sends(path, sent, **headers)
        assert answer.status == 403, headers
        assert (await reader.opens()).status == 403
    assert (await shown.sends(path, fields)).status == 303


async def test_a_number_that_a_browser_had_before_is_not_its_session(walls):
    """Nobody who planted a cookie is signed in with whoever signs in."""
    reader, planted = await walls.reader(), "P" * 43
    reader.browser.session.cookie_jar.update_cookies({"read": planted})
    await reader.browser.presses(await walls.address())
    assert reader.cookies()["read"] != planted
    thief = await walls.reader()
    page = await thief.browser.ask("GET", f"{walls.site}/read", headers={"Cookie": f"read={planted}"})
    assert page.status == 403


async def test_signing_in_anew_ends_what_the_browser_was_signed_in_to(walls):
    reader = await walls.signed_in("ada")
    old = reader.cookies()["read"]
    assert (await reader.browser.presses(await walls.address("bo"))).status == 303
    page = await (await walls.reader()).browser.ask(
        "GET", f"{walls.site}/read", headers={"Cookie": f"read={old}"}
    )
    assert page.status == 403


async def test_the_cookie_is_for_this_site_alone_and_no_script_sees_it(tmp_path):
    async with reading_house(tmp_path, public="https://bot.example") as walls:
        await walls.house.says("/read")
        path = re.search(r"https://bot\.example(/read/in/[\w-]+)", walls.house.chat.last())[1]
        page = await (await walls.reader()).opens(path)
        flags = page.headers["Set-Cookie"].lower()
        assert flags.startswith("__host-read=")
        for flag in ("httponly", "secure", "samesite=lax", "path=/"):
            assert flag in flags
        assert "domain" not in flags


async def test_no_page_is_kept_framed_or_told_of(walls):
    reader = await walls.signed_in()
    await brought(walls, "a post")
    for path in ("/read", "/read?pictures=1", "/read/post/1", "/read/post/999", "/read/in/" + "A" * 43):
        page = await reader.opens(path)
        policy = page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
            assert part in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy


# --- forms -------------------------------------------------------------------------------------


async def test_no_form_counts_from_elsewhere_or_with_anothers_proof(walls):
    await brought(walls, "a post")
    ada, bo = await walls.signed_in("ada"), await walls.signed_in("bo")
    path = "/read/post/1"
    mine, his = hidden(await ada.opens(), path), hidden(await bo.opens(), "/read/out")
    before = await rows(walls)
    for fields, headers in (
        ({}, {}),
        (mine | {"proof": ""}, {}),
        (mine | {"proof": his["proof"]}, {}),
        (mine, {"Origin": "https://evil.example"}),
        (mine, {"Sec-Fetch-Site": "cross-site"}),
        (mine, {"Sec-Fetch-Site": "same-site"}),
        (mine, {"Content-Type": "text/plain"}),
    ):
        for action in (path, "/read/out", "/read/to"):
            answer = await ada.sends(action, fields | {"do": "favourite", "to": "A" * 22}, **headers)
            assert answer.status == 403, (action, headers)
    assert await rows(walls) == before


async def test_a_form_asks_for_nothing_but_what_it_may(walls):
    await brought(walls, "a post")
    ada = await walls.signed_in("ada")
    fields = hidden(await ada.opens(), "/read/post/1")
    before = await rows(walls)
    for does in ("", "undo", "del", "favourite\n/forget", "post", "admin"):
        for form in (fields, fields | {"form": "x"}, fields | {"form": "\N{SNOWMAN}" * 20}):
            assert (await ada.sends("/read/post/1", form | {"do": does, "text": "x"})).status == 400
    assert await rows(walls) == before


async def test_what_looks_like_a_command_in_an_answer_is_words(walls):
    """Nothing that is typed into the form becomes another command than to answer."""
    await brought(walls, "a post")
    ada = await walls.signed_in("ada")
    for text in ("/forget", "\n/read off", "+south hello", "3bd /del"):
        await ada.does("reply", 1, text=text, path="/read/post/1")
        await walls.house.wait(3)
    assert (await ada.opens()).status == 200
    said = [one for one in walls.house.social("north").texts() if "a post" not in one]
    assert [one.removeprefix("@lin@north.example ") for one in said][:2] == ["/forget", "/read off"]
    assert walls.house.social("south").texts() == []


async def test_one_is_led_back_to_the_page_alone(walls):
    await brought(walls, "a post")
    ada = await walls.signed_in("ada")
    fields = hidden(await ada.opens(), "/read/post/1") | {"do": "favourite"}
    for back in ("https://evil.example", "//evil.example", "?q=x\r\nSet-Cookie: a=b", "?page=../../x", "\0"):
        for more in ({"back": back}, {"page": back}):
            answer = await ada.sends("/read/post/1", fields | more)
            assert answer.leads_to.startswith("/read?"), back
            assert "evil" not in urlsplit(answer.leads_to).netloc
            assert "Set-Cookie" not in answer.headers


# --- foreign words -----------------------------------------------------------------------------


class Seen(HTMLParser):
    """Every element that a browser would make, with what it leads to."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)


def is_harmless(page: str) -> None:
    for tag, attributes in Seen(page).found:
        assert tag in ALIVE | PLAIN, tag
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "srcdoc")], tag
        for name in ("href", "src", "action", "formaction"):
            address = attributes.get(name)
            if address is not None:
                assert re.match(r"https?://[^/\s]|/read|#", address), address
                assert not re.search(r"[\s\x00-\x1f\u202a-\u202e]", address)
        if tag == "a" and (attributes.get("href") or "").startswith("http"):
            assert "noreferrer" in (attributes["rel"] or "")
            assert "nofollow" in (attributes["rel"] or "")
        if tag == "img":
            assert (attributes["src"] or "").startswith("https://")
            assert attributes["referrerpolicy"] == "no-referrer"


async def test_nothing_that_anybody_wrote_acts_on_the_page(walls):
    north = walls.house.social("north")
    words = [*MARKUP, *CONTROLS[:4], *BIDI]
    for number, (text, address) in enumerate(itertools.zip_longest(words, ADDRESSES, fillvalue="x")):
        north.network.people[f"u-evil{number}"] = Author(f"u-evil{number}", f"@{text}", text, address)
        north.network.follows.add((north.network.person("ada").id, f"u-evil{number}"))
        media = tuple(Attachment(kind, address, text) for kind in ("image", "video", "audio", "file"))
        spans = (Span(0, len(text), "link", address), Span(0, 3, "code"), Span(1, 2, "spoiler"))
        draft = Draft(text, language=text, spans=spans, warning=text if number % 2 else None)
        north.network.add(
            north.network.people[f"u-evil{number}"], draft, uri=f"javascript:{text}", media=media
        )
    for _ in range(3):
        await walls.house.poll()
    ada = await walls.signed_in("ada")
    seen = 0
    for path in ("/read", "/read?pictures=1", *(f"/read/post/{n}?pictures=1" for n in await ada.ids())):
        page = await ada.opens(path)
        assert page.status == 200
        is_harmless(page.text)
        seen += page.text.count("<article")
        for host in re.findall(r"img-src ([^;]*)", page.headers["Content-Security-Policy"]):
            assert all(re.fullmatch(r"https://[\w.-]+(:\d+)?", one) for one in host.split())
    assert seen > len(words)


# --- the generator itself ----------------------------------------------------------------------


async def test_every_route_of_the_page_is_among_those_that_are_tried(walls):
    routes = {
        "/read",
        f"/read/in/{{token:{_SECRET}}}",
        "/read/out",
        "/read/to",
        f"/read/post/{{post:{_POST}}}",
    }
    assert set(walls.routes) == routes, "a new route: try it in `addresses` or under signing in"


async def test_a_wall_that_is_broken_is_noticed(walls, monkeypatch):
    monkeypatch.setattr(
        "bridgebot.store.reading.readable", lambda tx, user_id, ids, beside=False: set(map(int, ids))
    )
    with pytest.raises(AssertionError):
        await test_nobody_reads_or_does_anything_with_what_is_anothers(walls)


def test_a_session_lasts_thirty_days_and_an_address_ten_minutes():
    lives = {kind: life.total_seconds() for kind, life in sessions.LIVES.items()}
    assert lives == {"sign-in": 600, "session": 30 * 86400}
