"""Posts that are longer than a network takes, through the whole house."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from bridgebot import flow
from bridgebot.errors import Temporary
from bridgebot.model import FileLimits, Limits, Span
from bridgebot.store import people, posts
from bridgebot.store import tables as t
from bridgebot.store.rows import plain
from bridgebot.testing.fakes import MemorySocial
from bridgebot.testing.pictures import png
from tests.house import TestHouse

COUNTER = re.compile(r" \(\d+/\d+\)$")
SMALL = Limits(60)
WORDS = (
    "word",
    "你好",
    "世界。",
    "ponderous",
    "https://example.org/a?b=c",
    "#tag",
    "👩‍👩‍👧‍👦",
    "é",
    "\n\n",
)
LONG = "One sentence of a post that is long. " * 6


def network(name: str, limits: Limits = SMALL, **able) -> MemorySocial:
    return MemorySocial(name=name, capabilities=replace(MemorySocial().capabilities, limits=limits, **able))


@pytest.fixture
async def house(tmp_path):
    """Ada has an account on North, where a post is short, and on South, where it is as long as usual."""
    south = network("south", Limits(500))
    async with TestHouse(tmp_path, socials=(network("north"), south)) as house:
        await house.user("ada", "north", "south")
        narrow = t.account.c.adapter == "north"
        await house.store.run(lambda tx, now: tx.update(t.account, narrow, limits={"max_length": 60}))
        yield house


def standing(house, name="north"):
    """The posts of a thread in their order, by what answers what."""
    found = house.social(name).posts
    assert [post.reply_to for post in found] == [None, *(post.id for post in found[:-1])]
    return found


def said(posts) -> str:
    """What they say together, without white space and counters, which are right."""
    if len(posts) > 1:
        counters = [f" ({n}/{len(posts)})" for n in range(1, len(posts) + 1)]
        assert [COUNTER.search(post.text)[0] for post in posts] == counters
    return "".join("".join(COUNTER.sub("", post.text) for post in posts).split())


# --- threads -----------------------------------------------------------------------------------


async def test_whatever_becomes_of_a_text_its_thread_is_that_text(house):
    """Edits that make a thread longer and shorter, with calls that fail on the way."""
    chance, north = random.Random(11), house.social("north")
    line = await house.says("the first words")
    for count in (40, 3, 1, 25, 60, 12, 30):
        text = f"{count} " + " ".join(chance.choices(WORDS, k=count))
        before = [post.id for post in standing(house)]
        for name in chance.sample(("publish", "edit", "delete"), 2):
            north.fail(name, Temporary(), at=chance.randint(1, 3))
        house.chat.edit_line(line, text)
        await house.settle()
        for _ in range(4):
            await house.wait(30)
        now = standing(house)
        assert all(SMALL.fits(post.text) for post in now)
        assert said(now) == "".join(text.split())
        kept = min(len(before), len(now))
        assert [post.id for post in now[:kept]] == before[:kept], (
            "a part that stays is changed, not made anew"
        )
        assert said(standing(house, "south")) == said(now)


async def test_a_retry_goes_on_at_the_part_that_failed_and_repeats_none(house):
    north = house.social("north")
    for part in (1, 3, 4):
        north.fail("publish", Temporary(), at=part)
    await house.says(LONG)
    for _ in range(4):
        await house.wait(10)
    sent = [call.arguments for call in north.calls if call.name == "publish"]
    assert said(standing(house)) == "".join(LONG.split())
    keys = [key for _, _, key in sent]
    assert len(keys) == len(set(keys)) + 3, "a part that failed is tried under its own key"
    assert list(dict.fromkeys(keys)) == [keys[at] for at in range(len(keys)) if keys[at] not in keys[:at]]


async def test_a_warning_stands_on_every_part(house):
    await house.says("/cw food")
    await house.says(LONG)
    assert {post.warning for post in standing(house)} == {"food"}
    assert all(len(post.text) + len("food") <= 60 for post in standing(house))


# --- a beginning and a link --------------------------------------------------------------------


@pytest.fixture
async def linking(house):
    """On North a long post is to be its beginning and a link."""
    await prefers(house, "north", long="link")
    return house


async def prefers(house, name, **options):
    def unit(tx, now):
        account = tx.scalar(
            t.account.select().with_only_columns(t.account.c.id).where(t.account.c.adapter == name)
        )
        tx.update(t.route, t.route.c.account_id == account, filters=options)

    await house.store.run(unit)


async def test_a_long_post_is_its_beginning_with_a_link_to_where_all_of_it_stands(linking):
    await linking.says(LONG)
    [whole] = linking.social("south").posts
    assert linking.social("north").texts() == [], "it waits until there is an address"
    await linking.wait(3)
    [short] = linking.social("north").posts
    assert short.text == f"One sentence of a post that is… {whole.url}"
    assert "✓ North" in linking.chat.last()
    assert "North: only its beginning is there, with a link to all of it" in linking.chat.last()


async def test_a_post_that_fits_waits_for_nothing(linking):
    await linking.says("short")
    assert linking.social("north").texts() == ["short"]


async def test_an_edit_keeps_it_one_post_or_makes_it_whole(linking):
    line = await linking.says(LONG)
    await linking.wait(3)
    [first] = linking.social("north").posts
    for text in ("Another beginning. " + LONG, "whole", LONG):
        linking.chat.edit_line(line, text)
        await linking.settle()
        await linking.wait(3)
        [now] = linking.social("north").posts
        assert now.id == first.id
        assert SMALL.fits(now.text)
        assert now.text.endswith(linking.social("south").posts[0].url) or now.text == text


async def test_without_an_address_it_is_a_thread(linking):
    linking.social("south").fail("publish", Temporary(retry_after=60))
    await linking.says(LONG)
    await linking.wait(3)
    assert said(standing(linking)) == "".join(LONG.split())


async def test_where_all_places_want_a_beginning_each_has_a_thread(linking):
    await prefers(linking, "south", long="link")
    long = LONG * 4
    await linking.says(long)
    await linking.wait(3)
    assert said(standing(linking)) == "".join(long.split())
    assert said(standing(linking, "south")) == "".join(long.split())


async def test_what_not_everybody_may_read_is_linked_to_from_nowhere(linking):
    await linking.says("/vis followers")
    await linking.says(LONG)
    await linking.wait(3)
    assert said(standing(linking)) == "".join(LONG.split())


async def test_nobody_is_led_to_an_account_of_somebody_elses(tmp_path):
    async with TestHouse(tmp_path, socials=(network("north"), network("south", Limits(500)))) as house:
        await house.user("ada", "north")
        await house.user("lin", "south")
        await house.says(LONG[:20])
        spot = posts.Spot("south.example", "77", "south", account_id=2, url="https://south.example/lin/77")

        def copied(tx, now):
            assert posts.add_copy(tx, 1, posts.MIRROR, spot)
            ada, lin = people.account(tx, 1), people.account(tx, 2)
            assert (ada.adapter, lin.adapter) == ("north", "south")
            return flow.whole_at(tx, posts.post(tx, 1), ada)

        assert await house.store.run(copied) is None


async def test_a_rule_that_prefers_it_links_to_the_post_that_it_carries(tmp_path):
    async with TestHouse(tmp_path, socials=(network("north"), network("south", Limits(500)))) as house:
        await house.user("ada", "north", "south")
        narrow = t.account.c.adapter == "north"
        await house.store.run(lambda tx, now: tx.update(t.account, narrow, limits={"max_length": 60}))
        await house.says("/sync south to north")
        sync = t.route.c.verb == "sync"
        await house.store.run(lambda tx, now: tx.update(t.route, sync, filters={"long": "link"}))
        await house.poll()
        await house.wait(60)
        south = house.social("south")
        written = south.add_post("ada", LONG)
        await house.poll()
        assert house.social("north").texts() == [f"One sentence of a post that is… {written.url}"]


async def test_a_preview_shows_the_beginning_and_that_there_will_be_a_link(linking):
    await linking.says(f"/preview {LONG}")
    assert "│ One sentence of a post that is… https://south.example/…" in linking.chat.last()
    assert "North: only its beginning is there" in linking.chat.last()
    await linking.says("post")
    await linking.wait(3)
    assert len(linking.social("north").posts) == 1


async def test_the_last_words_of_a_route_stand_behind_the_link(house):
    await prefers(house, "north", long="link", suffix="#x")
    await house.says(LONG)
    await house.wait(3)
    [short] = house.social("north").posts
    assert short.text == f"One sentence of a post that… {house.social('south').posts[0].url} #x"


# --- pictures ----------------------------------------------------------------------------------

STONES = [png((10 * n, 30, 30)) for n in range(1, 7)]


@pytest.fixture
async def album(tmp_path):
    """North takes two pictures with a post of 60 characters, South four."""
    files = FileLimits(count=2)
    socials = (
        network("north", replace(SMALL, files=files)),
        network("south", Limits(500, files=FileLimits())),
    )
    async with TestHouse(tmp_path, socials=socials) as house:
        await house.user("ada", "north", "south")
        narrow, stored = t.account.c.adapter == "north", {"max_length": 60, "files": plain(files)}
        await house.store.run(lambda tx, now: tx.update(t.account, narrow, limits=stored))
        yield house


def shown(house, name="north"):
    """The pictures of each post that stands, in their order."""
    there = house.social(name).network
    return [[STONES.index(one) for one in there.contents(post)] for post in there.standing]


async def test_what_one_post_cannot_show_stands_on_the_next_ones(album):
    await album.says(LONG[:111], files=STONES[:5])
    assert shown(album) == [[0, 1], [2, 3], [4]]
    assert shown(album, "south") == [[0, 1, 2, 3]]
    assert "\n  South: does not take all of the pictures" in album.chat.last()


async def test_where_the_text_does_not_go_on_the_rest_is_lost_and_that_is_said(album):
    await album.says("short", files=STONES)
    assert shown(album) == [[0, 1]]
    assert "\n  North, South: does not take all of the pictures" in album.chat.last()


async def test_an_edit_leaves_each_picture_on_the_post_that_shows_it(album):
    line = await album.says(LONG[:111], files=STONES[:5])
    for text, there in (
        ("Other words. " * 10, [[0, 1], [2, 3], [4]]),
        ("few", [[0, 1]]),
        ("Other words. " * 10, [[0, 1], [], []]),  # what was taken away with its post is gone
        ("And others. " * 10, [[0, 1], [], []]),
    ):
        album.chat.edit_line(line, text)
        await album.settle()
        await album.wait(5)
        assert shown(album) == there


async def test_a_retry_brings_no_picture_twice(album):
    north = album.social("north")
    north.fail("upload", Temporary(), at=3)
    north.fail("publish", Temporary(), at=2)
    await album.says(LONG[:111], files=STONES[:5])
    for _ in range(3):
        await album.wait(30)
    assert shown(album) == [[0, 1], [2, 3], [4]]
    assert sum(call.name == "upload" for call in north.calls) == 6, "five, and the one that failed once more"


# --- polls and hidden words --------------------------------------------------------------------


async def test_a_poll_in_words_is_cut_between_its_choices(tmp_path):
    socials = (network("north", polls=False), network("south", Limits(500)))
    async with TestHouse(tmp_path, socials=socials) as house:
        await house.user("ada", "north", "south")
        narrow = t.account.c.adapter == "north"
        await house.store.run(lambda tx, now: tx.update(t.account, narrow, limits={"max_length": 60}))
        choices = ("a walk by the river", "a long evening at home", "neither")
        await house.says(f"/poll What shall it be this evening? | {' | '.join(choices)}")
        house.chat.press("Post")
        await house.settle()
        await house.wait(5)
        lines = [line for post in standing(house) for line in COUNTER.sub("", post.text).split("\n")]
        assert [f"○ {choice}" in lines for choice in choices] == [True] * 3
        assert house.social("south").posts[0].url in lines, "where one votes"


async def test_hidden_words_stay_hidden_on_both_sides_of_a_cut(house):
    words = "and so on and on " * 6
    await house.says(f"this is hidden: {words}", spans=(Span(16, 16 + len(words) - 1, "spoiler"),))
    for post in standing(house):
        shown = COUNTER.sub("", post.text)
        open_words = shown.replace("this is hidden: ", "")
        covered = sum(span.end - span.start for span in post.spans if span.kind == "spoiler")
        assert covered >= len(open_words.rstrip()) - 1, "but for white space"
