"""Linking that is under way: what the next step of an adapter's `link` needs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.tx import Tx

LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """One attempt to link. `step`: the adapter's turn; `asked`: the person's."""

    id: int
    user_id: int
    chat_id: int
    adapter: str
    progress: str | None = field(repr=False)
    answer: str | None = field(repr=False)
    first: str | None = field(repr=False)  # what the first question was answered with, once that served
    owner_adapter: str  # the chat network, and who asked for it there
    owner_id: str


def begin(tx: Tx, now: datetime, user_id: int, chat_id: int, adapter: str, answer: str | None) -> int:
    """Open a request; an older one of this user for this network ends."""
    stop_all(tx, user_id, adapter)
    tx.news.add("link")
    values = {
        "user_id": user_id,
        "chat_id": chat_id,
        "adapter": adapter,
        "progress": _seal(tx, None, answer),
        "state": "step",
        "expires_at": now + LIFE,
    }
    return tx.insert(t.link_request, values)  # type: ignore[no-any-return]


def stop(tx: Tx, user_id: int, request_id: int) -> None:
    """The person wants no more of it."""
    where = (t.link_request.c.id == request_id, t.link_request.c.user_id == user_id)
    under_way = t.link_request.c.state.in_(("step", "asked"))
    if tx.scalar(sa.select(t.link_request.c.id).where(*where, under_way)) is not None:
        end(tx, request_id, "ended")


def stop_all(tx: Tx, user_id: int, adapter: str) -> None:
    """End what this user has open for this network."""
    where = (t.link_request.c.user_id == user_id, t.link_request.c.adapter == adapter)
    still = t.link_request.c.state.in_(("step", "asked"))
    tx.update(t.link_request, *where, still, state="ended", progress=_seal(tx, None, None))


def due(tx: Tx, now: datetime) -> list[LinkRequest]:
    """Those that wait for their adapter."""
    query = (
        sa.select(
            t.link_request, t.chat.c.adapter.label("owner_adapter"), t.person.c.native_id.label("owner_id")
        )
        .join(t.chat, t.chat.c.id == t.link_request.c.chat_id)
        .outerjoin(t.person, t.person.c.id == t.chat.c.person_id)
        .where(t.link_request.c.state == "step", t.link_request.c.expires_at > now)
    )
    found = []
    for row in tx.connection.execute(query).mappings():
        kept = json.loads(tx.vault.decrypt(row["progress"]))
        found.append(
            LinkRequest(
                id=row["id"],
                user_id=row["user_id"],
                chat_id=row["chat_id"],
                adapter=row["adapter"],
                progress=kept["progress"],
                answer=kept["answer"],
                first=kept.get("first"),
                owner_adapter=row["owner_adapter"],
                owner_id=row["owner_id"] or "",
            )
        )
    return found


def asked(tx: Tx, request_id: int, progress: str | None, first: str | None) -> bool:
    """The person's turn; `progress` is what the adapter wants back. False when the request is over."""
    where = (t.link_request.c.id == request_id, t.link_request.c.state == "step")
    return tx.update(t.link_request, *where, state="asked", progress=_seal(tx, progress, None, first)) == 1


def answered(tx: Tx, now: datetime, request_id: int, answer: str) -> bool:
    """The adapter's turn again; False when the request is over."""
    sealed = tx.scalar(
        sa.select(t.link_request.c.progress).where(
            t.link_request.c.id == request_id,
            t.link_request.c.state == "asked",
            t.link_request.c.expires_at > now,
        )
    )
    if sealed is None:
        return False
    kept = json.loads(tx.vault.decrypt(sealed))
    sealed = _seal(tx, kept["progress"], answer, kept.get("first"))
    tx.update(t.link_request, t.link_request.c.id == request_id, state="step", progress=sealed)
    tx.news.add("link")
    return True


def end(tx: Tx, request_id: int, state: str) -> None:
    tx.update(t.link_request, t.link_request.c.id == request_id, state=state, progress=_seal(tx, None, None))


def _seal(tx: Tx, progress: str | None, answer: str | None, first: str | None = None) -> str:
    return tx.vault.encrypt(json.dumps({"progress": progress, "answer": answer, "first": first}))
