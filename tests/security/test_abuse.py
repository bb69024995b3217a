"""People who mean harm by using the bot as it is meant to be: names, floods, and words that take long."""

from __future__ import annotations

import time
import unicodedata

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.mastodon.html import text_of
from adapters.plaza import names
from adapters.plaza.markup import segments
from bridgebot import render
from bridgebot.commands import COMMANDS, grammar
from bridgebot.commands.vocabulary import VOCABULARY
from bridgebot.errors import Rejected
from bridgebot.model import Limits, Span
from bridgebot.render import Rich
from bridgebot.render.links import honest
from bridgebot.store import people, posts
from bridgebot.store import tables as t
from tests.house import TestHouse
from tests.security import hostile
from tests.security.site import site
from tests.servers.plaza import town as make_town

# --- names on Plaza ------------------------------------------------------------------------------


@pytest.fixture
async def town():
    async with make_town() as town:
        yield town


@pytest.mark.parametrize(
    "name",
    [
        "admin", "Admin", "ADMIN", "@admin", "ａｄｍｉｎ", "adm1n", "a_d_m_i_n", "adrnin", "root",
        "bridgebot", "br1dgeb0t", "bridge_bot", "moderator", "p1aza", "official", "0fficial", "support",
        "supp0rt", "vvebmaster",
    ],
)  # fmt: skip
async def test_nobody_is_called_as_those_who_run_the_place(town, name):
    with pytest.raises(Rejected):
        await town.adapter.link("name", name)


@pytest.mark.parametrize(
    "name",
    [
        "\u0430da", "ad\u0430", "lin\u200b", "l\u0456n", "a\u0301da", "ɑda", "ada bo", "ada@b", "", "a",
        "\u202eada", "1234", "__", "x" * 25,
    ],
)  # fmt: skip
async def test_a_name_is_of_few_plain_characters(town, name):
    with pytest.raises(Rejected):
        await town.adapter.link("name", name)


@settings(max_examples=300, deadline=None)
@given(st.one_of(hostile.names, st.text(max_size=30)))
def test_whatever_name_is_given_away_is_ascii_and_looks_like_no_reserved_one(asked):
    try:
        name = names.wanted(asked)
    except Rejected:
        return
    assert name.isascii()
    assert name == names.folded(name)
    assert 2 <= len(name) <= 24
    assert names.skeleton(name) not in {names.skeleton(word) for word in names._WORDS.split()}


@pytest.mark.parametrize(
    "alike", ["millie", "mi11ie", "m_i_l_l_i_e", "rnillie", "MILLIE", "ｍｉｌｌｉｅ", "mlllle"]
)
async def test_a_name_that_looks_like_anothers_is_not_given_away_even_when_that_is_closed(town, alike):
    account = await town.account("millie")
    with pytest.raises(Rejected):
        await town.adapter.link("name", alike)
    await town.adapter.unlink(account)
    with pytest.raises(Rejected):
        await town.adapter.link("name", alike)


async def test_spam_is_reported_removed_and_its_author_suspended_by_commands(tmp_path):
    async with site(tmp_path, operators=["console:op"]) as house:
        for who in ("ada", "bo", "op"):
            await house.says(who, "/start")
            await house.says(who, "/settings plain post")
        for who in ("ada", "bo"):
            await house.says(who, f"/join {who} plaza")
        await house.says("bo", "/post buy things")
        assert (await house.ask("GET", "/@bo/1")).status == 200
        for typed in ("/admin remove 1", "/admin suspend @bo", "/admin reports"):
            await house.says("ada", typed)
        assert (await house.ask("GET", "/@bo/1")).status == 200
        await house.says("op", "/admin remove 1")
        assert (await house.ask("GET", "/@bo/1")).status == 404
        await house.says("bo", "/post buy more")
        await house.says("op", "/admin suspend @bo")
        assert (await house.ask("GET", "/@bo/2")).status == 404
        await house.says("bo", "/post and more")
        assert "and more" not in (await house.ask("GET", "/")).text
        assert "buy" not in (await house.ask("GET", "/@bo")).text


# --- floods --------------------------------------------------------------------------------------


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        await house.user("bo", "north")
        yield house


async def test_a_flood_of_one_person_goes_before_nobody_elses_answer(house):
    """What waits for each stands in lanes of its own: an answer needs no more turns behind a flood."""

    async def turns_until_answered() -> int:
        before = len(house.chat.lines("bo"))
        house.chat.say("/status", sender="bo")
        await house.chat.settled()
        for turn in range(1, 100):
            await house.outbox.step()
            if len(house.chat.lines("bo")) > before:
                return turn
        raise AssertionError("no answer")

    quiet = await turns_until_answered()
    for number in range(150):
        house.chat.say(f"flood {number}")
    await house.chat.settled(60)
    assert await turns_until_answered() == quiet


async def test_a_message_that_is_far_too_long_is_answered_and_hurts_nobody(house):
    for text in (
        "x" * 200_000,
        "/post " + "字" * 100_000,
        "/" + "a" * 100_000,
        "@" * 50_000,
        "\n" * 100_000 + "x",
    ):
        await house.says(text)
        await house.wait(2)
    assert all(len(line) <= 4096 for line in house.chat.lines())
    assert await _count(house, t.inbox.c.state == "failed") == 0
    await house.says("/status", sender="bo")
    assert house.chat.last("bo")


async def test_a_conversation_without_end_is_shown_in_few_messages(house):
    north = house.social("north")
    await house.says("/home on north")
    await house.poll()
    north.network.follows.add((north.network.person("ada").id, north.network.person("lin").id))
    parent = None
    for number in range(400):
        parent = north.add_post(
            "lin" if number == 399 else "fay", f"deep {number}", reply_to=parent and parent.id
        )
    await house.poll()
    await house.wait(2)
    before = len(house.chat.lines())
    await house.says(f"/thread {house.chat.last().split('[')[1][:3]}")
    assert 0 < len(house.chat.lines()) - before <= 10


async def test_asking_for_ten_thousand_ids_finds_and_makes_none(house):
    def unit(tx, now):
        codes = [grammar.short_number(grammar.short_id(n)) for n in range(100, 10_100)]
        return [n for n in codes if posts.by_number(tx, 1, n) is not None]

    before = await _count(house, sa.true(), t.short_id)
    assert await house.store.run(unit) == []
    for code in ("9zz", "8xxxxxx", "2k7777777", "#", "[", "[[[[", "0", "٣k7"):
        await house.says(f"/url {code}")
    assert await _count(house, sa.true(), t.short_id) == before


async def _count(house, where, table=t.inbox) -> int:
    query = sa.select(sa.func.count()).select_from(table).where(where)
    return await house.store.read(lambda tx, now: tx.scalar(query))


# --- words that take long --------------------------------------------------------------------------

READERS = {
    "a typed text": lambda text: grammar.read(text, VOCABULARY),
    "a command": lambda text: grammar.read(f"/post {text}", VOCABULARY),
    "a command without its slash": lambda text: grammar.read(f"follow {text}", VOCABULARY),
    "a word behind a slash": lambda text: grammar.read(f"/{text}", VOCABULARY),
    "a handle": grammar.is_handle,
    "targets": lambda text: grammar.targets(f"+{text}", ("north", "south")),
    "a secret": grammar.secret,
    "foreign words": render.foreign,
    "a name": render.clean_name,
    "an address": render.clean_url,
    "who is called": render.unpinged,
    "one line": lambda text: render.one_line(text, 60),
    "a label": lambda text: honest(Rich(text, (Span(0, len(text), "link", "https://a.example"),))),
    "parts": lambda text: render.fit(text, Limits(500)),
    "what stands in a post": segments,
    "a wanted name": lambda text: _refused(names.wanted, text),
    "a network's HTML": lambda text: text_of(f"<p>{text}</p>"),
}
# Each grows without end; together they make the regular expressions of the product look back.
SEEDS = (
    "a", "@", "a@", "a.", ".-", "_-", "@a.", "http://", "https://a.", "a://", "/", "//", "[", "((", "#", "#a",
    " ", " \n", "\n", "\t", "！", "字", "。", "a字", "+a ", "-", "0", "<", "<a ", "&", "&#", "</", "😀\u200d",
    "\u0301", "\u202e",
)  # fmt: skip


def _refused(call, text):
    with pytest.raises(Rejected):
        call(f"{text}!")


def _cost(call, text: str) -> float:
    """Processor time, so that what else runs here does not count; the least of three."""
    times = []
    for _ in range(3):
        begun = time.process_time()
        call(text)
        times.append(time.process_time() - begun)
    return min(times)


@pytest.mark.parametrize("call", READERS.values(), ids=READERS)
def test_no_words_take_much_longer_because_there_are_more_of_them(call):
    """Four times as much may take some more than four times as long, never sixteen times."""
    for seed in SEEDS:
        short, long = seed * (1500 // len(seed)), seed * (6000 // len(seed))
        cost = _cost(call, long)
        if cost < 0.02:
            continue
        assert cost < 9 * _cost(call, short), f"{seed!r}: {cost:.3f} s"


# --- letters that turn into others -------------------------------------------------------------------

ALIKE: dict[str, list[str]] = {letter: [] for letter in "abcdefghijklmnopqrstuvwxyz"}
for c in map(chr, range(0x80, 0x11000)):
    if not 0xFF01 <= ord(c) <= 0xFF5E:  # full-width forms are meant to count the same
        forms = {c.lower(), c.casefold(), c.upper().lower(), unicodedata.normalize("NFKC", c).lower()}
        for letter in forms & ALIKE.keys():
            ALIKE[letter].append(c)


def test_no_letter_of_another_script_makes_a_command():
    assert ALIKE["k"]  # the sign for kelvin
    assert ALIKE["s"]  # the long s
    for name in COMMANDS:
        for at, letter in enumerate(name):
            for other in ALIKE.get(letter, ())[:12]:
                typed = f"/{name[:at]}{other}{name[at + 1 :]}"
                assert not isinstance(grammar.read(typed, VOCABULARY), grammar.Command) or name[:at], typed


def test_an_account_is_named_by_its_own_letters_only():
    for letter, others in ALIKE.items():
        for other in others:
            typed = f"+nor{other} words"
            assert grammar.targets(typed, (f"nor{letter}",))[0] == (), ascii(typed)
    assert grammar.targets("+North words", ("north",))[0] == ("north",)


async def test_neither_is_it_by_a_command(house):
    def unit(tx, now):
        names = [
            people.account_named(tx, 1, name)
            for name in ("nor\u0166h", "ＮＯＲＴＨ", "no\u02b3th", "\u212aorth")
        ]
        return names, people.account_named(tx, 1, "NORTH")

    unknown, known = await house.store.read(unit)
    assert unknown == [None] * 4
    assert known is not None
