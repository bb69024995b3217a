"""What was put aside on the networks, looked up."""

from __future__ import annotations

from bridgebot.commands.acts import act
from bridgebot.commands.timelines import reads
from bridgebot.dialog import Talk
from bridgebot.model import Message, TimelineKind
from bridgebot.store import people


def bookmarks(exchange: Talk, argument: str, message: Message) -> None:
    """/bookmarks: the last of each account that can read them."""
    accounts = people.accounts(exchange.tx, exchange.user.id)
    able = [one for one in accounts if reads(exchange, one.adapter, TimelineKind.BOOKMARKS)]
    for account in able:
        act(exchange, "bookmarks", account, {}, look=True)
    if not able:
        exchange.say("cannot-do-anywhere" if accounts else "no-accounts")
