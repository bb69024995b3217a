"""Thousands of people at once, written as rows: each with accounts whose mentions are read, as after
linking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from benchmarks import house
from bridgebot import model
from bridgebot.app import App
from bridgebot.model import Limits, TimelineKind
from bridgebot.store import Tx
from bridgebot.store import tables as t
from bridgebot.store.rows import plain

TOGETHER = 1000  # people in one unit of work
# A timeline of the Mastodon adapter that was empty when it was read last.
CURSOR = msgspec.json.encode({"anchor": None, "since": 1.7e9, "seen": [], "on": None, "size": 15}).decode()
_LIMITS = plain(Limits(500, "graphemes", 23, short_mentions=True))

Row = dict[str, Any]


@dataclass(frozen=True)
class Network:
    """Where people of a crowd have their accounts."""

    adapter: str
    account: Callable[[int, int], model.Account]  # of a person, at a place
    cursor: str  # of a timeline that was empty when it was read last
    limits: str | dict[str, Any]


def mastodon(stream: str = "", one_in: int = 1) -> Network:
    """Servers of Mastodon's kind; one person in so many has a `stream`."""
    return Network(
        "mastodon",
        lambda user, place: house.native(user, place, "" if user % one_in else stream),
        CURSOR,
        _LIMITS,
    )


def sky(servers: int) -> Network:
    """So many servers of Bluesky's, among which people are spread evenly."""
    return Network(
        "bluesky", lambda user, _: house.sky_account(user, user % servers), _SKY_CURSOR, _SKY_LIMITS
    )


_SKY_CURSOR = msgspec.json.encode({"since": 1.7e9, "seen": []}).decode()
_SKY_LIMITS = plain(Limits(300, "graphemes", 30, max_bytes=3000))


async def settle(
    app: App,
    count: int,
    places: Sequence[int],
    *,
    read: bool,
    every: float,
    kind: TimelineKind = TimelineKind.MENTIONS,
    network: Network | None = None,
    begin: int = 0,
) -> None:
    """`count` people with an account at each place of a network (None: Mastodon's kind); the first reads are
    spread over `every` seconds. `begin`: the number of the first of them.
    """
    chosen = network or mastodon()
    for first in range(begin, begin + count, TOGETHER):
        users = range(first, min(first + TOGETHER, begin + count))
        await app.store.run(
            lambda tx, now, users=users: _some(  # type: ignore[misc]
                tx, now, users, places, _dues(now, begin, count, every) if read else None, kind, chosen
            )
        )


def _dues(now: datetime, begin: int, count: int, every: float) -> Callable[[int], datetime]:
    """When each user, by the row's id, is read first."""
    step = every / max(count, 1)
    return lambda id: now + timedelta(seconds=step * (id - begin))


async def followers(app: App, count: int, network: str, *, groups: int = 0) -> int:
    """`count` chats on this chat network that somebody's posts come into; the last `groups` are groups.
    The timeline's id.
    """
    await settle(app, 1, (0,), read=False, every=1)

    def unit(tx: Tx, now: datetime) -> None:
        rows = [_follower(place, network, now, group=place >= count - groups) for place in range(count)]
        for table, name in ((t.user, "user"), (t.person, "person"), (t.chat, "chat")):
            tx.connection.execute(sa.insert(table), [row[name] for row in rows])
        timeline = {
            **_timeline({"id": 1, "account_id": 1, "server": house.SERVERS[0], "handle": "@lin"}, now)
        }
        timeline |= {"kind": TimelineKind.PERSON.value, "argument": "7", "held": "measured by hand"}
        tx.connection.execute(sa.insert(t.timeline), [timeline])
        since = now - timedelta(days=1)
        routes = [
            _route(
                {"id": row["chat"]["id"], "user_id": row["user"]["id"]},
                since,
                "follow",
                timeline_id=1,
                chat_id=row["chat"]["id"],
            )
            for row in rows
        ]
        tx.connection.execute(sa.insert(t.route), routes)

    await app.store.run(unit)
    return 1


def acquaintance(tx: Tx, now: datetime, user: int, network: str, native: str) -> None:
    """Somebody whom the bot knows, and nothing more."""
    row = _person(user, now)
    row["person"] |= {"adapter": network, "native_id": native}
    row["chat"] |= {"adapter": network, "native_id": native}
    for table, name in ((t.user, "user"), (t.person, "person"), (t.chat, "chat")):
        tx.connection.execute(sa.insert(table), [row[name]])


def _follower(place: int, network: str, now: datetime, *, group: bool) -> dict[str, Row]:
    """Native ids as Telegram has them: of people from 1000 on, of groups with a minus."""
    row = _person(place + 1, now)
    native = str(-100_000 - place if group else 1000 + place)
    row["person"] |= {"adapter": network, "native_id": str(1000 + place)}
    row["chat"] |= {"adapter": network, "native_id": native, "direct": not group}
    return row


def _some(
    tx: Tx,
    now: datetime,
    users: range,
    places: Sequence[int],
    first_read: Callable[[int], datetime] | None,
    kind: TimelineKind,
    network: Network,
) -> None:
    """`first_read`: when a user's timelines are read first; None: nothing is read."""
    rows = [_person(user, now) for user in users]
    for table, name in ((t.user, "user"), (t.person, "person"), (t.chat, "chat")):
        tx.connection.execute(sa.insert(table), [row[name] for row in rows])
    accounts = [account for user in users for account in _accounts(tx, user, places, now, network)]
    tx.connection.execute(sa.insert(t.account), accounts)
    tx.connection.execute(sa.insert(t.route), [_default(account, now) for account in accounts])
    if first_read is not None:
        dues = [first_read(account["user_id"]) for account in accounts]
        timelines = [
            _timeline(account, due, kind, network.cursor) for account, due in zip(accounts, dues, strict=True)
        ]
        tx.connection.execute(sa.insert(t.timeline), timelines)
        tx.connection.execute(sa.insert(t.route), [_follow(account, now) for account in accounts])


def _person(user: int, now: datetime) -> dict[str, Row]:
    """Ids are numbers that all rows of one person share, from one on."""
    id = user + 1
    return {
        "user": {"id": id, "role": "user", "plain": "post", "asks_left": 0, "created_at": now},
        "person": {
            "id": id, "adapter": "desk", "native_id": str(user), "user_id": id, "name": "", "language": "en",
        },
        "chat": {
            "id": id, "adapter": "desk", "native_id": str(user), "topic": "", "direct": True, "title": "",
            "person_id": id, "open": True,
        },
    }  # fmt: skip


def _accounts(tx: Tx, user: int, places: Sequence[int], now: datetime, network: Network) -> Iterator[Row]:
    for number, place in enumerate(places, start=1):
        native = network.account(user, place)
        yield {
            "id": user * len(places) + number, "user_id": user + 1, "adapter": network.adapter,
            "server": native.server, "host": native.host, "native_id": native.id, "handle": native.handle,
            "display_name": native.name, "name": f"{network.adapter}{place}", "limits": network.limits,
            "state": "active", "credentials": tx.vault.encrypt(native.credentials), "created_at": now,
        }  # fmt: skip


def _default(account: Row, now: datetime) -> Row:
    return _route(account, now, "default", source_chat_id=account["user_id"], account_id=account["id"])


def _follow(account: Row, now: datetime) -> Row:
    return _route(account, now, "follow", timeline_id=account["id"], chat_id=account["user_id"])


def _route(account: Row, now: datetime, verb: str, **ends: int) -> Row:
    key = f"{verb}:{account['id']}"
    return {
        "key": key, "user_id": account["user_id"], "verb": verb, "filters": {}, "since": now,
        "state": "active",
        "timeline_id": None, "source_chat_id": None, "chat_id": None, "account_id": None, **ends,
    }  # fmt: skip


def _timeline(
    account: Row, due: datetime, kind: TimelineKind = TimelineKind.MENTIONS, cursor: str = CURSOR
) -> Row:
    return {
        "id": account["id"], "key": f"{kind.value}:{account['id']}",
        "adapter": account.get("adapter", "mastodon"),
        "server": account["server"], "kind": kind.value, "argument": "",
        "account_id": account["id"], "title": f"{account['handle']} {kind.value}", "cursor": cursor,
        "due_at": due, "failures": 0,
    }  # fmt: skip
