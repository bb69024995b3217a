"""What should never end is kept alive; what the operator must mend is set aside."""

from __future__ import annotations

import asyncio

import pytest

from bridgebot.errors import AuthExpired, ConfigError, Rejected, StoreError, Temporary
from bridgebot.supervisor import GRACE, LONGEST_WAIT, State, Supervisor, backoff
from bridgebot.testing.clock import ManualClock


class Script:
    """A run that plays its parts: seconds to last, then an error to end by (None: return)."""

    def __init__(self, clock: ManualClock, *parts: tuple[float, Exception | None]) -> None:
        self.clock = clock
        self.parts = list(parts)
        self.begun: list[float] = []
        self.start = clock.now()

    async def __call__(self) -> None:
        self.begun.append((self.clock.now() - self.start).total_seconds())
        if not self.parts:
            await asyncio.Event().wait()
        seconds, error = self.parts.pop(0)
        await self.clock.sleep(seconds)
        if error is not None:
            raise error


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def supervisor(clock: ManualClock):
    made = Supervisor(clock, explain=lambda error: f"explained: {error.key}", chance=lambda: 1.0)
    yield made
    await made.stop()


def one(supervisor: Supervisor) -> tuple[State, str | None]:
    (status,) = supervisor.status()
    return status.state, status.error


async def test_a_run_counts_as_running_when_it_has_stood_for_a_moment(supervisor, clock) -> None:
    supervisor.start("talk", Script(clock))
    await clock.advance(0)
    assert one(supervisor) == (State.STARTING, None)
    await clock.advance(2)
    assert one(supervisor) == (State.RUNNING, None)
    assert supervisor.status()[0].since == clock.now().replace(second=0)


async def test_it_is_run_again_ever_more_slowly(supervisor, clock) -> None:
    run = Script(clock, *[(0, Temporary("error-x"))] * 20)
    supervisor.start("talk", run)
    await clock.advance(3000)
    gaps = [later - earlier for earlier, later in zip(run.begun, run.begun[1:], strict=False)]
    assert gaps[:9] == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert set(gaps[9:]) == {LONGEST_WAIT}
    assert one(supervisor) == (State.WAITING, "explained: error-x")


async def test_the_network_says_when(supervisor, clock) -> None:
    run = Script(clock, (0, Temporary(retry_after=40)), (0, Temporary(retry_after=0.1)))
    supervisor.start("talk", run)
    await clock.advance(100)
    assert run.begun == [0, 40, 42]


async def test_after_a_good_minute_a_failure_is_a_first_one(supervisor, clock) -> None:
    run = Script(
        clock, (0, Temporary()), (0, Temporary()), (0, Temporary()), (61, Temporary()), (0, Temporary())
    )
    supervisor.start("talk", run)
    await clock.advance(200)
    assert run.begun == [0, 1, 3, 7, 69, 71]


async def test_what_ended_it_is_told_until_it_is_well_again(supervisor, clock) -> None:
    supervisor.start("talk", Script(clock, (0, Temporary("error-x"))))
    await clock.advance(10)
    assert one(supervisor) == (State.RUNNING, "explained: error-x")
    await clock.advance(60)
    assert one(supervisor) == (State.RUNNING, None)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConfigError("the server is wrong"), "the server is wrong"),
        (AuthExpired(), "explained: error-auth-expired"),
    ],
)
async def test_what_the_operator_must_mend_is_set_aside(supervisor, clock, error, words) -> None:
    run, other = Script(clock, (5, error)), Script(clock)
    supervisor.start("talk", run)
    supervisor.start("other", other)
    await clock.advance(10_000)
    assert run.begun == [0]
    talk, rest = supervisor.status()
    assert (talk.name, talk.state, talk.error) == ("talk", State.STOPPED, words)
    assert rest.state is State.RUNNING


@pytest.mark.parametrize("error", [KeyError("hunter2"), None])
async def test_a_bug_is_logged_and_run_again(supervisor, clock, error, monkeypatch) -> None:
    logged = []
    monkeypatch.setattr(
        "bridgebot.supervisor._log.error", lambda event, **words: logged.append((event, words))
    )
    run = Script(clock, (0, error))
    supervisor.start("talk", run)
    await clock.advance(1)
    assert run.begun == [0, 1]
    ((event, words),) = logged
    assert event == "ended by a bug, will run again"
    assert words["exc_info"] is error
    assert "hunter2" not in words["error"]


@pytest.mark.parametrize("error", [StoreError("disk full"), Rejected(), TimeoutError()])
async def test_every_other_end_is_run_again(supervisor, clock, error) -> None:
    run = Script(clock, (0, error))
    supervisor.start("talk", run)
    await clock.advance(1)
    assert run.begun == [0, 1]


async def test_stop_is_prompt_in_every_state(supervisor, clock, monkeypatch) -> None:
    monkeypatch.setattr("bridgebot.supervisor.GRACE", 600)
    runs = {
        "running": Script(clock),
        "waiting": Script(clock, (0, Temporary())),
        "stopped": Script(clock, (0, ConfigError("x"))),
    }
    for name, run in runs.items():
        supervisor.start(name, run)
    await clock.advance(0.5)
    await asyncio.wait_for(supervisor.stop(), 60)
    assert {status.state for status in supervisor.status()} == {State.STOPPED}
    await clock.advance(1000)
    assert all(len(run.begun) == 1 for run in runs.values())


async def test_one_that_does_not_end_is_left_behind(clock, monkeypatch) -> None:
    monkeypatch.setattr("bridgebot.supervisor.GRACE", 0.05)
    release = asyncio.Event()

    async def stubborn() -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    supervisor = Supervisor(clock)
    supervisor.start("stubborn", stubborn)
    await asyncio.sleep(0)
    await asyncio.wait_for(supervisor.stop(), 60)
    release.set()
    assert GRACE > 1


async def test_a_name_is_supervised_once(supervisor, clock) -> None:
    supervisor.start("talk", Script(clock))
    with pytest.raises(ValueError):
        supervisor.start("talk", Script(clock))


def test_those_that_fail_together_do_not_return_together() -> None:
    assert backoff(3, None, 0.0) == 2
    assert backoff(3, None, 0.999) == pytest.approx(4, rel=0.01)
    assert backoff(10_000, None, 0.0) == LONGEST_WAIT / 2
    assert backoff(1, 90, 0.5) == 90
