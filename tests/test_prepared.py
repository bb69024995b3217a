"""Statements that are made once: what the driver gets, and what it gives back."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from bridgebot.store import Store, people
from bridgebot.store import tables as t
from bridgebot.store.prepared import Query, Statement
from bridgebot.store.rows import User
from bridgebot.testing.fakes import ManualClock

KEY = Fernet.generate_key().decode()
AT = datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path):
    store = Store(tmp_path / "a.db", [KEY], ManualClock())
    await store.open()
    await store.run(lambda tx, now: [people.new_user(tx, now) for _ in range(5)])
    yield store
    await store.close()


async def heard(store, statement: Statement, *given) -> list[str]:
    """What the database is told when it is run, with what was given in its place."""
    told: list[str] = []

    def unit(tx, now):
        tx.connection.connection.driver_connection.set_trace_callback(told.append)
        statement.run(tx, *given)
        tx.connection.connection.driver_connection.set_trace_callback(None)

    await store.run(unit)
    return [" ".join(line.split()) for line in told]


async def test_constants_stand_in_the_text_and_parameters_do_not(store):
    statement = Statement(
        lambda role: (
            sa.update(t.user).where(t.user.c.role == role).values(plain="it's", asks_left=2, role=role)
        )
    )
    told = await heard(store, statement, "user")
    assert told == ["UPDATE user SET role='user', plain='it''s', asks_left=2 WHERE user.role = 'user'"]
    made = statement._make()
    assert made.text.count("?") == 2


async def test_a_parameter_may_stand_in_several_places_among_constants(store):
    users = Query(
        User,
        lambda least, role: (
            sa.select(t.user)
            .where(
                t.user.c.id >= least,
                t.user.c.role == role,
                t.user.c.id < least + 3,
                t.user.c.role.in_(["user"]),
            )
            .order_by(t.user.c.id)
            .limit(2)
        ),
    )
    found = await store.run(lambda tx, now: users.many(tx, 2, "user"))
    assert [user.id for user in found] == [2, 3]


async def test_times_go_in_and_out_as_they_are(store):
    pause = Statement(
        lambda at, number: (
            sa.update(t.user).where(t.user.c.id == number).values(paused_at=sa.type_coerce(at, t.Time))
        )
    )
    paused = Statement(lambda at: sa.select(t.user.c.paused_at).where(t.user.c.paused_at > at))

    def unit(tx, now):
        assert pause.run_all(tx, [(AT, 1), (AT + timedelta(microseconds=1), 2), (None, 3), (AT, 99)]) == 3
        return (
            paused.values(tx, AT),
            paused.value(tx, AT),
            paused.rows(tx, AT),
            paused.value(tx, AT + timedelta(1)),
        )

    later = AT + timedelta(microseconds=1)
    assert await store.run(unit) == ([later], later, [[later]], None)


async def test_a_new_row_tells_its_key_and_one_that_is_there_tells_none(store):
    state = {"adapter": "plaza", "key": "cursor", "value": "1"}

    def unit(tx, now):
        person = {"adapter": "chat", "native_id": "1", "name": "Ada"}
        made = tx.insert_once(t.person, person)
        assert tx.insert_once(t.person, person) is None
        assert tx.insert(t.person, person | {"native_id": "2"}) == made + 1
        assert tx.insert(t.adapter_state, state) == "plaza"
        assert tx.insert_or_ignore(t.adapter_state, state) is False
        return made

    assert await store.run(unit) == 1


async def test_rows_that_nobody_fetched_keep_no_log_from_being_written_back(store):
    every = Query(User, lambda: sa.select(t.user).order_by(t.user.c.id))
    assert (await store.run(lambda tx, now: every.one(tx))).id == 1
    with contextlib.closing(sqlite3.connect(store.database.path)) as other:
        busy, _, _ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert busy == 0


async def test_a_transaction_that_is_kept_is_of_no_use(store):
    """A unit's transaction ends with it: whoever still holds it is told, and reads nothing stale."""
    kept = await store.run(lambda tx, now: tx)
    with pytest.raises(sqlite3.ProgrammingError):
        people._USER.one(kept, 1)
