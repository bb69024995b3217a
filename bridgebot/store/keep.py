"""Small things kept: adapter state, invites and the operator's claim, the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.prepared import Statement
from bridgebot.store.tx import Tx
from bridgebot.store.vault import digest, new_code

CLAIM_DAYS = 7


def state(tx: Tx, adapter: str, key: str) -> str | None:
    value = _STATE.value(tx, adapter, key)
    return None if value is None else tx.vault.decrypt(value)


def set_state(tx: Tx, adapter: str, values: Mapping[str, str]) -> None:
    for key, value in values.items():
        secret = tx.vault.encrypt(value)
        row = {"adapter": adapter, "key": key, "value": secret}
        if not tx.insert_or_ignore(t.adapter_state, row):
            _SET_STATE.run(tx, adapter, key, secret)


_THIS = (t.adapter_state.c.adapter, t.adapter_state.c.key)
_STATE = Statement(
    lambda adapter, key: sa.select(t.adapter_state.c.value).where(_THIS[0] == adapter, _THIS[1] == key)
)
_SET_STATE = Statement(
    lambda adapter, key, value: (
        sa.update(t.adapter_state).where(_THIS[0] == adapter, _THIS[1] == key).values(value=value)
    )
)


def new_invite(
    tx: Tx, now: datetime, role: str, *, made_by: int | None = None, days: int = CLAIM_DAYS
) -> str:
    """A one-time code for a new user, or for the operator's role; only its digest is stored."""
    code = new_code()
    values = {"digest": digest(code), "role": role, "expires_at": now + timedelta(days=days)}
    tx.insert(t.invite, values | {"made_by": made_by, "made_at": now})
    return code


def redeem(tx: Tx, now: datetime, code: str) -> str | None:
    """The role that `code` gives, or None when it is unknown, used or too old."""
    return tx.scalar(  # type: ignore[no-any-return]
        sa.select(t.invite.c.role).where(
            t.invite.c.digest == digest(code), t.invite.c.used_by.is_(None), t.invite.c.expires_at > now
        )
    )


def mark_redeemed(tx: Tx, code: str, user_id: int) -> None:
    tx.update(t.invite, t.invite.c.digest == digest(code), t.invite.c.used_by.is_(None), used_by=user_id)


def audit(tx: Tx, now: datetime, user_id: int | None, action: str, target: str, result: str = "ok") -> None:
    """One line of who did what; never a text."""
    tx.insert(t.audit, {"at": now, "user_id": user_id, "action": action, "target": target, "result": result})


# --- words that hold a secret ---

HANDED = "handed:"  # how the keys of such notices begin


def handed(digest_: str) -> str:
    """The key of a notice that hands somebody a secret: by it the words are found and wiped."""
    return f"{HANDED}{digest_}"


def wipe_handed(tx: Tx, now: datetime) -> None:
    """Of notices that handed over a secret and are out, or never will be, no word is kept."""
    d = t.delivery.c
    over = (d.once >= HANDED, d.once < f"{HANDED}~", d.ended_at.is_not(None))
    for number in tx.scalars(sa.select(d.id).where(*over)):
        tx.update(t.part, t.part.c.delivery_id == number, payload={})
        tx.update(t.delivery, d.id == number, arguments={}, once=None)
