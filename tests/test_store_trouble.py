"""A store that cannot write: every kind is told apart, nothing is tried in vain, and it heals."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from bridgebot.errors import StoreError
from bridgebot.store import Store, deliveries, lockfile, trouble
from bridgebot.store.deliveries import Order
from bridgebot.store.trouble import Trouble, as_store_error
from bridgebot.supervisor import State, Supervisor
from bridgebot.testing.clock import ManualClock, RealClock

KEY = Fernet.generate_key().decode()
BIG = "x" * 100_000


@pytest.fixture
async def store(tmp_path):
    store = Store(tmp_path / "a.db", [KEY], RealClock())
    store.heard = []
    store.condition.told = store.heard.append
    await store.open()
    yield store
    await store.close()


def order(text: str = "x") -> Order:
    return Order(action="notice", lane="chat:1", arguments={"text": text})


def put(text: str = "x"):
    return lambda tx, now: deliveries.queue(tx, now, order(text))


def pages(limit: int):
    """At most so many pages in the file: what a full disk does, without one."""
    return lambda tx, now: tx.connection.exec_driver_sql(f"PRAGMA max_page_count={limit}").scalar()


async def fill(store) -> None:
    count = await store.run(lambda tx, now: tx.connection.exec_driver_sql("PRAGMA page_count").scalar())
    await store.run(pages(count))


async def test_a_full_disk_is_told_once_and_nothing_is_tried_in_vain(store):
    await fill(store)
    results = await asyncio.gather(*(store.run(put(BIG)) for _ in range(30)), return_exceptions=True)
    assert {type(one) for one in results} == {StoreError}
    assert {one.trouble for one in results} == {"full"}
    assert {one.key for one in results} == {"store-full"}
    before = store.database.commits
    with pytest.raises(StoreError):
        await store.run(put())
    assert store.database.commits == before
    assert [one and one.trouble for one in store.heard] == ["full"]
    assert await store.read(lambda tx, now: deliveries.counts(tx)) == {}, "what can be read is read"
    assert lockfile.facts(store.database.path)["trouble"] == "full"


async def test_it_goes_on_when_there_is_room(store):
    await fill(store)
    with pytest.raises(StoreError):
        await store.run(put(BIG))
    waiting = asyncio.create_task(store.insist(put(BIG)))
    await asyncio.sleep(2)
    assert not waiting.done()
    assert len(store.heard) == 1, "the probes find no room, and are no news"
    await store.database._put(
        lambda connection, now: connection.exec_driver_sql("PRAGMA max_page_count=99999")
    )
    assert await asyncio.wait_for(waiting, 60) == 1
    await asyncio.wait_for(store.well(), 60)
    assert [one and one.trouble for one in store.heard] == ["full", None]
    assert lockfile.facts(store.database.path).get("trouble") is None


async def test_a_trouble_that_comes_back_at_once_is_probed_less_often(store):
    for _ in range(3):
        store.database._note(trouble.error(Trouble.FULL, store.database.path, "full"))
        await asyncio.wait_for(store.well(), 60)
    assert store.database._wait == 8 * trouble.FIRST_PROBE


def test_every_kind_is_told_apart(tmp_path):
    file = tmp_path / "a.db"
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE t (x)")
    (tmp_path / "broken.db").write_bytes(b"no database at all" * 1000)
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert _trouble(f"file:{file}", "SELECT * FROM t", file) is Trouble.LOCKED
        other.execute("ROLLBACK")
    assert _trouble(f"file:{file}?mode=ro", "INSERT INTO t VALUES (1)", file) is Trouble.READ_ONLY
    broken = tmp_path / "broken.db"
    assert _trouble(f"file:{broken}", "SELECT * FROM t", broken) is Trouble.DAMAGED
    missing = tmp_path / "missing.db"
    assert _trouble(f"file:{missing}?mode=rw", "SELECT 1", missing) is Trouble.GONE
    assert _trouble(f"file:{file}", "SELECT * FROM nothing", file) is None, "that is a bug"
    assert as_store_error(ValueError("mine"), file, "written") is None


def _trouble(address: str, statement: str, path) -> Trouble | None:
    engine = sa.create_engine(f"sqlite:///{address}{'&' if '?' in address else '?'}uri=true&timeout=0")
    try:
        with pytest.raises(sa.exc.DBAPIError) as raised, engine.connect() as connection:
            connection.exec_driver_sql(statement)
    finally:
        engine.dispose()
    found = as_store_error(raised.value, path, "written")
    return found and Trouble(found.trouble)


async def test_what_is_committed_into_a_file_that_is_gone_is_not_acknowledged(store, tmp_path):
    assert await store.run(put()) == 1
    for end in ("", "-wal"):
        (tmp_path / f"a.db{end}").rename(tmp_path / f"away{end}")
    with pytest.raises(StoreError) as raised:
        await store.run(put())
    assert raised.value.trouble == "gone"
    assert not (tmp_path / "a.db").exists()
    for end in ("", "-wal"):
        (tmp_path / f"away{end}").rename(tmp_path / f"a.db{end}")
    await asyncio.wait_for(store.well(), 60)
    assert await store.run(put()) == 2


async def test_another_file_in_its_place_is_not_taken_for_it(store, tmp_path):
    await store.run(put())
    (tmp_path / "a.db").rename(tmp_path / "away")
    (tmp_path / "a.db").write_bytes((tmp_path / "away").read_bytes())
    with pytest.raises(StoreError) as raised:
        await store.run(put())
    assert raised.value.trouble == "gone"


async def test_a_reader_makes_no_file(store, tmp_path):
    await store.run(put())
    (tmp_path / "a.db").rename(tmp_path / "away")
    with contextlib.suppress(StoreError):
        await store.read(lambda tx, now: deliveries.counts(tx))
    assert not (tmp_path / "a.db").exists()


async def test_damage_is_final(store):
    store.database._note(trouble.error(Trouble.DAMAGED, store.database.path, "malformed"))
    assert (await asyncio.wait_for(store.condition.broken(), 60)).key == "store-damaged"
    with pytest.raises(StoreError):
        await store.insist(put())
    await asyncio.sleep(1)
    assert store.condition.damaged


async def test_what_runs_waits_for_the_database_and_not_for_its_turn():
    clock, healed, begun = ManualClock(), asyncio.Event(), []

    async def run() -> None:
        begun.append(clock.now())
        if len(begun) < 8:
            raise StoreError("full", trouble="full")
        await asyncio.Event().wait()

    supervisor = Supervisor(clock, chance=lambda: 1.0, well=healed.wait)
    supervisor.start("talk", run)
    await clock.advance(3600)
    assert len(begun) == 1
    assert supervisor.status()[0].state is State.WAITING
    healed.set()
    await clock.advance(10)
    assert len(begun) == 8, "each time it is a first failure"
    await supervisor.stop()


async def test_some_are_stopped_and_the_others_go_on():
    clock = ManualClock()
    supervisor = Supervisor(clock, chance=lambda: 1.0)
    for name in ("one", "two"):
        supervisor.start(name, asyncio.Event().wait)
    await clock.advance(5)
    await supervisor.stop("one", "nobody")
    assert {s.name: s.state for s in supervisor.status()} == {"one": State.STOPPED, "two": State.RUNNING}
    await supervisor.stop()


async def test_damage_that_only_a_reader_meets_is_the_same_damage(tmp_path):
    store = Store(tmp_path / "a.db", [KEY], RealClock())
    await store.open()
    for _ in range(20):
        await store.run(put(BIG))
    await store.close()
    file = tmp_path / "a.db"
    size = file.stat().st_size
    with file.open("r+b") as stream:
        stream.seek(size // 3)
        stream.write(b"\xff" * (size // 2))
    await store.database.open()  # past the look that a start takes
    with pytest.raises(StoreError) as raised:
        await store.read(
            lambda tx, now: tx.connection.exec_driver_sql("SELECT sum(length(arguments)) FROM delivery").all()
        )
    assert raised.value.trouble == "damaged"
    assert store.condition.damaged
    with pytest.raises(StoreError):
        await store.run(put())
    await store.close()


async def test_a_store_that_is_opened_again_knows_its_new_files(store, tmp_path):
    await store.run(put())
    await store.close()
    (tmp_path / "taken").write_text("the number that the log had")
    await store.open()
    assert await store.run(put()) == 2
