"""Edits, deletions, undo and redo in every order of events with the create that they follow.

However the events and the network's answers interleave, in the end one copy stands there with the last
text, or none; and at no time there are two. What a network refused is reported, and [Retry] mends it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bridgebot.adapter import OnUnconfirmed
from bridgebot.errors import Rejected, Temporary, Unconfirmed
from bridgebot.outbox import outcome
from bridgebot.testing.fakes import MemorySocial
from tests.house import TestHouse

# What happens to the message after it was written, in order.
EVENTS = (
    "edit",
    "edit edit",
    "delete",
    "edit delete",
    "undo",
    "edit undo",
    "undo redo",
    "edit undo redo",
    "undo redo edit",
    "undo redo undo",
    "undo redo undo redo",
)


@dataclass(frozen=True)
class Create:
    """How far the publication has come when the events arrive, and how its call ends."""

    when: str  # queued, sending, over
    error: Callable[[], Exception] | None = None  # its call ends so; None: well
    acted: bool = False  # the network did it all the same
    times: int = 1  # calls that end so


CREATES = {
    "queued": Create("queued"),
    "sending": Create("sending"),
    "sending, then later": Create("sending", Temporary),
    "sending, then refused": Create("sending", Rejected),
    "sending, then no answer, and it is there": Create("sending", Unconfirmed, acted=True),
    "sending, then no answer, and it is not there": Create("sending", Unconfirmed),
    "unconfirmed, and it is there": Create("over", Unconfirmed, acted=True),
    "unconfirmed, and it is not there": Create("over", Unconfirmed),
    "sent": Create("over"),
    "waiting": Create("over", Temporary),
    "failed": Create("over", Rejected),
    "parked": Create("over", Temporary, times=3),
}
WAYS = {"repeat": OnUnconfirmed.REPEAT, "look": OnUnconfirmed.LOOK, "ask": OnUnconfirmed.ASK}


class Story:
    """One post in a house: written, then the events; then the network mends, and all of it comes to rest."""

    def __init__(self, house: TestHouse, number: int) -> None:
        self.house, self.number, self.version, self.there = house, number, 0, True
        self.social = house.social("north")
        self.line = ""
        self.retried = 0  # times: what is refused for good stays so
        self.told_to_look = False  # a person said that it is there: nobody knows as what

    @property
    def text(self) -> str:
        return f"story {self.number} version {self.version}"

    def standing(self) -> list[str]:
        texts = [text for text in self.social.texts() if text.startswith(f"story {self.number} ")]
        assert len(texts) <= 1, f"twice: {texts}"
        return texts

    async def begins(self, create: Create) -> asyncio.Task[int] | None:
        """Write the message, and bring its publication to where it shall be; the step that is under way."""
        if create.when == "queued":
            await self.house.says("/pause")
        gate = None
        if create.when == "sending":
            gate = self.social.hang("publish", acted=create.acted, error=create.error and create.error())
        elif create.error is not None:
            self.social.fail("publish", create.error(), acted=create.acted, times=create.times)
        self.line = self.house.chat.say(self.text)
        await self.house.chat.settled()
        if gate is None:
            await self.house.settle()
            for _ in range(create.times - 1):
                await self.house.wait(10)
            return None
        calls = self.social.count("publish")
        step = asyncio.create_task(self.house.outbox.step())
        async with asyncio.timeout(60):
            while self.social.count("publish") == calls:
                await asyncio.sleep(0.005)
        self.gate = gate
        return step

    async def happens(self, events: str) -> None:
        for event in events.split():
            match event:
                case "edit":
                    self.version += 1
                    self.house.chat.edit_line(self.line, self.text)
                case "delete":
                    self.there = False
                    self.house.chat.delete_line(self.line)
                case "undo" | "redo":
                    self.there = event == "redo"
                    self.house.chat.say(f"/{event}", reply_to=self.line)
            await self.house.chat.settled()

    async def ends(self, step: asyncio.Task[int] | None, create: Create) -> None:
        if step is not None:
            self.gate.set()
            await step
        if create.when == "queued":
            await self.house.says("/resume")
            if "still meant" in " ".join(self.house.chat.lines()):
                await self.house.says("send all")  # what was paused is asked about
        for _ in range(12):
            await self.house.wait(61)
            self.standing()
            if not await self._answers() and await self.house.outbox.idle(timedelta(minutes=10)):
                return

    async def _answers(self) -> bool:
        """Say truly whether it is there, and try again what failed; whether there was anything to say."""
        for line in self.house.chat.messages()[-12:]:
            for button in line.buttons:
                if button.label == "It is there" and f"story {self.number} " in line.text:
                    self.told_to_look |= bool(self.standing())
                    wanted = "It is there" if self.standing() else "Send again"
                    data = next(b.data for b in line.buttons if b.label == wanted)
                    self.house.chat.network.press(line.id, data)
                    await self.house.settle()
                    return True
                if button.label == "Retry" and line is self.receipt() and self.retried < 3:
                    self.retried += 1
                    self.house.chat.network.press(line.id, button.data)
                    await self.house.settle()
                    return True
        return False

    def receipt(self):
        return next(line for line in reversed(self.house.chat.messages()) if line.text.startswith("#"))

    def wanted(self) -> list[str]:
        return [self.text] if self.there else []


async def play(house: TestHouse, number: int, create: Create, events: str) -> Story:
    story = Story(house, number)
    step = await story.begins(create)
    await story.happens(events)
    await story.ends(step, create)
    return story


def town(folder, way: OnUnconfirmed, **lacks: bool) -> TestHouse:
    able = replace(MemorySocial().capabilities, on_unconfirmed=way, **lacks)
    return TestHouse(folder, socials=(MemorySocial(name="north", capabilities=able),))


@pytest.fixture(autouse=True)
def soon_parked(monkeypatch):
    monkeypatch.setattr(outcome, "MOST_ATTEMPTS", 3)


# How a call without an answer is settled matters only where there is one.
CASES = [
    (name, way)
    for name, create in CREATES.items()
    for way in WAYS
    if create.error is Unconfirmed or way == "repeat"
]


@pytest.mark.parametrize("edits", [True, False], ids=["can edit", "cannot edit"])
@pytest.mark.parametrize(("name", "way"), CASES)
async def test_one_copy_with_the_last_text_or_none(tmp_path, name, way, edits):
    create, wrong = CREATES[name], []
    async with town(tmp_path, WAYS[way], edit=edits) as house:
        await house.user("ada", "north")
        for number, events in enumerate(EVENTS):
            story = await play(house, number, create, events)
            if story.standing() != story.wanted() and not reported(story):
                wrong.append((events, story.standing(), story.wanted(), house.chat.lines()[-4:]))
    assert wrong == []


def reported(story: Story) -> bool:
    """Where only a person knows that it is there, nobody can change it from here: its receipt says so."""
    return story.told_to_look and "under which address it stands there" in story.receipt().text
