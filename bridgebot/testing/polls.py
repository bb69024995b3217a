"""The polls of a social network in memory: what stands to choose, and who chose what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bridgebot.model import Ballot, Poll, Post, changed


@dataclass(slots=True)
class Polls:
    """Beside the posts, for votes are no edits: no timeline brings a post anew for them."""

    open: dict[str, Poll] = field(default_factory=dict)  # by the post's id, as they stand for anybody
    chosen: dict[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)  # (person, post)

    def begin(self, post_id: str, ballot: Ballot, now: datetime) -> None:
        """It opens, without a vote."""
        ends_at, none = now + timedelta(seconds=ballot.seconds), (0,) * len(ballot.choices)
        self.open[post_id] = Poll(ballot.choices, none, ballot.multiple, ends_at, voters=0)

    def takes(self, person: str, post_id: str, choices: Collection[int], now: datetime) -> bool:
        """Whether these can be somebody's choices: once for each person, and not when it is over."""
        poll = self.open.get(post_id)
        if poll is None or _is_over(poll, now) or (person, post_id) in self.chosen:
            return False
        known = set(choices) <= set(range(len(poll.choices))) and len(set(choices)) == len(choices)
        return known and (len(choices) == 1 or (poll.multiple and bool(choices)))

    def vote(self, person: str, post_id: str, choices: Collection[int]) -> Poll:
        """They count; the poll as it then stands for who voted. KeyError: there is no such poll."""
        poll = self.open[post_id]
        votes = tuple((n or 0) + (number in choices) for number, n in enumerate(poll.votes))
        self.open[post_id] = replace(poll, votes=votes, voters=(poll.voters or 0) + 1)
        self.chosen[person, post_id] = voted = tuple(sorted(choices))
        return replace(self.open[post_id], voted=voted)

    def end(self, post_id: str, now: datetime) -> None:
        """It is over before its time. KeyError: there is no such poll."""
        self.open[post_id] = replace(self.open[post_id], ends_at=now)

    def seen(self, post: Post, reader: str | None, now: datetime) -> Post:
        """A post with its poll as it stands now, for somebody."""
        poll = self.open.get(post.id)
        if poll is None:
            return post
        voted = self.chosen.get((reader or "", post.id), ())
        return changed(post, poll=replace(poll, closed=_is_over(poll, now), voted=voted))


def _is_over(poll: Poll, now: datetime) -> bool:
    return poll.ends_at is not None and poll.ends_at <= now
