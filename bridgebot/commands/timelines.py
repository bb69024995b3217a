"""Timelines that come into a chat: one's home, mentions, tags and lists."""

from __future__ import annotations

from bridgebot import model
from bridgebot.commands import quotas
from bridgebot.commands.acts import act
from bridgebot.commands.wishes import account_names
from bridgebot.dialog import Talk
from bridgebot.model import Message, TimelineKind
from bridgebot.render import clean_name
from bridgebot.store import people, routes
from bridgebot.store.rows import Account, Timeline


def home(exchange: Talk, argument: str, message: Message) -> None:
    """/home [on|off] [NAME]: everything one follows on the network, into this chat."""
    _own_timeline(exchange, argument, TimelineKind.HOME)


def mentions(exchange: Talk, argument: str, message: Message) -> None:
    _own_timeline(exchange, argument, TimelineKind.MENTIONS)


def _own_timeline(exchange: Talk, argument: str, kind: TimelineKind) -> None:
    words = argument.lower().split()
    off = bool({"off", "关", "停"} & set(words))
    names = [word for word in words if word not in ("on", "off", "开", "关", "停")]
    account = account_called(exchange, names[0]) if names else reader_for(exchange, kind)
    if account is None:
        say_no_reader(exchange, names[0] if names else "")
        return
    if not reads(exchange, account.adapter, kind):
        exchange.say("cannot-do", network=exchange.house.title(account.adapter))
        return
    timeline = timeline_of(exchange, account, kind, "")
    if off:
        _stop(exchange, timeline)
        exchange.say(f"{kind.value}-off", network=exchange.house.title(account.adapter))
        return
    if quotas.is_met(exchange, "follows"):
        return
    route_here(exchange, timeline, "follow")
    exchange.say(f"{kind.value}-on", network=exchange.house.title(account.adapter))


def say_no_reader(exchange: Talk, name: str = "") -> None:
    """Why there is no account to read with: none at all, none of this name, or none that can."""
    if name:
        exchange.say("no-such-account", names=account_names(exchange))
    elif people.accounts(exchange.tx, exchange.user.id):
        exchange.say("cannot-do-anywhere")
    else:
        exchange.say("no-accounts")


def account_called(exchange: Talk, name: str) -> Account | None:
    """The speaker's account of this name."""
    return people.account_named(exchange.tx, exchange.user.id, name)


def reader_for(exchange: Talk, kind: TimelineKind) -> Account | None:
    """The speaker's first account with which this kind of timeline is read."""
    accounts = people.accounts(exchange.tx, exchange.user.id)
    return next((account for account in accounts if reads(exchange, account.adapter, kind)), None)


def reads(exchange: Talk, adapter: str, kind: TimelineKind, *, anonymous: bool = False) -> bool:
    """Whether the network declares this kind of timeline, with an account or for anybody."""
    network = exchange.house.network(adapter)
    if network is None or network.social is None:
        return False
    return kind in (network.social.anonymous if anonymous else network.social.timelines)


def timeline_of(
    exchange: Talk, account: Account, kind: TimelineKind, argument: str, *, anonymous: bool = False
) -> Timeline:
    """A timeline as an account sees it, or as anybody does."""
    native = model.Timeline(kind, account.server, argument)
    title = argument or f"{account.handle} {kind.value}"
    reader = None if anonymous else account.id
    return routes.timeline(exchange.tx, exchange.now, account.adapter, native, reader, title)


def own_posts(exchange: Talk, account: Account) -> Timeline:
    """What is posted with an account."""
    return timeline_of(exchange, account, TimelineKind.OWN, "")


def route_here(
    exchange: Talk, timeline: Timeline, verb: str, filters: dict[str, list[str]] | None = None
) -> bool:
    """Bring a timeline into this chat from now on; False where it comes already."""
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
    for route in routes.at_timeline(exchange.tx, timeline.id):
        if route.chat_id == exchange.chat.id:
            routes.end(exchange.tx, route.id)


def tag(exchange: Talk, argument: str, message: Message) -> None:
    """/tag WORD [off]: posts with a tag, into this chat."""
    words = argument.replace("#", " ").replace("＃", " ").split()
    off = len(words) > 1 and words[-1].lower() in ("off", "关", "停")
    account = reader_for(exchange, TimelineKind.TAG)
    if not words:
        exchange.say("usage-tag")
    elif account is None:
        say_no_reader(exchange)
    else:
        timeline = timeline_of(exchange, account, TimelineKind.TAG, words[0])
        if off:
            _stop(exchange, timeline)
            exchange.say("tag-off", tag=words[0])
        elif not quotas.is_met(exchange, "follows"):
            route_here(exchange, timeline, "follow")
            exchange.say("tag-on", tag=words[0], network=exchange.house.title(account.adapter))


def list_(exchange: Talk, argument: str, message: Message) -> None:
    """/list: one's lists of people; /list NAME [off]: what they post, into this chat."""
    words = argument.split()
    off = len(words) > 1 and words[-1].lower() in ("off", "关", "停")
    title = " ".join(words[:-1] if off else words)
    account = reader_for(exchange, TimelineKind.LIST)
    if account is None:
        say_no_reader(exchange)
    elif off:
        _stop_list(exchange, title)
    elif not title or not quotas.is_met(exchange, "follows"):
        arguments = {"title": title, "into_chat": exchange.chat.id}
        act(exchange, "list", account, arguments, look=True)


def _stop_list(exchange: Talk, title: str) -> None:
    read = [route for route in routes.into_chat(exchange.tx, exchange.chat.id) if route.timeline_id]
    for route in read:
        timeline = routes.timeline_by_id(exchange.tx, route.timeline_id or 0)
        if timeline.kind == TimelineKind.LIST and timeline.title.casefold() == title.casefold():
            routes.end(exchange.tx, route.id)
            exchange.say("list-off", title=clean_name(timeline.title))
            return
    exchange.say("list-none-here", title=clean_name(title))
