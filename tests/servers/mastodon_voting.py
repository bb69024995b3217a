"""Making polls and voting: mastodon, app/validators/poll_*.rb, app/controllers/api/v1/polls."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.servers.mastodon_api import Answer, Call, Routes, invalid, not_found
from tests.servers.mastodon_polls import made
from tests.servers.mastodon_things import Status

routes = Routes()


def _true(value: Any) -> bool:
    return str(value or "").lower() in ("1", "true", "on", "t")


def ballot(call: Call) -> dict[str, Any] | None:
    """The poll that a new post is to have, checked (poll_options_validator.rb)."""
    given = call.params.get("poll")
    if not given:
        return None
    options = [str(one).strip() for one in given.get("options", [])]
    if len(options) < 2 or not all(options):
        raise invalid("Options must have more than one item")
    most, longest = call.world.flavour.choices
    if len(options) > most:
        raise invalid(f"Options can't contain more than {most} items")
    if any(len(one) > longest for one in options):
        raise invalid(f"Options can't be longer than {longest} characters each")
    if len(set(options)) < len(options):
        raise invalid("Options contain duplicate items")
    seconds = timedelta(seconds=int(given.get("expires_in") or 0))
    shortest, farthest = (timedelta(seconds=one) for one in call.world.flavour.open_for)
    if not shortest <= seconds <= farthest:
        raise invalid("Expires at is too soon" if seconds < shortest else "Expires at is too far")
    return made(call.world, options, seconds, _true(given.get("multiple")), _true(given.get("hide_totals")))


def edited(call: Call, status: Status) -> dict[str, Any] | None:
    """What an edit makes of a poll: left out, it is gone; with other choices it loses its votes
    (app/services/update_status_service.rb, update_poll!). Others (Takahe) know of no polls in an edit.
    """
    old = status.poll
    if not call.world.flavour.edits_polls:
        return old
    new = ballot(call)
    if new is None or old is None:
        return new
    same = [one["title"] for one in old["options"]] == [one["title"] for one in new["options"]]
    votes = old.get("_votes", {}) if same and old["multiple"] == new["multiple"] else {}
    return new | {"id": old["id"], "_votes": votes}


def _found(call: Call) -> Status:
    for status in call.world.statuses.values():
        if status.poll and status.poll["id"] == call.segment() and call.world.visible(status, call.me):
            return status
    raise not_found()


@routes.add("GET", "/api/v1/polls/{id}", scope="read:statuses", anonymous=True)
async def show(call: Call) -> Answer:
    return Answer(call.entities.poll(_found(call)))


@routes.add("POST", "/api/v1/polls/{id}/votes", "choices", scope="write:statuses")
async def vote(call: Call) -> Answer:
    """app/services/vote_service.rb, app/validators/vote_validator.rb."""
    status, me = _found(call), call.me
    poll = status.poll
    assert poll is not None
    assert me is not None
    chosen = [int(one) for one in call.many("choices")]
    if datetime.fromisoformat(poll["expires_at"]) <= call.world.now():
        raise invalid("The poll has already ended")
    if status.author is me:
        raise invalid("You cannot vote in your own polls")
    if not chosen or any(not 0 <= one < len(poll["options"]) for one in chosen):
        raise invalid("The chosen vote option does not exist")
    before = poll["_votes"].get(me, [])
    if (before and not poll["multiple"]) or (len(chosen) > 1 and not poll["multiple"]):
        raise invalid("You have already voted on this poll")
    if set(before) & set(chosen):
        raise invalid("You have already voted on this poll")
    poll["_votes"][me] = [*before, *chosen]
    return Answer(call.entities.poll(status))
