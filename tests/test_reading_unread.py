"""What is new on the reading page: what came since its reader said up to where they have read."""

from __future__ import annotations

import re
from html import unescape

import pytest
import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.reading import Place
from bridgebot.web.views import mark_of
from tests.servers.reader_pages import Reader, hidden, reading_house
from tests.test_reading_page import DAY, follows, number, shown

NEW = "/read?new=1"


@pytest.fixture
async def reading_(tmp_path):
    """Ada has followed Lin on two networks for a while when she opens her page for the first time."""
    async with reading_house(tmp_path) as reading_:
        await reading_.house.user("ada", "north", "south")
        await follows(reading_.house, "north", "south")
        await shown(reading_.house, "north", "known from the chat")
        yield reading_


async def texts(reader: Reader, path: str = NEW) -> list[str]:
    page = await reader.opens(path)
    return re.findall(r'<div class="words" dir="auto">(.*?)</div>', page.text)


async def reads(reader: Reader, words: str, path: str = NEW, *, nth: int = 0) -> str:
    """Press the button with these words; where it leads."""
    page = await reader.opens(path)
    places = re.findall(rf'<button name="to" value="([\w-]+)"[^>]*>[^<]*{words}', page.text)
    back = unescape(re.search(r'name="back" value="([^"]*)"', page.text)[1])
    fields = hidden(page, "/read/out") | {"to": places[nth], "back": back}
    answer = await reader.sends("/read/to", fields)
    assert answer.status == 303
    return answer.leads_to


async def marks(reading_) -> dict[int, Place]:
    query = sa.select(t.reached.c.timeline_id, t.reached.c.at, t.reached.c.post)
    rows = await reading_.house.store.read(lambda tx, now: tx.connection.execute(query).all())
    return {line: Place(at, post) for line, at, post in rows}


async def test_new_is_what_came_after_the_first_visit_the_oldest_first(reading_):
    reader = await reading_.signed_in()
    assert await texts(reader) == []
    assert "Nothing new. You have read everything." in (await reader.opens(NEW)).words
    for name, text in (("north", "one"), ("south", "two"), ("north", "three")):
        await shown(reading_.house, name, text)
    await reading_.house.says("/post my own is never new")
    await reading_.house.wait(3)
    assert await texts(reader) == ["one", "two", "three"]
    page = await reader.opens()
    assert "3 new posts" in page.words
    assert page.words.count("● new") == 3
    assert page.text.index("my own") < page.text.index("three") < page.text.index("known from the chat")


async def test_to_look_marks_nothing_as_read(reading_):
    reader = await reading_.signed_in()
    await shown(reading_.house, "north", "one")
    before = await marks(reading_)
    assert len(before) == 2
    for path in (NEW, "/read", f"{NEW}&network=north", f"/read/post/{await number(reading_.house, 'one')}"):
        await reader.opens(path)
    assert await marks(reading_) == before
    assert await texts(reader) == ["one"]
    again = await reading_.signed_in()  # in another browser what is new stays so
    assert await texts(again) == ["one"]


async def test_one_has_read_up_to_a_post_or_all_of_it(reading_):
    reader = await reading_.signed_in()
    for text in ("one", "two", "three", "four"):
        await shown(reading_.house, "north", text)
    old = await reader.opens(NEW)
    assert await reads(reader, "Read to here", nth=1) == NEW
    assert await texts(reader) == ["three", "four"]
    place = re.findall(r'name="to" value="([\w-]+)"', old.text)[0]
    await reader.sends("/read/to", hidden(old, "/read/out") | {"to": place})  # in a window that stayed open
    assert await texts(reader) == ["three", "four"]
    assert await reads(reader, "All read", "/read") == "/read"
    assert await texts(reader) == []
    assert "● new" not in (await reader.opens()).words


async def test_who_reads_one_network_has_read_that_one_alone(reading_):
    reader = await reading_.signed_in()
    for name, text in (("north", "one"), ("south", "two"), ("north", "three")):
        await shown(reading_.house, name, text)
    path = f"{NEW}&network=north"
    assert await texts(reader, path) == ["one", "three"]
    assert await reads(reader, "These are read", path) == "/read?network=north&new=1"
    assert await texts(reader, path) == []
    assert await texts(reader) == ["two"]


async def test_more_than_a_page_is_read_page_by_page_and_nothing_is_left_out(reading_):
    reader = await reading_.signed_in()
    for n in range(45):
        reading_.house.social("north").add_post("lin", f"number {n}")
    await reading_.house.wait(1)
    await reading_.house.poll()
    page = await reader.opens()
    assert "More than 40 new posts" in page.words
    first = await texts(reader)
    new = await reader.opens(NEW)
    further = unescape(re.search(r'<a href="(/read\?new=1&amp;edge=[\w-]+)"', new.text)[1])
    behind = await texts(reader, further)
    assert first + behind == [f"number {n}" for n in range(45)]
    assert await reads(reader, "These are read, go on") == NEW
    assert await texts(reader) == behind
    assert "Back to the first new post" in (await reader.opens(further)).words


async def test_a_twin_is_new_once(reading_):
    reader = await reading_.signed_in()
    await shown(reading_.house, "north", "a twin", uri="https://origin.example/1")
    assert await texts(reader) == ["a twin"]
    await reads(reader, "All read", "/read")
    await shown(reading_.house, "south", "a twin", uri="https://origin.example/1")
    assert await texts(reader) == []
    assert (await reader.opens()).text.count("a twin") == 1


async def test_what_is_no_place_marks_nothing_and_none_lies_in_the_future(reading_):
    reader = await reading_.signed_in()
    await shown(reading_.house, "north", "one")
    fields, before = hidden(await reader.opens(), "/read/out"), await marks(reading_)
    for odd in ("", "x", "_" * 22, "A" * 500):
        assert (await reader.sends("/read/to", fields | {"to": odd})).status == 400
    assert await marks(reading_) == before
    await reader.sends("/read/to", fields | {"to": mark_of(Place(2**61, 1))})
    await shown(reading_.house, "north", "two")
    assert await texts(reader) == ["two"]


async def test_what_is_followed_later_is_new_from_then_on_as_long_as_its_words_are_kept(tmp_path):
    async with reading_house(tmp_path) as reading_:
        await reading_.house.user("ada", "north", "south")
        await follows(reading_.house, "north")
        reader = await reading_.signed_in()
        await follows(reading_.house, "south")
        await shown(reading_.house, "south", "hello")
        assert await texts(await reading_.signed_in()) == await texts(reader) == ["hello"]
        await reading_.house.wait(31 * DAY)
        assert await texts(await reading_.signed_in()) == []


async def test_somebodys_name_leads_to_what_they_wrote(reading_):
    house, reader = reading_.house, await reading_.signed_in()
    house.social("north").network.follows.add(
        (house.social("north").network.person("ada").id, house.social("north").network.person("kim").id)
    )
    house.social("north").add_post("kim", "from kim, about @lin@north.example")
    await shown(house, "north", "from lin")
    await house.says("/post mine, about lin")
    await house.wait(3)
    page = await reader.opens()
    [path] = set(re.findall(r'href="(/read\?by=[^"]*lin[^"]*)"', page.text))
    assert await texts(reader, unescape(path)) == ["from lin", "known from the chat"]
    assert 'href="/read?kind=own"' in page.text
    assert await texts(reader, "/read?by=nobody") == []
    assert "Nothing was found." in (await reader.opens("/read?by=nobody")).words
