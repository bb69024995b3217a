"""What follows once an account is a person's: where posts go, what comes here, what waited goes on."""

from __future__ import annotations

from bridgebot import flow, model
from bridgebot.commands import held
from bridgebot.dialog import Talk
from bridgebot.flow import renewing
from bridgebot.model import Limits, TimelineKind
from bridgebot.store import deliveries, keep, links, people, routes
from bridgebot.store.links import Arguments, LinkRequest
from bridgebot.store.rows import Account


def linked(exchange: Talk, request: LinkRequest, proven: model.Account, limits: Limits) -> Account:
    """Store a proven account: a new one settles in, a known one goes on where it stopped."""
    tx, now, user_id = exchange.tx, exchange.now, request.user_id
    known = [(a.server, a.native_id) for a in people.accounts(tx, user_id) if a.adapter == request.adapter]
    account = people.link(tx, now, user_id, request.adapter, proven, limits, first=request.kept.first)
    _end(exchange, request, account)
    network = exchange.house.title(account.adapter)
    if (proven.server, proven.id) in known:
        _go_on(exchange, account)
        asked = held.is_asked(exchange, account)
        exchange.say("relinked-some" if asked else "relinked", handle=account.handle, network=network)
        held.ask(exchange, f"account:{account.id}")
    else:
        settle_in(exchange, account)
        exchange.say("linked", handle=account.handle, network=network, name=account.name)
        _say_what_still_waits(exchange, account)
    return account


def _end(exchange: Talk, request: LinkRequest, account: Account) -> None:
    """Also what was begun beside it: an impatient second attempt would make another account."""
    network = exchange.house.title(account.adapter)
    said: Arguments = {
        "handle": account.handle,
        "name": account.name,
        "network": network,
        "server": account.server,
    }
    links.end(exchange.tx, request.id, done=True, why=("link-page-done", said))
    links.stop_all(exchange.tx, request.user_id, request.adapter)


def _say_what_still_waits(exchange: Talk, linked: Account) -> None:
    """Perhaps another account was to be proven: what waits for it is for it alone."""
    for other in people.accounts(exchange.tx, exchange.user.id):
        if other.state == "expired" and (other.adapter, other.server) == (linked.adapter, linked.server):
            exchange.say("linked-another", handle=linked.handle, other=other.handle, name=other.name)


def settle_in(exchange: Talk, account: Account) -> None:
    """A linked account is a default target here, and its mentions come here; what waited goes on."""
    tx, now, user_id = exchange.tx, exchange.now, exchange.user.id
    _go_on(exchange, account)
    for chat_id in {exchange.chat.id, *(chat.id for chat in people.direct_chats(tx, user_id))}:
        routes.add(tx, now, user_id, "default", source_chat_id=chat_id, account_id=account.id)
    network = exchange.house.network(account.adapter)
    able = network.social if network else None
    if able is not None and TimelineKind.MENTIONS in able.timelines:
        native = model.Timeline(TimelineKind.MENTIONS, account.server)
        title = f"{account.handle} mentions"
        timeline = routes.timeline(tx, now, account.adapter, native, account.id, title)
        routes.add(tx, now, user_id, "follow", timeline_id=timeline.id, chat_id=exchange.chat.id)


def _go_on(exchange: Talk, account: Account) -> None:
    """What waited for the account's credentials waits no longer."""
    for order in deliveries.queued_for(exchange.tx, account.id):
        # Of an earlier time: they would revoke or replace what was just given.
        if order.action in ("unlink", renewing.ACTION):
            flow.cancel(exchange.tx, exchange.now, order)
    renewing.let_go(exchange.tx, account.id)
    held.account_back(exchange.tx, exchange.now, account.id)
    routes.hold_timelines(exchange.tx, account.id, None)
    keep.audit(exchange.tx, exchange.now, exchange.user.id, "linked", f"{account.adapter} {account.handle}")
