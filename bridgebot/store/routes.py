"""Timelines that are read, and routes: what goes from where to where.

The argument of a feed is its address, and that may be a secret: it is encrypted, and a mark made with a key
of this database stands in its place. Whoever reads a timeline here gets it opened.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bridgebot import model
from bridgebot.model import TimelineKind as Kind
from bridgebot.store import keep, news, people
from bridgebot.store import tables as t
from bridgebot.store.deliveries import SHOWN
from bridgebot.store.muting import Voices, kept_from
from bridgebot.store.prepared import Query
from bridgebot.store.rows import Account, Route, Timeline, many, one, replace
from bridgebot.store.sealed import OWN
from bridgebot.store.tx import Tx

ACTIVE, PAUSED, ENDED = "active", "paused", "ended"  # states
HOUR = timedelta(hours=1)
SYNC, DEFAULT = "sync", "default"  # verbs
CARRYING = (SYNC, DEFAULT)  # those that carry a user's own posts on
_PAUSED = "paused"  # where a route's filters say since when it rests, and why
_SIMPLE = frozenset({"audiences", "boosts"})  # what `simple` knows of filters
# With where their accounts are kept.
_TIMELINES = sa.select(t.timeline, t.account.c.host).select_from(
    t.timeline.outerjoin(t.account, t.account.c.id == t.timeline.c.account_id)
)
_MARKS = "feed-marks"  # the key with which the marks of feeds are made


def timeline(
    tx: Tx, now: datetime, adapter: str, native: model.Timeline, account_id: int | None, title: str
) -> Timeline:
    """The stored timeline, made when first wanted and due at once."""
    reader = account_id if account_id is not None else ""
    hidden = native.kind is Kind.FEED
    argument = _mark(tx, native.argument) if hidden else native.argument
    address = {"address": tx.vault.encrypt(native.argument)} if hidden else {}
    key = f"{adapter}/{native.server}/{native.kind}/{argument}/{reader}"
    values = address | {
        "key": key,
        "adapter": adapter,
        "server": native.server,
        "kind": native.kind,
        "argument": argument,
        "account_id": account_id,
        "title": title,
        "due_at": now,
        "failures": 0,
    }
    if not tx.insert_or_ignore(t.timeline, values):
        tx.update(t.timeline, t.timeline.c.key == key, due_at=now, held=None, failures=0, **address)
    found = one(tx.connection, Timeline, _TIMELINES.where(t.timeline.c.key == key))
    if found is None:
        raise LookupError(key)
    news.note(tx, found.id)
    return _opened(tx, found)


def moved(tx: Tx, found: Timeline, argument: str) -> None:
    """A timeline lives elsewhere now. It stays the one that people found where it was before."""
    if found.kind == Kind.FEED:
        set_timeline(tx, found.id, address=tx.vault.encrypt(argument))
    else:
        set_timeline(tx, found.id, argument=argument)


def _opened(tx: Tx, found: Timeline) -> Timeline:
    if found.address is None:
        return found
    return replace(found, argument=tx.vault.open(found.address), address=None)


def _mark(tx: Tx, address: str) -> str:
    """By what an address is found without standing there: it tells nothing to whoever lacks the key."""
    key = keep.state(tx, OWN, _MARKS)
    if key is None:
        key = secrets.token_hex(16)
        keep.set_state(tx, OWN, {_MARKS: key})
    return hmac.new(key.encode(), address.encode(), hashlib.sha256).hexdigest()[:32]


def begin_at(tx: Tx, found: Timeline, cursor: str | None) -> None:
    """A timeline that was never read is read from here on."""
    if found.cursor is None and cursor is not None:
        set_timeline(tx, found.id, cursor=cursor)
        news.note(tx, found.id)


_TIMELINE = Query(Timeline, lambda timeline_id: _TIMELINES.where(t.timeline.c.id == timeline_id))


def timeline_by_id(tx: Tx, timeline_id: int) -> Timeline:
    found = _TIMELINE.one(tx, timeline_id)
    if found is None:
        raise LookupError(f"timeline {timeline_id}")
    return _opened(tx, found)


def read_timelines(
    tx: Tx, *, of: Iterable[int] | None = None, after: int = 0, most: int | None = None
) -> list[Timeline]:
    """Those that somebody wants: an active route starts at them. Of these ids, or page by page."""
    wanted = sa.exists().where(t.route.c.timeline_id == t.timeline.c.id, t.route.c.state == ACTIVE)
    where = [wanted, t.timeline.c.held.is_(None), t.timeline.c.id > after]
    if of is not None:
        where.append(t.timeline.c.id.in_(list(of)))
    query = _TIMELINES.where(*where).order_by(t.timeline.c.id).limit(most)
    return [_opened(tx, found) for found in many(tx.connection, Timeline, query)]


def set_timeline(tx: Tx, timeline_id: int, **values: Any) -> None:
    tx.change(t.timeline, timeline_id, **values)


def hold_timelines(tx: Tx, account_id: int, why: str | None) -> None:
    """Stop reading with this account, or go on (None)."""
    tx.update(t.timeline, t.timeline.c.account_id == account_id, held=why)
    news.note_account(tx, account_id)


def put_off(tx: Tx, now: datetime, timeline_id: int, seconds: float, failures: int) -> None:
    """It is due in so long."""
    set_timeline(tx, timeline_id, due_at=now + timedelta(seconds=seconds), failures=failures)
    news.note(tx, timeline_id)


# --- routes ---


_ROUTE = Query(Route, lambda route_id: sa.select(t.route).where(t.route.c.id == route_id))


def route(tx: Tx, route_id: int) -> Route:
    found = tx.row(t.route, _ROUTE, route_id)
    if found is None:
        raise LookupError(f"route {route_id}")
    return found


def add(
    tx: Tx,
    now: datetime,
    user_id: int,
    verb: str,
    *,
    timeline_id: int | None = None,
    source_chat_id: int | None = None,
    chat_id: int | None = None,
    account_id: int | None = None,
    filters: dict[str, Any] | None = None,
) -> bool:
    """Make a route that starts now; False when it is there already. An ended or paused one starts anew."""
    source = f"timeline:{timeline_id}" if timeline_id is not None else f"chat:{source_chat_id}"
    target = f"chat:{chat_id}" if chat_id is not None else f"account:{account_id}"
    values = {
        "key": f"{source}>{target}",
        "user_id": user_id,
        "verb": verb,
        "timeline_id": timeline_id,
        "source_chat_id": source_chat_id,
        "chat_id": chat_id,
        "account_id": account_id,
        "filters": filters or {},
        "since": now,
        "state": ACTIVE,
        "picky": _is_picky(verb, account_id, filters or {}),
    }
    if timeline_id is not None:
        news.note(tx, timeline_id)
    if tx.insert_or_ignore(t.route, values):
        return True
    again = {name: values[name] for name in ("user_id", "verb", "filters", "since", "state", "picky")}
    return tx.update(t.route, t.route.c.key == values["key"], t.route.c.state != ACTIVE, **again) == 1


def _is_picky(verb: str, account_id: int | None, filters: dict[str, Any]) -> bool | None:
    """Whether posts are weighed for it one by one. What thousands of chats follow is told apart by the
    statement that queues for all of them: None.
    """
    return account_id is not None or verb == SYNC or not filters.keys() <= _SIMPLE or None


def set_filters(tx: Tx, found: Route, filters: dict[str, Any]) -> None:
    """Other options for a route; that it rests, and why, stays with it."""
    resting = {_PAUSED: found.filters[_PAUSED]} if _PAUSED in found.filters else {}
    picky = _is_picky(found.verb, found.account_id, filters)
    tx.update(t.route, t.route.c.id == found.id, filters=filters | resting, picky=picky)


def has_room(tx: Tx, now: datetime, route_id: int, cap: int) -> bool:
    """Whether a route may carry one more, at most `cap` in any hour; then that is noted."""
    known: list[float] = tx.scalar(sa.select(t.route.c.carried).where(t.route.c.id == route_id)) or []
    lately = [at for at in known if at > (now - HOUR).timestamp()]
    if len(lately) >= cap:
        return False
    tx.update(t.route, t.route.c.id == route_id, carried=[*lately, now.timestamp()])
    return True


def end(tx: Tx, route_id: int) -> None:
    tx.update(t.route, t.route.c.id == route_id, state=ENDED)
    news.note_route(tx, route_id)


def pause(tx: Tx, route_id: int, now: datetime | None = None, *, why: str = "") -> bool:
    """Let a route rest until `resume`; False where it is not active. `now` and `why` (a word of the house,
    empty: its user said so) are kept for whoever looks at it: see `paused`.
    """
    found = route(tx, route_id)
    if found.state != ACTIVE:
        return False
    filters = found.filters | {_PAUSED: {"at": now.isoformat() if now else None, "why": why}}
    tx.update(t.route, t.route.c.id == route_id, state=PAUSED, filters=filters)
    news.note_route(tx, route_id)
    return True


def resume(tx: Tx, now: datetime, route_id: int) -> bool:
    """Let a route go on that rests: from now on, so that nothing of the time between is sent. False where it
    does not rest.
    """
    found = route(tx, route_id)
    if found.state != PAUSED:
        return False
    filters = {key: value for key, value in found.filters.items() if key != _PAUSED}
    tx.update(t.route, t.route.c.id == route_id, state=ACTIVE, since=now, filters=filters)
    news.note_route(tx, route_id)
    return True


def paused(found: Route) -> tuple[datetime | None, str]:
    """Since when a route rests, where that was noted, and why. Pure."""
    noted = found.filters.get(_PAUSED) or {"at": None, "why": ""}
    return datetime.fromisoformat(noted["at"]) if noted["at"] else None, noted["why"]


def _active(*where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(t.route).where(t.route.c.state == ACTIVE, *where).order_by(t.route.c.id)


def _standing(*where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Those that rest, too."""
    return sa.select(t.route).where(t.route.c.state != ENDED, *where).order_by(t.route.c.id)


_FROM_TIMELINE = Query(Route, lambda timeline_id: _active(t.route.c.timeline_id == timeline_id))
_FROM_CHAT = Query(
    Route,
    lambda chat_id, user_id: _active(t.route.c.source_chat_id == chat_id, t.route.c.user_id == user_id),
)


def of_user(tx: Tx, user_id: int) -> list[Route]:
    """A user's routes, those that rest too."""
    return many(tx.connection, Route, _standing(t.route.c.user_id == user_id))


def feeds(tx: Tx, user_id: int) -> list[tuple[str, str]]:
    """Title and address of each feed that a user follows: for the user alone, an address may be a secret."""
    lines = [timeline_by_id(tx, route.timeline_id) for route in of_user(tx, user_id) if route.timeline_id]
    web = [one for one in lines if one.kind == Kind.FEED and one.argument.startswith(("https://", "http://"))]
    return list({one.argument: (one.title, one.argument) for one in web}.values())


def from_timeline(tx: Tx, timeline_id: int) -> list[Route]:
    """The routes that are fed by it now."""
    return _FROM_TIMELINE.many(tx, timeline_id)


def at_timeline(tx: Tx, timeline_id: int) -> list[Route]:
    """All that begin there, those that rest too."""
    return many(tx.connection, Route, _standing(t.route.c.timeline_id == timeline_id))


def firing(
    timeline_id: Any, shown_at: Any, server: Any, author: Any, booster: Any
) -> list[sa.ColumnElement[bool]]:
    """Which routes may carry a post that was just sighted, as conditions: only what is younger than the
    route, and nothing of whom its user has muted. Whether they take it, `simple` says of those that are not
    picky, and `flow.picking` of the others.
    """
    return [
        t.route.c.timeline_id == timeline_id,
        t.route.c.state == ACTIVE,
        t.route.c.since <= sa.type_coerce(shown_at, t.Time),
        t.route.c.user_id.not_in(kept_from(server, author, booster)),
    ]


def simple(audience: Any, boosted: Any) -> list[sa.ColumnElement[bool]]:
    """Which of them take it whatever it says, as conditions: by its audience, and that it is no boost."""
    filters = t.route.c.filters
    none = sa.type_coerce(filters, sa.Text) == sa.literal_column("'{}'")  # what most have
    boosts = sa.func.coalesce(sa.func.json_extract(filters, "$.boosts"), 1)
    chosen = sa.func.json_each(filters, "$.audiences").table_valued("value")
    any_audience = sa.func.json_extract(filters, "$.audiences").is_(None)
    fits = sa.or_(any_audience, sa.exists(sa.select(1).select_from(chosen).where(chosen.c.value == audience)))
    passes = sa.or_(none, sa.and_(sa.or_(sa.not_(boosted), boosts == 1), fits))
    return [t.route.c.picky.is_(None), passes]


_PICKY = Query(
    Route,
    lambda timeline_id, shown_at, server, author, booster: (
        sa.select(t.route)
        .where(*firing(timeline_id, shown_at, server, author, booster), t.route.c.picky.is_not(None))
        .order_by(t.route.c.id)
    ),
)


def picky(tx: Tx, timeline_id: int, shown_at: datetime, voices: Voices) -> list[Route]:
    """The routes that may carry a post which a timeline showed, and for which it is weighed: those into
    accounts, and those with filters.
    """
    return _PICKY.many(tx, timeline_id, shown_at, *voices)


def from_chat(tx: Tx, chat_id: int, user_id: int) -> list[Route]:
    """What leads out of this chat for a user: the default targets of their own one."""
    return _FROM_CHAT.known_many(tx, chat_id, user_id)


def defaults(tx: Tx, chat_id: int, user_id: int) -> list[Account]:
    """The linked accounts among them."""
    mine = {account.id: account for account in people.accounts(tx, user_id)}
    return [mine[one.account_id] for one in from_chat(tx, chat_id, user_id) if one.account_id in mine]


def out_of_chat(tx: Tx, chat_id: int) -> list[Route]:
    """Whatever leads out of a chat, whose ever it is; what rests, too."""
    return many(tx.connection, Route, _standing(t.route.c.source_chat_id == chat_id))


def carried_out(tx: Tx, chat_id: int) -> list[Route]:
    """Those of them that are fed by it now."""
    return [one for one in out_of_chat(tx, chat_id) if one.state == ACTIVE]


def into_chat(tx: Tx, chat_id: int) -> list[Route]:
    """What leads into a chat, what rests too."""
    return many(tx.connection, Route, _standing(t.route.c.chat_id == chat_id))


def of_account(tx: Tx, account_id: int) -> list[Route]:
    """Those that read with the account or write with it."""
    reading = sa.select(t.timeline.c.id).where(t.timeline.c.account_id == account_id)
    where = sa.or_(t.route.c.account_id == account_id, t.route.c.timeline_id.in_(reading))
    return many(tx.connection, Route, _standing(where))


def kept_for(tx: Tx, chat_id: int) -> int:
    """How many mirrored items wait for a chat."""
    d = t.delivery.c
    kept = sa.and_(t.STANDING, d.state == "held")
    where = (d.lane == f"chat:{chat_id}", d.action.in_(SHOWN), sa.or_(t.QUEUED, kept))
    return int(tx.scalar(sa.select(sa.func.count()).where(*where)))
