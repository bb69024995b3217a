"""A list of feeds that lies on the web: fetched once, by the guarded session, and read."""

from __future__ import annotations

from typing import Any

from bridgebot import http, outline
from bridgebot.errors import Rejected
from bridgebot.http import Policy
from bridgebot.outbox.calls import Done

OPERATION = "outline"  # the one call of the outbox that is no adapter's
POLICY = Policy(plain_http=True)  # as for feeds: public names alone, on their usual ports


async def fetched(payload: dict[str, Any]) -> Done:
    """The feeds of the list at an address that somebody wrote. Raises what a read does, and Rejected."""
    async with http.session(POLICY, public_url=payload["site"]) as session:
        got = await http.call(session, "GET", payload["address"], expect="any")
    try:
        listed = outline.read(got.body)
    except outline.NoOutline:
        raise Rejected("opml-unreadable") from None
    return Done(data={"listed": [[entry.title, entry.address] for entry in listed]})
