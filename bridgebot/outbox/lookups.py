"""What look-ups bring of posts, people and what anybody may read, as plain JSON for a row."""

from __future__ import annotations

from typing import Any

from bridgebot.adapter import SocialAdapter
from bridgebot.errors import TargetGone, Temporary, Unconfirmed
from bridgebot.model import Account, Post, Profile, Timeline, TimelineKind
from bridgebot.render import Rich, choice_lines
from bridgebot.store.rows import plain

FEW = 5  # posts of somebody that a chat is shown at once


async def sources(adapter: SocialAdapter[Any], payload: dict[str, Any]) -> dict[str, Any]:
    """What can be read at an address. Of a single thing: where its timeline ends now, which also proves that
    anybody may read it.
    """
    found = await adapter.sources(payload["address"])
    fitting = [source for source in found if source.timeline.kind in payload["kinds"]]
    if not fitting:
        raise TargetGone()
    single = len(fitting) == 1 and payload["want"] != "unfollow"
    cursor = await _open_end(adapter, fitting[0].timeline) if single else None
    return {"sources": [plain(source) for source in fitting], "cursor": cursor}


async def _open_end(adapter: SocialAdapter[Any], timeline: Timeline) -> str | None:
    """None where it cannot be said now: the first poll finds it. Raises what says that nobody may read it."""
    try:
        return (await adapter.fetch(timeline, None, None)).cursor
    except (Temporary, Unconfirmed):
        return None


async def latest(
    adapter: SocialAdapter[Any], account: Account | None, payload: dict[str, Any]
) -> dict[str, Any]:
    """The last posts of somebody, or of what stands at an address; the newest last."""
    if account is None:
        source = (await adapter.sources(payload["address"]))[0]
        who, timeline = source.handle or source.title, source.timeline
    else:
        author = (await adapter.whois(account, payload["handle"])).author
        who, timeline = author.handle, Timeline(TimelineKind.PERSON, account.server, author.id)
    posts = (await adapter.latest(timeline, account))[:FEW]
    return {"who": who, "posts": [line(post) for post in reversed(posts)]}


def profile(found: Profile) -> dict[str, Any]:
    return plain(found)  # type: ignore[no-any-return]


def line(post: Post) -> dict[str, Any]:
    """A post as one of several in an answer."""
    choices = choice_lines(post.poll) if post.poll is not None else []
    return {
        "handle": post.author.handle,
        # One line cannot hide words.
        "text": "\n".join([Rich(post.text, post.spans).covered().text, *choices]),
        "warning": post.warning,
        "url": post.url,
        "id": post.id,
    }
