"""Whatever goes wrong with a call: each post stands there once, each answer comes, and the chat is told.

All faults meet one person's posts one after another, for people on both chats and both kinds of server at
the same time: what is unconfirmed rests while the lane goes on, so the minute that it takes passes once.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.journeys.networks.travellers import Traveller
from tests.journeys.people import CODE, Receipt, within
from tests.servers.http_relay import ACTS, Fault

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.nightly]

PUBLISHING = r"/api/v1/statuses$"
DONE = rf"^#{CODE} public ✓ Mastodon (http\S+)"
IN_TIME = (Fault.LATE, Fault.STALL)  # the answer comes before the bot gives up
PEOPLE = [("xmpp", "mastodon"), ("telegram", "mastodon"), ("xmpp", "gotosocial"), ("telegram", "gotosocial")]


def soon(seconds: float = 3) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


@dataclass(frozen=True)
class Wrong:
    """One line of the table."""

    name: str  # stands in the post that meets it
    fault: Fault
    seconds: float = 2.0
    headers: Mapping[str, str] = field(default_factory=dict)


def table() -> list[Wrong]:
    """Made when it is needed: two of the headers say a time."""
    resets = (Fault.BEFORE, Fault.WITHIN, Fault.LOST_ANSWER, Fault.CUT_HEAD, Fault.CUT_BODY)
    others = (Fault.TRUNCATED, Fault.LATE, Fault.STALL, Fault.ERROR, Fault.BAD_GATEWAY)
    waits = {
        "seconds": {"Retry-After": "2"},
        "date": {"Retry-After": format_datetime(soon(), usegmt=True)},
        "iso": {"X-RateLimit-Reset": soon().isoformat()},
        "epoch": {"X-RateLimit-Reset": str(int(soon().timestamp()))},
    }
    plain = [Wrong(fault.name.lower(), fault) for fault in (*resets, *others)]
    return [*plain, *(Wrong(name, Fault.RATE, headers=headers) for name, headers in waits.items())]


def lines(ada: Traveller, pattern: str) -> list[str]:
    """What stands in the chat and looks like that."""
    return [line for line in ada.talker.chat().values() if re.search(pattern, line)]


class Writer:
    """Somebody who posts while it goes wrong."""

    def __init__(self, world, who: Traveller, server: str) -> None:
        self.who = who
        self.relay = world.to[server]

    async def posts(self, text: str) -> Receipt:
        """Post, and wait for the receipt: it may have said first that it is on its way."""
        message = self.who.talker.says(f"/post {text}")
        await self._becomes(lambda: self.texts()[text] == 1)
        id = next(one.id for one in self.who.statuses() if one.text == text)
        return Receipt(message, await self.who.talker.hears(rf"{DONE.removesuffix(')')}/{id})"))

    def texts(self) -> Counter[str]:
        return Counter(self.who.texts())

    def receipts(self) -> list[str]:
        found = (re.search(DONE, line) for line in self.who.talker.chat().values())
        return [one[2] for one in found if one is not None]

    async def ends_well(self, *texts: str) -> None:
        """Each text stands there once, and the chat ends with one receipt for each that names its address."""
        await self._becomes(lambda: len(self.receipts()) == len(texts))
        await self.who.talker.caught_up()
        assert self.texts() == Counter(texts)
        named = [address.rpartition("/")[2] for address in self.receipts()]
        assert sorted(named) == sorted(one.id for one in self.who.statuses())

    async def _becomes(self, wanted) -> None:
        await within(lambda: wanted() or None, lambda: f"{self.texts()} {self.who.talker.chat()}")


async def writers(world, meet) -> list[Writer]:
    people = await asyncio.gather(*(meet(f"w{n}", *where) for n, where in enumerate(PEOPLE)))
    return [Writer(world, who, server) for who, (_, server) in zip(people, PEOPLE, strict=True)]


async def publications(world, meet) -> None:
    """Exactly once, found again or published anew."""

    async def story(writer: Writer, wrong: list[Wrong]) -> None:
        texts = [f"{one.name} of {writer.who.name}" for one in wrong]
        for one, text in zip(wrong, texts, strict=True):
            writer.relay.order(
                one.fault, "POST", PUBLISHING, holds=text, seconds=one.seconds, headers=one.headers
            )
            writer.who.talker.says(f"/post {text}")
        await writer.ends_well(*texts)

    await asyncio.gather(*(story(writer, table()) for writer in await writers(world, meet)))


async def changes(world, meet) -> None:
    """Edits reach the same post, deletions take it away."""

    async def story(writer: Writer, wrong: list[Wrong]) -> None:
        texts = [f"{one.name} of {writer.who.name}" for one in wrong]
        posts = [await writer.posts(text) for text in texts]
        ids = {one.text: one.id for one in writer.who.statuses()}
        for one, text in zip(wrong, texts, strict=True):
            for method in ("GET", "PUT", "DELETE"):  # an edit reads the post first
                path = rf"/api/v1/statuses/{ids[text]}$"
                writer.relay.order(one.fault, method, path, seconds=one.seconds, headers=one.headers)
        for post, text in zip(posts, texts, strict=True):
            writer.who.talker.corrects(post.message, f"/post {text}, edited")
        await writer.ends_well(*(f"{text}, edited" for text in texts))
        assert {one.id for one in writer.who.statuses()} == set(ids.values()), "edited, not posted anew"
        for post in posts:
            writer.who.talker.takes_back(post)
        await writer.ends_well()

    # Every try waits in the lane, a second or more: those on XMPP and on Telegram share the faults.
    shares = [table()[part::2] for part in (0, 1, 0, 1)]
    who = await writers(world, meet)
    await asyncio.gather(*(story(writer, share) for writer, share in zip(who, shares, strict=True)))


async def answers(world, meet) -> None:
    """On Telegram, one person for each fault: at least once, and twice only if nobody could know."""

    async def story(ada: Traveller, one: Wrong) -> None:
        await ada.talker.asks("/status", "Nothing")
        relay, holds = world.to_telegram, f"chat_id={ada.talker.person.id}&"
        relay.order(one.fault, "POST", "/sendMessage$", holds=holds, seconds=one.seconds, headers=one.headers)
        ada.talker.says("/language 中文")
        unknown = one.fault in ACTS and one.fault not in IN_TIME
        times = 2 if unknown else 1
        await within(lambda: len(lines(ada, "中文")) == times, lambda: f"{one.name}: {ada.talker.chat()}")
        await ada.talker.asks("/language English", "English")  # the lane goes on
        assert [len(lines(ada, words)) for words in ("中文", "English")] == [times, 1], one.name

    people = [await meet("ada", "telegram", links=False) for _ in table()]
    await asyncio.gather(*(story(ada, one) for ada, one in zip(people, table(), strict=True)))


async def receipts(world, meet) -> None:
    """They end true though their edits go wrong."""
    ada = await meet("ada", "telegram")
    for fault in (Fault.BEFORE, Fault.LOST_ANSWER, Fault.BAD_GATEWAY, Fault.TRUNCATED):
        relay, holds = world.to_telegram, f"chat_id={ada.talker.person.id}&"
        relay.order(fault, "POST", "/editMessageText$", holds=holds)
    world.to["mastodon"].order(  # first the receipt says that it is being sent
        Fault.STALL, "POST", PUBLISHING, seconds=2.5, holds="at first"
    )
    post = await ada.posts("at first", wanted=DONE)
    ada.talker.corrects(post.message, "/post at last")
    await within(lambda: ada.texts() == ["at last"], lambda: str(ada.texts()))
    ada.talker.takes_back(post)
    await ada.talker.stands(lambda chat: "taken back" in chat.get(post.heard.id, ""))
    await ada.talker.caught_up()
    assert ada.texts() == []
    assert len(lines(ada, r"^#\w+ ")) == 1


async def test_every_call_meets_every_fault(world, meet):
    """Publications, edits, deletions, answers and receipts, all at the same time."""
    await asyncio.gather(*(story(world, meet) for story in (publications, changes, answers, receipts)))
    met = {(fault, where) for relay in world.to.values() for fault, where, _ in relay.met}
    wrong = {one.fault for one in table()}
    assert met >= {(fault, method) for fault in wrong for method in ("POST", "GET", "PUT", "DELETE")}
    assert {fault for fault, *_ in world.to_telegram.met} >= wrong
    assert sum(path.endswith("/editMessageText") for *_, path in world.to_telegram.met) == 4
    assert world.bot.troubles() == []
