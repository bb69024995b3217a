"""What no longer reads or writes is noticed in time, and begun anew."""

from __future__ import annotations

import asyncio

import pytest

from bridgebot.errors import AuthExpired, Rejected, Temporary
from bridgebot.health import SERVERS, STEADY
from bridgebot.supervisor import State, Supervisor
from bridgebot.testing.clock import ManualClock
from bridgebot.testing.fakes import MemorySocial
from bridgebot.watchdog import Pace, Watchdog, Watched, server_checks
from tests.house import TestHouse

PACE = Pace(every=50, again=10, patience=15)


class Network:
    """Answers as it is told: None is well, an error is raised, `...` hangs."""

    def __init__(self) -> None:
        self.answer: object = None
        self.asked = 0
        self.restarts = 0

    async def check(self) -> None:
        self.asked += 1
        if self.answer is ...:
            await asyncio.Event().wait()
        if isinstance(self.answer, Exception):
            raise self.answer

    def restart(self) -> None:
        self.restarts += 1


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def watch(clock):
    """Starts a watchdog on these networks; its list of news is `told`."""
    tasks = []

    def start(**networks: Network) -> Watchdog:
        watched = {name: Watched(one.check, one.restart, pace=PACE) for name, one in networks.items()}
        dog = Watchdog(clock, watched, told=lambda: dog.news.append(set(dog.down)), chance=lambda: 0.5)
        dog.news = []
        tasks.append(asyncio.create_task(dog.run()))
        return dog

    yield start
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def test_a_silent_connection_is_noticed_within_three_minutes() -> None:
    assert STEADY.longest < 150
    assert SERVERS.every >= 300  # other people's servers are not asked for nothing


async def test_what_answers_is_asked_once_a_pace_and_left_alone(watch, clock) -> None:
    one = Network()
    dog = watch(one=one)
    await clock.advance(500)
    assert (one.asked, one.restarts, dog.down, dog.news) == (10, 0, set(), [])


@pytest.mark.parametrize("answer", [Temporary(), AuthExpired(), KeyError("bug"), ...], ids=str)
async def test_three_failures_in_a_row_begin_it_anew(watch, clock, answer) -> None:
    one = Network()
    dog = watch(one=one)
    await clock.advance(51)
    one.answer = answer
    begun = clock.now()
    while not one.restarts:
        await clock.advance(1)
        assert (clock.now() - begun).total_seconds() <= PACE.longest
    assert one.asked in (2, 4)  # what hangs is not asked again while it does
    assert dog.down == {"one"}
    assert dog.news == [{"one"}]


async def test_two_failures_are_forgiven(watch, clock) -> None:
    one = Network()
    dog = watch(one=one)
    for _ in range(3):
        one.answer = Temporary()
        await clock.advance(65)
        one.answer = None
        await clock.advance(5)
    assert (one.restarts, dog.down) == (0, set())


async def test_being_asked_for_patience_is_an_answer(watch, clock) -> None:
    one = Network()
    one.answer = Temporary(retry_after=30)
    dog = watch(one=one)
    await clock.advance(500)
    assert (one.restarts, dog.down) == (0, set())


async def test_what_answers_again_is_up_again(watch, clock) -> None:
    one = Network()
    dog = watch(one=one)
    one.answer = Temporary()
    await clock.advance(75)
    assert dog.down == {"one"}
    one.answer = None
    await clock.advance(55)
    assert dog.down == set()
    assert dog.news == [{"one"}, set()]


async def test_one_that_hangs_holds_up_none_of_the_others(watch, clock) -> None:
    stuck, well = Network(), Network()
    stuck.answer = ...
    dog = watch(stuck=stuck, well=well)
    await clock.advance(500)
    assert well.asked == 10
    assert dog.down == {"stuck"}


async def test_what_is_connecting_is_not_asked(clock) -> None:
    one, due = Network(), False
    one.answer = Temporary()
    dog = Watchdog(clock, {"one": Watched(one.check, one.restart, lambda: due, PACE)}, chance=lambda: 0.5)
    task = asyncio.create_task(dog.run())
    await clock.advance(500)
    assert (one.asked, dog.down) == (0, set())
    task.cancel()


# --- the supervisor's part ---


async def test_a_run_that_is_dead_is_ended_and_begun_anew(clock) -> None:
    begun, heard, ended = [], [], []

    async def run() -> None:
        begun.append(clock.now())
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(clock.now())

    supervisor = Supervisor(clock, chance=lambda: 1.0, again=heard.append)
    supervisor.start("talk", run)
    await clock.advance(120)
    supervisor.restart("talk")
    await clock.advance(0)
    assert len(ended) == 1
    (status,) = supervisor.status()
    assert (status.state, status.error) == (State.WAITING, "it no longer answered")
    await clock.advance(1)
    assert len(begun) == 2
    assert heard == ["talk"]
    await supervisor.stop()
    assert len(ended) == 2


async def test_a_dead_run_that_does_not_end_is_left_behind(clock, monkeypatch) -> None:
    monkeypatch.setattr("bridgebot.supervisor.GRACE", 0.05)
    begun, gate = [], asyncio.Event()

    async def run() -> None:
        begun.append(clock.now())
        while not gate.is_set():
            try:
                await gate.wait()
            except asyncio.CancelledError:
                if len(begun) > 1:
                    raise

    supervisor = Supervisor(clock, chance=lambda: 1.0)
    supervisor.start("talk", run)
    await clock.advance(5)
    supervisor.restart("talk")
    await clock.advance(0)
    await asyncio.sleep(0.2)
    await clock.advance(2)
    assert len(begun) == 2
    gate.set()
    await supervisor.stop()


# --- social networks ---


async def test_a_social_network_is_down_only_when_no_server_answers(tmp_path) -> None:
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        await house.user("bo", "north")
        north: MemorySocial = house.social("north")
        check = server_checks(house.store, "north", north)
        await check()
        assert north.count("check") == 1  # one account a server, not each
        north.fail("check", Rejected())  # a refusal is an answer
        await check()
        north.fail("check", AuthExpired())
        await check()
        north.fail("check", Temporary())
        with pytest.raises(Temporary):
            await check()
        await server_checks(house.store, "south", house.social("south"))()
        assert house.social("south").count("check") == 0  # nobody has an account there
