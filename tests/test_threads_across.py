"""Threads that go on across networks: in order, whatever comes first, and only where they belong."""

from __future__ import annotations

import asyncio
import re
import tempfile
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridgebot.errors import Rejected, Temporary, Unconfirmed
from bridgebot.model import Draft
from bridgebot.testing.fakes import MemorySocial
from tests.house import TestHouse
from tests.upset import UpsetSocial

NAMES = ("north", "south", "west")


@pytest.fixture
async def house(tmp_path):
    """Ada is on three networks; what she posts on North goes to South and West by rules."""
    socials = tuple(MemorySocial(name=name) for name in NAMES)
    async with TestHouse(tmp_path, socials=socials) as house:
        await house.user("ada", *NAMES)
        await house.says("/sync north to south")
        await house.says("/sync north to west")
        await reads(house)
        yield house


async def reads(house: TestHouse) -> None:
    for _ in range(3):
        await house.poll()
        await house.wait(2)


def writes(house: TestHouse, text: str, under: str | None = None, *, at: str = "north", by: str = "ada"):
    """Somebody posts in an app."""
    network = house.social(at).network
    house.clock.skip(1)
    return network.add(network.person(by), Draft(text, reply_to=under)).id


def thread(house: TestHouse, *texts: str) -> list[str]:
    ids: list[str] = []
    for text in texts:
        ids.append(writes(house, text, ids[-1] if ids else None))
    return ids


def tree(house: TestHouse, name: str) -> list[tuple[str, str | None]]:
    """What stands on a network: each text with what it answers there, in the order in which it came."""
    posts = house.social(name).posts
    texts = {post.id: post.text for post in posts}
    return [(post.text, texts.get(post.reply_to or "")) for post in posts]


CHAIN = [("one", None), ("two", "one"), ("three", "two")]


async def test_a_thread_from_an_app_is_carried_as_a_thread(house):
    thread(house, "one", "two", "three")
    await reads(house)
    assert tree(house, "south") == tree(house, "west") == CHAIN


async def test_it_is_carried_one_by_one_as_well(house):
    first = writes(house, "one")
    await reads(house)
    second = writes(house, "two", first)
    await reads(house)
    writes(house, "three", second)
    await reads(house)
    assert tree(house, "south") == tree(house, "west") == CHAIN


@pytest.mark.parametrize(("order", "at_once"), [((2, 1, 0), True), ((2, 1, 0), False), ((1, 2, 0), False)])
async def test_parts_that_come_in_another_order_stand_in_theirs(house, order, at_once):
    network = house.social("north").network
    thread(house, "one", "two", "three")
    late = [network.log.pop() for _ in range(3)][::-1]
    for number in order:
        network.log.append(late[number])
        if not at_once:
            await reads(house)
    await reads(house)
    assert tree(house, "south") == tree(house, "west") == CHAIN
    assert [social.count("publish") for social in house.socials] == [0, 3, 3]


async def test_where_a_part_cannot_be_posted_the_rest_waits_and_what_fails_is_named(house):
    house.social("south").fail("publish", Temporary(30), at=2)
    house.social("west").fail("publish", Rejected("skip-read-only"), at=2)
    thread(house, "one", "two", "three")
    await reads(house)
    assert tree(house, "west") == CHAIN[:1]
    assert [line.count("✗ West") for line in house.chat.lines()[-3:]] == [0, 1, 1]
    await house.wait(120)
    assert tree(house, "south") == CHAIN
    writes(house, "four", house.social("north").posts[-1].id)  # what comes later is named, too
    await reads(house)
    assert [text for text, _ in tree(house, "south")][-1] == "four"
    assert "the post that this answers is not there" in house.chat.last()
    assert tree(house, "west") == CHAIN[:1]


async def test_a_part_that_is_tried_again_brings_what_waited_behind_it(house):
    house.social("west").fail("publish", Rejected("skip-read-only"), at=2)
    thread(house, "one", "two", "three")
    await reads(house)
    await house.says(f"/retry {code(house, 'two')}")
    await house.wait(5)
    assert tree(house, "west") == CHAIN


def code(house: TestHouse, text: str) -> str:
    """The short id of a synced post in Ada's chat."""
    return next(line.split()[1].lstrip("#") for line in house.chat.lines() if f": {text}" in line)


async def test_an_answer_to_somebody_else_stays_where_it_was_written(house):
    """Also where that somebody's post is known on both networks."""
    own = writes(house, "mine")
    await reads(house)
    question = writes(house, "why?", own, by="lin")
    answer = writes(house, "because", question)
    writes(house, "and so", answer)
    await reads(house)
    assert tree(house, "south") == tree(house, "west") == [("mine", None)]


async def test_an_answer_to_an_answer_under_a_copy_stays_there(house):
    await house.says("/sync south to north")
    writes(house, "mine")
    await reads(house)
    copy = house.social("south").posts[-1].id
    question = writes(house, "why?", copy, at="south", by="lin")
    writes(house, "because", question, at="south")
    await reads(house)
    assert tree(house, "north") == tree(house, "west") == [("mine", None)]
    writes(house, "also this", copy, at="south")  # one's own thread goes on
    await reads(house)
    assert tree(house, "north") == tree(house, "west") == [("mine", None), ("also this", "mine")]


async def test_a_deleted_middle_part_goes_everywhere_and_the_others_stay(house):
    _, second, _ = thread(house, "one", "two", "three")
    await reads(house)
    house.social("north").network.remove(second)
    await reads(house)
    assert (
        [text for text, _ in tree(house, "south")] == ["one", "three"] == [t for t, _ in tree(house, "west")]
    )
    writes(house, "four", house.social("north").posts[-1].id)
    await reads(house)
    assert tree(house, "south")[-1] == tree(house, "west")[-1] == ("four", "three")


async def test_an_edited_part_is_edited_where_it_stands(house):
    _, second, _ = thread(house, "one", "two", "three")
    await reads(house)
    house.clock.skip(1)
    house.social("north").edit_post(second, "two and a half")
    await reads(house)
    for name in ("south", "west"):
        assert tree(house, name) == [("one", None), ("two and a half", "one"), ("three", "two and a half")]


async def test_undoing_the_copies_of_a_thread_takes_the_last_first(house):
    thread(house, "one", "two", "three")
    await reads(house)
    await house.says(f"/undo {code(house, 'two')}")
    await house.wait(5)
    assert tree(house, "south") == tree(house, "west") == CHAIN[:1]
    assert tree(house, "north") == CHAIN
    gone = [call.arguments[1] for call in house.social("south").calls if call.name == "delete"]
    assert gone == sorted(gone, reverse=True)
    assert len(gone) == 2
    await house.says("/redo")
    await house.wait(5)
    assert tree(house, "south") == tree(house, "west") == CHAIN


@pytest.mark.parametrize("way", ["native", "command", "app"])
async def test_an_answer_to_ones_own_goes_on_under_each_copy(house, way):
    first = writes(house, "one")
    await reads(house)
    if way == "native":
        await house.says("two", reply_to=house.chat.messages()[-1].id)
    elif way == "command":
        await house.says(f"/re {code(house, 'one')} two")
    else:
        writes(house, "two", first)
    await reads(house)
    assert [tree(house, name) for name in ("north", "south", "west")] == [CHAIN[:2]] * 3


async def test_somebody_elses_answer_is_answered_there_and_only_there(house):
    await house.says("/mentions on south")
    first = writes(house, "one")
    await reads(house)
    writes(house, "why?", house.social("south").posts[-1].id, at="south", by="lin")
    await reads(house)
    await house.says("because", reply_to=house.chat.messages()[-1].id)
    await reads(house)
    assert tree(house, "north") == tree(house, "west") == [("one", None)]
    assert [parent for text, parent in tree(house, "south") if text.endswith("because")] == ["why?"]
    assert first


# --- random trees ----------------------------------------------------------------------------------

RULES = tuple(permutations(NAMES, 2))
QUICK = settings(
    max_examples=4, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
# Where a part is written, whose part it answers (counted back from the newest; None: nobody's), and by whom.
PART = st.tuples(
    st.sampled_from([*NAMES, "chat"]), st.none() | st.integers(0, 4), st.sampled_from(["ada", "lin"])
)
TREE = {
    "rules": st.sets(st.sampled_from(RULES), min_size=1),
    "parts": st.lists(PART, min_size=3, max_size=8),
    "troubles": st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(["later", "refused", "lost"])), max_size=2
    ),
    "backwards": st.booleans(),
}


@dataclass
class Part:
    """Something that was written, and what it answers."""

    text: str
    by: str
    at: str
    above: Part | None


class Tree:
    """What was written where, apart from the house, and what of it stands where in the end."""

    def __init__(self, house: TestHouse) -> None:
        self.house = house
        self.parts: list[Part] = []

    async def write(self, at: str, above: int | None, by: str) -> None:
        """In the chat, or in an app on a network, where what is answered stands there."""
        by = "ada" if at == "chat" else by
        known = [part for part in self.parts if self.place(part, at) is not None]
        parent = known[-1 - above % len(known)] if above is not None and known else None
        part = Part(f"part {len(self.parts)} by {by}", by, at, parent)
        self.parts.append(part)
        if at == "chat":
            self.house.chat.say(part.text, reply_to=self.place(parent, at) if parent else None)
            await self.house.chat.settled()
        else:
            writes(self.house, part.text, self.place(parent, at) if parent else None, at=at, by=by)

    def place(self, part: Part, at: str) -> str | None:
        """What it is called there; None: it does not stand there."""
        if at == "chat":
            lines = self.house.chat.network.lines("ada")
            return next((line.id for line in lines if part.text in line.text), None)
        standing = self.house.social(at).posts
        return next((post.id for post in standing if post.text.endswith(part.text)), None)

    def check(self) -> None:
        for name in NAMES:
            shown = tree(self.house, name)
            texts = [MARK.search(text)[0] for text, _ in shown]
            assert len(set(texts)) == len(texts), shown  # once
            for text, above in shown:
                part = next(one for one in self.parts if text.endswith(one.text))
                answered = part.above.text if part.above else None
                assert (above is None) == (answered is None), (name, text, above)
                assert answered is None or above.endswith(answered), (name, text, above)
                self._belongs(name, part)

    def _belongs(self, name: str, part: Part) -> None:
        """What answers somebody else stands where that is, or nowhere."""
        if part.at not in (name, "chat"):
            assert part.by == "ada", (name, part)
            assert part.above is None or part.above.by == "ada", (name, part)
        elif part.at == "chat" and part.above is not None and part.above.by == "lin":
            assert part.above.at == name, (name, part)


MARK = re.compile(r"part \d+ by \w+")
TROUBLES = {"later": Temporary(20), "refused": Rejected("skip-read-only"), "lost": Unconfirmed()}


async def grown(rules, parts, troubles, backwards) -> None:
    with tempfile.TemporaryDirectory() as folder:
        socials = tuple(UpsetSocial(name=name) for name in NAMES)
        async with TestHouse(Path(folder), socials=socials) as house:
            await house.user("ada", *NAMES)
            for first, to in sorted(rules):
                await house.says(f"/sync {first} to {to}")
            for name in NAMES:
                await house.says(f"/mentions on {name}")
            await reads(house)
            for social in socials:
                social.backwards = backwards
            for name, trouble in troubles:
                house.social(name).fail("publish", TROUBLES[trouble], at=2, acted=trouble == "lost")
            grows = Tree(house)
            for number, part in enumerate(parts):
                await grows.write(*part)
                if number % 2 == 0:
                    await reads(house)
                    grows.check()
            await reads(house)
            await house.wait(120)
            await reads(house)
            grows.check()


@QUICK
@given(**TREE)
def test_whatever_is_answered_each_copy_stands_under_the_copy_of_its_parent(
    rules, parts, troubles, backwards
):
    asyncio.run(grown(rules, parts, troubles, backwards))


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@settings(QUICK, derandomize=False, max_examples=300)
@given(**TREE)
def test_many_more_trees(rules, parts, troubles, backwards):
    asyncio.run(grown(rules, parts, troubles, backwards))
