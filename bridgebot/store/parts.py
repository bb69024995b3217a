"""The parts of deliveries: what is sent, call by call, frozen before the first of them."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.columns import to_json
from bridgebot.store.prepared import Query, Statement, listed
from bridgebot.store.rows import Part
from bridgebot.store.tx import Tx

UPLOAD = "upload"  # the call of a part that brings a file ahead of its post
ABSENT = "absent"  # of one that looks first whether the like of the post stands there


def seen(parts: Iterable[Part]) -> list[Part]:
    """Those that people see: a look is seen by nobody, nor is a file that no post names. Pure."""
    return [part for part in parts if part.payload["op"] not in (UPLOAD, ABSENT)]


def parts(tx: Tx, delivery_id: int) -> list[Part]:
    return of_all(tx, [delivery_id]).get(delivery_id, [])


def of_all(tx: Tx, delivery_ids: Iterable[int]) -> dict[int, list[Part]]:
    """What is frozen of each of these, in order; nothing where nothing is."""
    found: dict[int, list[Part]] = {}
    for part in _PARTS.many(tx, json.dumps(list(delivery_ids))):
        found.setdefault(part.delivery_id, []).append(part)
    return found


_PARTS = Query(
    Part,
    lambda delivery_ids: (
        sa.select(t.part)
        .where(t.part.c.delivery_id.in_(listed(delivery_ids)))
        .order_by(t.part.c.delivery_id, t.part.c.number)
    ),
)
_THAW = Statement(lambda delivery_id: sa.delete(t.part).where(t.part.c.delivery_id == delivery_id))
_PART_SENT = Statement(
    lambda delivery_id, number, native_ids: (
        sa.update(t.part)
        .where(t.part.c.delivery_id == delivery_id, t.part.c.number == number)
        .values(native_ids=native_ids)
    )
)


_VARIANT = dict(zip("0123", "89ab", strict=True))


def keys() -> Iterator[str]:
    """Keys that were never given before. Asking the system for each would take longer than all the rest, so
    it is asked once for as many as one unit of work needs: they need not be secret. They begin with the time
    (RFC 9562, 5.7), so that in the index of all keys the new ones stand together.
    """
    own = random.Random(os.urandom(32))  # noqa: S311
    at = f"{time.time_ns() // 1_000_000:012x}"
    begins = f"{at[:8]}-{at[8:]}-7"
    while True:
        drawn = f"{own.getrandbits(74):019x}"
        yield f"{begins}{drawn[1:4]}-{_VARIANT[drawn[0]]}{drawn[4:7]}-{drawn[7:]}"


def freeze(delivery_id: int, payloads: Iterable[dict[str, Any]], keys: Iterator[str]) -> list[Part]:
    """What will be sent as parts, each with a key of its own; they are still to be kept."""
    return [Part(delivery_id, number, next(keys), payload, None) for number, payload in enumerate(payloads)]


Row = tuple[int, int, str, str]  # of what delivery, its number, its key, its call as JSON


def rows_of(frozen: Iterable[Part]) -> list[Row]:
    """Parts that were frozen as rows to be kept. Pure; raises what JSON cannot say."""
    return [(part.delivery_id, part.number, part.key, to_json(part.payload)) for part in frozen]


def keep(tx: Tx, rows: Iterable[Row]) -> None:
    """Keep parts that were frozen; there must be none of their deliveries yet."""
    _KEEP.run_all(tx, rows)


_KEEP = Statement(
    lambda delivery_id, number, key, payload: sa.insert(t.part).values(
        delivery_id=delivery_id, number=number, key=key, payload=sa.type_coerce(payload, sa.Text)
    )
)


def thaw(tx: Tx, delivery_id: int) -> None:
    """Forget frozen parts of which surely none was sent: the next claim renders anew."""
    _THAW.run(tx, delivery_id)


def wipe_parts(tx: Tx, delivery_id: int) -> None:
    """Forget what was sent, not that it was."""
    tx.update(t.part, t.part.c.delivery_id == delivery_id, payload={})


def rekey(tx: Tx, delivery_id: int, numbers: Iterable[int]) -> None:
    """New keys for parts by their numbers: what was refused is asked for as something new."""
    for number, key in zip(numbers, keys(), strict=False):
        tx.update(t.part, t.part.c.delivery_id == delivery_id, t.part.c.number == number, key=key)


def part_sent(tx: Tx, delivery_id: int, number: int, native_ids: Sequence[str]) -> None:
    parts_sent(tx, [(delivery_id, number, native_ids)])


def parts_sent(tx: Tx, sent: Iterable[tuple[int, int, Sequence[str]]]) -> None:
    """The network has these: parts by delivery and number, and the ids that it gave them."""
    _PART_SENT.run_all(tx, [(delivery_id, number, list(ids)) for delivery_id, number, ids in sent])
