"""`/sync`: from an account, this chat, or a group or channel, to any accounts and chats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bridgebot.commands import quotas
from bridgebot.commands.broadcasts import ASKING, LEFT
from bridgebot.commands.rules import ends, told
from bridgebot.commands.rules.ends import End
from bridgebot.commands.rules.options import Chosen, Token, read, tokens
from bridgebot.commands.timelines import own_posts, reads
from bridgebot.commands.wishes import account_names
from bridgebot.dialog import Talk
from bridgebot.model import Message, TimelineKind
from bridgebot.render import clean_name
from bridgebot.store import people, routes
from bridgebot.store.deliveries import ANSWER, Order, queue
from bridgebot.store.routes import DEFAULT, SYNC
from bridgebot.store.rows import Chat, Route

_OFF = ("off", "停", "关", "取消")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be made, once every chat in it is known."""

    source: End
    targets: tuple[End, ...]
    chosen: Chosen
    off: bool = False


def sync(exchange: Talk, argument: str, message: Message) -> None:
    """/sync FROM to TO [options], or /sync off FROM [to TO]."""
    if not exchange.administers:
        exchange.say("admins-only")
        return
    given = tokens(argument)
    off = bool(given) and given[0].text.lower() in _OFF
    plan = _plan(exchange, given[1:] if off else given, off=off)
    if plan is not None:
        go_on(exchange, plan)


def _plan(exchange: Talk, given: Sequence[Token], *, off: bool) -> Plan | None:
    """What was said; None if that makes no sense, and then what can be said was told."""
    begins = next((n for n, token in enumerate(given) if token.kind == "to"), min(len(given), 1))
    first, rest = given[:begins], [token for token in given[begins:] if token.kind != "to"]
    stop = next((n for n, token in enumerate(rest) if token.kind == "tag" or token.key), len(rest))
    pieces, chosen = _pieces(rest[:stop]), read(rest[stop:])
    if not first or (not pieces and not off):
        say_usage(exchange)
        return None
    if chosen is None or (off and stop < len(rest)):
        exchange.write(told.possible(exchange))
        return None
    source = ends.several(exchange, first)
    targets = [end for piece in pieces for end in ends.several(exchange, piece)]
    if not exchange.chat.direct and End(chat=exchange.chat.id) not in (*source, *targets):
        exchange.say("direct-only", name="sync")  # it is no affair of the group's
        return None
    if len(source) != 1 or source[0] in targets:
        say_usage(exchange)
        return None
    return Plan(source[0], tuple(dict.fromkeys(targets)), chosen, off)


def _pieces(given: Sequence[Token]) -> list[list[Token]]:
    """What stands between commas, and each title in quotes by itself."""
    pieces: list[list[Token]] = [[]]
    for token in given:
        if token.kind == "comma":
            pieces.append([])
        elif token.kind == "quoted":
            pieces += [[token], []]
        else:
            pieces[-1].append(token)
    return [piece for piece in pieces if piece]


def say_usage(exchange: Talk) -> None:
    exchange.say("usage-sync", names=account_names(exchange))


# --- which chat is meant -----------------------------------------------------------------------


def go_on(exchange: Talk, plan: Plan) -> None:
    """Ask about the first chat that is only a title yet; when all are known, do it."""
    unknown = next((end for end in (plan.source, *plan.targets) if not end.known), None)
    if unknown is None:
        _do(exchange, plan)
    elif not unknown.among:
        exchange.say("sync-no-such-chat", title=clean_name(unknown.title), names=account_names(exchange))
    else:
        _ask(exchange, plan, unknown)


def _ask(exchange: Talk, plan: Plan, unknown: End) -> None:
    """Whether whoever speaks administers that chat now is for its network to say."""
    chat = people.chat_by_id(exchange.tx, unknown.among[0])
    person = people.person_on(exchange.tx, chat.adapter, exchange.user.id)
    arguments = {
        "answer": exchange.chat.id,
        "adapter": chat.adapter,
        "person": person.native_id if person is not None else "",
        "title": unknown.title,
        "plan": _stored(plan),
    }
    order = Order(
        action=ASKING,
        lane=f"look:{exchange.cause_id}:standing:{chat.id}",
        urgency=ANSWER,
        chat_id=chat.id,
        cause_id=exchange.cause_id,
        user_id=exchange.user.id,
        arguments=arguments,
    )
    queue(exchange.tx, exchange.now, order)


def answered(exchange: Talk, arguments: dict[str, Any], chat_id: int, *, administers: bool) -> None:
    """The network has said whether it is a chat of theirs."""
    plan = _read(arguments["plan"])

    def found(end: End) -> End:
        if end.known or end.title != arguments["title"]:
            return end
        if administers:
            return End(chat=chat_id)
        return replace(end, among=tuple(one for one in end.among if one != chat_id))

    plan = replace(plan, source=found(plan.source), targets=tuple(map(found, plan.targets)))
    if plan.source in plan.targets:
        say_usage(exchange)
    else:
        go_on(exchange, plan)


def _stored(plan: Plan) -> dict[str, Any]:
    chosen = {name: getattr(plan.chosen, name) for name in Chosen.__dataclass_fields__}
    return {
        "source": plan.source.stored(),
        "targets": [end.stored() for end in plan.targets],
        "chosen": chosen,
        "off": plan.off,
    }


def _read(stored: dict[str, Any]) -> Plan:
    said: dict[str, Any] = stored["chosen"]
    chosen: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in said.items()}
    targets = tuple(map(End.read, stored["targets"]))
    return Plan(End.read(stored["source"]), targets, Chosen(**chosen), stored["off"])


# --- making and ending -------------------------------------------------------------------------


def _do(exchange: Talk, plan: Plan) -> None:
    if plan.off:
        _stop(exchange, plan)
        return
    why = _why_not(exchange, plan)
    if why is not None:
        exchange.write(why)
    elif quotas.left(exchange, "routes") < len(plan.targets) - len(_same(exchange, plan)):
        quotas.is_met(exchange, "routes") or exchange.say("sync-too-many")
    else:
        _make(exchange, plan)


def _why_not(exchange: Talk, plan: Plan) -> str | None:
    """Why it cannot be, in words."""
    account, chat = ends.account(exchange, plan.source), ends.source_chat(exchange, plan.source)
    if account is not None and not reads(exchange, account.adapter, TimelineKind.OWN):
        return exchange.text("cannot-do", network=exchange.house.title(account.adapter))
    if chat is not None and not chat.direct and _is_anothers(exchange, chat):
        return exchange.text("sync-is-anothers", title=ends.chat_words(exchange, chat))
    for end in plan.targets:
        target = ends.account(exchange, end)
        network = exchange.house.network(target.adapter) if target is not None else None
        if target is not None and (network is None or network.social is None or not network.social.publish):
            return exchange.text("cannot-do", network=exchange.house.title(target.adapter))
    return None


def _is_anothers(exchange: Talk, chat: Chat) -> bool:
    """Whether another administrator's rules speak for a channel already: what stands there has one owner."""
    theirs = _of_others(exchange, chat)
    return bool(chat.broadcast) and any(routes.paused(route)[1] != LEFT for route in theirs)


def _of_others(exchange: Talk, chat: Chat) -> list[Route]:
    """What others have made of rules that begin in a chat."""
    return [one for one in routes.out_of_chat(exchange.tx, chat.id) if one.user_id != exchange.user.id]


def _make(exchange: Talk, plan: Plan) -> None:
    verb, chat = verb_of(exchange, plan.source), ends.source_chat(exchange, plan.source)
    for route in _same(exchange, plan):
        routes.end(exchange.tx, route.id)  # with other options it is another rule, that starts now
    # Whoever made these has left the channel: somebody else speaks for it now.
    for route in _of_others(exchange, chat) if chat is not None and chat.broadcast else ():
        routes.end(exchange.tx, route.id)
    filters = plan.chosen.filters(verb)
    made = [_add(exchange, plan.source, end, verb, filters) for end in plan.targets]
    names = {
        "source": ends.words(exchange, plan.source),
        "target": exchange.listed(ends.words(exchange, end) for end in plan.targets),
    }
    if not all(made):
        exchange.say("sync-there-already", **names)
        return
    lines = [exchange.text(f"sync-on-{_kind(exchange, plan.source)}", **names)]
    if options := told.options(exchange, filters, verb):
        lines.append(options)
    exchange.write("\n".join(lines))


def verb_of(exchange: Talk, source: End) -> str:
    """What is written in one's own chat is on its way for the first time."""
    chat = ends.chat(exchange, source)
    return DEFAULT if chat is not None and chat.direct else SYNC


def _kind(exchange: Talk, source: End) -> str:
    chat = ends.chat(exchange, source)
    if chat is None:
        return "account"
    return "direct" if chat.direct else "channel" if chat.broadcast else "group"


def _add(exchange: Talk, source: End, target: End, verb: str, filters: dict[str, Any]) -> bool:
    account, chat = ends.account(exchange, source), ends.source_chat(exchange, source)
    return routes.add(
        exchange.tx,
        exchange.now,
        exchange.user.id,
        verb,
        timeline_id=own_posts(exchange, account).id if account is not None else None,
        source_chat_id=chat.id if chat is not None else None,
        account_id=target.account,
        chat_id=target.chat,
        filters=filters,
    )


def _same(exchange: Talk, plan: Plan) -> list[Route]:
    """The rules between these ends that there are."""
    targets = {(end.account, end.chat) for end in plan.targets}
    return [one for one in _from(exchange, plan.source) if (one.account_id, one.chat_id) in targets]


def _from(exchange: Talk, source: End) -> list[Route]:
    """The speaker's rules that begin there."""
    account, chat = ends.account(exchange, source), ends.source_chat(exchange, source)
    if account is not None:
        found = routes.at_timeline(exchange.tx, own_posts(exchange, account).id)
    else:
        found = routes.out_of_chat(exchange.tx, chat.id) if chat is not None else []
    mine = [route for route in found if route.user_id == exchange.user.id]
    return [route for route in mine if route.verb in routes.CARRYING]


def _stop(exchange: Talk, plan: Plan) -> None:
    there = _same(exchange, plan) if plan.targets else _from(exchange, plan.source)
    if not plan.targets or not there:
        end_all(exchange, there)
        return
    for route in there:
        routes.end(exchange.tx, route.id)
    target = exchange.listed(ends.words(exchange, end) for end in plan.targets)
    exchange.say("sync-off", source=ends.words(exchange, plan.source), target=target)


def end_all(exchange: Talk, rules: Sequence[Route]) -> None:
    """End these, and say which."""
    for route in rules:
        routes.end(exchange.tx, route.id)
        exchange.say("routes-stopped", route=told.line(exchange, route))
    if not rules:
        exchange.say("rules-stopped-already")
