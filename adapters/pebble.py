"""Pebble, a pretend network: 140 characters, all of it public, gone when the bot stops.

It is the second network of `bridgebot demo`, and the example of adapters/README.md.
"""

from __future__ import annotations

import re
import uuid

from bridgebot.adapter import AdapterConfig, Context, OnUnconfirmed, SocialAdapter, SocialCapabilities
from bridgebot.errors import AuthExpired, Rejected, TargetGone
from bridgebot.model import Account, Audience, Author, Draft, Limits, Page, Post, Question, Redirect, Timeline
from bridgebot.model import TimelineKind as Kind


class Config(AdapterConfig):
    """Pebble has no options."""


class Adapter(SocialAdapter[Config]):
    title = "Pebble"
    for_trying = True
    capabilities = SocialCapabilities(
        limits=Limits(140),
        publish=True,
        replies=True,
        delete=True,
        join=True,
        timelines=frozenset({Kind.OWN}),
        on_unconfirmed=OnUnconfirmed.REPEAT,
    )

    def __init__(self, config: Config, context: Context) -> None:
        super().__init__(config, context)
        self.people: dict[str, Author] = {}  # by credentials
        self.log: list[Post] = []  # every post; a deleted one stands here a second time
        self.standing: dict[str, Post] = {}  # by id
        self.keys: dict[tuple[str, str], Post] = {}  # by (author, key of the publication)

    async def link(
        self, progress: str | None, answer: str | None, *, owner: str = "", redirect: Redirect | None = None
    ) -> Question | Account:
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
        if draft.reply_to not in (None, *self.standing):
            raise TargetGone("pebble-gone")
        if (author.id, key) not in self.keys:
            now, id = self.context.clock.now(), str(len(self.log) + 1)
            post = Post(id, author, draft.text, Audience.PUBLIC, now, reply_to=draft.reply_to)
            self.keys[author.id, key] = self.standing[id] = post
            self.log.append(post)
        return self.keys[author.id, key]

    async def delete(self, account: Account, post_id: str) -> None:
        author, post = self._author(account), self.standing.get(post_id)
        if post is not None and post.author != author:
            raise Rejected("pebble-not-yours")
        if post is not None:
            self.log.append(self.standing.pop(post_id))

    async def fetch(self, timeline: Timeline, account: Account | None, cursor: str | None) -> Page:
        if timeline.kind not in self.capabilities.timelines or account is None:
            return await super().fetch(timeline, account, cursor)
        author, start = self._author(account), len(self.log) if cursor is None else int(cursor)
        mine = [(n, post) for n, post in enumerate(self.log, 1) if n > start and post.author == author]
        posts = tuple(post for n, post in mine if post.id == str(n) and post.id in self.standing)
        gone = tuple(post.id for n, post in mine if post.id != str(n))
        return Page(posts, str(len(self.log)), gone=gone)

    def _author(self, account: Account) -> Author:
        if account.credentials not in self.people:
            raise AuthExpired("pebble-forgotten")
        return self.people[account.credentials]
