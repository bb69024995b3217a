"""What the buttons under a message about a post carry: a token that says nothing by itself."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.prepared import Statement
from bridgebot.store.rows import one
from bridgebot.store.tx import Tx

SIZE = 12  # bytes of a token, a multiple of three: four letters each
AT_ONCE = 64  # tokens

ITEM, RECEIPT = "item", "receipt"


@dataclass(frozen=True, slots=True)
class Button:
    token: str
    chat_id: int
    post_id: int
    kind: str  # what the message is: ITEM or RECEIPT


def token(tx: Tx, chat_id: int, post_id: int, kind: str) -> str:
    """The token of the buttons under this post in this chat: made once, the same after every edit."""
    fresh = _drawn()
    values = {"token": fresh, "chat_id": chat_id, "post_id": post_id, "kind": kind}
    return fresh if tx.insert_or_ignore(t.button, values) else str(_TOKEN.value(tx, chat_id, post_id, kind))


def _drawn() -> str:
    """At random. Many are drawn at once: for each the writer would let go of the interpreter, and wait."""
    while True:
        try:
            return _DRAWN.pop()
        except IndexError:
            drawn = base64.urlsafe_b64encode(secrets.token_bytes(SIZE * AT_ONCE)).decode()
            length = SIZE * 4 // 3
            _DRAWN.extend(drawn[at : at + length] for at in range(0, len(drawn), length))


_DRAWN: list[str] = []
_TOKEN = Statement(
    lambda chat_id, post_id, kind: sa.select(t.button.c.token).where(
        t.button.c.chat_id == chat_id, t.button.c.post_id == post_id, t.button.c.kind == kind
    )
)


def by_token(tx: Tx, token: str) -> Button | None:
    return one(tx.connection, Button, sa.select(t.button).where(t.button.c.token == token))
