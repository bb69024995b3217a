"""Accounts that their owners lend to groups, and who wrote what was posted so.

A grant has two rules, its owner's and that of the group's administrators: only whom both name may post.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bridgebot import model
from bridgebot.store import keep, leavings
from bridgebot.store import tables as t
from bridgebot.store.columns import metadata
from bridgebot.store.people import ACTIVE
from bridgebot.store.prepared import Query
from bridgebot.store.rows import Row, many, one
from bridgebot.store.tx import Tx

EVERYONE, ADMINS, PERSONS = "everyone", "admins", "persons"
OFFERS = ("lend", "loan")  # kinds of the questions by which an account comes to a group


grants = sa.Table(
    "grant",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("chat_id", sa.ForeignKey("chat.id"), nullable=False, index=True),
    sa.Column("account_id", sa.ForeignKey("account.id"), nullable=False),
    sa.Column("role", sa.Text, nullable=False),  # who in the chat may post with it, say its administrators
    sa.Column("lent", sa.Text, nullable=False),  # the same, says the account's owner: both must agree
    sa.Column("name", sa.Text, nullable=False),  # how it is called there
    sa.Column("since", t.Time, nullable=False),
    sa.UniqueConstraint("chat_id", "account_id"),
)

bylines = sa.Table(  # of a post that was written in a group, with an account that is lent to it
    "byline",
    metadata,
    sa.Column("post_id", sa.ForeignKey("post.id"), primary_key=True),
    sa.Column("chat_id", sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("author_id", sa.ForeignKey("user.id")),  # who wrote it
    sa.Column("approver_id", sa.ForeignKey("user.id")),  # who let it out; None: its author, who might
    sa.Column("at", t.Time, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """Who in a group may post with an account."""

    who: str  # EVERYONE in it, its ADMINS, or PERSONS
    ids: tuple[str, ...] = ()  # with PERSONS: their stable ids on the group's network

    @classmethod
    def read(cls, stored: str) -> Rule:
        who, *ids = stored.split()
        return cls(who, tuple(ids))

    def stored(self) -> str:
        return " ".join((self.who, *self.ids))

    def summary(self) -> str:
        """For the audit log, which names nobody."""
        return f"{self.who} ({len(self.ids)})" if self.ids else self.who

    def fits(self, person: model.Person) -> bool:
        """Whether it names this person as they are now. A nick is nobody, and neither is who is not there."""
        if person.weak or person.outside:
            return False
        match self.who:
            case "everyone":
                return True
            case "admins":
                return person.admin
            case "persons":
                return person.id in self.ids
        return False


class Grant(Row, frozen=True):
    id: int
    chat_id: int
    account_id: int
    role: str
    lent: str
    name: str
    since: datetime

    def lets(self, person: model.Person) -> bool:
        """Whether this person may post with the account, by both rules."""
        return Rule.read(self.lent).fits(person) and Rule.read(self.role).fits(person)


@dataclass(frozen=True, slots=True)
class Byline:
    """Who wrote a post in a group, and who let it out."""

    post_id: int
    chat_id: int
    author_id: int | None
    approver_id: int | None
    at: datetime


SILENT = ("blocked", leavings.ROLE)  # roles of users for whom nothing is posted
_ALIVE = (t.account.c.state.in_(ACTIVE), t.user.c.role.not_in(SILENT), t.chat.c.open)


def _grants(*where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(grants)
        .join(t.account, t.account.c.id == grants.c.account_id)
        .join(t.user, t.user.c.id == t.account.c.user_id)
        .join(t.chat, t.chat.c.id == grants.c.chat_id)
        .where(*where)
        .order_by(grants.c.id)
    )


_IN_GROUP = Query(Grant, lambda chat_id: _grants(grants.c.chat_id == chat_id, *_ALIVE))


def in_group(tx: Tx, chat_id: int) -> list[Grant]:
    """What is lent to a group now; what ended by whatever way counts no more, swept away or not."""
    return _IN_GROUP.many(tx, chat_id)


def of_owner(tx: Tx, user_id: int) -> list[Grant]:
    """What a user lends."""
    return many(tx.connection, Grant, _grants(t.account.c.user_id == user_id, *_ALIVE))


def lend(tx: Tx, now: datetime, chat_id: int, account_id: int, rule: Rule, lent: Rule, name: str) -> None:
    """The account is the group's to post with; lent anew, it is so by the new rules."""
    values = {
        "chat_id": chat_id,
        "account_id": account_id,
        "role": rule.stored(),
        "lent": lent.stored(),
        "name": name,
        "since": now,
    }
    if not tx.insert_or_ignore(grants, values):
        where = (grants.c.chat_id == chat_id, grants.c.account_id == account_id)
        tx.update(grants, *where, role=values["role"], lent=values["lent"], name=name)


def set_rule(tx: Tx, grant_id: int, rule: Rule) -> None:
    """What the group's administrators say; the owner's rule stays."""
    tx.update(grants, grants.c.id == grant_id, role=rule.stored())


def target(account_id: int, chat_id: int) -> str:
    """A loan, as the audit log names it."""
    return f"account {account_id}, chat {chat_id}"


def end(tx: Tx, now: datetime, grant: Grant, user_id: int | None, why: str) -> None:
    """It is over; the audit log keeps that it was."""
    tx.connection.execute(sa.delete(grants).where(grants.c.id == grant.id))
    keep.audit(tx, now, user_id, "grant-ended", target(grant.account_id, grant.chat_id), why)


def lapse(tx: Tx, now: datetime) -> int:
    """End for good what lasts no more: the account was unlinked, its owner was blocked or goes, the bot was
    put out. How many there were. Whoever brings such a thing about calls this, and whoever looks at what is
    lent.
    """
    over = many(tx.connection, Grant, _grants(sa.not_(sa.and_(*_ALIVE))))
    for grant in over:
        end(tx, now, grant, None, "lapsed")
    return len(over)


def withdraw_offers(tx: Tx, user_id: int) -> None:
    """Nobody can accept any more what this user offered."""
    where = (t.question.c.user_id == user_id, t.question.c.kind.in_(OFFERS), t.question.c.state == "open")
    tx.update(t.question, *where, state="expired")


def sign(tx: Tx, now: datetime, post_id: int, chat_id: int, author_id: int, approver_id: int | None) -> None:
    """Note who wrote a post and who let it out."""
    row = Byline(post_id, chat_id, author_id, approver_id, now)
    values = {name: getattr(row, name) for name in ("post_id", "chat_id", "author_id", "approver_id", "at")}
    tx.insert_or_ignore(bylines, values)


def byline(tx: Tx, post_id: int) -> Byline | None:
    return one(tx.connection, Byline, sa.select(bylines).where(bylines.c.post_id == post_id))
