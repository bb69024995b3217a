"""The log: one trace from the message in a chat to its last copy, and nothing that anybody wrote or is."""

from __future__ import annotations

import asyncio
import json
import re

import pytest

from bridgebot import log
from bridgebot.errors import AuthExpired, Rejected, Temporary, Unconfirmed
from bridgebot.journal import REMEMBERED, Journal
from bridgebot.store import deliveries
from bridgebot.store.rows import replace
from bridgebot.testing.fakes import MemorySocial
from tests.house import TestHouse

WORDS = "zanzibar"  # stands in every text
NAME = "ottokar"  # whose every name and handle it is
SERVER = "hidden-harbour"


@pytest.fixture
def written(capsys):
    """What the log wrote, as text."""
    return lambda: capsys.readouterr().err


async def journey(folder) -> tuple[list[str], int]:
    """A message, its posts, their mirror in the chat, edits, failures of each kind; what must not be seen."""
    socials = (MemorySocial(name="north"), MemorySocial(name="south"))
    async with TestHouse(folder, socials=socials) as house:
        north = house.social("north")
        north.network.server = f"{SERVER}.example"
        await house.user(NAME, "north", "south")
        await house.says("/home on north", sender=NAME)
        await house.poll()
        line = await house.says(f"{WORDS} one", sender=NAME)
        number = await house.store.read(lambda tx, now: deliveries.makers(tx, 100)[1])
        await house.poll()  # the post comes back by the timeline
        house.chat.edit_line(line, f"{WORDS} two")
        await house.settle()
        for error in (
            Temporary("error-temporary", retry_after=3, server=f"{SERVER}.example"),
            Unconfirmed(who=NAME),
            Rejected("error-rejected", words=WORDS),
            KeyError(WORDS),
        ):
            north.fail("publish", error)
            await house.says(f"{WORDS} and {type(error).__name__}", sender=NAME)
            await house.wait(120)
        await house.says(f"/whois @{NAME}@{SERVER}.example", sender=NAME)
        north.fail("publish", AuthExpired())
        await house.says(f"{WORDS} last", sender=NAME)
        secrets = [house.social(n).account(NAME).credentials for n in ("north", "south")]
    return [WORDS, NAME, SERVER, *secrets], number


@pytest.mark.parametrize("form", ["console", "json"])
async def test_a_whole_journey_tells_no_text_no_name_and_no_secret(tmp_path, written, form: str) -> None:
    log.configure(form, "debug")
    hidden, _ = await journey(tmp_path)
    shown = written()
    for event in ("inbox.accepted", "outbox.sent", "outbox.retried", "outbox.failed", "outbox.held"):
        assert event in shown
    assert [word for word in hidden if word in shown] == []


async def test_one_trace_leads_from_the_message_to_the_last_copy(tmp_path, written) -> None:
    log.configure("json", "info")
    _, number = await journey(tmp_path)
    lines = [json.loads(line) for line in written().splitlines()]
    mine = [line for line in lines if line.get("trace", "").startswith(("m", "p", "d"))]
    assert mine == [line for line in lines if line["logger"] in ("bridgebot.inbox", "bridgebot.outbox")]
    first = next(line["trace"] for line in mine if line.get("action") == "create")
    told = [line for line in mine if line["trace"] == first]
    assert told[0]["event"] == "inbox.accepted"
    sent = [(line["action"], line["adapter"]) for line in told if line["event"] == "outbox.sent"]
    assert {("create", "north"), ("create", "south"), ("receipt", "chat")} <= set(sent)
    assert {line["post"] for line in told if line.get("post")} == {1}
    assert all(line["seconds"] >= 0 and line["attempt"] >= 1 for line in told[1:])
    assert first == f"m{number}"
    retried = next(line for line in mine if line["event"] == "outbox.retried")
    end = [line["event"] for line in mine if line["trace"] == retried["trace"]]
    assert end.index("outbox.retried") < end.index("outbox.sent", end.index("outbox.retried"))
    assert retried["problem"] == "error-temporary"


async def test_the_number_of_a_bug_is_the_trace_in_the_log(tmp_path, written, monkeypatch) -> None:
    log.configure("json", "info")

    def broken(*_: object) -> None:
        raise RuntimeError("a bug of the house")

    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        monkeypatch.setattr("bridgebot.commands.hearing.hear", broken)
        await house.says("hello")
        number = re.search(r"number (\d+)", house.chat.last())[1]
    bug = next(line for line in map(json.loads, written().splitlines()) if line["event"] == "inbox.bug")
    assert bug["trace"] == f"m{number}"
    assert "RuntimeError" in bug["exception"]


async def test_what_comes_back_by_a_timeline_bears_the_trace_of_its_message(tmp_path, written) -> None:
    """Also after a restart, which knows only what is stored."""
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        await house.says("mine")
        [create] = await house.store.read(
            lambda tx, now: [d for d in deliveries.of_post(tx, 1, "create") if d.cause_id]
        )
        makers = await house.store.read(lambda tx, now: deliveries.makers(tx, REMEMBERED))
    assert makers == {1: create.cause_id}
    echo = replace(create, cause_id=None)
    before, after = Journal(), Journal()
    before.sent(create, None, create.created_at)
    assert before.trace(create) == before.trace(echo) == f"m{create.cause_id}"
    assert after.trace(echo) == "p1"
    after.remember(makers)
    assert after.trace(echo) == f"m{create.cause_id}"


async def test_the_journal_does_not_grow_without_end(tmp_path) -> None:
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        await house.says("mine")
        [create] = await house.store.read(lambda tx, now: deliveries.of_post(tx, 1, "create"))
    journal = Journal()
    for post in range(REMEMBERED + 500):
        journal.sent(replace(create, post_id=post), None, create.created_at)
    assert len(journal._made_by) == REMEMBERED


async def test_what_a_crash_left_open_is_told_under_its_trace(tmp_path, written) -> None:
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        await house.says("mine")
        [create] = await house.store.read(lambda tx, now: deliveries.of_post(tx, 1, "create"))
        await house.store.run(lambda tx, now: deliveries.change(tx, create.id, state="sending"))
        log.configure("json", "info")
        running = asyncio.create_task(house.outbox.run())
        shown = ""
        async with asyncio.timeout(60):
            while "outbox.unconfirmed" not in shown:
                await asyncio.sleep(0.02)
                shown += written()
        running.cancel()
    line = next(json.loads(one) for one in shown.splitlines() if "outbox.unconfirmed" in one)
    told = (line["trace"], line["delivery"], line["adapter"])
    assert told == (f"m{create.cause_id}", create.id, "north")
