"""The writer, the schema and the vault."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import subprocess
import sys
from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from cryptography.fernet import Fernet

from bridgebot.errors import ConfigError, StoreError
from bridgebot.store import Store, deliveries, heads, keep, migrate, people, writer
from bridgebot.store import tables as t
from bridgebot.store.deliveries import Order
from bridgebot.store.rows import replace
from bridgebot.store.vault import Vault, digest
from bridgebot.testing.fakes import ManualClock
from tests import fresh

KEY = Fernet.generate_key().decode()


@pytest.fixture
async def store(tmp_path):
    store = Store(tmp_path / "a.db", [KEY], ManualClock())
    await store.open()
    yield store
    await store.close()


def notice(n: int) -> Order:
    return Order(action="notice", lane=f"chat:{n}", arguments={"text": str(n)})


async def test_units_that_wait_are_committed_together(store):
    """N waiting units cost far fewer than N commits, and each caller gets its own answer."""
    before = store.database.commits
    ids = await asyncio.gather(
        *(store.run(lambda tx, now, n=n: deliveries.queue(tx, now, notice(n))) for n in range(200))
    )
    assert len(set(ids)) == 200
    assert store.database.commits - before <= 20


async def test_of_what_is_queued_together_each_is_told_its_own_number(store):
    """Also where some of it was there before, came twice, or is of more rows than one statement inserts."""

    def unit(tx, now):
        before = deliveries.queue(tx, now, replace(notice(0), once="b"))
        keys = ["a", None, "b", "c", "a", None, *(f"n{n}" for n in range(20)), "b", "d"]
        orders = [replace(notice(n), once=once) for n, once in enumerate(keys)]
        made = deliveries.queue_all(tx, now, orders)
        again = deliveries.queue_all(tx, now, [one for one in orders if one.once is not None])
        told = [number and deliveries.delivery(tx, number) for number in made]
        return before, keys, made, again, told

    before, keys, made, again, told = await store.run(unit)
    assert [number is None for number in made] == [one == "b" or n == 4 for n, one in enumerate(keys)]
    assert [one and one.lane for one in told] == [
        None if once == "b" or n == 4 else f"chat:{n}" for n, once in enumerate(keys)
    ]
    assert before not in made
    assert set(again) == {None}
    assert await store.run(lambda tx, now: deliveries.queue_all(tx, now, [])) == []


async def test_a_unit_that_raises_takes_no_other_with_it(store):
    def bad(tx, now):
        deliveries.queue(tx, now, notice(999))
        raise ValueError("mine")

    units = [store.run(lambda tx, now, n=n: deliveries.queue(tx, now, notice(n))) for n in range(10)]
    results = await asyncio.gather(*units[:5], store.run(bad), *units[5:], return_exceptions=True)
    assert isinstance(results[5], ValueError)
    assert sum(isinstance(r, int) for r in results) == 10
    assert await store.read(lambda tx, now: deliveries.counts(tx)) == {"queued": 10}


async def test_what_was_answered_is_on_disk(store, tmp_path):
    await store.run(lambda tx, now: deliveries.queue(tx, now, notice(1)))
    with sqlite3.connect(tmp_path / "a.db") as other:
        assert other.execute("select count(*) from delivery").fetchone() == (1,)
    pragmas = await store.run(
        lambda tx, now: (
            tx.connection.exec_driver_sql("pragma synchronous").scalar(),
            tx.connection.exec_driver_sql("pragma journal_mode").scalar(),
        )
    )
    assert pragmas == (2, "wal")  # FULL


async def test_who_stops_waiting_for_a_read_leaves_nothing_behind(store, caplog):
    """Also where the connection is just being given back."""

    def unit(tx, now):
        asyncio.get_running_loop().call_soon(reading.cancel)
        return people.operators(tx) if asked_meanwhile else []

    for asked_meanwhile in (True, False):  # noqa: B007 - the unit looks at it
        reading = asyncio.create_task(store.read(unit))
        await asyncio.wait([reading])
        assert reading.cancelled()
    assert await store.read(lambda tx, now: people.operators(tx)) == []
    await store.close()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_read_cannot_write(store):
    with pytest.raises(StoreError):
        await store.read(lambda tx, now: deliveries.queue(tx, now, notice(1)))


async def test_one_process_has_the_file(store, tmp_path):
    second = Store(tmp_path / "a.db", [KEY], ManualClock())
    with pytest.raises(StoreError, match="in use"):
        await second.open()


async def test_the_migrations_make_the_schema_of_the_tables(store):
    def differences(tx, now):
        context = MigrationContext.configure(tx.connection, opts={"target_metadata": t.metadata})
        return compare_metadata(context, t.metadata)

    found = [d for d in await store.run(differences) if not str(d).count("alembic_version")]
    assert found == []


async def test_a_newer_schema_is_refused_with_a_sentence(store, tmp_path):
    await store.run(
        lambda tx, now: tx.connection.exec_driver_sql("update alembic_version set version_num='9999'")
    )
    await store.close()
    with pytest.raises(StoreError, match="newer bridgebot"):
        await Store(tmp_path / "a.db", [KEY], ManualClock()).open()


async def test_opening_again_migrates_nothing(store, tmp_path):
    await store.close()
    again = Store(tmp_path / "a.db", [KEY], ManualClock())
    assert await again.open() == []
    await again.close()


async def test_a_start_with_nothing_to_migrate_does_not_import_what_migrates(store, tmp_path):
    await store.close()
    assert heads.is_current(store.database.engine())
    code = f"""
import asyncio, pathlib, sys
from bridgebot.ground import SystemClock
from bridgebot.store import Store
store = Store(pathlib.Path({str(tmp_path / "a.db")!r}), [{KEY!r}], SystemClock())
assert asyncio.run(store.open()) == []
assert "alembic" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_schema_is_current_only_where_its_last_step_is_noted(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'b.db'}")
    assert not heads.is_current(engine)
    migrate.upgrade(engine)
    assert heads.is_current(engine)
    assert not heads.is_current(engine, {"plaza": heads.CORE})
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert not heads.is_current(engine)


def test_a_fresh_file_is_migrated(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'b.db'}")
    assert migrate.upgrade(engine)[0] == "core: The first schema."
    assert migrate.upgrade(engine) == []


def test_what_tests_begin_with_is_what_the_migrations_make(tmp_path):
    def everything(connection):
        return list(connection.exec_driver_sql("SELECT * FROM sqlite_master ORDER BY rowid")), [
            *connection.exec_driver_sql("SELECT * FROM alembic_version")
        ]

    copied, migrated = (writer.engine(tmp_path / name) for name in ("copied.db", "migrated.db"))
    assert fresh.upgrade(copied) == migrate.upgrade(migrated)
    with copied.connect() as one, migrated.connect() as other:
        assert everything(one) == everything(other)
        assert one.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


async def test_a_file_that_is_no_database_is_one_sentence(tmp_path):
    (tmp_path / "c.db").write_text("this is no database, but a letter to a friend, and long enough")
    with pytest.raises(StoreError, match="cannot be used"):
        await Store(tmp_path / "c.db", [KEY], ManualClock()).open()


async def test_adapter_state_and_credentials_are_unreadable_on_disk(store, tmp_path):
    await store.state("jabber").set("cursor", "canary-state")
    from bridgebot.model import Account, Limits

    def link(tx, now):
        user = people.new_user(tx, now)
        native = Account("1", "@ada", "north", credentials="canary-token")
        return people.link(tx, now, user.id, "north", native, Limits(500))

    account = await store.run(link)
    assert "canary" not in repr(account)
    assert await store.state("jabber").get("cursor") == "canary-state"
    await store.close()
    assert b"canary" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_keys_rotate():
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    secret = Vault([old]).encrypt("x")
    assert Vault([new, old]).decrypt(secret) == "x"
    with pytest.raises(ConfigError, match="bring back the key file"):
        Vault([new]).decrypt(secret)


async def test_an_invitation_is_stored_as_a_digest_and_expires(store):
    code = await store.run(lambda tx, now: keep.new_invite(tx, now, "operator"))
    stored = await store.run(lambda tx, now: tx.scalars(sa.select(t.invite.c.digest)))
    assert stored == [digest(code)]
    assert len(code.replace("-", "")) * 5 >= 64  # bits
    assert await store.read(lambda tx, now: keep.redeem(tx, now, code)) == "operator"
    store.database._clock.skip(8 * 86400)
    assert await store.read(lambda tx, now: keep.redeem(tx, now, code)) is None


async def test_the_words_of_others_are_forgotten_after_a_while(store):
    from bridgebot.store import posts

    def fill(tx, now):
        user = people.new_user(tx, now)
        base = {
            "adapter": "north",
            "author_id": "1",
            "author_handle": "@lin",
            "author_name": "Lin",
            "audience": "public",
            "created_at": now,
        }
        return [
            posts.add(tx, base | {"text": "hers", "user_id": None}),
            posts.add(tx, base | {"text": "mine", "user_id": user.id}),
        ]

    ids = await store.run(fill)
    store.database._clock.skip(31 * 86400)
    assert await store.run(lambda tx, now: posts.forget_old(tx, now - timedelta(days=30))) == 1
    assert [await store.read(lambda tx, now, i=i: posts.post(tx, i).text) for i in ids] == ["", "mine"]


def test_a_start_looks_through_the_file_and_keeps_little_of_it_in_memory(store):
    engine, said = store.database.engine(), []
    with engine.connect() as connection:
        connection.connection.dbapi_connection.set_trace_callback(said.append)
    heads.check(engine)
    sizes = [f"PRAGMA cache_size=-{size}" for size in (heads.FEW_PAGES, writer.CACHE)]
    told = [one for one in said if one in sizes or "quick_check" in one]
    assert told == [sizes[0], "PRAGMA quick_check(1)", sizes[1]]
