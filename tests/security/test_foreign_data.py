"""Foreign data never acts: a server that somebody set up tells of its own posts, and of nobody else's.

Ada is on north, Bo on north and on a server of his own that lies. Whatever that server says, in whatever
order it is read, Ada reads none of its words, loses none of her items, and Bo is shown nothing that north
would not have shown him.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridgebot.model import Audience
from bridgebot.testing.fakes import MemorySocial
from tests.fuzz.core import FAST
from tests.house import TestHouse

PRIVATE, FORGED = "among us", "forged"


class Liar:
    """Two networks, two people, and what happens on either."""

    def __init__(self, folder: Path, *, bo_on_north: bool = True) -> None:
        self.north, self.liar = MemorySocial(name="north"), MemorySocial(name="liar")
        self.house = TestHouse(folder, socials=(self.north, self.liar))
        self.bo_on_north = bo_on_north
        self.true: list = []
        self.false: list = []

    async def open(self) -> None:
        house = self.house
        await house.__aenter__()
        await house.user("ada", "north")
        await house.user("bo", *(("north", "liar") if self.bo_on_north else ("liar",)))
        for who, networks in (("ada", (self.north,)), ("bo", (self.north, self.liar))):
            for social in networks:
                network = social.network
                network.follows.add((network.person(who).id, network.person("lin").id))
            for social in networks if who == "ada" or self.bo_on_north else (self.liar,):
                await house.says(f"/home on {social.context.name}", sender=who)
        # Bo does not follow the one on north who writes for her followers only; Ada does.
        self.north.network.follows.add(
            (self.north.network.person("ada").id, self.north.network.person("fay").id)
        )
        await house.poll()
        await house.wait(1)

    async def does(self, what: str, which: int) -> None:
        """One thing happens."""
        match what:
            case "public":
                self.true.append(self.north.add_post("lin", f"true {len(self.true)}"))
            case "private":
                post = self.north.add_post("fay", f"{PRIVATE} {len(self.true)}", audience=Audience.FOLLOWERS)
                self.true.append(post)
            case "lie" if self.true:
                self._lie(self.true[which % len(self.true)].uri)
            case "lie first":  # about the address that the next post on north will have
                number = self.north.network._number + 1
                self._lie(f"https://north.example/lin/{number}")
            case "edit" if self.false:
                post = self.false[which % len(self.false)]
                self.liar.network.change(post.id, f"{FORGED} anew", None)
            case "delete" if self.false:
                self.liar.network.remove(self.false.pop(which % len(self.false)).id)
            case "read":
                await self.house.poll()
                await self.house.wait(2)
        self.house.clock.skip(1)

    def _lie(self, uri: str) -> None:
        self.false.append(self.liar.add_post("lin", f"{FORGED} {len(self.false)}", uri=uri))

    def lines(self, who: str) -> list[str]:
        return self.house.chat.lines(who)


EVENTS = st.tuples(
    st.sampled_from(("public", "private", "lie", "lie first", "edit", "delete", "read", "read")),
    st.integers(0, 5),
)


@settings(max_examples=20, deadline=None)
@given(events=st.lists(EVENTS, min_size=4, max_size=14), bo_on_north=st.booleans())
async def test_a_server_that_lies_tells_others_nothing_and_learns_nothing(events, bo_on_north):
    with tempfile.TemporaryDirectory(dir=FAST if Path(FAST).is_dir() else None) as folder:
        told = Liar(Path(folder), bo_on_north=bo_on_north)
        await told.open()
        try:
            for what, which in (*events, ("read", 0), ("read", 0)):
                await told.does(what, which)
            ada, bo = "\n".join(told.lines("ada")), "\n".join(told.lines("bo"))
            assert FORGED not in ada
            assert PRIVATE not in bo
            missing = [post.text for post in told.true if post.text not in ada]
            assert missing == []
        finally:
            await told.house.__aexit__()


async def play(folder: Path, *events: str, bo_on_north: bool = True) -> Liar:
    told = Liar(folder, bo_on_north=bo_on_north)
    await told.open()
    for event in events:
        await told.does(event, 0)
    await told.does("read", 0)
    return told


@pytest.mark.parametrize("bo_on_north", [True, False])
async def test_naming_the_address_of_a_post_for_followers_shows_none_of_it(tmp_path, bo_on_north):
    told = await play(tmp_path, "private", "read", "lie", bo_on_north=bo_on_north)
    assert f"{PRIVATE} 0" in "\n".join(told.lines("ada"))
    assert PRIVATE not in "\n".join(told.lines("bo"))
    await told.house.__aexit__()


async def test_an_address_that_was_claimed_before_its_post_came_is_given_back(tmp_path):
    told = await play(tmp_path, "lie first", "read", "public", "read", "edit", "read", "delete", "read")
    assert "true 0" in "\n".join(told.lines("ada"))
    assert FORGED not in "\n".join(told.lines("ada"))
    await told.house.__aexit__()


async def test_the_true_server_of_an_address_mends_what_another_said_of_it(tmp_path):
    told = await play(tmp_path, "lie first", "read")
    assert f"{FORGED} 0" in told.house.chat.last("bo")
    await told.does("public", 0)
    await told.does("read", 0)
    shown = [line for line in told.lines("bo") if "North [" in line or "Liar [" in line]
    assert len(shown) == 1
    assert "true 0" in shown[0]
    await told.house.__aexit__()


async def test_one_persons_two_accounts_still_show_a_post_once(tmp_path):
    """Of a third server, which both of hers relay."""
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        for name in ("north", "south"):
            await house.says(f"/home on {name}")
            network = house.social(name).network
            network.follows.add((network.person("ada").id, network.person("lin").id))
        await house.poll()
        await house.wait(1)
        for name in ("north", "south"):
            house.social(name).add_post("lin", "federated", uri="https://origin.example/1")
            await house.poll()
            await house.wait(1)
        assert len([line for line in house.chat.lines() if "federated" in line]) == 1
