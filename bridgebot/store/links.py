"""Linking that is under way: an attempt is one row, and all that it must remember is encrypted in it.

    step ─▶ asked ─▶ step …                        the adapter's turn, the person's in the chat
      └───▶ sent ─▶ step ─▶ code ─▶ confirm ─▶ done    by a browser: its address is out, the network sent it
                                                   back, the code is shown, it was typed, the person said yes

Every one of these may end. Where an account was proven and nobody took it, it passes through `revoke`: its
credentials are given back at the network first. `store.visits` is what a browser can do with an attempt.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from bridgebot import model
from bridgebot.model import Limits
from bridgebot.store import tables as t
from bridgebot.store.attempts import UNDER_WAY
from bridgebot.store.tx import Tx
from bridgebot.store.vault import digest

LIFE = timedelta(minutes=10)  # between two things that the person does
TRIES = 5  # wrong codes that one attempt takes
TRIES_LATELY = 10  # and all attempts of a person, in
REST = timedelta(hours=1)

OPEN = ("step", "asked", "sent", "code", "confirm")
Arguments = dict[str, str | int]


class Consent(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the adapter said of the network's page of consent."""

    url: str
    scopes: tuple[str, ...] = ()
    issuer: str = ""
    names_issuer: bool = False


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an attempt remembers."""

    progress: str | None = None  # what the adapter wants back
    answer: str | None = None  # for the adapter's turn
    secret: bool = False  # the answer that is awaited is one, and is deleted from the chat
    first: str | None = None  # what the first question was answered with, once that served
    back: str = ""  # what its redirect is known by
    state: str = ""  # what goes with the browser to the network and back
    consent: Consent | None = None
    code: str = ""  # shown in the browser, to be typed in the chat
    account: model.Account | None = None  # proven, and not yet anybody's
    limits: Limits | None = None
    why: tuple[str, Arguments] | None = None  # a text: what became of it, for the page

    def __repr__(self) -> str:
        return "<Kept>"


_KEPT = msgspec.json.Decoder(Kept)


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """One attempt to link."""

    id: int
    user_id: int
    chat_id: int
    adapter: str
    state: str
    browser: str | None = field(repr=False)  # digest of the cookie of the one browser that may go on
    tries: int
    expires_at: datetime
    kept: Kept
    owner_adapter: str  # the chat network, and who asked for it there
    owner_id: str


def begin(tx: Tx, now: datetime, user_id: int, chat_id: int, adapter: str, answer: str | None) -> int:
    """Open a request; an older one of this user for this network ends."""
    stop_all(tx, user_id, adapter)
    tx.news.add("link")
    kept = Kept(answer=answer, back=secrets.token_urlsafe(24), state=secrets.token_urlsafe(32))
    values = {
        "user_id": user_id,
        "chat_id": chat_id,
        "adapter": adapter,
        "progress": _seal(tx, kept),
        "state": "step",
        "tries": 0,
        "expires_at": now + LIFE,
    }
    return tx.insert(t.link_request, values)  # type: ignore[no-any-return]


# --- looking one up ----------------------------------------------------------------------------


def found(tx: Tx, *where: sa.ColumnElement[bool]) -> list[LinkRequest]:
    """The attempts that fit, the oldest first."""
    query = (
        sa.select(
            t.link_request, t.chat.c.adapter.label("owner_adapter"), t.person.c.native_id.label("owner_id")
        )
        .join(t.chat, t.chat.c.id == t.link_request.c.chat_id)
        .outerjoin(t.person, t.person.c.id == t.chat.c.person_id)
        .where(*where)
        .order_by(t.link_request.c.id)
    )
    return [_read(tx, row) for row in tx.connection.execute(query).mappings()]


def _read(tx: Tx, row: Mapping[Any, Any]) -> LinkRequest:
    return LinkRequest(
        id=row["id"],
        user_id=row["user_id"],
        chat_id=row["chat_id"],
        adapter=row["adapter"],
        state=row["state"],
        browser=row["browser"],
        tries=row["tries"],
        expires_at=row["expires_at"],
        kept=_KEPT.decode(tx.vault.open(row["progress"])),
        owner_adapter=row["owner_adapter"],
        owner_id=row["owner_id"] or "",
    )


def of_user(tx: Tx, user_id: int, request_id: int, *states: str) -> LinkRequest | None:
    """This user's attempt, while it is in one of these states."""
    c = t.link_request.c
    where = (c.id == request_id, c.user_id == user_id, c.state.in_(states or OPEN))
    return next(iter(found(tx, *where)), None)


def due(tx: Tx, now: datetime, request_id: int | None = None) -> list[LinkRequest]:
    """Those about which something is to be done: a step, a token to give back, or their time is over. Of
    all, or of one.
    """
    c = t.link_request.c
    which = () if request_id is None else (c.id == request_id,)
    return found(tx, *which, UNDER_WAY, sa.or_(c.state.in_(("step", "revoke")), c.expires_at <= now))


def next_end(tx: Tx) -> datetime | None:
    """When the next attempt's time is over; None while nothing is under way."""
    ends = sa.select(sa.func.min(t.link_request.c.expires_at)).where(UNDER_WAY)
    return tx.scalar(ends)  # type: ignore[no-any-return]


# --- from one state to the next ----------------------------------------------------------------


def asked(
    tx: Tx, request: LinkRequest, progress: str | None, first: str | None, *, secret: bool = False
) -> bool:
    """The person's turn; `progress` is what the adapter wants back. False when the request is over."""
    kept = replace(request.kept, progress=progress, answer=None, first=first, secret=secret)
    return move(tx, request, "step", "asked", kept)


def answered(tx: Tx, now: datetime, user_id: int, request_id: int, answer: str) -> bool:
    """The adapter's turn again; False when the request is over."""
    request = of_user(tx, user_id, request_id, "asked")
    if request is None or request.expires_at <= now:
        return False
    tx.news.add("link")
    return move(tx, request, "asked", "step", replace(request.kept, answer=answer))


def send(
    tx: Tx, now: datetime, request: LinkRequest, asks: model.Consent, first: str | None, token: str
) -> bool:
    """The browser's turn: the bot's own address that ends in `token` leads to it. False when it is over."""
    consent = Consent(asks.url, asks.scopes, asks.issuer, asks.names_issuer)
    kept = replace(request.kept, progress=asks.progress, answer=None, first=first, consent=consent)
    addresses = {"page": digest(token), "back": digest(kept.back), "browser": None}
    return move(tx, request, "step", "sent", kept, expires_at=now + LIFE, **addresses)


def prove(tx: Tx, now: datetime, request: LinkRequest, account: model.Account, limits: Limits) -> bool:
    """The account is proven: a code is shown in the browser. False when the request is over, and then the
    network gets back what it gave.
    """
    code = f"{secrets.randbelow(1_000_000):06}"
    kept = Kept(first=request.kept.first, back=request.kept.back, consent=request.kept.consent)
    kept = replace(kept, code=code, account=account, limits=limits)
    if move(tx, request, "step", "code", kept, expires_at=now + LIFE):
        return True
    move(tx, request, "ended", "revoke", Kept(back=kept.back, account=account))
    return False


Typed = Literal["right", "wrong", "ended", "resting", "over"]


def typed(tx: Tx, now: datetime, user_id: int, request_id: int, code: str) -> tuple[Typed, int]:
    """A code was typed in the chat; what became of it, and how many tries are left."""
    request = of_user(tx, user_id, request_id, "code")
    if request is None or request.expires_at <= now:
        return "over", 0
    if hmac.compare_digest(code.encode(), request.kept.code.encode()):
        kept = replace(request.kept, code="")
        moved = move(tx, request, "code", "confirm", kept, expires_at=now + LIFE)
        return ("right", 0) if moved else ("over", 0)
    tries = request.tries + 1
    tx.update(t.link_request, t.link_request.c.id == request_id, tries=tries)
    resting = rests(tx, now, user_id)
    if tries >= TRIES or resting:
        end(tx, request_id, why=("link-page-tries", {}))
        return ("resting" if resting else "ended"), 0
    return "wrong", TRIES - tries


def rests(tx: Tx, now: datetime, user_id: int) -> bool:
    """Whether this person typed so many wrong codes that linking rests for a while."""
    c = t.link_request.c
    lately = sa.select(sa.func.sum(c.tries)).where(c.user_id == user_id, c.expires_at > now - REST)
    return (tx.scalar(lately) or 0) >= TRIES_LATELY


# --- how it ends -------------------------------------------------------------------------------


def stop(tx: Tx, user_id: int, request_id: int, why: str = "link-page-stopped") -> None:
    """The person wants no more of it; `why` is what the page says."""
    if of_user(tx, user_id, request_id) is not None:
        end(tx, request_id, why=(why, {}))


def stop_all(tx: Tx, user_id: int, adapter: str) -> None:
    """End what this user has open for this network."""
    c = t.link_request.c
    for request in found(tx, c.user_id == user_id, c.adapter == adapter, c.state.in_(OPEN)):
        end(tx, request.id, why=("link-page-anew", {}))


def stop_in(tx: Tx, chat_id: int) -> None:
    """End what was begun in this chat: it is nobody's any more."""
    c = t.link_request.c
    for request in found(tx, c.chat_id == chat_id, c.state.in_(OPEN)):
        end(tx, request.id, why=("link-page-stopped", {}))


def end(tx: Tx, request_id: int, *, done: bool = False, why: tuple[str, Arguments] | None = None) -> None:
    """It is over and everything is forgotten. An account that was proven and is nobody's goes back."""
    c = t.link_request.c
    for request in found(tx, c.id == request_id, c.state.in_(OPEN)):
        returned = None if done else request.kept.account
        kept = Kept(back=request.kept.back, account=returned, why=why)
        move(tx, request, request.state, "revoke" if returned else "done" if done else "ended", kept)
        if returned is not None:
            tx.news.add("link")


def revoked(tx: Tx, request: LinkRequest) -> None:
    """The network has its token back, as far as that can be."""
    move(tx, request, "revoke", "ended", replace(request.kept, account=None))


def move(tx: Tx, request: LinkRequest, before: str, after: str, kept: Kept, **more: Any) -> bool:
    """From one state to another, once: False when it is no longer where it was."""
    where = (t.link_request.c.id == request.id, t.link_request.c.state == before)
    return tx.update(t.link_request, *where, state=after, progress=_seal(tx, kept), **more) == 1


def _seal(tx: Tx, kept: Kept) -> str:
    return tx.vault.encrypt(msgspec.json.encode(kept).decode())


def replace(kept: Kept, **changes: Any) -> Kept:
    """The same with other values."""
    return msgspec.structs.replace(kept, **changes)
