"""Backup and restore: whole, private, refused where they would destroy; and nothing is posted twice after."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import re
import shutil
import sqlite3
import stat
from pathlib import Path

import aiohttp
import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from bridgebot.store import migrate
from tests.journeys.people import Pages, Someone, enrol, with_account, within
from tests.operating.conftest import RECEIPT, Gate, configure, rows
from tests.servers.bot import Bot
from tests.servers.xmpp_person import PersonClient


async def run(bot: Bot, *words: str) -> dict:
    """A command with --json that must succeed."""
    ended = await asyncio.to_thread(bot.run, *words, "--json")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


async def refused(bot: Bot, *words: str, code: int = 1) -> str:
    """What it says when it does not do so."""
    ended = await asyncio.to_thread(bot.run, *words)
    assert ended.returncode == code, ended.stdout + ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    return ended.stderr


@pytest.fixture
async def pages():
    async with aiohttp.ClientSession() as session:
        yield Pages(session)


@pytest.fixture
def elsewhere(bot, telegram, masto, tmp_path):
    """Another machine, with the same configuration and key file and no database."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    other = Bot(folder)
    (folder / "keys").touch(mode=0o600)
    (folder / "keys").write_text((bot.folder / "keys").read_text())
    configure(other, telegram, masto)
    yield other
    other.kill()


async def settled(bot: Bot, times: int = 5) -> None:
    """Let everything that waits for its time happen."""
    for _ in range(times):
        await asyncio.sleep(0.5)
        await bot.sleeps()
    await asyncio.sleep(1)


async def test_a_copy_is_whole_and_private_and_names_the_keys(bot, ada, tmp_path):
    await ada.posts("in the copy", wanted=RECEIPT)
    file = tmp_path / "copies" / "monday.db"
    assert "cannot be written" in await refused(bot, "backup", str(file))
    file.parent.mkdir()
    made = await run(bot, "backup", str(file))
    assert made["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert made["schema"]["alembic_version"]
    assert [one.name for one in sorted(file.parent.iterdir())] == ["monday.db", "monday.db.manifest.json"]
    assert {stat.S_IMODE(one.stat().st_mode) for one in file.parent.iterdir()} == {0o600}
    with contextlib.closing(sqlite3.connect(file)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.execute("SELECT count(*) FROM post").fetchone() == (1,)
    keys = (bot.folder / "keys").read_text()
    assert keys.encode() not in file.read_bytes()
    assert "is there already" in await refused(bot, "backup", str(file))
    await bot.dies()  # what it committed last stands in the log beside the file
    said = await asyncio.to_thread(bot.run, "backup", str(file.with_name("tuesday.db")))
    assert "key file is not in the copy" in said.stdout
    with contextlib.closing(sqlite3.connect(file.with_name("tuesday.db"))) as copy:
        assert copy.execute("SELECT count(*) FROM post").fetchone() == (1,)


async def test_a_copy_is_put_back_only_where_it_destroys_nothing(bot, ada, elsewhere, tmp_path):
    file = tmp_path / "copy.db"
    await run(bot, "backup", str(file))
    assert "in use by another bridgebot" in await refused(bot, "restore", str(file))
    await asyncio.to_thread(bot.stop)
    before = (bot.folder / "bridgebot.db").read_bytes()
    assert "is there already" in await refused(bot, "restore", str(file))
    assert (bot.folder / "bridgebot.db").read_bytes() == before

    keys = (elsewhere.folder / "keys").read_text()
    (elsewhere.folder / "keys").write_text(Fernet.generate_key().decode())
    assert "none of the keys" in await refused(elsewhere, "restore", str(file), code=78)
    (elsewhere.folder / "keys").write_text(keys)

    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert "not what its manifest says" in await refused(elsewhere, "restore", str(file))
    file.write_bytes(content)
    manifest = file.with_name("copy.db.manifest.json")
    words = manifest.read_text()
    manifest.unlink()
    assert "nobody knows whether" in await refused(elsewhere, "restore", str(file))
    manifest.write_text(json.dumps({**json.loads(words), "format": 2, "version": "9.1"}))
    assert "9.1" in await refused(elsewhere, "restore", str(file))
    manifest.write_text(words)
    left = {one.name for one in elsewhere.folder.iterdir()}
    assert left == {"config.yaml", "keys", "bridgebot.db.lock"}

    restored = await run(elsewhere, "restore", str(file))
    assert restored["doubtful"] == 0
    (elsewhere.folder / "bridgebot.db").unlink()
    said = (await asyncio.to_thread(elsewhere.run, "restore", str(file))).stdout
    assert re.search(r"is again as it was at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.", said), said
    assert stat.S_IMODE((elsewhere.folder / "bridgebot.db").stat().st_mode) == 0o600
    await asyncio.sleep(1.1)  # a chat's times have whole seconds: this is after the restore in any case
    await elsewhere.starts()
    ada.talker.says("/post from the other machine")
    await ada.talker.hears(RECEIPT)
    assert ada.texts() == ["from the other machine"]


async def test_a_newer_copy_is_refused_and_an_older_one_brought_up(bot, elsewhere, tmp_path):
    file = tmp_path / "copy.db"
    await run(bot, "backup", str(file))
    _rewrite(file, "UPDATE alembic_version SET version_num = '9999'")
    assert "newer bridgebot" in await refused(elsewhere, "restore", str(file))
    assert not (elsewhere.folder / "bridgebot.db").exists()


def _rewrite(file, statement: str) -> None:
    """Another content with an honest manifest."""
    with contextlib.closing(sqlite3.connect(file)) as copy:
        copy.execute(statement)
        copy.commit()
    manifest = file.with_name(f"{file.name}.manifest.json")
    values = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**values, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}))


async def test_the_drill(bot, ada, masto, elsewhere, tmp_path):
    """Copied under load, killed, put back elsewhere: all that was in the copy is there, nothing is posted
    twice, whether it was sent before the copy, while it was made, or after.
    """
    for number in range(5):
        ada.talker.says(f"/post before {number}")
    await within(lambda: len(ada.texts()) == 5, lambda: str(ada.texts()))
    gate = Gate(masto)
    for number in range(15):
        ada.talker.says(f"/post during {number}")
    await gate.reached()
    await within(lambda: rows(bot, "SELECT count(*) FROM post") == [(20,)], lambda: "all are taken in")
    file = tmp_path / "copy.db"
    copying = asyncio.create_task(run(bot, "backup", str(file)))
    await asyncio.sleep(0.2)
    await copying
    gate.open()  # all that waited in the copy goes out after it
    ada.talker.says("/post after")
    await within(lambda: len(ada.texts()) == 21, lambda: str(ada.texts()))
    await bot.dies()

    made = await run(elsewhere, "restore", str(file))
    assert made["doubtful"] == 15
    known = {row[0] for row in rows(elsewhere, "SELECT text FROM post")}
    assert known == {f"before {n}" for n in range(5)} | {f"during {n}" for n in range(15)}
    await elsewhere.starts()
    sent = "SELECT count(*) FROM delivery WHERE action = 'create' AND state = 'sent'"
    for _ in range(12):
        if rows(elsewhere, sent) == [(20,)]:
            break
        await settled(elsewhere, 1)
    assert rows(elsewhere, sent) == [(20,)]
    assert sorted(ada.texts()) == sorted(
        [*(f"before {n}" for n in range(5)), *(f"during {n}" for n in range(15)), "after"]
    )
    copies = rows(elsewhere, "SELECT count(*), count(DISTINCT post_id) FROM copy WHERE role='mirror'")
    assert copies == [(20, 20)], "each is known by the address that it has"


async def test_what_cannot_be_found_after_a_restore_is_asked_about(bot, ada, masto, elsewhere, tmp_path):
    gate = Gate(masto)
    ada.talker.says("/post only in the copy")
    await gate.reached()
    ada.talker.says("/post not even begun")
    await within(lambda: rows(bot, "SELECT count(*) FROM post") == [(2,)], lambda: "taken in")
    file = tmp_path / "copy.db"
    await run(bot, "backup", str(file))
    await bot.dies()
    gate.open()
    for status in ada.statuses():
        ada.there.delete(status)
    await run(elsewhere, "restore", str(file))
    await elsewhere.starts()
    asked = []
    for _ in range(6):
        await asyncio.sleep(0.7)
        await elsewhere.sleeps()
        asked = [text for text in ada.talker.chat().values() if "It is there" in text or "answer" in text]
    await asyncio.sleep(2)
    assert ada.texts() == [], "nothing is sent again unasked"
    questions = rows(elsewhere, "SELECT count(*) FROM question WHERE kind = 'unconfirmed' AND state = 'open'")
    assert questions == [(2,)], asked


async def test_what_others_posted_meanwhile_does_not_pour_out(bot, ada, masto, elsewhere, tmp_path):
    lin = masto.person("lin")
    ada.there.follow(lin)
    await ada.talker.asks("/home", r"")
    await settled(bot, 2)
    file = tmp_path / "copy.db"
    await run(bot, "backup", str(file))
    for number in range(10):
        lin.post(f"meanwhile {number}")
    await settled(bot, 2)
    shown = [text for text in ada.talker.chat().values() if "meanwhile" in text]
    assert len(shown) == 10
    await bot.dies()
    await run(elsewhere, "restore", str(file))
    await elsewhere.starts()
    await settled(elsewhere, 3)
    assert [text for text in ada.talker.chat().values() if "meanwhile" in text] == shown
    lin.post("the first after the restore")
    await settled(elsewhere, 2)
    await within(
        lambda: any("the first after the restore" in text for text in ada.talker.chat().values()),
        lambda: str(ada.talker.chat()),
    )


async def test_what_was_written_meanwhile_is_not_done_again(bot, ada, elsewhere, tmp_path):
    """A chat that is read from where the copy stood brings all of it again; here: what was not confirmed."""
    file = tmp_path / "copy.db"
    await run(bot, "backup", str(file))
    await bot.dies()
    await asyncio.sleep(1.1)  # a chat's times have whole seconds
    ada.talker.says("/post perhaps done, perhaps not")
    await asyncio.sleep(1.1)
    await run(elsewhere, "restore", str(file))
    await elsewhere.starts()
    await ada.talker.hears(r"I had to be put back to what I knew on")
    ada.talker.says("/post after it")
    await ada.talker.hears(RECEIPT)
    assert ada.texts() == ["after it"]


def written_by(version: str, database: Path, folder: Path) -> None:
    """The database as an older bridgebot left it: something waits, and something is held."""
    folder.mkdir()
    for step in sorted(migrate.CORE.glob("0*.py")):
        if step.name[:4] <= version:
            shutil.copy(step, folder)
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink()
    with contextlib.closing(sqlite3.connect(database)) as made:
        made.execute("PRAGMA journal_mode=WAL")
    engine = sa.create_engine(f"sqlite:///{database}")
    with engine.connect() as connection, connection.begin():
        migrate._upgrade(connection, "core", folder)
        for number, lane in enumerate(("chat:1", "chat:1", "chat:2"), start=1):
            connection.exec_driver_sql(
                "INSERT INTO delivery (id, action, state, lane, urgency, arguments, attempts, fence, due_at,"
                f" created_at) VALUES ({number}, 'notice', 'queued', '{lane}', 0, '{{}}', 0, 0, 5, 5)"
            )
        connection.exec_driver_sql("INSERT INTO lane (name, fence, held) VALUES ('chat:2', 3, 'gone')")
    engine.dispose()


async def test_a_schema_that_is_brought_up_to_date_is_kept_as_it_was(bot, ada, tmp_path):
    await asyncio.to_thread(bot.stop)
    database = bot.folder / "bridgebot.db"
    written_by("0001", database, tmp_path / "older")
    done = await run(bot, "db", "upgrade")
    kept = bot.folder / "bridgebot.db.before-upgrade-from-0001"
    assert done["kept"] == str(kept)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with contextlib.closing(sqlite3.connect(kept)) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    assert (await run(bot, "db", "upgrade"))["kept"] is None
    with contextlib.closing(sqlite3.connect(database)) as upgraded:
        lanes = upgraded.execute("SELECT name, due_at, held FROM lane ORDER BY name").fetchall()
    assert lanes == [("chat:1", 0, None), ("chat:2", None, "gone")]  # looked at, at the first start
    await bot.starts()


@pytest.mark.prosody
async def test_what_an_archive_brings_once_more_is_not_done_again(prosody, pages, tmp_path):
    """On XMPP everything since the copy is read again: the copy knows how far it had read."""
    first, second = (Bot(tmp_path / name) for name in ("first", "second"))
    for bot in (first, second):
        bot.folder.mkdir()
    first.configure({"jabber": with_account(prosody, first), "plaza": {"use": "plaza"}})
    file = tmp_path / "copy.db"
    try:
        await first.starts()
        async with PersonClient(prosody, enrol(prosody, "ada")) as client:
            client.subscribe(first.jid)
            await client.sees(first.jid)
            ada = Someone(client, first.jid)
            await ada.joins()
            await ada.posts("before the copy")
            await run(first, "backup", str(file))
            await asyncio.sleep(1.1)  # the archive's times may have whole seconds
            await ada.posts("after the copy, and posted")
            await asyncio.sleep(1.1)
            await first.dies()
            for name in ("config.yaml", "keys"):
                (second.folder / name).touch(mode=0o600)
                (second.folder / name).write_text((first.folder / name).read_text())
            await run(second, "restore", str(file))
            await second.starts()
            await ada.hears(r"I had to be put back to what I knew on")
            await ada.posts("after the restore")
            feed = await pages.feed(second.base, ada.name)
            assert feed == ["before the copy", "after the restore"]
    finally:
        for bot in (first, second):
            await bot.dies()
