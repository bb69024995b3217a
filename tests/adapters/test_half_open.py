"""A connection whose other end vanished without a word is noticed, and begun anew, on real sockets.

The pace is a tenth of the real one, so that nobody waits for two minutes; that the real one is quick
enough is a sum, which tests/test_watchdog.py checks.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest

from adapters.telegram import polling
from bridgebot.supervisor import State, Supervisor
from bridgebot.testing.chat import ChatAdapterContract
from bridgebot.testing.clock import RealClock
from bridgebot.testing.inbox import Inbox
from bridgebot.watchdog import Pace, Watchdog, Watched
from tests.servers.relay import Relay
from tests.servers.telegram_bot import TelegramContract
from tests.servers.xmpp_stage import XmppStage

PACE = Pace(every=3.0, again=0.5, patience=1.5)


class Kept:
    """An adapter under a supervisor, with a watchdog."""

    def __init__(self, stage) -> None:
        self.stage = stage
        self.inbox = Inbox(stage)
        self.begun = 0
        self.supervisor = Supervisor(RealClock(), chance=lambda: 0.0)
        watched = Watched(
            stage.adapter.check,
            lambda: self.supervisor.restart("one"),
            lambda: self.supervisor.status()[0].state is State.RUNNING,
            PACE,
        )
        self.watchdog = Watchdog(RealClock(), {"one": watched})
        self._ever_down = False

    async def run(self) -> None:
        self.begun += 1
        await self.stage.adapter.run(self.inbox)

    async def hears(self, text: str) -> None:
        async with asyncio.timeout(40):
            while text not in self.inbox.texts():
                await asyncio.sleep(0.05)

    async def begins_anew(self) -> float:
        """Seconds until the run that stands now is given up and another one begun."""
        before, since = self.begun, time.monotonic()
        async with asyncio.timeout(60):
            while self.begun == before:
                await asyncio.sleep(0.02)
        return time.monotonic() - since


@contextlib.asynccontextmanager
async def kept(stage) -> AsyncIterator[Kept]:
    one = Kept(stage)
    one.supervisor.start("one", one.run)
    watching = asyncio.create_task(one.watchdog.run())
    yield one
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    await one.supervisor.stop()


@pytest.mark.prosody
class TestXmpp(XmppStage, ChatAdapterContract):
    """A real Prosody behind a relay."""

    __test__ = False


async def test_xmpp_notices_and_goes_on(prosody) -> None:
    contract = TestXmpp()
    contract.prosody = prosody
    async with contract.on_stage() as stage, kept(stage) as one:
        await stage.remote.say("before")
        await one.hears("before")
        await asyncio.sleep(PACE.every + 1)
        assert (one.begun, one.watchdog.down) == (1, set())  # a connection that works is left alone
        stage.remote.relay.vanish()
        assert await one.begins_anew() < PACE.longest + 30
        assert one.watchdog.down == {"one"}
        await stage.remote.say("while nobody was there")
        await one.hears("while nobody was there")
        async with asyncio.timeout(60):
            while one.watchdog.down:
                await asyncio.sleep(0.05)


class Relayed(TelegramContract):
    """A pretend Telegram behind a relay."""

    relay: Relay

    def config(self, remote):
        return super().config(remote) | {
            "api": f"http://127.0.0.1:{self.relay.port}",
            "poll_timeout": 2,
        }


@contextlib.asynccontextmanager
async def telegram() -> AsyncIterator:
    contract = Relayed()
    async with contract.remote() as remote:
        port = int(remote.url.rpartition(":")[2])
        async with Relay(port) as contract.relay:
            contract.remote = lambda: contextlib.nullcontext(remote)
            async with contract.on_stage() as stage, kept(stage) as one:
                yield stage, contract.relay, one


async def test_telegram_notices_a_poll_that_leads_nowhere(monkeypatch) -> None:
    monkeypatch.setattr(polling, "_MARGIN", 1.5)
    async with telegram() as (stage, relay, one):
        await stage.remote.say("before")
        await one.hears("before")
        relay.vanish()
        assert await one.begins_anew() < PACE.longest + 30
        await stage.remote.say("afterwards")
        await one.hears("afterwards")
        assert one.inbox.texts() == ["before", "afterwards"]


async def test_telegram_notices_a_server_that_no_longer_answers(monkeypatch) -> None:
    monkeypatch.setattr("adapters.telegram._CHECKING", 1.0)
    async with telegram() as (stage, relay, one):
        await stage.remote.say("before")
        await one.hears("before")
        await asyncio.sleep(2.5)  # it counts as running
        relay.stall()
        async with asyncio.timeout(60):
            while one.watchdog.down != {"one"}:
                await asyncio.sleep(0.02)
        relay.resume()
        await stage.remote.say("afterwards")
        await one.hears("afterwards")
