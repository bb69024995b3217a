"""Every sort of writing goes to Bluesky whole and comes back whole; what is cut in its middle goes on."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
import regex

from tests.journeys.networks.skies import PUT, becomes, posts, receipt, stand
from tests.journeys.people import CODE, within
from tests.servers.http_relay import Fault

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.nightly]

FAMILY = "👩‍👩‍👧‍👦"
EACH = pytest.mark.parametrize("chat", ["telegram", "xmpp"])
ONE = pytest.mark.parametrize("chat", ["telegram"])
WRITINGS = {
    "Chinese": "大家好，今天天气不错。“你好”——他说……",
    "a family": f"my {FAMILY} family 👨🏿‍🚀",
    "flags": "🇨🇳🇧🇷🏴󠁧󠁢󠁷󠁬󠁳󠁿 🏳️‍🌈",
    "right to left": "שלום עולם! مرحبا بالعالم #שלום 123 (abc)",
    "both ways": "abc \u2067עברית\u2069 def",
    "accents": "e\u0301 n\u0303 z\u0351\u0343 ก็ நி",
    "lines": "one\n\n  two\nthree",
    "signs": "<b>&amp; \"quoted\" 'so' \\ * _ ~ `code` [x](y)</b>",
}
LONGEST = {
    "300 letters": "字" * 300,
    "300 of many sorts": ("a你é👋🏽🇨🇳" * 60),
    "3,000 bytes": FAMILY * 119 + "x" * (3000 - 25 * 119),
}


@EACH
async def test_every_writing_arrives_and_comes_back_as_it_is(ada, meet, sky, bot):
    talker, there = ada
    reader, _ = await meet("bo", "xmpp")
    await reader.asks(f"/follow {there.handle}", r"arrives here from now on")
    await bot.sleeps()
    for words in WRITINGS.values():
        await posts(talker, words)
    assert await there.texts() == list(WRITINGS.values())
    await sky.settled()
    await bot.sleeps()
    for words in map(read, WRITINGS.values()):
        begins = regex.escape(words.partition("\n")[0][:12])
        shown = await reader.hears(rf"^{there.handle} on Bluesky \[{CODE}\]: {begins}")
        assert bare(shown.text.split("]: ", 1)[1]) == words


def read(words: str) -> str:
    """As foreign words are shown: nothing in them turns the line around."""
    return regex.sub("[\u2066-\u2069]", "", words)


def bare(shown: str) -> str:
    """Without what stands around several lines: a bar before each, and the address of the post."""
    return regex.sub(r"\n↗ \S+$", "", shown.replace("\n│ ", "\n"))


@ONE
@pytest.mark.parametrize("words", LONGEST.values(), ids=LONGEST)
async def test_what_just_fits_is_one_post_and_one_more_sign_makes_two(ada, words):
    talker, there = ada
    assert len(regex.findall(r"\X", words)) == 300 or len(words.encode()) == 3000
    await posts(talker, words)
    assert await there.texts() == [words]
    await receipt(talker, f"{words}!", rf"^#{CODE} public.* ✓ Bluesky \(thread of 2\) (https://\S+)")
    _, one, two = await there.posts()
    assert one.text.removesuffix(" (1/2)") + two.text.removesuffix(" (2/2)") == f"{words}!"


@ONE
@pytest.mark.parametrize(
    "fault", [Fault.BEFORE, Fault.LOST_ANSWER, Fault.HALF_OPEN, Fault.TRUNCATED, Fault.BAD_GATEWAY]
)
async def test_a_thread_that_is_cut_in_its_middle_goes_on_there(ada, relay, bot, fault):
    """The second part goes wrong, the bot dies and comes back: each part stands once, in its order."""
    talker, there = ada
    words = "很长的话。" * 150
    await talker.caught_up()
    relay.order(fault, "POST", PUT, holds="(2/3)")
    talker.says(f"/post {words}")
    await within(lambda: relay.met, lambda: str(relay.passed))
    await bot.dies()
    relay.heal()
    await bot.starts()
    for patience in (1, 2, 4, 8):  # what waits for its time is due when the bot comes back
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while not any("✓ Bluesky" in line for line in talker.chat().values()):
                    await asyncio.sleep(0.05)
                break
        await bot.sleeps()
    relay.met.clear()
    await talker.caught_up()
    one, two, three = await there.posts()
    assert "".join(part.text[: -len(" (1/3)")] for part in (one, two, three)) == words
    assert three.value["reply"] == {"root": one.ref, "parent": two.ref}
    assert sum("✓ Bluesky" in line for line in talker.chat().values()) == 1


@ONE
async def test_a_server_that_is_away_for_a_while_keeps_a_post_waiting(ada, relay, bot):
    talker, there = ada
    relay.refuse()
    message = talker.says("/post later 等一下")
    await talker.hears(rf"^#?{CODE}.*Bluesky", lambda heard: heard.reply_to == message)
    await relay.listen()
    await bot.sleeps()
    await stand(there, "later 等一下")
    await talker.stands(lambda chat: any("✓ Bluesky" in line for line in chat.values()))


@ONE
async def test_a_limit_that_was_reached_holds_a_post_up_and_loses_none(ada, relay, bot):
    talker, there = ada
    relay.order(Fault.RATE, "POST", PUT, headers={"RateLimit-Reset": "1", "Retry-After": "1"})
    talker.says("/post in a moment 稍等")
    await becomes(there.texts, lambda texts: texts == ["in a moment 稍等"])
    await talker.stands(lambda chat: sum("✓ Bluesky" in line for line in chat.values()) == 1)


async def test_a_name_that_is_a_word_away_is_told(meet, sky):
    """A typo in a handle, a wrong password: each is said, and the way goes on."""
    talker, there = await meet("ada", "telegram")
    await talker.asks(f"/link bluesky {there.handle}x", r"[Nn]obody|no account")
    await talker.asks("/cancel", r".")
    await talker.asks(f"/link bluesky {there.handle}", rf"app password for {there.handle}")
    talker.says("abcd-efgh-ijkl-aaaa")
    await talker.hears(r"password")
    talker.says(there.password)
    await talker.hears(rf"^{there.handle} on Bluesky is yours here")
    await talker.asks(f"/link bluesky {there.handle}", rf"app password for {there.handle}")
    talker.says(there.password)
    await talker.hears(rf"^{there.handle} on Bluesky works again\.")  # and is no second one
    shown = await talker.asks("/accounts", r"bluesky")
    assert shown.text.count(there.handle) == 1
