"""/opml: one's feeds as other readers take them, and theirs brought here."""

from __future__ import annotations

from collections.abc import Sequence

from bridgebot import outline
from bridgebot.commands import quotas, reading
from bridgebot.commands.reading import FEED
from bridgebot.commands.whereabouts import Place, is_address, places
from bridgebot.dialog import Talk
from bridgebot.model import Message
from bridgebot.outline import Entry, NoOutline
from bridgebot.store import deliveries, routes
from bridgebot.store.deliveries import FOLLOW_UP, Order

LONGEST = 3000  # characters of a list that a chat is given; a longer one comes as a file


def opml(exchange: Talk, argument: str, message: Message) -> None:
    """/opml: one's feeds; /opml and a list or its address, or a list alone: its feeds are followed."""
    given = argument.strip()
    if not given:
        _give(exchange)
    elif outline.is_outline(given):
        _take(exchange, given)
    elif is_address(given) and len(given.split()) == 1:
        _fetch(exchange, given)
    else:
        exchange.say("usage-opml")


def _give(exchange: Talk) -> None:
    """In the chat where that is short; the addresses may be secrets, so the words are not kept."""
    entries = [Entry(*feed) for feed in routes.feeds(exchange.tx, exchange.user.id)]
    if not entries:
        exchange.say("feed-list-none")
        return
    text = outline.written("bridgebot", entries)
    if len(text) > LONGEST:
        exchange.say("opml-too-long", number=len(entries))
    else:
        exchange.hand_over(text)


def _fetch(exchange: Talk, address: str) -> None:
    """A list on the web is asked for as everything out there is: it answers when it comes."""
    arguments = {"answer": exchange.chat.id, "word": address, "site": exchange.house.public_url}
    one = reading.order("outline", exchange.cause_id, exchange.user.id, "", address, arguments)
    deliveries.queue(exchange.tx, exchange.now, one)


def came(exchange: Talk, listed: Sequence[Sequence[str]]) -> None:
    """What lay at that address."""
    if listed:
        follow(exchange, [Entry(title, address) for title, address in listed])
    else:
        exchange.say("opml-empty")


def _take(exchange: Talk, text: str) -> None:
    try:
        listed = outline.read(text)
    except NoOutline:
        exchange.say("opml-unreadable")
        return
    if not listed:
        exchange.say("opml-empty")
        return
    follow(exchange, listed)


def follow(exchange: Talk, listed: Sequence[Entry]) -> None:
    """Look for each of them, one after the other, and say at last how many are read; at most as many as the
    user may follow.
    """
    networks = list(exchange.house.networks.values())
    known = {read.timeline.argument for read in reading.here(exchange, FEED)}
    fresh = [entry for entry in listed if entry.address not in known]
    asked = [where for entry in fresh if (where := places(networks, entry.address, kinds=FEED))]
    if fresh and not asked:
        exchange.say("feed-no-network")
        return
    room, lane = max(quotas.left(exchange, "follows"), 0), f"look:{exchange.cause_id}:opml"
    orders = [_order(exchange, where, lane) for where in asked[:room]]
    told = {
        "adapter": asked[0][0].adapter if asked else "",
        "answer": exchange.chat.id,
        "listed": len(listed),
        "known": len(listed) - len(fresh),
        "left_out": max(len(asked) - room, 0),
    }
    cause, user = exchange.cause_id, exchange.user.id
    # The others are more urgent, also those that come of them: it is the last in their lane.
    last = Order("opml", lane, FOLLOW_UP, cause_id=cause, user_id=user, arguments=told)
    deliveries.queue_all(exchange.tx, exchange.now, [*orders, last])
    exchange.say("opml-begun", number=len(orders))


def _order(exchange: Talk, where: Sequence[Place], lane: str) -> Order:
    """Look for one of them, and say nothing of it."""
    first, *others = where
    arguments = {
        "want": "follow",
        "kinds": sorted(FEED),
        "into_chat": exchange.chat.id,
        "word": first.address,
        "quiet": True,
        "then": [[place.adapter, place.address] for place in others],
    }
    cause, user = exchange.cause_id, exchange.user.id
    one = reading.order("sources", cause, user, first.adapter, first.address, arguments)
    return reading.in_lane(one, lane)
