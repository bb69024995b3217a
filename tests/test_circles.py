"""Rules between accounts in any direction, circles too: a post comes to every place that it should, once.

The echo of a copy may be met before the network has answered the call that made it, or after.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bridgebot.errors import Rejected
from bridgebot.model import Draft, changed
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemorySocial
from bridgebot.testing.social_network import CROSSPOSTER
from tests.foreign import CHANNEL, Copier, world
from tests.house import TestHouse

NAMES = ("north", "south", "west")
RULES = tuple(permutations(NAMES, 2))
QUICK = settings(
    max_examples=15, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)

Rule = tuple[str, str]


def reached(start: Iterable[str], rules: Iterable[Rule]) -> set[str]:
    """Where a post comes to by rules, from where it stands."""
    places, before = set(start), set()
    while places != before:
        before = set(places)
        places |= {to for first, to in rules if first in before}
    return places


async def step_while_read(house: TestHouse, early: frozenset[str]) -> None:
    """Deliver what is due; on some networks the copy is met in a timeline before its call is answered."""
    gates = [house.social(name).hang("publish", acted=True) for name in sorted(early)]
    calls = {name: house.social(name).count("publish") for name in early}
    step = asyncio.create_task(house.outbox.step())
    while not step.done() and not any(house.social(name).count("publish") > calls[name] for name in early):
        await asyncio.sleep(0.001)
    await house.poller.step()
    for gate in gates:
        gate.set()
    await step
    await house.settle()


async def carried(rules: set[Rule], said: frozenset[str], own: str, early: frozenset[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        socials = tuple(MemorySocial(name=name) for name in NAMES)
        async with TestHouse(Path(folder), socials=socials) as house:
            await house.user("ada", *NAMES)
            for first, to in sorted(rules):
                await house.says(f"/sync {first} to {to}")
            await house.poll()
            await house.wait(2)
            house.chat.say(" ".join([*(f"+{name}" for name in sorted(said)), "said in the chat"]))
            await house.chat.settled()
            network = house.social(own).network
            network.add(network.person("ada"), Draft("from elsewhere"))
            for _ in range(5):
                await step_while_read(house, early)
                await house.wait(2)
                await house.poll()
            await comes_to_rest(house)
            for name in NAMES:
                texts = house.social(name).texts()
                assert texts.count("said in the chat") == (name in reached(said, rules))
                assert texts.count("from elsewhere") == (name in reached({own}, rules))
                assert len(texts) <= 2


async def comes_to_rest(house: TestHouse) -> None:
    """Nothing waits any more, and reading on brings nothing."""
    calls = sum(social.count("publish") for social in house.socials)
    for _ in range(2):
        await house.wait(120)
        await house.poll()
    assert sum(social.count("publish") for social in house.socials) == calls
    query = sa.select(sa.func.count()).where(t.delivery.c.ended_at.is_(None))
    assert await house.store.read(lambda tx, now: tx.scalar(query)) == 0


ANY = {
    "rules": st.sets(st.sampled_from(RULES)),
    "said": st.frozensets(st.sampled_from(NAMES), min_size=1),
    "own": st.sampled_from(NAMES),
    "early": st.frozensets(st.sampled_from(NAMES)),
}


@QUICK
@given(**ANY)
@example(rules=set(RULES), said=frozenset(NAMES), own="north", early=frozenset(NAMES))
@example(rules=set(RULES), said=frozenset({"south"}), own="south", early=frozenset())
def test_rules_in_any_direction_carry_a_post_to_each_place_once(rules, said, own, early):
    asyncio.run(carried(rules, said, own, early))


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@settings(QUICK, derandomize=False, max_examples=400)
@given(**ANY)
def test_many_more_topologies(rules, said, own, early):
    asyncio.run(carried(rules, said, own, early))


# --- others who carry the same accounts --------------------------------------------------------

LONG = "A long walk along the river today, with stones of every colour https://ada.example/walk"


async def test_three_houses_in_a_triangle_give_each_network_one_copy(tmp_path):
    async with world(tmp_path, NAMES, [("north", "south")], [("south", "west")], [("west", "north")]) as all_:
        all_.says("north", LONG)
        await all_.rests()
        assert [all_.texts(name) for name in NAMES] == [[LONG]] * 3
        (told,) = [line for line in all_.houses[2].chat.lines("ada") if "✗" in line]
        assert "it looks like what is there already" in told


async def test_two_houses_with_the_same_rule_carry_a_post_once(tmp_path):
    rule = [("north", "south")]
    async with world(tmp_path, NAMES[:2], rule, rule) as all_:
        all_.says("north", LONG)
        await all_.rests()
        assert all_.texts("south") == [LONG]


@pytest.mark.parametrize("change", ["its own short links", "RT", "cut", "where it comes from"])
async def test_what_a_dumb_bridge_copies_does_not_come_back(tmp_path, change):
    async with world(tmp_path, NAMES, [("south", "north"), ("south", "west"), ("north", "west")]) as all_:
        copier = Copier(all_.networks["north"], all_.networks["south"], change)
        all_.says("north", LONG)
        await all_.rests(copier)
        assert all_.texts("north") == [LONG]
        assert len(all_.texts("south")) == len(all_.texts("west")) == 1


TWO_OF_ONE_SITE = [f"{LONG[:63]} https://carrier.example/posts/{n}" for n in (2, 6)]


async def test_what_two_bridges_make_of_one_text_is_one_text(tmp_path):
    """Each adds where it keeps it: that looks like two pages of one site, but for what they were made of."""
    async with world(tmp_path, (*NAMES, "east"), [("north", "east"), ("south", "west")]) as all_:
        all_.houses[0].social("west").fail("latest", Rejected(), times=9)
        all_.says("north", LONG[:63])
        await all_.turn()
        for copy in TWO_OF_ONE_SITE:
            all_.says("south", copy)
            await all_.turn()
        await all_.rests()
        assert all_.texts("west") == TWO_OF_ONE_SITE[:1]


async def test_a_whole_that_comes_behind_its_piece_is_known_by_what_both_were_made_of(tmp_path):
    async with world(tmp_path, (*NAMES, "east"), [("north", "east"), ("south", "west")]) as all_:
        all_.says("north", LONG)
        await all_.turn()
        for copy in (f"{LONG[:50]}…", f"{LONG} (1/1)"):
            all_.says("south", copy)
            await all_.turn()
        await all_.rests()
        assert all_.texts("west") == [f"{LONG[:50]}…"]


async def test_parts_of_a_thread_that_somebody_made_of_a_text_are_all_carried(tmp_path):
    async with world(tmp_path, (*NAMES, "east"), [("north", "east"), ("south", "west")]) as all_:
        all_.says("north", LONG)
        await all_.turn()
        parts = [f"{LONG[:33]} (1/2)", f"{LONG[35:62]} (2/2)"]
        for part in parts:
            all_.says("south", part)
            await all_.turn()
        await all_.rests()
        assert all_.texts("west") == parts


@pytest.mark.parametrize(("signed", "copies"), [(True, 1), (False, 2)])
async def test_few_words_that_another_house_carried_late_are_known_by_its_name(tmp_path, signed, copies):
    async with world(tmp_path, NAMES[:2], [("north", "south")]) as all_:
        all_.says("north", "gm")
        all_.clock.skip(900)
        all_.says("south", "gm", application="bridgebot" if signed else "Tusky")
        await all_.rests()
        assert all_.texts("south") == ["gm"] * copies


async def test_few_words_that_this_house_wrote_there_are_said_anew(tmp_path):
    async with world(tmp_path, NAMES[:2], [("north", "south")]) as all_:
        all_.says("north", "thanks!")
        all_.clock.skip(1200)
        await all_.houses[0].says("+south thanks!")
        await all_.rests()
        assert all_.texts("south") == ["thanks!"] * 2


async def test_what_another_bridge_made_of_the_same_text_is_found_on_the_network_too(tmp_path):
    async with world(tmp_path, (*NAMES, "east"), [("north", "east"), ("south", "west")]) as all_:
        all_.says("north", LONG[:63])
        await all_.turn()
        all_.says("west", TWO_OF_ONE_SITE[0])
        all_.says("south", TWO_OF_ONE_SITE[1])
        await all_.rests()
        assert all_.texts("west") == TWO_OF_ONE_SITE[:1]


async def test_what_was_withheld_is_told_and_carried_when_its_owner_wants_it(tmp_path):
    async with world(tmp_path, NAMES[:2], [("north", "south"), ("south", "north")]) as all_:
        (house,) = all_.houses
        first, second = all_.says("north", LONG), all_.says("south", f"RT {LONG}")
        await all_.rests()
        assert [len(all_.texts(name)) for name in NAMES[:2]] == [1, 1]
        told = [line for line in house.chat.messages() if "looks like" in line.text]
        assert [line.text.count("not carried on") for line in told] == [1, 1]
        about = next(line for line in told if "from North" in line.text)
        labels = [button.label for button in about.buttons]
        assert labels[:2] == ["Carry it on", "Stop this rule"]
        house.chat.press(about.buttons[0].data)
        await house.settle()
        assert all_.texts("south") == [second.text, first.text]
        await all_.rests()
        assert len(all_.texts("north")) == 1


async def test_the_rule_can_be_stopped_where_it_is_told_that_something_was_withheld(tmp_path):
    async with world(tmp_path, NAMES[:2], [("south", "north")]) as all_:
        (house,) = all_.houses
        all_.says("north", LONG)
        all_.says("south", LONG)
        await all_.rests()
        assert [line for line in house.chat.lines("ada") if "looks like" in line]
        house.chat.press("Stop this rule")
        await house.settle()
        assert "Ended" in house.chat.lines("ada")[-1]
        all_.says("south", "Something else that has nothing to do with any of it")
        await all_.rests()
        assert len(all_.texts("north")) == 1


async def test_a_channel_is_given_the_same_once_and_again_when_its_owner_wants_it(tmp_path):
    async with world(tmp_path, NAMES[:2], [("north", CHANNEL), ("south", CHANNEL)]) as all_:
        (house,) = all_.houses
        all_.says("north", LONG)
        await all_.turn()
        all_.says("south", f"RT {LONG}")
        await all_.rests()
        assert all_.texts(CHANNEL) == [LONG]
        assert "looks like #2k7, which is there or on its way" in house.chat.last()
        house.chat.press("Carry it on")
        await all_.rests()
        assert all_.texts(CHANNEL) == [LONG, f"RT {LONG}"]


async def test_what_differs_is_carried_however_much_it_is_alike(tmp_path):
    said = [
        "New on the podcast about stones and rivers, episode 12: granite",
        "New on the podcast about stones and rivers, episode 13: granite",
        "A new picture is on my pages https://ada.example/1",
        "A new picture is on my pages https://ada.example/2",
        "the same walk as ever (1/2)",
        "the same walk as ever (2/2)",
    ]
    async with world(tmp_path, NAMES[:2], [("north", "south"), ("south", "north")]) as all_:
        for text in said:
            all_.says("north", text)
            await all_.turn()
        await all_.rests()
        assert sorted(all_.texts("south")) == sorted(all_.texts("north")) == sorted(said)


async def test_a_greeting_is_carried_on_each_day_and_pictures_always(tmp_path):
    async with world(tmp_path, NAMES[:2], [("north", "south")]) as all_:
        for text in ("gm", "Good morning to everybody out there!", "", ""):
            all_.says("north", text)
            await all_.turn(seconds=24 * 3600 - 600)
            all_.says("north", text)
            await all_.turn()
        await all_.rests()
        assert len(all_.texts("south")) == 8


async def test_a_network_that_cannot_be_asked_is_written_to(tmp_path):
    async with world(tmp_path, NAMES[:2], [("north", "south")]) as all_:
        social = all_.houses[0].social("south")
        social.fail("latest", Rejected())
        all_.says("north", LONG)
        await all_.rests()
        assert all_.texts("south") == [LONG]


async def test_what_a_bridge_brought_goes_one_step_only(tmp_path):
    async with world(tmp_path, NAMES, [("north", "south"), ("south", "west")]) as all_:
        all_.says("north", LONG, application=CROSSPOSTER)
        all_.says("north", "Written by hand, and carried as far as the rules go", application="Tusky")
        await all_.rests()
        assert [len(all_.texts(name)) for name in NAMES] == [2, 2, 1]
        (told,) = [line for line in all_.houses[0].chat.lines("ada") if "one step" in line]
        assert "✓ South" in told
        assert "✗ West" in told


# --- a rule that goes round ----------------------------------------------------------------------


async def goes_round(all_, turns: int = 8) -> None:
    """Somebody's bridge writes its own words around whatever it sees, and a rule carries that back."""
    for number in range(turns):
        await all_.turn()
        newest = all_.texts("north")[-1]
        all_.says("south", f"Carrier number {number} has seen: {newest}")


async def test_a_rule_that_goes_round_rests_and_its_owner_is_asked(tmp_path):
    async with world(tmp_path, NAMES[:2], [("south", "north")]) as all_:
        (house,) = all_.houses
        all_.says("north", LONG)
        await goes_round(all_)
        assert len(all_.texts("north")) <= 4
        newest = all_.texts("north")[-1]
        asked = [line for line in house.chat.messages() if "looks like a circle" in line.text]
        assert len(asked) == 1
        assert [button.label for button in asked[0].buttons] == ["Go on", "Stop this rule"]
        all_.says("south", "Something of the time between, which nobody sends afterwards")
        await all_.rests()
        house.chat.press("Go on")
        await all_.rests()
        all_.says("south", "And something that comes when the rule goes on again")
        await all_.rests()
        assert "something that comes" in all_.texts("north")[-1]
        assert not any("time between" in text for text in all_.texts("north"))
        once_more = f"Once more: {newest}"
        all_.says("south", once_more)
        await all_.rests()
        assert all_.texts("north")[-1] == once_more, "what went before is not held against the rule"


async def test_a_rule_that_rests_for_another_reason_by_now_does_not_go_on_by_an_old_question(tmp_path):
    async with world(tmp_path, NAMES[:2], [("south", "north")]) as all_:
        (house,) = all_.houses
        all_.says("north", LONG)
        await goes_round(all_)
        for typed in ("/routes on 3", "/routes pause 3"):
            await house.says(typed)
        house.chat.press("Go on")
        await house.settle()
        await house.says("/routes")
        assert "paused since" in house.chat.last()


async def test_a_rule_that_goes_round_can_be_stopped(tmp_path):
    async with world(tmp_path, NAMES[:2], [("south", "north")]) as all_:
        (house,) = all_.houses
        all_.says("north", LONG)
        await goes_round(all_)
        await house.says("stop this rule")
        assert house.chat.lines("ada")[-1] == "The rule is stopped."
        count = len(all_.texts("north"))
        all_.says("south", "Something that nobody carries any more")
        await all_.rests()
        assert len(all_.texts("north")) == count


# --- nothing old -----------------------------------------------------------------------------------


async def test_an_account_with_ten_thousand_posts_is_linked_and_nothing_of_it_is_sent(tmp_path):
    """Neither by what linking begins nor by rules that are made right after it."""
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "south")
        network = house.social("north").network
        person = network.person("ada")
        for number in range(10_000):
            network.add(person, Draft(f"ancient {number}"), at=house.clock.now() - timedelta(minutes=number))
        for typed in ("/link north", "token-ada", "/home north", "/sync north to south, here"):
            await house.says(typed)
        assert any("on North is yours here" in line for line in house.chat.lines())
        for _ in range(3):
            await house.poll()
            await house.wait(120)
        network.add(person, Draft("new"))
        for _ in range(2):
            await house.poll()
            await house.wait(2)
        assert house.social("south").texts() == ["new"]
        assert house.social("north").count("publish") == 0
        assert "ancient" not in "\n".join(house.chat.lines())


class Copied(MemorySocial):
    """A network whose server was moved: everything stands there anew, under other ids and addresses."""

    moved = False

    async def fetch(self, timeline, account, cursor):
        page = await super().fetch(timeline, account, cursor)
        renamed = (
            changed(post, id=f"moved-{post.id}", uri=f"{post.uri}/moved")
            for post in self.network.standing.values()
        )
        return replace(page, posts=(*renamed, *page.posts)) if self.moved else page


async def test_old_posts_under_new_ids_are_not_sent(tmp_path):
    """Their times tell; where even those are new, their words do."""
    north = Copied(name="north")
    async with TestHouse(tmp_path, socials=(north, MemorySocial(name="south"))) as house:
        await house.user("ada", "north", "south")
        person = north.network.person("ada")
        north.network.add(person, Draft("written before there was any rule, and for nobody else"))
        await house.wait(60)
        await house.says("/sync north to south")
        await house.poll()
        await house.wait(2)
        north.network.add(person, Draft(LONG))
        await house.poll()
        assert house.social("south").texts() == [LONG]
        north.moved = True
        for _ in range(2):
            await house.wait(120)
            await house.poll()
        assert house.social("south").texts() == [LONG]
