"""Whatever happens in whatever order: one copy in each place, never a loop, never an old post."""

from __future__ import annotations

import asyncio
import gc
import logging
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bridgebot.adapter import OnUnconfirmed
from bridgebot.errors import Temporary, Unconfirmed
from tests.village import CHAT, NETWORKS, Source, Village

WAYS = st.sampled_from([OnUnconfirmed.REPEAT, OnUnconfirmed.LOOK, OnUnconfirmed.ASK])
NETWORK = st.sampled_from(NETWORKS)
WHICH = st.integers(0, 5)


class Bugs(logging.Handler):
    """Notes what the log calls a bug."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []
        logging.getLogger().addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        ours = "facts" in record.__dict__
        if not ours or record.getMessage().endswith(".bug"):
            self.found.append(self.format(record))

    def stop(self) -> None:
        logging.getLogger().removeHandler(self)


class Life(RuleBasedStateMachine):
    """One person's day, with everything that can go wrong in it."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.bugs = Bugs()
        self.village: Village | None = None

    def does(self, happening):
        return self.loop.run_until_complete(happening)

    @initialize(way=WAYS, circle=st.booleans(), reading=st.booleans(), edit=st.booleans())
    def begins(self, way, circle, reading, edit=True):
        self.village = Village(Path(self.folder.name), way, edit=edit)
        self.does(self.village.open(circle=circle, reading=reading))

    def teardown(self) -> None:
        try:
            if self.village is not None:
                self.does(self.ends())
        finally:
            self.bugs.stop()
            self.loop.close()
            self.folder.cleanup()
        assert self.bugs.found == []

    async def ends(self) -> None:
        try:
            await self.village.comes_to_rest()
            self.village.check_always()
            self.village.check_at_rest()
            await self.village.check_house()
        finally:
            await self.village.close()

    @invariant()
    def nothing_is_twice_or_where_it_was_never_to_be(self):
        if self.village is not None:
            self.village.check_always()

    def has(self, wanted) -> bool:
        return self.village is not None and any(wanted(source) for source in self.village.sources)

    def some(self, which: int, wanted) -> Source | None:
        """One of what was written that is so; the newest first."""
        found = [source for source in reversed(self.village.sources) if wanted(source)]
        return found[which % len(found)] if found else None

    # --- writing ---

    @rule(only=st.sampled_from([None, None, *NETWORKS]), twice=st.booleans())
    def says(self, only, twice):
        self.does(self.village.say(only, twice=twice))

    @rule(at=NETWORK)
    def posts_in_her_own_client(self, at):
        self.does(self.village.post(at))

    @rule(at=NETWORK)
    def somebody_else_posts(self, at):
        self.does(self.village.lin_posts(at))

    @precondition(lambda self: self.has(lambda one: one.there))
    @rule(which=WHICH, twice=st.booleans())
    def edits(self, which, twice):
        source = self.some(which, lambda one: one.there)
        if source:
            self.does(self.village.changes(source, twice=twice))

    @precondition(lambda self: self.has(lambda one: one.there))
    @rule(which=WHICH)
    def deletes(self, which):
        source = self.some(which, lambda one: one.there)
        if source:
            self.does(self.village.deletes(source))

    @precondition(lambda self: self.has(lambda one: one.kind == "said" and one.there))
    @rule(which=WHICH)
    def undoes(self, which):
        source = self.some(which, lambda one: one.kind == "said" and one.there)
        if source:
            self.does(self.village.undoes(source, again=False))

    @precondition(lambda self: self.has(lambda one: one.undone))
    @rule(which=WHICH)
    def redoes(self, which):
        source = self.some(which, lambda one: one.undone)
        if source:
            self.does(self.village.undoes(source, again=True))

    @precondition(lambda self: self.has(lambda one: one.kind != "said" and one.there))
    @rule(which=WHICH)
    def is_boosted(self, which):
        source = self.some(which, lambda one: one.kind != "said" and one.there)
        if source:
            self.village.boosts(source)

    @precondition(lambda self: self.has(lambda one: one.kind == "foreign" and one.there))
    @rule(which=WHICH, twice=st.booleans(), reacts=st.booleans())
    def is_marked_or_no_longer(self, which, twice, reacts):
        source = self.some(which, lambda one: one.kind == "foreign" and one.there)
        if source:
            self.does(self.village.marks(source, twice=twice, reacts=reacts))

    @rule(which=WHICH, at=NETWORK)
    def a_copy_is_deleted_by_hand(self, which, at):
        source = self.some(which, lambda one: one.at != at)
        if source:
            self.village.meddles(source, at)

    # --- routes ---

    @rule(first=NETWORK)
    def a_rule_is_made_or_ended(self, first):
        other = next(name for name in NETWORKS if name != first)
        if first not in self.village.expired:
            self.does(self.village.sync(first, other))

    @rule(at=NETWORK)
    def a_timeline_is_read_or_not(self, at):
        if at not in self.village.expired:
            self.does(self.village.home(at))

    @rule()
    def pauses_or_resumes(self):
        self.does(self.village.pause())

    @rule()
    def the_chat_is_off_or_on(self):
        self.does(self.village.switch())

    # --- trouble ---

    @rule(
        place=NETWORK,
        method=st.sampled_from(["publish", "publish", "edit", "delete", "favourite"]),
        kind=st.sampled_from(["later", "lost", "dropped", "refused"]),
    )
    def a_network_has_trouble(self, place, method, kind):
        self.village.trouble(place, method, kind)

    @rule(method=st.sampled_from(["send", "edit"]), kind=st.sampled_from(["later", "lost", "dropped"]))
    def the_chat_has_trouble(self, method, kind):
        self.village.trouble(CHAT, method, kind)

    @rule(
        at=st.sampled_from([(CHAT, "send"), *((name, "publish") for name in NETWORKS), ("north", "edit")]),
        acted=st.booleans(),
        error=st.sampled_from([None, None, Unconfirmed, Temporary]),
    )
    def a_call_takes_long(self, at, acted, error):
        if not (error is Temporary and acted):
            self.does(self.village.meanwhile(*at, acted, error and error()))

    @rule(only=st.sampled_from([None, *NETWORKS]), at=NETWORK, acted=st.booleans())
    def says_what_takes_long(self, only, at, acted):
        self.does(self.village.say(only))
        self.does(self.village.meanwhile(at, "publish", acted, None))

    @precondition(lambda self: self.village is not None and self.village.gates)
    @rule()
    def calls_are_answered(self):
        self.does(self.village.are_answered())

    @rule(at=NETWORK)
    def a_token_expires_or_is_linked_again(self, at):
        if at in self.village.expired:
            self.does(self.village.relink(at))
        else:
            self.village.expire(at)

    @rule(
        at=st.sampled_from([(CHAT, "send"), *((name, "publish") for name in NETWORKS), ("north", "edit")]),
        acted=st.booleans(),
    )
    def the_process_dies(self, at, acted):
        self.does(self.village.crash(*at, acted))

    # --- time ---

    @rule(again=st.sampled_from([0, 1, 3, 15]), backwards=st.booleans())
    def timelines_are_read(self, again, backwards):
        self.does(self.village.poll(again, backwards))

    @rule()
    def all_is_read_and_delivered(self):
        self.does(self.village.poll())
        self.does(self.village.wait(2))

    @rule()
    def what_is_due_happens(self):
        self.does(self.village.house.settle())

    @rule(seconds=st.sampled_from([1, 180, 7200]))
    def time_passes(self, seconds):
        self.does(self.village.wait(seconds))


QUICK = settings(
    max_examples=40,
    stateful_step_count=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def nothing_is_left():
    """What another test left open is told of in the log when it is collected: not amid one of these."""
    gc.collect()


def test_whatever_happens_in_a_day_one_copy_stands_in_each_place():
    run_state_machine_as_test(Life, settings=QUICK)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_whatever_happens_in_many_days():
    chances = settings(QUICK, derandomize=False, max_examples=400, stateful_step_count=40)
    run_state_machine_as_test(Life, settings=chances)


def test_what_a_crash_left_without_an_answer_comes_by_no_rule_as_a_new_post():
    """Its timeline is read before it is tried once more, with the same key."""
    life = Life()
    life.begins(way=OnUnconfirmed.REPEAT, circle=True, reading=False, edit=True)
    try:
        life.a_token_expires_or_is_linked_again(at="north")
        life.says_what_takes_long(only=None, at="south", acted=True)
        life.says(only="north", twice=False)
        life.a_token_expires_or_is_linked_again(at="north")
        life.the_process_dies(at=("north", "edit"), acted=False)
        life.all_is_read_and_delivered()
        life.village.check_always()
    finally:
        life.teardown()


def test_a_receipt_that_never_came_through_leaves_no_change_of_it_waiting():
    life = Life()
    life.begins(way=OnUnconfirmed.ASK, circle=False, reading=False, edit=True)
    life.says_what_takes_long(only="south", at="south", acted=False)
    for _ in range(3):
        life.the_chat_has_trouble(method="send", kind="dropped")
        life.time_passes(seconds=30)
    life.time_passes(seconds=180)  # now South answers
    life.teardown()


@pytest.mark.parametrize("reacts", [True, False])
@pytest.mark.parametrize("acted", [True, False])
def test_a_mark_is_as_its_last_word_though_answers_are_lost_and_the_process_dies(acted, reacts):
    life = Life()
    life.begins(way=OnUnconfirmed.REPEAT, circle=False, reading=True, edit=True)
    life.somebody_else_posts(at="north")
    life.all_is_read_and_delivered()
    source = life.village.sources[-1]
    for liked in (True, False, True):
        life.a_network_has_trouble(place="north", method="favourite", kind="lost" if acted else "dropped")
        life.is_marked_or_no_longer(which=0, twice=True, reacts=reacts)
        assert source.liked is liked
        life.the_process_dies(at=("north", "favourite"), acted=acted)
    life.teardown()
    assert source.there
