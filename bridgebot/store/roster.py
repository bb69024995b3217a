"""Who uses the bot, as operators see it: addresses, roles, how many accounts where. Never a text."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bridgebot import model
from bridgebot.store import people
from bridgebot.store import tables as t
from bridgebot.store.rows import User
from bridgebot.store.tx import Tx


@dataclass(slots=True)
class Known:
    """One user."""

    id: int
    role: str
    role_by: str | None
    since: datetime
    addresses: list[str] = field(default_factory=list)  # adapter:id
    accounts: dict[str, int] = field(default_factory=dict)  # by network
    seen: datetime | None = None

    def shown(self) -> dict[str, Any]:
        """For programs."""
        return {
            "id": self.id,
            "role": self.role,
            "role_by": self.role_by,
            "since": self.since.isoformat(timespec="seconds"),
            "addresses": self.addresses,
            "accounts": self.accounts,
            "seen": self.seen.isoformat(timespec="seconds") if self.seen else None,
        }


def count(tx: Tx, word: str = "") -> int:
    return int(tx.scalar(sa.select(sa.func.count()).select_from(t.user).where(*_like(word))))


def page(tx: Tx, skip: int, most: int, word: str = "") -> list[Known]:
    """Some of them, in the order of their numbers; `word`: those in whose address it stands."""
    u = t.user.c
    query = sa.select(u.id, u.role, u.role_by, u.created_at).where(*_like(word)).order_by(u.id)
    found = tx.connection.execute(query.offset(skip).limit(most)).all()
    return _filled(tx, [Known(*row) for row in found])


def one(tx: Tx, user_id: int) -> Known | None:
    """The user of this number."""
    u = t.user.c
    row = tx.connection.execute(
        sa.select(u.id, u.role, u.role_by, u.created_at).where(u.id == user_id)
    ).first()
    return _filled(tx, [Known(*row)])[0] if row else None


def _like(word: str) -> list[sa.ColumnElement[bool]]:
    if not word:
        return []
    p = t.person.c
    address = p.adapter + ":" + p.native_id
    like = address.icontains(word, autoescape=True)
    return [t.user.c.id.in_(sa.select(p.user_id).where(p.user_id.is_not(None), like))]


def _filled(tx: Tx, users: list[Known]) -> list[Known]:
    by_id = {user.id: user for user in users}
    _addresses(tx, by_id)
    _accounts(tx, by_id)
    return users


def _addresses(tx: Tx, by_id: dict[int, Known]) -> None:
    """And when something last came from there."""
    p, c, i = t.person.c, t.chat.c, t.inbox.c
    came = sa.select(sa.func.max(i.received_at)).where(i.chat_id == c.id).correlate(t.chat).scalar_subquery()
    mine = sa.select(sa.func.max(came)).where(c.person_id == p.id).correlate(t.person).scalar_subquery()
    query = sa.select(p.user_id, p.adapter, p.native_id, mine).where(p.user_id.in_(list(by_id)))
    for user_id, adapter, native_id, seen in tx.connection.execute(query.order_by(p.id)):
        user = by_id[user_id]
        user.addresses.append(f"{adapter}:{native_id}")
        user.seen = max((at for at in (user.seen, seen) if at is not None), default=None)


def _accounts(tx: Tx, by_id: dict[int, Known]) -> None:
    a = t.account.c
    query = (
        sa.select(a.user_id, a.adapter, sa.func.count())
        .where(a.user_id.in_(list(by_id)), a.state != "unlinked")
        .group_by(a.user_id, a.adapter)
        .order_by(a.adapter)
    )
    counted: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for user_id, adapter, number in tx.connection.execute(query):
        counted[user_id][adapter] = number
    for user_id, accounts in counted.items():
        by_id[user_id].accounts = accounts


def at(tx: Tx, adapter: str, native_id: str) -> User | None:
    """The user who has this address."""
    person = people.find_person(tx, adapter, model.Person(native_id))
    return people.user(tx, person.user_id) if person and person.user_id is not None else None


def block_stranger(tx: Tx, now: datetime, adapter: str, native_id: str) -> User:
    """Somebody who is no user is a blocked one from now on, whether they were ever here or not."""
    person = people.person(tx, adapter, model.Person(native_id))
    user = people.new_user(tx, now, "blocked")
    people.set_person(tx, person.id, user_id=user.id)
    return user
