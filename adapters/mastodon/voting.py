"""Voting in polls."""

from __future__ import annotations

from adapters.mastodon import entities, reading, wire
from adapters.mastodon.wire import Wire, quoted
from bridgebot.errors import Rejected
from bridgebot.model import Account, Poll


async def vote(api: Wire, account: Account, post_id: str, choices: tuple[int, ...]) -> Poll:
    """The poll with the vote in it."""
    status = await wire.status(api, account, post_id)
    poll = (status.reblog or status).poll
    if poll is None or not poll.id:
        raise Rejected("mastodon-no-poll")
    if poll.expired:
        raise Rejected("mastodon-poll-over")
    if poll.voted:
        raise Rejected("mastodon-poll-voted")
    there = all(0 <= choice < len(poll.options) for choice in choices)
    if not choices or not there or (len(set(choices)) > 1 and not poll.multiple):
        raise Rejected("mastodon-poll-choice")
    path, body = f"/api/v1/polls/{quoted(poll.id)}/votes", {"choices": list(choices)}
    now = await api.call(account, "POST", path, entities.Poll, json=body, idempotent=True)
    return reading.poll(now)
