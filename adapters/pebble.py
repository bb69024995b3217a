"""Pebble, a pretend network: 140 characters, all of it public, gone when the bot stops.

It is the second network of `bridgebot demo`, and the example of adapters/README.md.
"""

from __future__ import annotations

import re
import uuid

from bridgebot.adapter import AdapterConfig, Context, OnUnconfirmed, SocialAdapter, SocialCapabilities
from bridgebot.errors import AuthExpired, Rejected, TargetGone, Unsupported
from bridgebot.model import (
    Account,
    Audience,
    Author,
    Browser,
    Draft,
    Limits,
    Page,
    Post,
    Profile,
    Question,
    Timeline,
    TimelineKind,
)


class Config(AdapterConfig):
    """Pebble has no options."""


class Adapter(SocialAdapter[Config]):
    title = "Pebble"
    capabilities = SocialCapabilities(
        limits=Limits(140),
        publish=True,
        replies=True,
        delete=True,
        favourite=True,
        follow=True,
        get=True,
        join=True,
        timelines=frozenset({TimelineKind.OWN, TimelineKind.HOME, TimelineKind.PERSON}),
        anonymous=frozenset({TimelineKind.PERSON}),
        on_unconfirmed=OnUnconfirmed.REPEAT,
    )

    def __init__(self, config: Config, context: Context) -> None:
        super().__init__(config, context)
        self.people: dict[str, Author] = {}  # by credentials
        self.posts: dict[str, Post] = {}  # those that stand, by id
        self.log: list[tuple[Post, bool]] = []  # every post, and again with True when it is gone
        self.keys: dict[tuple[str, str], Post] = {}  # by (author, key of the publication)
        self.favourites: set[tuple[str, str]] = set()  # (person, post)
        self.follows: set[tuple[str, str]] = set()  # (follower, followed)

    async def link(self, progress: str | None, answer: str | None) -> Question | Browser | Account:
        if answer is None:
            return Question("pebble-name")
        name = answer.strip().removeprefix("@").casefold()
        if not re.fullmatch(r"\w{1,30}", name) or name in (person.id for person in self.people.values()):
            raise Rejected("pebble-name-taken", name=name)
        credentials = uuid.uuid4().hex
        self.people[credentials] = Author(name, f"@{name}", name)
        return Account(name, f"@{name}", self.context.name, name, credentials=credentials)

    async def publish(self, account: Account, draft: Draft, *, key: str) -> Post:
        author = self._author(account)
        if draft.audience is not Audience.PUBLIC or not self.capabilities.limits.fits(draft.text):
            raise Rejected("pebble-refused", limit=self.capabilities.limits.max_length)
        if draft.reply_to is not None:
            self._post(draft.reply_to)
        if (author.id, key) not in self.keys:
            now, id = self.context.clock.now(), str(len(self.log) + 1)
            post = Post(id, author, draft.text, Audience.PUBLIC, now, reply_to=draft.reply_to)
            self.keys[author.id, key] = self.posts[id] = post
            self.log.append((post, False))
        return self.keys[author.id, key]

    async def delete(self, account: Account, post_id: str) -> None:
        author, post = self._author(account), self.posts.get(post_id)
        if post is not None and post.author != author:
            raise Rejected("pebble-not-yours")
        if post is not None:
            self.log.append((self.posts.pop(post_id), True))

    async def favourite(self, account: Account, post_id: str, on: bool) -> None:
        mark = self._author(account).id, self._post(post_id).id
        self.favourites.add(mark) if on else self.favourites.discard(mark)

    async def follow(self, account: Account, handle: str, on: bool) -> Profile:
        me, others = self._author(account), {person.handle: person for person in self.people.values()}
        if handle not in others:
            raise TargetGone("pebble-nobody", handle=handle)
        tie = me.id, others[handle].id
        self.follows.add(tie) if on else self.follows.discard(tie)
        return Profile(others[handle])

    async def get(self, account: Account | None, post_id: str) -> Post:
        if account is not None:
            self._author(account)
        return self._post(post_id)

    async def fetch(self, timeline: Timeline, account: Account | None, cursor: str | None) -> Page:
        authors = self._shown(timeline, self._author(account).id if account else None)
        start = len(self.log) if cursor is None else int(cursor)
        entries = [(post, gone) for post, gone in self.log[start:] if post.author.id in authors]
        standing = tuple(post for post, gone in entries if not gone and post.id in self.posts)
        return Page(standing, str(len(self.log)), gone=tuple(post.id for post, gone in entries if gone))

    def _shown(self, timeline: Timeline, me: str | None) -> set[str | None]:
        """Whose posts stand in this timeline."""
        match timeline.kind:
            case TimelineKind.PERSON:
                return {timeline.argument}
            case TimelineKind.OWN if me:
                return {me}
            case TimelineKind.HOME if me:
                return {me, *(followed for follower, followed in self.follows if follower == me)}
        raise Unsupported()

    def _author(self, account: Account) -> Author:
        if account.credentials not in self.people:
            raise AuthExpired("pebble-forgotten")
        return self.people[account.credentials]

    def _post(self, post_id: str) -> Post:
        if post_id not in self.posts:
            raise TargetGone("pebble-gone")
        return self.posts[post_id]
