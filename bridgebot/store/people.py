"""Users, the persons they are on chat networks, their chats and their linked accounts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bridgebot import model
from bridgebot.model import Limits
from bridgebot.store import lanes, news
from bridgebot.store import tables as t
from bridgebot.store.persons import home
from bridgebot.store.prepared import Query
from bridgebot.store.rows import Account, Chat, Person, User, many, one, plain
from bridgebot.store.tx import Tx

FIRST_ASKS = 3  # posts that are shown before they leave, for a new user


# --- users and persons ---


_USER = Query(User, lambda user_id: sa.select(t.user).where(t.user.c.id == user_id))
_PERSON = Query(
    Person,
    lambda adapter, id: sa.select(t.person).where(t.person.c.adapter == adapter, t.person.c.native_id == id),
    key=("adapter", "native_id"),
)
_PERSON_BY_ID = Query(Person, lambda person_id: sa.select(t.person).where(t.person.c.id == person_id))
_PERSON_OF = Query(
    Person, lambda user_id: sa.select(t.person).where(t.person.c.user_id == user_id).order_by(t.person.c.id)
)


def user(tx: Tx, user_id: int) -> User:
    found = tx.row(t.user, _USER, user_id)
    if found is None:
        raise LookupError(f"user {user_id}")
    return found


def find_user(tx: Tx, user_id: int) -> User | None:
    return tx.row(t.user, _USER, user_id)


def new_user(
    tx: Tx, now: datetime, role: str = "user", plain: str | None = None, role_by: str | None = None
) -> User:
    """A user who has not said yet what plain text is, unless `plain` does."""
    asks = FIRST_ASKS if plain is None else 0
    values = {"role": role, "role_by": role_by, "asks_left": asks, "plain": plain, "created_at": now}
    return user(tx, tx.insert(t.user, values))


def set_user(tx: Tx, user_id: int, **values: Any) -> None:
    tx.change(t.user, user_id, **values)


def let_go(tx: Tx, now: datetime, user_id: int, **values: Any) -> None:
    """The same, for a change by which what waits for the user may go."""
    set_user(tx, user_id, **values)
    lanes.poke_user(tx, user_id, now)


def operators(tx: Tx) -> list[User]:
    query = sa.select(t.user).where(t.user.c.role == "operator").order_by(t.user.c.id)
    return many(tx.connection, User, query)


def find_person(tx: Tx, adapter: str, native: model.Person) -> Person | None:
    return tx.row_at(t.person, _PERSON, adapter, native.id)


def person(tx: Tx, adapter: str, native: model.Person, found: Person | None = None) -> Person:
    """The stored person, made at the first meeting; `found` if that was looked up. Weak persons are
    never stored: see `inbox`.
    """
    found = found or find_person(tx, adapter, native)
    if found is None:
        values = {
            "adapter": adapter,
            "native_id": native.id,
            "name": native.name,
            "language": native.language,
        }
        tx.insert_or_ignore(t.person, values)
    elif (native.name or found.name, native.language or found.language) != (found.name, found.language):
        language = native.language or found.language
        tx.change(t.person, found.id, name=native.name or found.name, language=language)
    else:
        return found
    found = tx.row_at(t.person, _PERSON, adapter, native.id)
    if found is None:
        raise LookupError(f"person of {adapter}")
    return found


def nobody() -> model.Person:
    """For a message that is handled anew, whose sender is known from the exchange."""
    return model.Person("")


def set_person(tx: Tx, person_id: int, **values: Any) -> None:
    tx.change(t.person, person_id, **values)


def person_on(tx: Tx, adapter: str, user_id: int) -> Person | None:
    """The person that the user is on this network."""
    return next((one for one in _PERSON_OF.known_many(tx, user_id) if one.adapter == adapter), None)


def person_of(tx: Tx, user_id: int) -> Person | None:
    """One of the persons that the user is, the first known: for what is the same whoever of them is meant."""
    return next(iter(_PERSON_OF.known_many(tx, user_id)), None)


def persons_of(tx: Tx, user_id: int) -> list[Person]:
    """All that the user is, the first known first."""
    return _PERSON_OF.known_many(tx, user_id)


# --- chats ---


_CHAT = Query(
    Chat,
    lambda adapter, id, topic: sa.select(t.chat).where(
        t.chat.c.adapter == adapter, t.chat.c.native_id == id, t.chat.c.topic == topic
    ),
    key=("adapter", "native_id", "topic"),
)
_CHAT_BY_ID = Query(Chat, lambda chat_id: sa.select(t.chat).where(t.chat.c.id == chat_id))
_LAST_USED = (
    sa.select(sa.func.max(sa.type_coerce(t.inbox.c.received_at, sa.Integer)))
    .where(t.inbox.c.chat_id == t.chat.c.id)
    .scalar_subquery()
)
_DIRECT_CHATS = Query(
    Chat,
    lambda user_id: (
        sa.select(t.chat)
        .join(t.person, t.person.c.id == t.chat.c.person_id)
        .outerjoin(home, home.c.chat_id == t.chat.c.id)
        .where(t.person.c.user_id == user_id, t.chat.c.direct)
        .order_by(
            t.chat.c.open.desc(),
            home.c.chat_id.is_(None),
            sa.func.coalesce(_LAST_USED, 0).desc(),
            t.chat.c.id,
        )
    ),
)


def find_chat(tx: Tx, adapter: str, native: model.Chat) -> Chat | None:
    return tx.row_at(t.chat, _CHAT, adapter, native.id, native.topic)


def chat(tx: Tx, adapter: str, native: model.Chat, person_id: int | None, found: Chat | None = None) -> Chat:
    """The stored chat, made at the first meeting, `found` if it was looked up; being in it opens it again."""
    owner = person_id if native.direct else None
    found = found or find_chat(tx, adapter, native)
    if found is None:
        tx.insert_or_ignore(t.chat, _new_chat(adapter, native, owner))
    elif not found.open or (owner is not None and found.person_id is None):
        # It may have been named before anybody wrote there.
        tx.change(t.chat, found.id, open=True, person_id=found.person_id or owner)
    else:
        return found
    found = tx.row_at(t.chat, _CHAT, adapter, native.id, native.topic)
    if found is None:
        raise LookupError(f"chat of {adapter}")
    return found


def _new_chat(adapter: str, native: model.Chat, owner: int | None) -> dict[str, Any]:
    return {
        "adapter": adapter,
        "native_id": native.id,
        "topic": native.topic,
        "direct": native.direct,
        "broadcast": native.broadcast or None,
        "title": native.title,
        "person_id": owner,
        "open": True,
    }


def chat_by_id(tx: Tx, chat_id: int) -> Chat:
    found = tx.row(t.chat, _CHAT_BY_ID, chat_id)
    if found is None:
        raise LookupError(f"chat {chat_id}")
    return found


def set_chat(tx: Tx, chat_id: int, **values: Any) -> None:
    tx.change(t.chat, chat_id, **values)


def direct_chat(tx: Tx, user_id: int) -> Chat | None:
    """Where the bot writes to a user on its own accord: where they said, else the direct chat last used.
    Where the bot is in none any more, what is written waits for the day when it is back.
    """
    return _DIRECT_CHATS.one(tx, user_id)


def direct_chats(tx: Tx, user_id: int) -> list[Chat]:
    """Every direct chat of a user, on whatever network; the one that is written to first."""
    return _DIRECT_CHATS.many(tx, user_id)


def person_by_id(tx: Tx, adapter: str, native_id: str) -> Person | None:
    """Who is known there by this id."""
    return tx.row_at(t.person, _PERSON, adapter, native_id)


def chats_of(tx: Tx, person_id: int) -> list[Chat]:
    """The direct chats of one person: one, or one for each topic."""
    return many(
        tx.connection, Chat, sa.select(t.chat).where(t.chat.c.person_id == person_id, t.chat.c.direct)
    )


def person_in(tx: Tx, chat: Chat) -> Person | None:
    """Whose direct chat this is."""
    return None if chat.person_id is None else tx.row(t.person, _PERSON_BY_ID, chat.person_id)


def reachable_chats(tx: Tx, user_id: int) -> list[Chat]:
    """All direct chats in which the bot can write to a user, the first used first."""
    query = (
        sa.select(t.chat)
        .join(t.person, t.person.c.id == t.chat.c.person_id)
        .where(t.person.c.user_id == user_id, t.chat.c.direct, t.chat.c.open, t.chat.c.topic == "")
        .order_by(t.chat.c.id)
    )
    return many(tx.connection, Chat, query)


def direct_chat_at(tx: Tx, user_id: int, adapter: str) -> Chat | None:
    """A direct chat with this user on one network, where the bot is in one."""
    chats = _DIRECT_CHATS.many(tx, user_id)
    return next((chat for chat in chats if chat.open and chat.adapter == adapter), None)


def owner_of(tx: Tx, chat: Chat) -> int | None:
    """The user whose direct chat this is."""
    owner = person_in(tx, chat)
    return None if owner is None else owner.user_id


# --- accounts ---

ACTIVE = ("active", "expired")


def accounts(tx: Tx, user_id: int) -> list[Account]:
    """The user's linked accounts, in the order of linking."""
    return _ACCOUNTS.known_many(tx, user_id)


def _linked(*where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(t.account).where(*where, t.account.c.state.in_(ACTIVE)).order_by(t.account.c.id)


_ACCOUNTS = Query(Account, lambda user_id: _linked(t.account.c.user_id == user_id))
_ACCOUNT = Query(Account, lambda account_id: sa.select(t.account).where(t.account.c.id == account_id))
_OWN = Query(Account, lambda server, id: _linked(t.account.c.server == server, t.account.c.native_id == id))


def account(tx: Tx, account_id: int) -> Account:
    found = tx.row(t.account, _ACCOUNT, account_id)
    if found is None:
        raise LookupError(f"account {account_id}")
    return found


def account_named(tx: Tx, user_id: int, name: str) -> Account | None:
    """The user's account of exactly this name."""
    plain = name.lower() if name.isascii() else name  # K, the sign for kelvin, is no k
    return next((a for a in accounts(tx, user_id) if a.name == plain.lstrip("@+")), None)


def native_account(tx: Tx, account_id: int) -> model.Account:
    """As its adapter knows it, with the credentials readable: never keep or log this."""
    return native(tx, account(tx, account_id))


def native(tx: Tx, row: Account) -> model.Account:
    """The same of an account that was read already."""
    return row.native(tx.vault.decrypt(row.credentials))


def native_accounts(tx: Tx, ids: Iterable[int]) -> dict[int, model.Account]:
    """The same for several at once, by their ids, for whoever keeps them."""
    found = many(tx.connection, Account, sa.select(t.account).where(t.account.c.id.in_(list(ids))))
    return {row.id: row.native(tx.vault.open(row.credentials)) for row in found}


def one_of_each_server(tx: Tx) -> list[int]:
    """An active account on each server where anybody has one, by id."""
    query = sa.select(sa.func.max(t.account.c.id)).where(t.account.c.state == "active")
    found: list[int] = tx.scalars(query.group_by(t.account.c.adapter, t.account.c.server))
    return found


def set_limits(tx: Tx, adapter: str, server: str, limits: Limits) -> None:
    """What a server accepts now, for everybody who has an account there."""
    tx.update(t.account, t.account.c.adapter == adapter, t.account.c.server == server, limits=plain(limits))


def is_own(tx: Tx, server: str, native_id: str) -> list[Account]:
    """The linked accounts that are this author, whoever linked them."""
    return _OWN.many(tx, server, native_id)


def users_on(tx: Tx, servers: Iterable[str]) -> list[int]:
    """Who has an account on any of these servers."""
    here = (t.account.c.server.in_(list(servers)), t.account.c.state.in_(ACTIVE))
    return tx.scalars(sa.select(t.account.c.user_id).where(*here).distinct())


def link(
    tx: Tx,
    now: datetime,
    user_id: int,
    adapter: str,
    native: model.Account,
    limits: Limits,
    *,
    first: str | None = None,
) -> Account:
    """Store a proven account; one that is linked keeps its name. `first` is how its linking began."""
    where = (
        t.account.c.user_id == user_id,
        t.account.c.adapter == adapter,
        t.account.c.server == native.server,
        t.account.c.native_id == native.id,
    )
    fresh = {
        "host": native.host,
        "handle": native.handle,
        "display_name": native.name,
        "url": native.url,
        "credentials": tx.vault.encrypt(native.credentials),
        "begun_with": tx.vault.encrypt(first) if first else None,
        "limits": plain(limits),
        "scopes": list(native.scopes),
        "state": "active",
    }
    free = _free_name(adapter, (a.name for a in accounts(tx, user_id)))
    known = {
        "user_id": user_id,
        "adapter": adapter,
        "server": native.server,
        "native_id": native.id,
        "name": free,
        "created_at": now,
    }
    if not tx.insert_or_ignore(t.account, known | fresh):
        tx.update(t.account, *where, t.account.c.state == "unlinked", name=free)  # another may bear it now
        tx.update(t.account, *where, **fresh)
    found = one(tx.connection, Account, sa.select(t.account).where(*where))
    if found is None:
        raise LookupError(f"account of {adapter}")
    lanes.moved(tx, found.id)
    news.note_account(tx, found.id)
    return found


def set_account(tx: Tx, account_id: int, **values: Any) -> None:
    tx.change(t.account, account_id, **values)


def unlink(tx: Tx, account_id: int) -> None:
    """Wipe the credentials; the row stays, for what was posted with it."""
    set_account(tx, account_id, state="unlinked", credentials=tx.vault.encrypt(""), begun_with=None)
    news.note_account(tx, account_id)


def begun_with(tx: Tx, account: Account) -> str | None:
    """The first answer with which the account was linked, if there was one."""
    return tx.vault.decrypt(account.begun_with) if account.begun_with else None


def _free_name(adapter: str, taken: Iterable[str]) -> str:
    used = set(taken)
    names = (adapter if n == 1 else f"{adapter}{n}" for n in range(1, len(used) + 2))
    return next(name for name in names if name not in used)
