"""What goes where: timelines into chats, chats and accounts into accounts."""

from __future__ import annotations

from datetime import datetime

from bridgebot import model
from bridgebot.commands import held, quotas, reading, whereabouts
from bridgebot.commands.acts import act
from bridgebot.commands.persons import local
from bridgebot.commands.whereabouts import Place
from bridgebot.commands.wishes import account_names
from bridgebot.dialog import Talk
from bridgebot.model import Message, TimelineKind
from bridgebot.render import clean_name
from bridgebot.store import deliveries, lanes, people, routes
from bridgebot.store.deliveries import ANSWER, Order, queue
from bridgebot.store.rows import Account, Post, Route, Timeline

PUBLIC = {"audiences": ["public"]}


# --- own timelines -----------------------------------------------------------------------------


def home(exchange: Talk, argument: str, message: Message) -> None:
    """/home [on|off] [NAME]: everything one follows on the network, into this chat."""
    _own_timeline(exchange, argument, TimelineKind.HOME)


def mentions(exchange: Talk, argument: str, message: Message) -> None:
    _own_timeline(exchange, argument, TimelineKind.MENTIONS)


def _own_timeline(exchange: Talk, argument: str, kind: TimelineKind) -> None:
    words = argument.lower().split()
    off = bool({"off", "关", "停"} & set(words))
    names = [word for word in words if word not in ("on", "off", "开", "关", "停")]
    account = _account(exchange, names[0]) if names else _reader(exchange, kind)
    if account is None:
        _say_no_reader(exchange, names[0] if names else "")
        return
    if not reads(exchange, account.adapter, kind):
        exchange.say("cannot-do", network=exchange.house.title(account.adapter))
        return
    timeline = _timeline(exchange, account, kind, "")
    if off:
        _stop(exchange, timeline)
        exchange.say(f"{kind.value}-off", network=exchange.house.title(account.adapter))
        return
    if quotas.is_met(exchange, "follows"):
        return
    _route_here(exchange, timeline, "follow")
    exchange.say(f"{kind.value}-on", network=exchange.house.title(account.adapter))


def _say_no_reader(exchange: Talk, name: str = "") -> None:
    """Why there is no account to read with: none at all, none of this name, or none that can."""
    if name:
        exchange.say("no-such-account", names=account_names(exchange))
    elif people.accounts(exchange.tx, exchange.user.id):
        exchange.say("cannot-do-anywhere")
    else:
        exchange.say("no-accounts")


def _account(exchange: Talk, name: str) -> Account | None:
    return people.account_named(exchange.tx, exchange.user.id, name)


def _reader(exchange: Talk, kind: TimelineKind) -> Account | None:
    accounts = people.accounts(exchange.tx, exchange.user.id)
    return next((account for account in accounts if reads(exchange, account.adapter, kind)), None)


def reads(exchange: Talk, adapter: str, kind: TimelineKind, *, anonymous: bool = False) -> bool:
    """Whether the network declares this kind of timeline, with an account or for anybody."""
    network = exchange.house.network(adapter)
    if network is None or network.social is None:
        return False
    return kind in (network.social.anonymous if anonymous else network.social.timelines)


def _timeline(
    exchange: Talk, account: Account, kind: TimelineKind, argument: str, *, anonymous: bool = False
) -> Timeline:
    native = model.Timeline(kind, account.server, argument)
    title = argument or f"{account.handle} {kind.value}"
    reader = None if anonymous else account.id
    return routes.timeline(exchange.tx, exchange.now, account.adapter, native, reader, title)


def _route_here(
    exchange: Talk, timeline: Timeline, verb: str, filters: dict[str, list[str]] | None = None
) -> bool:
    return routes.add(
        exchange.tx,
        exchange.now,
        exchange.user.id,
        verb,
        timeline_id=timeline.id,
        chat_id=exchange.chat.id,
        filters=filters,
    )


def _stop(exchange: Talk, timeline: Timeline) -> None:
    for route in routes.from_timeline(exchange.tx, timeline.id):
        if route.chat_id == exchange.chat.id:
            routes.end(exchange.tx, route.id)


def tag(exchange: Talk, argument: str, message: Message) -> None:
    """/tag WORD [off]: posts with a tag, into this chat."""
    words = argument.replace("#", " ").replace("＃", " ").split()
    off = len(words) > 1 and words[-1].lower() in ("off", "关", "停")
    account = _reader(exchange, TimelineKind.TAG)
    if not words:
        exchange.say("usage-tag")
    elif account is None:
        _say_no_reader(exchange)
    else:
        timeline = _timeline(exchange, account, TimelineKind.TAG, words[0])
        if off:
            _stop(exchange, timeline)
            exchange.say("tag-off", tag=words[0])
        elif not quotas.is_met(exchange, "follows"):
            _route_here(exchange, timeline, "follow")
            exchange.say("tag-on", tag=words[0], network=exchange.house.title(account.adapter))


def list_(exchange: Talk, argument: str, message: Message) -> None:
    """/list: one's lists of people; /list NAME [off]: what they post, into this chat."""
    words = argument.split()
    off = len(words) > 1 and words[-1].lower() in ("off", "关", "停")
    title = " ".join(words[:-1] if off else words)
    account = _reader(exchange, TimelineKind.LIST)
    if account is None:
        _say_no_reader(exchange)
    elif off:
        _stop_list(exchange, title)
    elif not title or not quotas.is_met(exchange, "follows"):
        arguments = {"title": title, "into_chat": exchange.chat.id}
        act(exchange, "list", account, arguments, look=True)


def _stop_list(exchange: Talk, title: str) -> None:
    for route in routes.into_chat(exchange.tx, exchange.chat.id):
        timeline = routes.timeline_by_id(exchange.tx, route.timeline_id or 0)
        if timeline.kind == TimelineKind.LIST and timeline.title.casefold() == title.casefold():
            routes.end(exchange.tx, route.id)
            exchange.say("list-off", title=clean_name(timeline.title))
            return
    exchange.say("list-none-here", title=clean_name(title))


# --- groups ------------------------------------------------------------------------------------


def mirror(exchange: Talk, argument: str, message: Message) -> None:
    """/mirror [NAME] @lin | ADDRESS | home | own | #tag: public posts into a group; for administrators."""
    if not exchange.administers:
        exchange.say("admins-only")
        return
    words = argument.split()
    accounts = [account for account in (_account(exchange, word) for word in words) if account]
    what = [word for word in words if _account(exchange, word) is None]
    if len(what) != 1:
        exchange.say("usage-mirror")
        return
    _mirror(exchange, what[0], accounts[0] if accounts else None)


def _mirror(exchange: Talk, what: str, account: Account | None) -> None:
    """A group is given what anybody may see: read without an account where the network can."""
    kind = {"home": TimelineKind.HOME, "own": TimelineKind.OWN}.get(what.lower())
    if kind is None:
        kind = TimelineKind.TAG if what.startswith("#") else TimelineKind.PERSON
    if kind is TimelineKind.PERSON and account is None:
        account, where = _way(exchange, what)
        if account is None and where:
            reading.look_for(exchange, what, "mirror", reading.ANYTHING, where)
            return
    account = account or _reader(exchange, kind)
    if account is None:
        _say_no_reader(exchange)
        return
    if not reads(exchange, account.adapter, kind):
        exchange.say("cannot-do", network=exchange.house.title(account.adapter))
        return
    if quotas.is_met(exchange, "routes"):
        return
    if kind is TimelineKind.PERSON:
        _mirror_person(exchange, what, account)
        return
    anonymous = reads(exchange, account.adapter, kind, anonymous=True)
    argument = what.lstrip("#") if kind is TimelineKind.TAG else ""
    timeline = _timeline(exchange, account, kind, argument, anonymous=anonymous)
    _route_here(exchange, timeline, "mirror", PUBLIC)
    exchange.say("mirror-on", what=what, network=exchange.house.title(account.adapter))


def _way(exchange: Talk, what: str) -> tuple[Account | None, list[Place]]:
    """With which account somebody is looked up, or which networks are asked without one."""
    networks, mine = exchange.house.networks.values(), people.accounts(exchange.tx, exchange.user.id)
    readers = [account for account in mine if reads(exchange, account.adapter, TimelineKind.PERSON)]
    where = whereabouts.places(networks, what, kinds=reading.ANYTHING)
    return whereabouts.account_for(readers, what, whereabouts.places(networks, what)), where


def _mirror_person(exchange: Talk, handle: str, account: Account) -> None:
    """Who that is, the network says; the route is made when it has answered."""
    order = Order(
        action="mirror",
        lane=f"look:{exchange.cause_id}:mirror",
        urgency=ANSWER,
        account_id=account.id,
        cause_id=exchange.cause_id,
        user_id=exchange.user.id,
        arguments={
            "handle": local(handle, account),
            "into_chat": exchange.chat.id,
            "answer": exchange.chat.id,
        },
    )
    queue(exchange.tx, exchange.now, order)


# --- sync --------------------------------------------------------------------------------------


def sync(exchange: Talk, argument: str, message: Message) -> None:
    """/sync FROM to TO [boosts] [unlisted] [followers], or /sync off FROM [to TO]."""
    words = [word for word in argument.lower().split() if word not in ("to", "到", "->", "→")]
    off = bool(words) and words[0] in ("off", "停", "关")
    names = words[1:] if off else words
    accounts = [_account(exchange, name) for name in names[:2]]
    if off and len(accounts) == 1 and accounts[0] is not None:
        _stop_rules_of(exchange, accounts[0])
        return
    if len(accounts) != 2 or None in accounts or accounts[0] == accounts[1]:
        exchange.say("usage-sync", names=account_names(exchange))
        return
    source, target = [account for account in accounts if account is not None]
    _sync(exchange, source, target, names[2:], off=off)


def _sync(exchange: Talk, source: Account, target: Account, options: list[str], *, off: bool) -> None:
    if not reads(exchange, source.adapter, TimelineKind.OWN):
        exchange.say("cannot-do", network=exchange.house.title(source.adapter))
        return
    timeline = _timeline(exchange, source, TimelineKind.OWN, "")
    for route in routes.from_timeline(exchange.tx, timeline.id):
        if route.account_id == target.id and route.user_id == exchange.user.id:
            routes.end(exchange.tx, route.id)  # with other options it is another rule, that starts now
    if off:
        exchange.say("sync-off", source=source.name, target=target.name)
        return
    if quotas.is_met(exchange, "routes"):
        return
    audiences = ["public", *(option for option in options if option in ("unlisted", "followers"))]
    filters = {"audiences": audiences, "boosts": "boosts" in options}
    routes.add(
        exchange.tx,
        exchange.now,
        exchange.user.id,
        "sync",
        timeline_id=timeline.id,
        account_id=target.id,
        filters=filters,
    )
    exchange.say("sync-on", source=source.name, target=target.name)


def stop_rules(exchange: Talk, found: Post) -> None:
    """End the rules that carried a post on."""
    carried = [d.route_id for d in deliveries.creates(exchange.tx, found.id) if d.route_id and d.account_id]
    mine = [r for r in routes.of_user(exchange.tx, exchange.user.id) if r.verb == "sync" and r.id in carried]
    _end_rules(exchange, mine)


def _stop_rules_of(exchange: Talk, source: Account) -> None:
    """End every rule that carries on what is posted with an account."""
    timeline = _timeline(exchange, source, TimelineKind.OWN, "")
    mine = [r for r in routes.from_timeline(exchange.tx, timeline.id) if r.user_id == exchange.user.id]
    _end_rules(exchange, [route for route in mine if route.verb == "sync"])


def _end_rules(exchange: Talk, rules: list[Route]) -> None:
    for route in rules:
        routes.end(exchange.tx, route.id)
        exchange.say("routes-stopped", route=_describe(exchange, route))
    if not rules:
        exchange.say("rules-stopped-already")


# --- what there is -----------------------------------------------------------------------------


def show_routes(exchange: Talk, argument: str, message: Message) -> None:
    """/routes, and `/routes stop NUMBER`: one's own; in a group, what comes into it."""
    if not exchange.administers:
        exchange.say("admins-only")
        return
    tx, direct = exchange.tx, exchange.chat.direct
    mine = routes.of_user(tx, exchange.user.id) if direct else routes.into_chat(tx, exchange.chat.id)
    words = argument.lower().split()
    if len(words) == 2 and words[0] in ("stop", "off", "停") and words[1].isdigit():
        _stop_route(exchange, mine, int(words[1]))
        return
    if not mine:
        exchange.say("routes-none")
        return
    lines = [f"{n}. {_describe(exchange, route)}" for n, route in enumerate(mine, start=1)]
    exchange.write("\n".join([exchange.text("routes-head"), *lines, exchange.text("routes-foot")]))


def _stop_route(exchange: Talk, mine: list[Route], number: int) -> None:
    if not 0 < number <= len(mine):
        exchange.say("routes-no-such", number=number)
        return
    routes.end(exchange.tx, mine[number - 1].id)
    exchange.say("routes-stopped", route=_describe(exchange, mine[number - 1]))


def _describe(exchange: Talk, route: Route) -> str:
    source = exchange.text("route-here")
    if route.timeline_id is not None:
        timeline = routes.timeline_by_id(exchange.tx, route.timeline_id)
        source = _source(exchange, timeline)
    target = "?"
    if route.account_id is not None:
        target = people.account(exchange.tx, route.account_id).name
    elif route.chat_id is not None:
        chat = people.chat_by_id(exchange.tx, route.chat_id)
        target = chat.title or (exchange.text("route-here") if chat.direct else chat.native_id)
    return exchange.text(
        "route-line", verb=exchange.text(f"route-{route.verb}"), source=source, target=clean_name(target)
    )


def _source(exchange: Talk, timeline: Timeline) -> str:
    """A timeline in words: `#bridge (Plaza)`, `@ada: home (Plaza)`, `@lin (Plaza)`."""
    network = exchange.house.title(timeline.adapter)
    if timeline.kind == TimelineKind.FEED:
        what = reading.shown(timeline.title, "", timeline.native())
        return exchange.text("route-read", what=what, network=network)
    if timeline.kind == TimelineKind.TAG:
        return exchange.text("route-read", what=f"#{timeline.argument}", network=network)
    if timeline.account_id is None or timeline.argument:
        return exchange.text("route-read", what=clean_name(timeline.title), network=network)
    reader, kind = (
        people.account(exchange.tx, timeline.account_id),
        exchange.text(f"timeline-{timeline.kind}"),
    )
    if not exchange.chat.direct and reader.user_id != exchange.user.id:
        return exchange.text("route-read", what=kind, network=network)  # with whose account is theirs to tell
    handle = reader.handle
    return exchange.text("route-read-own", handle=handle, kind=kind, network=network)


def switch_on(exchange: Talk, argument: str, message: Message) -> None:
    """/on: deliver here again; what was kept comes now."""
    _deliver_here(exchange, message, None)


def switch_off(exchange: Talk, argument: str, message: Message) -> None:
    """/off: deliver nothing here; it is kept."""
    _deliver_here(exchange, message, exchange.now)


def _deliver_here(exchange: Talk, message: Message, off_at: datetime | None) -> None:
    if not exchange.administers:
        exchange.say("admins-only")
        return
    people.set_chat(exchange.tx, exchange.chat.id, off_at=off_at)
    lanes.look_again(exchange.tx, f"chat:{exchange.chat.id}")
    if off_at is None:
        held.here_again(exchange)
    else:
        exchange.say("delivery-off", kept=routes.kept_for(exchange.tx, exchange.chat.id))
