"""What is known of rows without asking: never anything else than what the database says."""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from bridgebot import model
from bridgebot.model import Limits
from bridgebot.store import Store, deliveries, people, posts
from bridgebot.store import tables as t
from bridgebot.store.deliveries import Order
from bridgebot.store.known import MOST, MOST_LASTING, Known
from bridgebot.store.moving import move_chat
from bridgebot.store.prepared import Query, Statement
from bridgebot.store.rows import Chat, Post, User, listed, one, replace
from bridgebot.testing.fakes import ManualClock

KEY = Fernet.generate_key().decode()
ADA = model.Account(id="1", handle="ada", server="plaza.example", name="Ada", url=None, credentials="s3cret")


@pytest.fixture
async def store(tmp_path):
    store = Store(tmp_path / "a.db", [KEY], ManualClock())
    await store.open()
    await store.run(fill)
    yield store
    await store.close()


def fill(tx, now) -> None:
    """Two users, each with a person, a chat and an account."""
    for n in "12":
        user = people.new_user(tx, now)
        person = people.person(tx, "chat", model.Person(n, f"person {n}"))
        people.set_person(tx, person.id, user_id=user.id)
        people.chat(tx, "chat", model.Chat(n, direct=True, title=f"chat {n}"), person.id)
        people.link(tx, now, user.id, "plaza", ADA, Limits(500))


async def said(store) -> list[str]:
    """What the writer says to the database from now on."""
    return await store.run(lambda tx, now: heard(tx))


def heard(tx) -> list[str]:
    statements: list[str] = []
    tx.connection.connection.driver_connection.set_trace_callback(statements.append)
    return statements


def fresh(tx, cls, table, row_id):
    """The row as the database has it."""
    return one(tx.connection, cls, sa.select(table).where(table.c.id == row_id))


async def test_a_row_is_read_once_and_not_in_every_transaction(store):
    await store.run(lambda tx, now: (people.user(tx, 1), people.account(tx, 1), people.accounts(tx, 1)))
    statements = await said(store)
    for _ in range(3):
        await store.run(lambda tx, now: (people.user(tx, 1), people.account(tx, 1), people.accounts(tx, 1)))
        await store.run(lambda tx, now: people.person(tx, "chat", model.Person("1", "person 1")))
    assert not [statement for statement in statements if statement.startswith("SELECT")]


async def test_what_a_row_says_already_is_not_written(store):
    await store.run(lambda tx, now: people.user(tx, 1))
    statements = await said(store)
    assert await store.run(lambda tx, now: tx.change(t.user, 1, quiet=None, role="user")) == 1
    await store.run(lambda tx, now: tx.change(t.user, 1, quiet=None, role="operator"))
    assert len([statement for statement in statements if statement.startswith("UPDATE")]) == 1


async def test_another_process_that_writes_is_heard(store):
    assert (await store.run(lambda tx, now: people.user(tx, 1))).role == "user"
    with contextlib.closing(sqlite3.connect(store.database.path)) as other, other:
        other.execute("UPDATE user SET role = 'operator' WHERE id = 1")
    assert (await store.run(lambda tx, now: people.user(tx, 1))).role == "operator"


async def test_nothing_is_known_of_what_was_rolled_back(store):
    def fails(tx, now):
        people.set_user(tx, 1, role="operator")
        people.set_account(tx, 1, state="expired")
        assert people.user(tx, 1).role == "operator"
        raise ValueError("mine")

    await store.run(lambda tx, now: (people.user(tx, 1), people.accounts(tx, 1)))
    with pytest.raises(ValueError, match="mine"):
        await store.run(fails)
    assert (await store.run(lambda tx, now: people.user(tx, 1))).role == "user"
    assert [one.state for one in await store.run(lambda tx, now: people.accounts(tx, 1))] == ["active"]


async def test_a_unit_reads_what_stands_when_it_is_run_and_not_what_the_writer_knows(store):
    """Readers have their own connection, which knows nothing from before."""
    for role in ("operator", "user"):
        await store.run(lambda tx, now, role=role: people.set_user(tx, 1, role=role))
        assert (await store.read(lambda tx, now: people.user(tx, 1))).role == role


async def test_a_row_by_its_key_is_found_where_it_went(store):
    def moves(tx, now):
        before = people.chat(tx, "chat", model.Chat("1", direct=True), None)
        move_chat(tx, "chat", "1", "new")
        assert tx.row_at(t.chat, people._CHAT, "chat", "1", "") is None
        assert people.chat(tx, "chat", model.Chat("new", direct=True), None).id == before.id

    await store.run(moves)


async def test_an_answer_is_asked_anew_when_a_table_it_looks_at_was_written(store):
    of_user = Query(
        Chat,
        lambda user_id: sa.select(t.chat).where(
            sa.exists().where(t.person.c.id == t.chat.c.person_id, t.person.c.user_id == user_id)
        ),
    )

    def asks(tx, now):
        first = of_user.known_many(tx, 1)
        statements = heard(tx)
        assert of_user.known_many(tx, 1) == first
        assert not statements
        people.set_person(tx, 2, user_id=1)
        assert len(of_user.known_many(tx, 1)) == len(first) + 1
        first.clear()  # the list is the caller's
        assert len(of_user.known_many(tx, 1)) == 2

    await store.run(asks)


async def test_a_statement_that_names_its_row_leaves_the_others_known(store):
    mute = Statement(
        lambda user_id: sa.update(t.user).where(t.user.c.id == user_id).values(role="blocked"), row=0
    )

    def runs(tx, now):
        people.user(tx, 1), people.user(tx, 2)
        mute.run(tx, 1)
        statements = heard(tx)
        assert people.user(tx, 2).role == "user"
        assert not statements
        assert people.user(tx, 1).role == "blocked"

    await store.run(runs)


async def test_what_is_patched_reads_as_from_the_database(store):
    elsewhere = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))

    def changes(tx, now):
        people.chat_by_id(tx, 1), posts_id(tx, now)
        tx.change(t.chat, 1, off_at=elsewhere, title="new", open=False)
        known = people.chat_by_id(tx, 1)
        assert known == fresh(tx, Chat, t.chat, 1)
        assert known.off_at.tzinfo is UTC
        post = posts.post(tx, 1)
        posts.change(tx, 1, spans=[(0, 1, "bold", None)], text="other")
        assert posts.post(tx, 1).spans == [[0, 1, "bold", None]] != post.spans
        assert posts.post(tx, 1).text == "other"

    def posts_id(tx, now):
        author = {"adapter": "chat", "author_id": "1", "author_handle": "", "author_name": ""}
        return posts.add(tx, author | {"text": "", "audience": "public", "created_at": now})

    await store.run(changes)


STEPS = ("change", "statement", "core", "delete", "insert", "text", "other process", "roll back", "many")


@pytest.mark.parametrize("seed", range(12))
async def test_in_any_order_of_writes_the_known_row_is_the_row(store, seed):
    """Whoever writes, and however: after each step every user reads as the database has it."""
    chance = random.Random(seed)
    raise_role = Statement(
        lambda role, before: sa.update(t.user).where(t.user.c.role == before).values(role=role)
    )

    def step(tx, now, what):
        role, number = chance.choice(["user", "operator", "blocked"]), chance.randrange(1, 6)
        match what:
            case "change" | "roll back":
                tx.change(t.user, number, role=role, asks_left=chance.randrange(3), paused_at=now)
            case "statement":
                raise_role.run(tx, role, "user")
            case "many":
                raise_role.run_all(tx, [(role, "user"), ("user", role)])
            case "core":
                tx.update(t.user, t.user.c.id == number, role=role)
            case "delete":
                tx.connection.execute(sa.delete(t.user).where(t.user.c.id == number, t.user.c.id > 2))
            case "insert":
                people.new_user(tx, now, role)
            case "text":
                tx.connection.execute(sa.text("UPDATE user SET role = 'user' WHERE id = 2"))
        same(tx)
        if what == "roll back":
            raise ValueError(what)

    def same(tx):
        for number in range(1, 8):
            known = tx.row(t.user, people._USER, number)
            assert known == fresh(tx, User, t.user, number)

    for _ in range(25):
        what = chance.choice(STEPS)
        if what == "other process":
            with contextlib.closing(sqlite3.connect(store.database.path)) as other, other:
                other.execute("UPDATE user SET asks_left = asks_left + 1")
        with contextlib.suppress(ValueError):
            await store.run(lambda tx, now, what=what: step(tx, now, what))
        await store.run(lambda tx, now: same(tx))


# --- rows and columns ---


async def test_a_post_that_was_made_is_known_as_it_stands(store):
    at = datetime(2026, 11, 26, 12, 0, 0, 123456, timezone(timedelta(hours=8)))
    spans = listed([model.Span(0, 5, "bold"), model.Span(0, 5, "link", "https://a.example")])
    media = listed([model.Attachment("image", "https://a.example/1.png", "a cat")])
    given = {
        "user_id": 1, "adapter": "plaza", "author_id": "1", "author_handle": "ada", "author_name": "Ada",
        "text": "hello 猫", "spans": spans, "media": media, "warning": None, "audience": "public",
        "language": "en", "uri": "https://a.example/1", "url": None, "parent_id": None, "memo": False,
        "created_at": at, "edited_at": None,
    }  # fmt: skip

    def make(tx, now):
        made = posts.make(tx, **given)
        assert posts.post(tx, made.id) is made
        return made

    made = await store.run(make)
    assert await store.run(lambda tx, now: fresh(tx, Post, t.post, made.id)) == made


def test_people_are_remembered_while_thousands_of_deliveries_pass():
    known = Known()
    for number in range(MOST):
        known.keep("delivery", SimpleNamespace(id=number))
        known.keep_at("person", ("xmpp", number), SimpleNamespace(id=number, native=number))
    known.keep("delivery", SimpleNamespace(id=MOST))
    known.keep("person", SimpleNamespace(id=MOST, native=MOST))
    assert list(known.rows["delivery"]) == [MOST]  # those before are let go together
    assert len(known.rows["person"]) == MOST + 1
    # People who write in turn, with two accounts each: benchmarks/follow5.py.
    assert MOST_LASTING > 2 * 39_000


async def test_a_row_shows_no_secret(store):
    account = await store.run(lambda tx, now: people.account(tx, 1))
    assert account.credentials not in repr(account)
    assert "handle='ada'" in repr(account)


async def test_a_row_is_changed_into_another_one(store):
    user = await store.run(lambda tx, now: people.user(tx, 1))
    with pytest.raises(AttributeError):
        user.role = "operator"
    assert replace(user, role="operator").role == "operator"
    assert replace(user, role="operator") != user
    assert hash(replace(user, role="user")) == hash(user)


@pytest.mark.parametrize(
    "value", [{}, [], None, {"a": [1, None, {"b": "ü🦣"}]}, {"half": "\ud83e"}, {"big": 2**70, "few": 1e300}]
)
async def test_json_is_read_as_it_was_written_also_by_earlier_versions(store, value):
    def writes(tx, now):
        made = deliveries.queue(tx, now, Order("notice", "chat:1", arguments={"it": value}))
        assert deliveries.delivery(tx, made).arguments == {"it": value}
        raw = tx.connection.exec_driver_sql("SELECT arguments FROM delivery WHERE id = ?", (made,)).scalar()
        assert json.loads(raw) == {"it": value}
        tx.connection.exec_driver_sql(
            "UPDATE delivery SET arguments = ? WHERE id = ?", (json.dumps({"it": value}), made)
        )
        tx.known.forget()
        assert deliveries.delivery(tx, made).arguments == {"it": value}

    await store.run(writes)
