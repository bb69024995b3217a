"""The reading page: everything that a user follows, in one list, and what can be done from there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bridgebot.model import Attachment, Audience, Span
from bridgebot.store import items, people, posts, reading, unread
from bridgebot.store import tables as t
from bridgebot.store.reading import NEWEST, Place, Wanted
from bridgebot.store.unread import OLDEST
from bridgebot.testing.fakes import MemoryChat
from bridgebot.web.views import View
from tests.house import TestHouse
from tests.servers.reader_pages import ADDRESS, hidden, reading_house

DAY = 86_400


@pytest.fixture
async def reading_(tmp_path):
    async with reading_house(tmp_path) as reading_:
        await reading_.house.user("ada", "north", "south")
        yield reading_


async def follows(house: TestHouse, *networks: str) -> None:
    """Ada reads her home there, in which Lin's posts are."""
    for name in networks:
        await house.says(f"/home on {name}")
        network = house.social(name).network
        network.follows.add((network.person("ada").id, network.person("lin").id))
    await house.poll()
    await house.wait(2)


async def shown(house: TestHouse, name: str, text: str, **more):
    """Lin writes something there, and it has come."""
    made = house.social(name).add_post("lin", text, **more)
    await house.wait(1)
    await house.poll()
    return made


async def number(house: TestHouse, text: str) -> int:
    query = sa.select(t.post.c.id).where(t.post.c.text == text)
    return await house.store.read(lambda tx, now: tx.scalar(query))


# --- signing in --------------------------------------------------------------------------------


async def test_without_a_public_address_it_says_who_can_give_it_one(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.says("/read")
        assert "web.public_url" in house.chat.last()
        await house.says("/阅读页")
        assert "web.public_url" in house.chat.last()


async def test_an_address_signs_one_browser_in_and_the_chat_is_told(reading_):
    address = await reading_.address()
    reader = await reading_.reader()
    page = await reader.opens(address)
    assert "Chat ada" in page.words
    assert "Sign in for 30 days" in page.words
    signed_in = await reader.browser.presses(address)
    assert (signed_in.status, signed_in.leads_to) == (303, "/read")
    await reading_.house.settle()
    assert "A browser was signed in to your reading page" in reading_.house.chat.last()
    assert (await reader.opens()).status == 200
    again = await (await reading_.reader()).opens(address)
    assert again.status == 404
    assert "has been used" in again.words


async def test_an_address_ends_after_ten_minutes_and_when_there_is_a_newer_one(reading_):
    old = await reading_.address()
    new = await reading_.address()
    reader = await reading_.reader()
    assert (await reader.opens(old)).status == 404
    assert (await reader.opens(new)).status == 200
    await reading_.house.wait(601)
    assert (await reader.opens(new)).status == 404


async def test_a_session_ends_by_every_way_that_there_is(reading_):
    house, readers = reading_.house, []
    for _ in range(4):
        readers.append(await reading_.signed_in())
        await house.wait(1)
    await house.says("/devices")
    assert "6. signed in from Chat" in house.chat.last()
    await house.says("/devices revoke 4")
    assert [(await one.opens()).status for one in readers] == [403, 200, 200, 200]
    out = hidden(await readers[1].opens(), "/read/out")
    assert (await readers[1].sends("/read/out", out)).leads_to == "/read"
    assert [(await one.opens()).status for one in readers] == [403, 403, 200, 200]
    await house.says("/read off")
    assert house.chat.last().startswith("2 browsers were")
    assert (await readers[3].opens()).status == 403
    last = await reading_.signed_in()
    await house.wait(30 * DAY)
    assert (await last.opens()).status == 403


async def test_who_is_forgotten_blocked_or_disconnected_reads_nothing_any_more(reading_):
    house, user_id = reading_.house, 1
    reader = await reading_.signed_in()
    for role, status in (("blocked", 403), ("leaving", 403), ("user", 200)):
        await house.store.run(lambda tx, now, to=role: people.set_user(tx, user_id, role=to))
        assert (await reader.opens()).status == status
    chat = await house.store.read(lambda tx, now: people.direct_chat(tx, user_id))
    await house.store.run(lambda tx, now: people.set_person(tx, chat.person_id, user_id=None))
    assert (await reader.opens()).status == 403


async def test_what_was_signed_in_from_a_chat_ends_with_it_and_does_not_come_back(tmp_path):
    async with reading_house(tmp_path, chats=(MemoryChat(name="other"),)) as reading_:
        house = reading_.house
        await house.user("ada", "north")
        await house.meets()
        house.second.say("/read", sender="ada")
        await house.settle()
        reader, address = await reading_.reader(), ADDRESS.findall(house.second.last("ada"))[0]
        await reader.browser.presses(address)
        assert (await reader.opens()).status == 200
        await house.says("/disconnect other ada")
        assert (await reader.opens()).status == 403
        await house.meets()
        assert (await reader.opens()).status == 403


# --- the list ----------------------------------------------------------------------------------


async def test_all_networks_stand_in_one_list_newest_first_and_twins_once(reading_):
    house = reading_.house
    await follows(house, "north", "south")
    await shown(house, "north", "the first")
    uri = "https://origin.example/1"
    for name in ("north", "south"):
        house.social(name).add_post("lin", "a twin", uri=uri)
    await house.wait(1)
    await house.poll()
    await house.says("/post my own words")
    await house.wait(3)
    await house.poll()
    page = await (await reading_.signed_in()).opens()
    found = re.findall(r'<div class="words" dir="auto">(.*?)</div>', page.text)
    assert found == ["my own words", "a twin", "the first"]
    assert page.text.count("North ↗") == 3
    assert page.text.count("South ↗") == 2


async def test_filters_choose_by_network_source_and_kind(reading_):
    house = reading_.house
    await follows(house, "north", "south")
    await house.says("/mentions on north")
    await house.poll()
    await shown(house, "north", "from the north")
    await shown(house, "south", "from the south")
    await shown(house, "north", "hello @ada", audience=Audience.DIRECT)
    await house.says("/post mine")
    await house.wait(3)
    reader = await reading_.signed_in()
    texts = {n: await number(house, n) for n in ("from the north", "from the south", "hello @ada", "mine")}
    names = {post: text for text, post in texts.items()}
    page = await reader.opens()
    sources = dict(re.findall(r'<option value="(\d+)">([^<]*)</option>', page.text))
    home = next(n for n, words in sources.items() if words == "home of @ada@south.example (South)")
    for query, wanted in (
        ("network=south", {"from the south", "mine"}),
        ("network=nowhere", set()),
        (f"from={home}", {"from the south"}),
        ("kind=own", {"mine"}),
        ("kind=feeds", set()),
        ("kind=nonsense&from=x", set(texts)),
    ):
        assert {names[n] for n in await reader.ids(f"/read?{query}")} == wanted, query
    mentions = {names[n] for n in await reader.ids("/read?kind=mentions")}
    assert mentions == {"hello @ada"}


async def test_search_finds_words_in_any_script_and_nothing_by_a_sign_of_its_own(reading_):
    house = reading_.house
    await follows(house, "north")
    for text in ("今天天气很好", "100% of it", "a Harbour walk", "nothing"):
        await shown(house, "north", text)
    await house.says("/post own harbour")
    await house.wait(3)
    await house.says("/memo harbour secret")
    reader = await reading_.signed_in()
    for words, count in (("天气", 1), ("%", 1), ("_", 0), ("harbour", 2), ("harbour WALK", 1), ("\\", 0)):
        assert len(await reader.ids(View(words=words).address())) == count, words
    assert "harbour secret" not in (await reader.opens(View(words="secret").address())).text


async def test_pages_follow_one_another_and_lose_nothing_though_more_comes(reading_):
    house = reading_.house
    await follows(house, "north")
    for n in range(45):
        house.social("north").add_post("lin", f"number {n}")
    await house.poll()
    await house.poll()
    reader = await reading_.signed_in()
    page = await reader.opens()
    first = await reader.ids()
    await shown(house, "north", "meanwhile")
    await house.says("/post mine meanwhile")
    await house.wait(3)
    older = re.search(r'href="(/read\?edge=[\w-]+)"', page.text)
    second = await reader.ids(older[1])
    assert len(first) == 40
    assert sorted(first + second) == sorted(set(first + second))
    assert len(first + second) == 45
    assert "Older posts" not in (await reader.opens(older[1])).words


async def test_a_cursor_that_nobody_gave_is_the_beginning(reading_):
    await follows(reading_.house, "north")
    await shown(reading_.house, "north", "there")
    reader = await reading_.signed_in()
    for odd in ("x", "!" * 30, "A" * 22, "_" * 22, "9" * 500, "%00"):
        assert (await reader.opens(f"/read?edge={odd}")).status == 200, odd
    assert View.read(View(edge=Place(1, 2)).query()).edge == Place(1, 2)
    assert View.read({"edge": "_" * 22}).edge is None


async def test_whom_one_keeps_off_is_not_shown_nor_what_they_boost(reading_):
    house = reading_.house
    await follows(house, "north")
    first = await shown(house, "north", "from lin")
    network = house.social("north").network
    network.follows.add((network.person("ada").id, network.person("kim").id))
    house.social("north").add_post("kim", "to lin", reply_to=first.id)
    other = house.social("north").add_post("bo", "from bo")
    house.social("north").boost_post(other.id, "lin")
    await house.wait(1)
    await house.poll()
    reader = await reading_.signed_in()
    assert len(await reader.ids()) == 3
    page = await reader.opens()
    assert "↩ @lin@north.example: from lin" in page.words
    assert "↻ @lin@north.example boosted" in page.words
    await house.says("/mute @lin")
    assert await reader.ids() == [await number(house, "to lin")]
    assert "from lin" not in (await reader.opens()).words
    assert (await reader.opens(f"/read/post/{await number(house, 'from lin')}")).status == 404
    await house.says("/unmute @lin")
    assert len(await reader.ids()) == 3


async def test_what_no_route_brought_into_a_chat_of_theirs_is_not_there(reading_):
    """A timeline that others read as well, from before it was followed; and a deleted post."""
    house = reading_.house
    await follows(house, "north")
    gone = await shown(house, "north", "soon gone")
    await shown(house, "north", "stays")
    house.social("north").delete_post(gone.id)
    await house.poll()
    reader = await reading_.signed_in()
    assert await reader.ids() == [await number(house, "stays")]
    await house.says("/home off north")
    assert await reader.ids() == []


async def test_words_of_others_are_gone_after_thirty_days_and_their_address_stays(reading_):
    house = reading_.house
    await follows(house, "north")
    await shown(house, "north", "old words")
    post = await number(house, "old words")
    await house.wait(31 * DAY)
    await house.store.run(lambda tx, now: posts.forget_old(tx, now - timedelta(days=30)))
    page = await (await reading_.signed_in()).opens(f"/read/post/{post}")
    assert "The text is no longer kept here" in page.words
    assert "https://north.example/lin/1" in page.text


# --- how a post looks --------------------------------------------------------------------------


async def test_a_post_shows_its_words_its_media_and_hides_what_it_warns_of(reading_):
    house = reading_.house
    await follows(house, "north")
    media = (
        Attachment("image", "https://files.example/1.png", "a cat"),
        Attachment("video", "http://films.example/2"),
    )
    spans = (Span(0, 4, "bold"), Span(5, 9, "link", "https://there.example/x"), Span(10, 16, "spoiler"))
    await shown(
        house, "north", "bold link hidden", media=media, spans=spans, warning="spiders", language="de"
    )
    reader = await reading_.signed_in()
    page = await reader.opens()
    assert '<div class="words" dir="auto" lang="de">' in page.text
    assert "<strong>bold</strong>" in page.text
    assert '<a href="https://there.example/x" rel="noopener noreferrer nofollow ugc">link</a>' in page.text
    assert '<span class="spoiler" tabindex="0">hidden</span>' in page.text
    behind = re.search(r"<details><summary>.*?spiders.*?</summary>(.*?)</details>", page.text, re.S)
    assert "▣ Picture: a cat" in behind[1]
    assert "▶ Film (not described)" in behind[1]
    assert "<img" not in page.text
    assert "img-src" not in page.headers["Content-Security-Policy"]
    pictured = await reader.opens("/read?pictures=1")
    assert 'alt="a cat" loading="lazy" referrerpolicy="no-referrer"' in pictured.text
    assert "img-src https://files.example; " in pictured.headers["Content-Security-Policy"]


async def test_a_post_has_a_page_with_the_thread_as_far_as_it_is_known(reading_):
    house = reading_.house
    await follows(house, "north")
    first = await shown(house, "north", "the first of all")
    await shown(house, "north", "an answer", reply_to=first.id)
    reader = await reading_.signed_in()
    page = await reader.opens(f"/read/post/{await number(house, 'an answer')}")
    for words in ("Before it", "the first of all", "↩ @lin@north.example: the first of all"):
        assert words in page.words
    above = await reader.opens(f"/read/post/{await number(house, 'the first of all')}")
    assert "Answers" in above.words
    assert "an answer" in above.words
    assert (await reader.opens("/read/post/999")).status == 404


async def test_what_a_post_shows_is_told_in_a_line_known_here_or_not(reading_):
    house = reading_.house
    before = house.social("north").add_post("kim", "never seen here")
    await follows(house, "north")
    known = await shown(house, "north", "seen here")
    await shown(house, "north", "look at both", quote=known.id)
    await shown(house, "north", "look at kim", quote=before.id)
    page = await (await reading_.signed_in()).opens()
    assert "↪ @lin@north.example: seen here" in page.words
    assert "↪ @kim@north.example: never seen here" in page.words
    assert f'<a href="{before.url}" rel="noopener noreferrer nofollow ugc">↪' in page.text


async def test_the_page_speaks_the_language_of_its_reader(reading_):
    house = reading_.house
    await house.says("/language zh-CN")
    page = await (await reading_.reader()).opens(await reading_.address())
    assert '<html lang="zh-CN">' in page.text
    assert "登录（30 天有效）" in page.words
    assert page.headers["Content-Language"] == "zh-CN"


# --- acting ------------------------------------------------------------------------------------


async def test_a_mark_is_set_through_the_account_and_told_in_the_chat_once(reading_):
    house = reading_.house
    await follows(house, "north")
    await shown(house, "north", "like me")
    post, reader = await number(house, "like me"), await reading_.signed_in()
    form = hidden(await reader.opens(), f"/read/post/{post}") | {"do": "favourite"}
    page = await reader.opens((await reader.sends(f"/read/post/{post}", form)).leads_to)
    assert "It is on its way." in page.words
    await reader.sends(f"/read/post/{post}", form)  # pressed twice
    await house.settle()
    assert [line for line in house.chat.lines() if line.startswith("★")] == ["★ 2k7"]
    assert {name for name, _ in house.social("north").network.favourites} == {"u-ada"}
    assert "★ Liked" in (await reader.opens()).words
    await reader.does("unfavourite", post)
    await house.settle()
    assert house.social("north").network.favourites == set()
    assert "☆ Like" in (await reader.opens()).words
    await house.says("/undo")
    await house.settle()
    assert len(house.social("north").network.favourites) == 1


async def test_an_answer_says_first_who_writes_and_who_will_read_it(reading_):
    house = reading_.house
    await follows(house, "north")
    await shown(house, "north", "among friends", audience=Audience.FOLLOWERS, warning="soft")
    post, reader = await number(house, "among friends"), await reading_.signed_in()
    path = f"/read/post/{post}"
    page = await reader.opens(path)
    assert "You answer as @ada@north.example (North). Who can read it: followers only." in page.words
    assert "The content warning goes with it: soft" in page.words
    form = hidden(page, path) | {"do": "reply", "text": " a line\r\nand another "}
    sent = (await reader.sends(path, form)).leads_to
    assert "It is on its way." in (await reader.opens(sent)).words
    await house.wait(3)
    assert "✓ replied to @lin@north.example on North" in house.chat.last()
    assert house.social("north").texts()[-1].endswith("a line\nand another")
    assert "Done. Your chat has the receipt." in (await reader.opens(sent)).words
    empty = hidden(await reader.opens(path), path) | {"do": "reply", "text": "  "}
    assert (await reader.sends(path, empty)).status == 400


async def test_the_same_words_by_the_same_form_are_one_answer_and_others_another(reading_):
    house = reading_.house
    await follows(house, "north")
    await shown(house, "north", "speak")
    post, reader = await number(house, "speak"), await reading_.signed_in()
    path = f"/read/post/{post}"
    form = hidden(await reader.opens(path), path) | {"do": "reply"}
    for text in ("yes", "yes", "no"):
        await reader.sends(path, form | {"text": text})
        await house.wait(3)
    said = [text.rpartition(" ")[2] for text in house.social("north").texts() if "speak" not in text]
    assert said == ["yes", "no"]


async def test_where_no_chat_is_open_nothing_is_done(reading_):
    house = reading_.house
    await follows(house, "north")
    await shown(house, "north", "like me")
    post, reader = await number(house, "like me"), await reading_.signed_in()
    await house.store.run(lambda tx, now: people.set_chat(tx, people.direct_chat(tx, 1).id, open=False))
    answer = await reader.does("favourite", post)
    assert answer.status == 403
    assert "Write to the bot first" in answer.words
    assert house.social("north").network.favourites == set()


# --- how much it takes -------------------------------------------------------------------------


def traced(tx, ask) -> list[str]:
    """The statements that something takes, with their values."""
    driver, found = tx.connection.connection.dbapi_connection, []
    driver.set_trace_callback(found.append)
    try:
        ask(tx)
    finally:
        driver.set_trace_callback(None)
    return found


async def test_a_page_takes_as_many_statements_however_many_posts_it_shows(reading_):
    house = reading_.house
    await follows(house, "north")

    def whole(tx):
        sources = reading.sources(tx, 1)
        lines = tuple(one.id for one in sources)
        unread.floors(tx, house.clock.now(), 1, lines)
        found = reading.page(tx, 1, Wanted(lines, True), NEWEST, 40)
        shown_ = items.entries(tx, 1, found.posts, sources)
        counts.append(len(shown_))

    counts: list[int] = []
    taken = []
    for n in (1, 30):
        for k in range(n):
            house.social("north").add_post("lin", f"{n} {k}")
        await house.poll()
        await house.poll()
        taken.append(await house.store.run(lambda tx, now: len(traced(tx, whole))))
    assert counts == [1, 31]
    assert taken[0] == taken[1] <= 17


async def test_no_statement_reads_a_whole_table_of_posts(reading_):
    house = reading_.house
    await follows(house, "north")
    await shown(house, "north", "there")
    post = await number(house, "there")

    def everything(tx):
        sources = reading.sources(tx, 1)
        wanted = Wanted(tuple(one.id for one in sources), True, "north", ("there",))
        for look in (reading.page, reading.search):
            items.entries(tx, 1, look(tx, 1, wanted, NEWEST, 40).posts, sources)
        unread.page(tx, 1, {one.id: OLDEST for one in sources}, OLDEST, 40)
        reading.readable(tx, 1, [post], beside=True)
        reading.thread(tx, post)
        items.outcome(tx, 1, "page-x")

    def plans(tx, now):
        said = []
        for statement in traced(tx, everything):
            if statement.lstrip().upper().startswith(("SELECT", "WITH")):
                said += [row[3] for row in tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
        return said

    found = await house.store.run(plans)
    large = r"SCAN (p|post|s|sighting|d|delivery|c|copy|e|inbox)\b(?! VIRTUAL)"
    assert [line for line in found if re.match(large, line)] == []
    used = " ".join(found)
    for index in (
        "ix_sighting_seen",
        "ix_post_mine",
        "ix_delivery_marks",
        "ix_copy_post",
        "delivery_1 (once=?)",
    ):
        assert index in used, index
