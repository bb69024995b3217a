"""What stands still: parked deliveries and their owner's notice, `/admin queue`, `bridgebot queue`."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from bridgebot.adapter import OnUnconfirmed
from bridgebot.errors import Temporary, Unconfirmed
from bridgebot.outbox import outcome
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemorySocial
from tests.house import TestHouse
from tests.processes import beside

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def soon_parked(monkeypatch):
    monkeypatch.setattr(outcome, "MOST_ATTEMPTS", 1)


@pytest.fixture
async def house(tmp_path):
    """Root runs the bot; a post of Ada's is parked."""
    able = replace(MemorySocial().capabilities, on_unconfirmed=OnUnconfirmed.ASK)
    north = MemorySocial(name="north", capabilities=able)
    async with TestHouse(tmp_path, socials=(north,), operators=frozenset({"chat:root"})) as house:
        await house.says("/help", sender="root")
        await house.user("ada", "north")
        north.fail("publish", Temporary("http-busy", host="north.example"))
        await house.says("a secret plan")
        await house.wait(2)
        yield house


async def rows(house, table, *where):
    return await house.store.read(
        lambda tx, now: [dict(r) for r in tx.connection.execute(sa.select(table).where(*where)).mappings()]
    )


async def creates(house) -> list[dict]:
    return await rows(house, t.delivery, t.delivery.c.action == "create")


def notice(house):
    return next(line for line in house.chat.messages() if line.text.startswith("A delivery to North"))


async def press(house, line, label: str) -> None:
    data = next(button.data for button in line.buttons if button.label == label)
    house.chat.network.press(line.id, data)
    await house.settle()
    await house.wait(2)


async def test_its_owner_is_told_once_with_buttons_and_retry_sends_it(house):
    assert [button.label for button in notice(house).buttons] == ["Retry", "Drop"]
    await press(house, notice(house), "Retry")
    assert house.social("north").texts() == ["a secret plan"]
    assert notice(house).buttons == ()
    assert len([line for line in house.chat.lines() if line.startswith("A delivery to North")]) == 1


async def test_drop_gives_it_up_and_the_receipt_says_so(house):
    await press(house, notice(house), "Drop")
    assert [row["state"] for row in await creates(house)] == ["cancelled"]
    assert "– North: not sent" in "\n".join(house.chat.lines())
    await house.wait(1000)
    assert house.social("north").texts() == []


async def test_what_was_settled_otherwise_is_not_sent_a_second_time(house):
    asked = notice(house)
    await house.says("/retry 2k7")
    await house.wait(2)
    house.chat.network._lines[asked.id] = asked  # the buttons as they stood a moment before
    await press(house, asked, "Drop")
    assert house.social("north").texts() == ["a secret plan"]
    assert house.chat.last() == "That was answered already."


async def test_admin_queue_shows_numbers_and_no_words_of_anybody(house):
    await house.says("/admin queue", sender="root")
    told = house.chat.last("root")
    [row] = await creates(house)
    assert "parked: 1" in told
    assert "oldest: " in told
    assert f"{row['id']}  create → North @ada@north.example: parked since " in told
    assert "attempts: 1. " in told
    assert "north.example asks us to wait." in told
    assert "secret" not in told


@pytest.mark.parametrize("which", ["all", None])
async def test_admin_queue_retry(house, which):
    [row] = await creates(house)
    await house.says(f"/admin queue retry {which or row['id']}", sender="root")
    await house.wait(2)
    assert house.social("north").texts() == ["a secret plan"]
    assert notice(house).buttons == ()
    audited = await rows(house, t.audit, t.audit.c.action == "admin queue")
    assert [one["target"] for one in audited] == [f"retry {which or row['id']}"]


async def test_admin_queue_drop(house):
    [row] = await creates(house)
    await house.says(f"/admin queue drop {row['id']}", sender="root")
    assert house.chat.last("root") == f"{row['id']} is given up."
    await house.says(f"/admin queue retry {row['id']}", sender="root")
    assert house.chat.last("root") == f"Nothing stands still under {row['id']}."
    assert house.social("north").texts() == []


@pytest.mark.parametrize("typed", ["retry", "drop", "drop all", "burn 1", "retry x"])
async def test_admin_queue_does_nothing_by_half(house, typed):
    await house.says(f"/admin queue {typed}", sender="root")
    assert [row["state"] for row in await creates(house)] == ["parked"]
    assert house.chat.last("root").startswith(("/admin queue", "Nothing stands still"))


async def test_only_operators_see_the_queue(house):
    await house.says("/admin queue retry all")
    assert house.chat.last() == "Only operators of this bot can do that."
    assert [row["state"] for row in await creates(house)] == ["parked"]


async def test_an_operator_never_sends_blindly_what_may_be_out(house):
    """Whose it is, is asked."""
    north = house.social("north")
    north.fail("publish", Unconfirmed(), acted=True)
    await house.says("perhaps there")
    await house.says("/cancel")
    unconfirmed = (await creates(house))[-1]
    await house.says("/admin queue retry all", sender="root")
    await house.wait(2)
    assert north.texts().count("perhaps there") == 1
    await house.says(f"/admin queue retry {unconfirmed['id']}", sender="root")
    assert "whose it is was asked" in house.chat.last("root")
    house.chat.press("It is there")
    await house.settle()
    assert north.texts().count("perhaps there") == 1


async def test_what_may_be_out_can_be_dropped_and_is_still_never_sent_blindly(house):
    north = house.social("north")
    north.fail("publish", Unconfirmed(), acted=True)
    line = await house.says("perhaps there")
    number = (await creates(house))[-1]["id"]
    await house.says(f"/admin queue drop {number}", sender="root")
    await house.wait(2)
    await house.says("/retry", reply_to=line)
    assert north.texts().count("perhaps there") == 1
    house.chat.press("It is there")
    await house.settle()
    assert (await creates(house))[-1]["state"] == "sent"
    assert north.texts().count("perhaps there") == 1


# --- the command line, beside the running house -------------------------------------------------


@pytest.fixture
def shell(house, tmp_path):
    """Runs `bridgebot` on the house's database, while the house has it open."""
    return beside(tmp_path, "adapters:\n  north: {use: pebble}\n")


async def test_the_command_line_lists_retries_and_drops_beside_a_running_bot(house, shell):
    [row] = await creates(house)
    code, told = await shell("queue", "list", "--json")
    assert code == 0, told
    listed = json.loads(told)
    assert listed["queue"]["parked"] == 1
    [stuck] = listed["stuck"]
    assert (stuck["id"], stuck["state"], stuck["error"]) == (row["id"], "parked", "http-busy")
    assert "secret" not in told
    code, told = await shell("queue", "list")
    assert (code, "parked: 1" in told, f"stuck:\n  id={row['id']}" in told) == (0, True, True)
    for what in ("retry", "drop"):
        code, told = await shell("queue", what)
        assert (code, "stands still" in told) == (2, False), "no number, no guess"
    code, told = await shell("queue", "retry", "all")
    assert (code, told) == (0, f"{row['id']} is tried again; a running bot does so within half a minute.\n")
    house.clock.skip((datetime.now(UTC) - house.clock.now()).total_seconds())  # it is due by the real time
    await house.settle()
    assert house.social("north").texts() == ["a secret plan"]
    code, told = await shell("queue", "drop", str(row["id"]))
    assert (code, told) == (1, f"Nothing stands still under {row['id']}.\n")
    audited = await rows(house, t.audit, t.audit.c.action == "queue retry")
    assert [one["target"] for one in audited] == [str(row["id"])]


async def test_the_command_line_drops_but_sends_nothing_that_may_be_out(house, shell):
    house.social("north").fail("publish", Unconfirmed(), acted=True)
    await house.says("perhaps there")
    number = str((await creates(house))[-1]["id"])
    code, told = await shell("queue", "retry", number, "--json")
    assert (code, json.loads(told)) == (1, {number: "unconfirmed"})
    code, told = await shell("queue", "drop", number, "--json")
    assert (code, json.loads(told)) == (0, {number: "drop"})
    await house.wait(100)
    assert house.social("north").texts().count("perhaps there") == 1


async def test_status_names_what_stands_still(house, shell):
    code, told = await shell("status", "--json")
    assert code == 0, told
    assert [one["state"] for one in json.loads(told)["stuck"]] == ["parked"]
    assert "secret" not in told
