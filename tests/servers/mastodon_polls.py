"""What a poll is, and how it is told of: mastodon, app/models/poll.rb, and its serializer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.servers.mastodon_things import Person


def iso(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}Z"


def made(
    world: Any, options: list[str], seconds: timedelta, multiple: bool = False, hidden: bool = False
) -> dict[str, Any]:
    return {
        "id": world.serial(),
        "expires_at": iso(world.now() + seconds),
        "multiple": multiple,
        "options": [{"title": one} for one in options],
        "_hidden": hidden,
        "_votes": {},  # by person
    }


def entity(poll: dict[str, Any], author: Person, viewer: Person | None, now: datetime) -> dict[str, Any]:
    """One's own counts for voted (app/serializers/rest/poll_serializer.rb)."""
    votes: dict[Person, list[int]] = poll.get("_votes", {})
    over = "expires_at" in poll and datetime.fromisoformat(poll["expires_at"]) <= now
    counts = [sum(number in chosen for chosen in votes.values()) for number in range(len(poll["options"]))]
    shown = over or not poll.get("_hidden")
    told = {
        "id": poll["id"],
        "expires_at": poll.get("expires_at"),
        "expired": over,
        "multiple": poll["multiple"],
        "votes_count": sum(counts),
        "voters_count": len(votes),
        "options": [
            {"title": one["title"], "votes_count": count if shown else None}
            for one, count in zip(poll["options"], counts, strict=True)
        ],
        "emojis": [],
    }
    if viewer is None:
        return told
    return told | {"voted": viewer in votes or viewer is author, "own_votes": votes.get(viewer, [])}
