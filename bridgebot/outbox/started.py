"""What begins when a delivery has succeeded: a route from what was looked up into the chat that asked, or
what was found or changed is taken in; somebody who was muted is shown no more; a poll's end is waited for.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bridgebot import flow, model
from bridgebot.commands import broadcasts, opml, reading
from bridgebot.commands.rules import capped, sync
from bridgebot.dialog import House, Talk, on_its_own
from bridgebot.model import TimelineKind
from bridgebot.outbox import kept, polled
from bridgebot.store import Tx, muting, people, posts, routes
from bridgebot.store.rows import Delivery, noun


def start(tx: Tx, now: datetime, house: House, delivery: Delivery, found: dict[str, Any]) -> None:
    """Do what a delivery was for, and what else follows from what it brought."""
    if delivery.action == "follow":
        _start_following(tx, now, delivery, found)
    elif delivery.action == "list" and found.get("found"):
        _start_list(tx, now, delivery, found)
    elif delivery.action in ("mute", "block"):
        _keep_off(tx, now, delivery, found)
    elif delivery.action == "bookmarks":
        kept.note(tx, now, house, delivery, found)
    elif delivery.action == "mirror":
        _start_mirroring(tx, now, house, delivery, found)
    elif delivery.action == "sources":
        reading.found(_asker(tx, now, house, delivery), delivery.arguments, found)
    elif delivery.action == "outline":
        opml.came(_asker(tx, now, house, delivery), found["listed"])
    elif delivery.action == broadcasts.ASKING:
        _know_standing(tx, now, house, delivery, administers=found["administers"])
    elif delivery.action == "edit-original":
        _take_in(tx, now, house, delivery, found)
    elif "poll" in found:
        polled.follow(tx, now, house, delivery, found)


def _take_in(tx: Tx, now: datetime, house: House, delivery: Delivery, found: dict[str, Any]) -> None:
    """What stands there now is met like any edit there: all that was made of it follows, unless it was met
    by a timeline already. What a server says of another post counts for nothing here.
    """
    account, post = people.account(tx, delivery.account_id or 0), posts.post(tx, delivery.post_id or 0)
    met = flow.met_there(tx, account, noun(found["post"], model.Post))
    if post.deleted_at is None and met.spot.native_id == delivery.arguments["id"]:
        flow.note_change(tx, now, post, met, house.networks, account.user_id)


def gone_there(tx: Tx, now: datetime, delivery: Delivery) -> None:
    """An original was deleted: all that was made of it goes, unless that was met already."""
    post = posts.post(tx, delivery.post_id or 0)
    if post.deleted_at is None:
        flow.delete(tx, now, post, cause_id=delivery.cause_id)


def _asker(tx: Tx, now: datetime, house: House, delivery: Delivery) -> Talk:
    """Whoever asked goes on from what was found, where they asked."""
    arguments = delivery.arguments
    chat = people.chat_by_id(tx, arguments.get("into_chat") or arguments["answer"])
    exchange = on_its_own(tx, now, house, chat, delivery.user_id or 0)
    return replace(exchange, cause_id=delivery.cause_id)


def _know_standing(tx: Tx, now: datetime, house: House, delivery: Delivery, *, administers: bool) -> None:
    """Whether somebody administers a chat: for a rule that they want, or for those that they have."""
    chat_id, user_id = delivery.chat_id or 0, delivery.user_id or 0
    if "plan" in delivery.arguments:
        asker = _asker(tx, now, house, delivery)
        sync.answered(asker, delivery.arguments, chat_id, administers=administers)
    else:
        broadcasts.checked(tx, now, house, chat_id, user_id, administers=administers)


def ask_over_cap(tx: Tx, now: datetime, house: House, delivery: Delivery) -> None:
    """A minute has passed since a rule began to hold back: it is asked about with what came meanwhile."""
    home = people.direct_chat(tx, delivery.user_id or 0)
    if home is not None:
        capped.ask(on_its_own(tx, now, house, home, delivery.user_id or 0), delivery.arguments["route"])


def _start_following(tx: Tx, now: datetime, delivery: Delivery, found: dict[str, Any]) -> None:
    """A follow succeeded: her posts come into the chat that asked for it, from now on; or no more."""
    wanted = delivery.arguments.get("into_chat")
    if delivery.account_id is None or wanted is None:
        return
    account = people.account(tx, delivery.account_id)
    author = found["profile"]["author"]
    native = model.Timeline(TimelineKind.PERSON, account.server, author["id"])
    timeline = routes.timeline(tx, now, account.adapter, native, account.id, author["handle"])
    routes.begin_at(tx, timeline, found.get("cursor"))
    if delivery.arguments["on"]:
        routes.add(tx, now, account.user_id, "follow", timeline_id=timeline.id, chat_id=wanted)
        return
    for route in routes.at_timeline(tx, timeline.id):
        if route.chat_id == wanted and route.verb == "follow":
            routes.end(tx, route.id)


def _keep_off(tx: Tx, now: datetime, delivery: Delivery, found: dict[str, Any]) -> None:
    """What the network still gives of them is not shown either, and what waits to be shown goes."""
    account, author = people.account(tx, delivery.account_id or 0), found["profile"]["author"]
    on = bool(delivery.arguments["on"])
    muting.note(tx, now, account, delivery.action, author["id"], author["handle"], on=on)
    if on:
        for waiting in muting.waiting(tx, account.user_id, account.server, author["id"]):
            flow.cancel(tx, now, waiting)


def _start_list(tx: Tx, now: datetime, delivery: Delivery, found: dict[str, Any]) -> None:
    """What the people of a list post comes into the chat that asked for it, from now on."""
    account = people.account(tx, delivery.account_id or 0)
    native = model.Timeline(TimelineKind.LIST, account.server, found["found"]["id"])
    timeline = routes.timeline(tx, now, account.adapter, native, account.id, found["found"]["title"])
    routes.begin_at(tx, timeline, found.get("cursor"))
    wanted = delivery.arguments["into_chat"]
    routes.add(tx, now, account.user_id, "follow", timeline_id=timeline.id, chat_id=wanted)


def _start_mirroring(tx: Tx, now: datetime, house: House, delivery: Delivery, found: dict[str, Any]) -> None:
    """Somebody's public posts come into a chat: read without an account where the network can."""
    account = people.account(tx, delivery.account_id or 0)
    network = house.network(account.adapter)
    able = network.social if network else None
    anonymous = able is not None and TimelineKind.PERSON in able.anonymous
    author = found["profile"]["author"]
    native = model.Timeline(TimelineKind.PERSON, account.server, author["id"])
    reader = None if anonymous else account.id
    timeline = routes.timeline(tx, now, account.adapter, native, reader, author["handle"])
    routes.begin_at(tx, timeline, found.get("cursor"))
    routes.add(
        tx,
        now,
        account.user_id,
        "mirror",
        timeline_id=timeline.id,
        chat_id=delivery.arguments["into_chat"],
        filters={"audiences": ["public"]},
    )
