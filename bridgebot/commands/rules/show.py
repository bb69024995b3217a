"""`/routes`: what goes where, what rests and what ends; `/filter`: what a rule takes."""

from __future__ import annotations

from collections.abc import Sequence

from bridgebot.commands.broadcasts import LEFT
from bridgebot.commands.rules import told
from bridgebot.commands.rules.options import read, tokens
from bridgebot.commands.rules.sync import end_all
from bridgebot.dialog import Talk
from bridgebot.flow import picking
from bridgebot.model import Message
from bridgebot.store import deliveries, routes
from bridgebot.store.rows import Post, Route

_STOP = ("stop", "off", "end", "停", "停止", "删")
_PAUSE = ("pause", "rest", "暂停")
_ON = ("on", "resume", "go", "开", "继续")
_NOTHING = ("none", "nothing", "clear", "everything", "all", "无", "全部", "清除")


def show_routes(exchange: Talk, argument: str, message: Message) -> None:
    """/routes, and `/routes stop N`, `/routes pause N`, `/routes on N`: one's own; in a group, what comes
    into it and leaves it.
    """
    if not exchange.administers:
        exchange.say("admins-only")
        return
    mine, words = _here(exchange), argument.lower().split()
    if len(words) == 2 and words[1].isdecimal() and words[0] in (*_STOP, *_PAUSE, *_ON):
        route = _numbered(exchange, mine, int(words[1]))
        if route is not None:
            _act(exchange, route, words[0], int(words[1]))
    elif words:
        exchange.say("usage-routes")
    elif mine:
        exchange.write(told.drawn(exchange, mine))
    else:
        exchange.say("routes-none")


def _here(exchange: Talk) -> list[Route]:
    """The rules that are spoken of here, in their order."""
    tx, chat = exchange.tx, exchange.chat
    if chat.direct:
        return told.grouped(exchange, routes.of_user(tx, exchange.user.id))
    return told.grouped(exchange, [*routes.into_chat(tx, chat.id), *routes.out_of_chat(tx, chat.id)])


def _numbered(exchange: Talk, mine: Sequence[Route], number: int) -> Route | None:
    """The rule of this number; else says that there is none."""
    if 0 < number <= len(mine):
        return mine[number - 1]
    exchange.say("routes-no-such", number=number)
    return None


def _act(exchange: Talk, route: Route, word: str, number: int) -> None:
    tx, now, line = exchange.tx, exchange.now, told.line(exchange, route)
    if word in _STOP:
        routes.end(tx, route.id)
        exchange.say("routes-stopped", route=line)
    elif word in _PAUSE:
        done = routes.pause(tx, route.id, now)
        exchange.say("routes-paused" if done else "routes-paused-already", route=line, number=number)
    elif routes.paused(route)[1] == LEFT:  # whether they administer it again, its network is asked by /sync
        exchange.say("routes-left", route=line)
    else:
        done = routes.resume(tx, now, route.id)
        exchange.say("routes-resumed" if done else "routes-on-already", route=line)


def filter_(exchange: Talk, argument: str, message: Message) -> None:
    """/filter N: what a rule takes; /filter N OPTIONS: that from now on, and nothing else that was said."""
    if not exchange.administers:
        exchange.say("admins-only")
        return
    number, _, rest = argument.strip().partition(" ")
    if not number.isdecimal():
        exchange.write("\n".join([exchange.text("usage-filter"), told.possible(exchange)]))
        return
    route = _numbered(exchange, _here(exchange), int(number))
    if route is None:
        return
    if rest.strip() and not _change(exchange, route, rest.strip()):
        exchange.write(told.possible(exchange))
        return
    _say(exchange, routes.route(exchange.tx, route.id))


def _say(exchange: Talk, route: Route) -> None:
    options = told.options(exchange, route.filters, route.verb) or exchange.text("rule-everything")
    exchange.say("filter-is", route=told.line(exchange, route), options=options)


def _change(exchange: Talk, route: Route, typed: str) -> bool:
    """Nothing that was written before is judged by what is said now: neither does any of it go out late, nor
    is lost what is on its way.
    """
    chosen = read([] if typed.lower() in _NOTHING else tokens(typed))
    if chosen is None:
        return False
    fresh = chosen.filters(route.verb)
    if route.verb == "mirror":
        fresh |= {"audiences": ["public"]}  # others read it, whatever was said
    held = {key: value for key, value in route.filters.items() if key != routes.PAUSED}
    routes.set_filters(exchange.tx, route, picking.changed(held, fresh, exchange.now))
    return True


def stop_rules(exchange: Talk, found: Post) -> None:
    """End the rules that carried a post on."""
    carried = [d.route_id for d in deliveries.creates(exchange.tx, found.id) if d.route_id is not None]
    mine = [r for r in routes.of_user(exchange.tx, exchange.user.id) if r.verb == routes.SYNC]
    end_all(exchange, [route for route in mine if route.id in carried])
