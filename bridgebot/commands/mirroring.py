"""`/mirror`: public posts of somebody, or of a timeline, into a group."""

from __future__ import annotations

from bridgebot.commands import quotas, reading, whereabouts
from bridgebot.commands.persons import local
from bridgebot.commands.timelines import (
    account_called,
    reader_for,
    reads,
    route_here,
    say_no_reader,
    timeline_of,
)
from bridgebot.commands.whereabouts import Place
from bridgebot.dialog import Talk
from bridgebot.model import Message, TimelineKind
from bridgebot.store import people
from bridgebot.store.deliveries import ANSWER, Order, queue
from bridgebot.store.rows import Account

PUBLIC = {"audiences": ["public"]}


def mirror(exchange: Talk, argument: str, message: Message) -> None:
    """/mirror [NAME] @lin | ADDRESS | home | own | #tag: public posts into a group; for administrators."""
    if not exchange.administers:
        exchange.say("admins-only")
        return
    words = argument.split()
    accounts = [account for account in (account_called(exchange, word) for word in words) if account]
    what = [word for word in words if account_called(exchange, word) is None]
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
    account = account or reader_for(exchange, kind)
    if account is None:
        say_no_reader(exchange)
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
    timeline = timeline_of(exchange, account, kind, argument, anonymous=anonymous)
    route_here(exchange, timeline, "mirror", PUBLIC)
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
