"""Rules in words: their ends, their options, and all of them in one shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from bridgebot.commands import reading
from bridgebot.commands.rules import ends
from bridgebot.dialog import Talk
from bridgebot.flow.picking import STAY_HOME
from bridgebot.model import TimelineKind
from bridgebot.render import clean_name, clock
from bridgebot.store import people, routes
from bridgebot.store.routes import CARRYING, SYNC
from bridgebot.store.rows import Route, Timeline

GAP = "   "


# --- options -----------------------------------------------------------------------------------


def possible(exchange: Talk) -> str:
    """What can be said about a rule."""
    return exchange.text("sync-possible")


def options(exchange: Talk, filters: Mapping[str, Any], verb: str) -> str:
    """`only #art · at most 10 an hour`; empty: nothing was said."""
    said = [make(exchange, filters, verb) for make in _WORDS]
    return " · ".join(word for word in said if word)


def _tags(values: Iterable[str]) -> str:
    return " ".join(f"#{clean_name(value)}" for value in values)


def _quoted(exchange: Talk, values: Iterable[str]) -> str:
    return exchange.listed(f"“{clean_name(value)}”" for value in values)


def _of_tags(exchange: Talk, filters: Mapping[str, Any], verb: str) -> str:
    only = filters.get("tags")
    return exchange.text("rule-only", what=_tags(only)) if only else ""


def _of_words(exchange: Talk, filters: Mapping[str, Any], verb: str) -> str:
    only = filters.get("words")
    return exchange.text("rule-words", what=_quoted(exchange, only)) if only else ""


def _without(exchange: Talk, filters: Mapping[str, Any], verb: str) -> str:
    own = [tag for tag in filters.get("without", ()) if verb != SYNC or tag not in STAY_HOME]
    words = filters.get("not_words", ())
    what = " ".join(part for part in (_tags(own), _quoted(exchange, words)) if part)
    return exchange.text("rule-without", what=what) if what else ""


def _flags(exchange: Talk, filters: Mapping[str, Any], verb: str) -> str:
    boosts = filters.get("boosts", True)
    wide = [one for one in filters.get("audiences", ()) if one in ("unlisted", "followers")]
    said = [
        *(["rule-media"] if filters.get("media") else []),
        *(["rule-no-answers"] if filters.get("answers") is False else []),
        *(["rule-boosts"] if verb == SYNC and boosts else []),
        *(["rule-no-boosts"] if verb != SYNC and not boosts else []),
        *(f"rule-{one}" for one in wide),
    ]
    return " · ".join(exchange.text(key) for key in said)


def _shape(exchange: Talk, filters: Mapping[str, Any], verb: str) -> str:
    said = [
        exchange.text(f"rule-{key}", text=clean_name(str(filters[key]).strip()))
        for key in ("prefix", "suffix", "language")
        if filters.get(key)
    ]
    if filters.get("long"):
        said.append(exchange.text(f"rule-long-{filters['long']}"))
    return " · ".join(said)


def _cap(exchange: Talk, filters: Mapping[str, Any], verb: str) -> str:
    return exchange.text("rule-cap", number=filters["cap"]) if filters.get("cap") else ""


_WORDS: tuple[Callable[[Talk, Mapping[str, Any], str], str], ...] = (
    _of_tags,
    _of_words,
    _without,
    _flags,
    _shape,
    _cap,
)


# --- ends --------------------------------------------------------------------------------------


def line(exchange: Talk, route: Route) -> str:
    """One rule by itself: `@ada@north.example: own posts (North) → south`."""
    return exchange.text("route-line", source=source(exchange, route), target=target(exchange, route))


def source(exchange: Talk, route: Route) -> str:
    """Where a rule begins."""
    if route.timeline_id is not None:
        return _timeline(exchange, routes.timeline_by_id(exchange.tx, route.timeline_id))
    return ends.chat_words(exchange, people.chat_by_id(exchange.tx, route.source_chat_id or 0))


def target(exchange: Talk, route: Route) -> str:
    """Where it leads; in a group nobody else's account is named."""
    if route.chat_id is not None:
        return ends.chat_words(exchange, people.chat_by_id(exchange.tx, route.chat_id))
    account = people.account(exchange.tx, route.account_id or 0)
    if account.user_id != exchange.user.id:
        return exchange.text("route-anothers", network=exchange.house.title(account.adapter))
    handle = clean_name(account.handle)
    return exchange.text("route-account", network=exchange.house.title(account.adapter), handle=handle)


def _timeline(exchange: Talk, timeline: Timeline) -> str:
    """A timeline in words: `#bridge (Plaza)`, `@ada: home (Plaza)`, `@lin (Plaza)`, `Plaza @ada`."""
    network = exchange.house.title(timeline.adapter)
    if timeline.kind == TimelineKind.FEED:
        what = reading.shown(timeline.title, "", timeline.native())
        return exchange.text("route-read", what=what, network=network)
    if timeline.kind == TimelineKind.TAG:
        return exchange.text("route-read", what=f"#{timeline.argument}", network=network)
    if timeline.account_id is None or timeline.argument:
        return exchange.text("route-read", what=clean_name(timeline.title), network=network)
    reader = people.account(exchange.tx, timeline.account_id)
    kind = exchange.text(f"timeline-{timeline.kind}")
    if not exchange.chat.direct and reader.user_id != exchange.user.id:
        return exchange.text("route-read", what=kind, network=network)  # with whose account is theirs to tell
    if timeline.kind == TimelineKind.OWN:
        return exchange.text("route-account", network=network, handle=clean_name(reader.handle))
    return exchange.text("route-read-own", handle=clean_name(reader.handle), kind=kind, network=network)


# --- all of them -------------------------------------------------------------------------------


def grouped(exchange: Talk, mine: Sequence[Route]) -> list[Route]:
    """In the order in which they are drawn, and so numbered: what carries one's own posts first, by where it
    begins.
    """
    firsts: dict[tuple[bool, str], int] = {}
    for route in mine:
        firsts.setdefault(_place(route), route.id)
    return sorted(mine, key=lambda route: (route.verb not in CARRYING, firsts[_place(route)], route.id))


def _place(route: Route) -> tuple[bool, str]:
    begins = f"t{route.timeline_id}" if route.timeline_id is not None else f"c{route.source_chat_id}"
    return route.verb not in CARRYING, begins


def drawn(exchange: Talk, ordered: Sequence[Route]) -> str:
    """Each place where something begins, and below it the numbered places where it goes."""
    lines, before = [exchange.text("routes-head")], None
    for number, route in enumerate(ordered, start=1):
        if _place(route) != before:
            lines.append(f"{_sign(route)} {source(exchange, route)}")
            before = _place(route)
        lines.append(_row(exchange, number, route))
    return "\n".join([*lines, exchange.text("routes-foot")])


def _sign(route: Route) -> str:
    """What one writes oneself, in whichever place, and what others write."""
    return "↔" if route.verb in CARRYING else "↓"


def _row(exchange: Talk, number: int, route: Route) -> str:
    said = [options(exchange, route.filters, route.verb)]
    if route.state == routes.PAUSED:
        said.append(_resting(exchange, route, number))
    behind = " · ".join(part for part in said if part)
    return f"  {number} → {target(exchange, route)}{GAP if behind else ''}{behind}"


def _resting(exchange: Talk, route: Route, number: int) -> str:
    at, _ = routes.paused(route)
    if at is None:
        return exchange.text("rule-paused", number=number)
    zone = exchange.user.timezone or exchange.house.timezone
    return exchange.text("rule-paused-since", time=clock(at, exchange.now, zone), number=number)
