"""A post as it was met in one place."""

from __future__ import annotations

from datetime import datetime

from bridgebot import model
from bridgebot.flow.threads import awaited
from bridgebot.model import Audience, Made
from bridgebot.store import Tx, people, posts
from bridgebot.store.posts import Spot
from bridgebot.store.rows import Account, Timeline


class Met(Made, frozen=True):
    """A post as it was met in one place."""

    spot: Spot
    author: model.Author
    text: str
    audience: Audience
    created_at: datetime
    warning: str | None = None
    language: str | None = None
    edited_at: datetime | None = None
    uri: str | None = None
    user_id: int | None = None  # set: this user wrote it
    parent_id: int | None = None  # the stored post that it answers
    answers: bool = False  # it answers something, known here or not
    awaits: str | None = None  # what it answers, while that is unknown, of one's own: see `threads.awaited`
    memo: bool = False
    boost: model.Boost | None = None
    spans: tuple[model.Span, ...] = ()
    media: tuple[model.Attachment, ...] = ()
    files: tuple[model.Enclosure, ...] = ()
    poll: model.Poll | None = None
    quote: model.Quote | None = None
    quoted_id: int | None = None  # the stored post that it shows
    bridged: bool = False  # somebody else's bridge brought it from another network
    application: str | None = None  # with what it was written
    # A message's id where its own stands for another post here, perhaps somebody else's: clients choose
    # ids, and one that was used before must not reach what it meant then. None: it is the same post.
    instead: str | None = None

    @property
    def shown_at(self) -> datetime:
        """When it came to stand in the timeline: a route made later does not fire for it."""
        return self.boost.at if self.boost else self.created_at


def met_in_timeline(tx: Tx, timeline: Timeline, post: model.Post) -> Met:
    """A post of a page, with what the store knows of its author and parent."""
    return _met(tx, timeline.adapter, timeline.server, timeline.account_id, post)


def met_there(tx: Tx, account: Account, post: model.Post) -> Met:
    """The same of what an account was shown otherwise."""
    return _met(tx, account.adapter, account.server, account.id, post)


def _met(tx: Tx, adapter: str, server: str, account_id: int | None, post: model.Post) -> Met:
    own = people.is_own(tx, server, post.author.id)
    mine = next((a for a in own if a.id == account_id), own[0] if own else None)
    parent = posts.copy_at(tx, server, post.reply_to) if post.reply_to else None
    quoted = posts.copy_at(tx, server, post.quote.id) if post.quote and post.quote.id else None
    spot = Spot(server, post.id, adapter, account_id=mine.id if mine else None, url=post.url)
    return Met(
        spot=spot,
        author=post.author,
        text=post.text,
        audience=post.audience,
        created_at=post.created_at,
        warning=post.warning,
        language=post.language,
        edited_at=post.edited_at,
        uri=post.uri,
        user_id=mine.user_id if mine else None,
        parent_id=parent.post_id if parent else None,
        answers=post.reply_to is not None,
        awaits=awaited(server, post.reply_to) if mine and post.reply_to and not parent else None,
        boost=post.boost,
        spans=post.spans,
        media=post.media,
        poll=post.poll,
        quote=post.quote,
        quoted_id=quoted.post_id if quoted else None,
        bridged=post.bridged,
        application=post.application,
    )
