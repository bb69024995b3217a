"""The database fills up, is held, is taken away or breaks: one sentence, nothing acknowledged that was not
stored, nothing lost, and it goes on by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import resource
import sqlite3

import pytest

from tests.journeys.people import within
from tests.operating.conftest import RECEIPT, Gate, becomes, errors, rows, status_of

UNLIMITED = resource.RLIM_INFINITY


def limit(bot, size: int) -> None:
    """No file of the bot may grow beyond this: what a quota does."""
    resource.prlimit(bot._process.pid, resource.RLIMIT_FSIZE, (size, UNLIMITED))


def fill(bot) -> None:
    wal = bot.folder / "bridgebot.db-wal"
    limit(bot, wal.stat().st_size)


async def told(bot, trouble: str) -> dict:
    """Wait for the one sentence."""
    await within(lambda: bool(errors(bot, trouble)), lambda: str(bot.troubles()))
    return errors(bot, trouble)[0]


async def heals(bot) -> None:
    async def ready() -> bool:
        return await status_of(bot, "/readyz") == 200

    await becomes(ready, "ready again", 40)


async def test_no_room_stops_intake_and_nothing_is_lost(bot, ada, telegram):
    fill(bot)
    ada.talker.says("/post written while there is no room")
    said = await told(bot, "failing")
    assert str(bot.folder / "bridgebot.db") in said["event"]
    await asyncio.sleep(3)
    assert len(telegram.updates) == 1, "not stored, so not confirmed"
    assert await status_of(bot, "/readyz") == 503
    assert await status_of(bot, "/healthz") == 200
    assert len(bot.troubles()) == 1, "one sentence, however long it lasts"
    looked = json.loads((await asyncio.to_thread(bot.run, "status", "--json")).stdout)
    assert looked["store"]["trouble"] == "failing"
    assert looked["store"]["integrity"] == "ok"
    assert looked["running"] is True
    limit(bot, UNLIMITED)
    await heals(bot)
    await ada.talker.hears(RECEIPT)
    assert ada.texts() == ["written while there is no room"]
    assert telegram.updates == []
    assert any("can be written again" in str(line.get("event")) for line in bot.log())
    looked = json.loads((await asyncio.to_thread(bot.run, "status", "--json")).stdout)
    assert looked["store"]["trouble"] is None


async def test_what_was_published_meanwhile_is_noted_when_there_is_room(bot, ada, masto):
    gate = Gate(masto)
    ada.talker.says("/post on its way when the disk filled up")
    await gate.reached()
    fill(bot)
    gate.open()
    await told(bot, "failing")
    assert rows(bot, "SELECT state FROM delivery WHERE action = 'create'") == [("sending",)]
    limit(bot, UNLIMITED)
    await heals(bot)
    await ada.talker.hears(RECEIPT)
    assert rows(bot, "SELECT state, attempts FROM delivery WHERE action = 'create'") == [("sent", 1)]
    assert ada.texts() == ["on its way when the disk filled up"]
    assert masto.asked.count(("POST", "/api/v1/statuses")) == 1


async def test_another_program_that_writes_is_waited_for(bot, ada, telegram):
    with contextlib.closing(sqlite3.connect(bot.folder / "bridgebot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        ada.talker.says("/post written while it was held")
        await told(bot, "locked")
        assert len(telegram.updates) == 1
        assert await status_of(bot, "/readyz") == 503
        other.execute("ROLLBACK")
    await heals(bot)
    await ada.talker.hears(RECEIPT)
    assert ada.texts() == ["written while it was held"]


async def test_a_file_that_is_moved_away_is_missed_and_never_made_anew(bot, ada, telegram):
    files = [bot.folder / f"bridgebot.db{end}" for end in ("", "-wal", "-shm")]
    for file in files:
        file.rename(file.with_name(f"away.{file.name}"))
    ada.talker.says("/post written to nowhere")
    await told(bot, "gone")
    await asyncio.sleep(2)
    assert len(telegram.updates) == 1
    assert not files[0].exists()
    for file in files:
        file.with_name(f"away.{file.name}").rename(file)
    await heals(bot)
    await ada.talker.hears(RECEIPT)
    assert ada.texts() == ["written to nowhere"]


async def test_without_its_database_it_does_not_begin_a_new_one(bot):
    await asyncio.to_thread(bot.stop)
    database = bot.folder / "bridgebot.db"
    database.unlink()
    ended = await asyncio.to_thread(bot.run, "run")
    assert ended.returncode == 74
    assert "bridgebot restore FILE" in ended.stderr
    assert not database.exists()
    database.touch()
    assert (await asyncio.to_thread(bot.run, "run")).returncode == 74
    chinese = await asyncio.to_thread(bot.run, "run", LANG="zh_CN.UTF-8")
    assert "恢复备份" in chinese.stderr
    assert database.stat().st_size == 0
    database.unlink()
    (bot.folder / "bridgebot.db.lock").unlink()
    await bot.starts()  # as the sentence says


@pytest.mark.parametrize("where", ["the beginning", "the middle"])
async def test_a_damaged_file_is_left_as_it_is(bot, ada, where):
    await asyncio.to_thread(bot.stop)
    database = bot.folder / "bridgebot.db"
    content = bytearray(database.read_bytes())
    if where == "the beginning":
        content[:16] = b"not a database! "
    else:
        content[4096 * 2 : 4096 * 40] = bytes(4096 * 38)
    database.write_bytes(content)
    ended = await asyncio.to_thread(bot.run, "run")
    assert ended.returncode == 74
    assert "damaged" in ended.stderr
    assert "bridgebot restore FILE" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert hashlib.sha256(database.read_bytes()).digest() == hashlib.sha256(content).digest()


async def test_damage_that_is_met_while_it_runs_ends_it_with_the_same_sentence(bot, ada, telegram):
    database = bot.folder / "bridgebot.db"
    with contextlib.closing(sqlite3.connect(database)) as other:
        assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        root = other.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'inbox'").fetchone()[0]
    with database.open("r+b") as stream:
        stream.seek(4096)
        size = database.stat().st_size
        stream.write(b"\xff" * (size - 4096))
    assert root > 1
    for number in range(20):
        ada.talker.says(f"/post {number}")
    assert await asyncio.to_thread(bot._process.wait, 30) == 74
    assert "restore FILE" in (bot.folder / "log").read_text()
    assert ada.texts() == []
    assert len(errors(bot, "damaged")) == 1


async def test_read_only_is_said_at_the_start(bot):
    await asyncio.to_thread(bot.stop)
    database = bot.folder / "bridgebot.db"
    database.chmod(0o400)
    bot.folder.chmod(0o500)
    try:
        started = await asyncio.to_thread(_without_the_rights_of_root, bot)
    finally:
        bot.folder.chmod(0o700)
        database.chmod(0o600)
    assert started.returncode == 1
    assert "is read-only" in started.stderr
    await bot.starts()


def _without_the_rights_of_root(bot):
    """Run the bot as somebody whom the modes of files bind, whoever runs the tests."""
    import ctypes
    import subprocess
    import sys

    from tests.servers.bot import environment

    def drop() -> None:
        prctl = ctypes.CDLL(None).prctl
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP: counts from the next exec on

    command = [sys.executable, "-m", "bridgebot", "run", "--config", str(bot.config)]
    return subprocess.run(
        command,
        cwd=bot.folder,
        env=environment(),
        preexec_fn=drop,
        capture_output=True,
        text=True,
        timeout=60,
    )
