"""A social network in memory: people, posts, and the order in which they came and changed."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import parse_qs, urlencode, urlsplit

from bridgebot.adapter import Clock
from bridgebot.errors import TargetGone
from bridgebot.model import (
    Attachment,
    Audience,
    Author,
    Boost,
    Draft,
    File,
    Notification,
    Post,
    Quote,
    Report,
    Span,
    Timeline,
    TimelineKind,
    changed,
)
from bridgebot.testing.clock import ManualClock
from bridgebot.testing.polls import Polls

PAGE = 20  # changes in one page
CROSSPOSTER = "Crossposter"  # an application that brings posts from elsewhere
_SPARING = (TimelineKind.HOME, TimelineKind.MENTIONS, TimelineKind.LIST)  # without whom one has muted
NotificationKind = Literal["follow", "follow-request", "favourite", "boost"]


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the network's log: a post is new, changed or gone, or was boosted; or a notification."""

    post: Post
    gone: bool = False
    notification: Notification | None = None
    to: str = ""  # whose notification it is


def challenge(verifier: str) -> dict[str, str]:
    """What PKCE (S256) adds to the address of a page of consent."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return {"code_challenge": digest, "code_challenge_method": "S256"}


@dataclass(slots=True)
class SocialNetwork:
    """The server's side; two adapters on it are a bot before and after a restart."""

    server: str = "memory.example"
    clock: Clock = field(default_factory=ManualClock)
    people: dict[str, Author] = field(default_factory=dict)  # by id
    tokens: dict[str, str] = field(default_factory=dict)  # token -> id of a person
    lapsed: dict[str, str] = field(default_factory=dict)  # the same, of those that want a refresh
    standing: dict[str, Post] = field(default_factory=dict)  # by id, oldest first
    log: list[Change] = field(default_factory=list)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)  # (person, key) -> id of a post
    favourites: set[tuple[str, str]] = field(default_factory=set)  # (person, post)
    boosts: set[tuple[str, str]] = field(default_factory=set)
    bookmarks: dict[tuple[str, str], None] = field(default_factory=dict)  # in the order in which they came
    polls: Polls = field(default_factory=Polls)
    follows: set[tuple[str, str]] = field(default_factory=set)  # (follower, followed)
    pending: set[tuple[str, str]] = field(default_factory=set)
    mutes: set[tuple[str, str]] = field(default_factory=set)  # (who does it, whom)
    blocks: set[tuple[str, str]] = field(default_factory=set)
    locked: set[str] = field(default_factory=set)
    pictures: dict[str, str] = field(default_factory=dict)  # of people, by id: an address
    suspended: set[str] = field(default_factory=set)
    reports: list[Report] = field(default_factory=list)
    files: dict[str, tuple[str, File, bytes]] = field(default_factory=dict)  # ref -> whose, what, content
    patience: dict[Timeline, float] = field(
        default_factory=dict
    )  # seconds for which they are to be left alone
    moves: dict[Timeline, str] = field(default_factory=dict)  # the arguments of those that live elsewhere now
    streams: list[asyncio.Queue[Change]] = field(default_factory=list)
    codes: dict[str, tuple[str, str, str]] = field(
        default_factory=dict
    )  # code -> person, redirect, challenge
    _number: int = 0

    def person(self, name: str) -> Author:
        """The person called so, `ada` or `@ada`; made on first use."""
        name = name.removeprefix("@").split("@")[0]
        author = Author(f"u-{name}", f"@{name}@{self.server}", name.title(), f"https://{self.server}/@{name}")
        self.tokens.setdefault(f"token-{name}", author.id)
        return self.people.setdefault(author.id, author)

    def known(self, handle: str) -> Author | None:
        """Who has this handle, or None."""
        name = handle.removeprefix("@").split("@")[0]
        return self.people.get(f"u-{name}")

    # --- consent ---

    @property
    def issuer(self) -> str:
        """Who this network says it is."""
        return f"https://{self.server}"

    def consent(self, address: str, who: str) -> str:
        """Somebody opens the page of consent and allows it: where their browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{self.next_number()}"
        self.codes[code] = (who, asked["redirect_uri"], asked["code_challenge"])
        answer = {"code": code, "state": asked["state"], "iss": self.issuer}
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def redeem(self, code: str, redirect: str, verifier: str) -> str | None:
        """The token for a code, once, where all is as it was when consent was given."""
        who, *given = self.codes.get(code, ("", "", ""))
        if given != [redirect, challenge(verifier)["code_challenge"]]:
            return None
        del self.codes[code]
        token = f"token-{who}-{self.next_number()}"
        self.tokens[token] = self.person(who).id
        return token

    # --- posts ---

    def add(
        self,
        author: Author,
        draft: Draft,
        *,
        uri: str | None = None,
        at: datetime | None = None,
        media: Sequence[Attachment] = (),
        application: str | None = None,
    ) -> Post:
        """A new post stands; a bridge brought it if it was written with CROSSPOSTER."""
        number = self.next_number()
        address = f"https://{self.server}/{author.handle.split('@')[1]}/{number}"
        post = Post(
            id=f"p{number}",
            author=author,
            text=draft.text,
            audience=draft.audience,
            created_at=at or self.clock.now(),
            uri=uri or address,
            url=address,
            warning=draft.warning,
            language=draft.language,
            reply_to=draft.reply_to,
            spans=draft.spans,
            media=(*media, *self.attached(draft)),
            quote=self._quote(draft.quote),
            application=application,
            bridged=application == CROSSPOSTER,
        )
        if draft.poll is not None:
            self.polls.begin(post.id, draft.poll, self.clock.now())
        return self._stands(self.seen(post, author.id))

    def sign(self, post_id: str, application: str) -> Post:
        """A post says from now on with what it was written. KeyError: it is gone."""
        post = changed(self.standing[post_id], application=application)
        self.log = [changed(one, post=post) if one.post.id == post_id else one for one in self.log]
        self.standing[post_id] = post
        return post

    def _quote(self, post_id: str | None) -> Quote | None:
        """A post as another one shows it. KeyError: it is gone."""
        if post_id is None:
            return None
        shown = self.standing[post_id]
        return Quote(shown.url or "", shown.id, shown.author.handle, shown.text)

    def seen(self, post: Post, reader: str | None) -> Post:
        """A post as somebody sees it now: with how its poll stands."""
        return self.polls.seen(post, reader, self.clock.now())

    def change(
        self,
        post_id: str,
        text: str,
        warning: str | None,
        spans: Sequence[Span] = (),
        media: Sequence[Attachment] | None = None,
    ) -> Post:
        """A post's text and warning become others, and its media if they are given. KeyError: it is gone."""
        old, at = self.standing[post_id], self.clock.now()
        shown = old.media if media is None else tuple(media)
        post = changed(
            old, text=text, warning=warning, spans=tuple(spans), media=shown, edited_at=at, boost=None
        )
        return self._stands(post)

    # --- files ---

    def keep(self, person: Author, file: File, content: bytes) -> str:
        """A file that somebody uploaded; returns what it is called."""
        ref = f"f{self.next_number()}"
        self.files[ref] = (person.id, file, content)
        return ref

    def owner(self, ref: str) -> str | None:
        """Whose file it is, by their id; None: there is no such file."""
        return self.files[ref][0] if ref in self.files else None

    def attached(self, draft: Draft) -> tuple[Attachment, ...]:
        """The files of a draft as a post shows them."""
        return tuple(
            Attachment(self.files[one.ref][1].kind, self.file_address(one.ref), one.alt)
            for one in draft.files
        )

    def file_address(self, ref: str) -> str:
        """Where a file is, for whoever sees the post under which it stands."""
        return f"https://{self.server}/files/{ref}"

    def file_at(self, url: str) -> bytes:
        """What the file at an address holds. TargetGone: it stands under no post."""
        if not any(shown.url == url for post in self.standing.values() for shown in post.media):
            raise TargetGone()
        return self.files[url.rpartition("/")[2]][2]

    def contents(self, post_id: str) -> list[bytes]:
        """What the uploaded files under a post hold."""
        names = (shown.url.rpartition("/")[2] for shown in self.standing[post_id].media)
        return [self.files[name][2] for name in names if name in self.files]

    def remove(self, post_id: str) -> None:
        """A post is gone; nothing happens if it was."""
        post = self.standing.pop(post_id, None)
        if post is not None:
            self._write(Change(post, gone=True))
        self.reports = [report for report in self.reports if report.post.id != post_id]

    def boost(self, person: Author, post_id: str, on: bool) -> None:
        """Somebody boosts a post, or no longer. KeyError: it is gone."""
        post = self.standing[post_id]
        if on and (person.id, post_id) not in self.boosts:
            self._write(Change(changed(post, boost=Boost(person, self.clock.now()))))
            self.notify(post.author, "boost", person, post_id)
        self._mark(self.boosts, (person.id, post_id), on)

    def favourite(self, person: Author, post_id: str, on: bool) -> None:
        """Somebody favourites a post, or no longer. KeyError: it is gone."""
        post = self.standing[post_id]
        if on and (person.id, post_id) not in self.favourites:
            self.notify(post.author, "favourite", person, post_id)
        self._mark(self.favourites, (person.id, post_id), on)

    def bookmark(self, person: Author, post_id: str, on: bool) -> None:
        """Somebody keeps a post for later, or no longer; nobody else learns of it. KeyError: it is gone."""
        mark = (person.id, self.standing[post_id].id)
        if on:
            self.bookmarks.setdefault(mark)
        else:
            self.bookmarks.pop(mark, None)

    def follow(self, person: Author, other: Author, on: bool) -> bool:
        """Follow, or stop; True if the other must approve it first."""
        waits = on and other.id in self.locked and (person.id, other.id) not in self.follows
        if on and (person.id, other.id) not in self.follows | self.pending:
            self.notify(other, "follow-request" if waits else "follow", person, None)
        self._mark(self.pending, (person.id, other.id), waits)
        self._mark(self.follows, (person.id, other.id), on and not waits)
        return waits

    def mute(self, person: Author, other: Author, on: bool) -> None:
        """What somebody posts is not shown to a person any more, or again; they do not learn of it."""
        self._mark(self.mutes, (person.id, other.id), on)

    def block(self, person: Author, other: Author, on: bool) -> None:
        """Two people see nothing of each other and follow each other no more; or may again."""
        self._mark(self.blocks, (person.id, other.id), on)
        if on:
            apart = {(person.id, other.id), (other.id, person.id)}
            self.follows -= apart
            self.pending -= apart

    def notify(self, to: Author, kind: NotificationKind, by: Author, post: str | None) -> Notification:
        """Tell somebody of something that is no post."""
        told = Notification(f"n{self.next_number()}", kind, by, self.clock.now(), post)
        nothing = Post("", by, "", Audience.DIRECT, self.clock.now())
        self._write(Change(nothing, notification=told, to=to.id))
        return told

    def move(self, timeline: Timeline) -> str:
        """A timeline lives elsewhere for good: its argument there, which is the old one up to the `/`."""
        there = f"{timeline.argument}/{self.next_number()}"
        self.moves[timeline] = there
        return there

    # --- who may read what ---

    def visible(self, post: Post, reader: str | None) -> bool:
        """May this person (None: anybody) read this post?"""
        if post.author.id in self.suspended or self.parted(post.author.id, reader):
            return False
        if post.audience.rank <= Audience.UNLISTED.rank or reader == post.author.id:
            return True
        if post.audience is Audience.FOLLOWERS:
            return (reader, post.author.id) in self.follows or self.mentions(post, reader)
        return self.mentions(post, reader)

    def parted(self, one: str, other: str | None) -> bool:
        """Does one of the two block the other?"""
        return not self.blocks.isdisjoint({(one, other or ""), (other or "", one)})

    def mentions(self, post: Post, reader: str | None) -> bool:
        """Does this post name this person, or answer them?"""
        author = self.people.get(reader or "")
        if author is None:
            return False
        parent = self.standing.get(post.reply_to or "")
        _, name, server = map(re.escape, author.handle.split("@"))
        named = re.search(rf"(?<!\w)@{name}\b(?!@(?!{server}\b))", post.text) is not None
        return named or (parent is not None and parent.author.id == reader)

    def shows(self, timeline: Timeline, change: Change, reader: str | None) -> bool:
        """Does this entry of the log belong to this timeline?"""
        if change.notification is not None:
            unseen = self._muted(change.notification.by, reader)
            return timeline.kind is TimelineKind.MENTIONS and change.to == reader and not unseen
        return self.visible(change.post, reader) and self._belongs(timeline, change.post, reader)

    def _muted(self, who: Author, reader: str | None) -> bool:
        return (reader or "", who.id) in self.mutes or self.parted(who.id, reader)

    def stands(self, change: Change) -> bool:
        """Is this entry of the log about a post that is still there?"""
        return not change.notification and not change.gone and change.post.id in self.standing

    def _belongs(self, timeline: Timeline, post: Post, reader: str | None) -> bool:
        source = post.boost.by.id if post.boost else post.author.id
        argument = timeline.argument.partition("/")[0]
        if self._muted(post.author, reader) and timeline.kind in _SPARING:
            return False
        match timeline.kind:
            case TimelineKind.OWN:
                return source == reader
            case TimelineKind.HOME:
                return source == reader or (reader, source) in self.follows
            case TimelineKind.MENTIONS:
                return post.boost is None and source != reader and self.mentions(post, reader)
            case TimelineKind.PERSON | TimelineKind.FEED | TimelineKind.LIST:
                return source == argument
            case TimelineKind.TAG:
                return post.boost is None and f"#{argument}" in post.text.split()
            case TimelineKind.BOOKMARKS:
                return False  # looked up, and never read on

    def _stands(self, post: Post) -> Post:
        self.standing[post.id] = post
        self._write(Change(post))
        return post

    def _write(self, change: Change) -> None:
        self.log.append(change)
        for stream in self.streams:
            stream.put_nowait(change)

    def next_number(self) -> int:
        """A number that nothing here bears yet."""
        self._number += 1
        return self._number

    @staticmethod
    def _mark(marks: set[tuple[str, str]], mark: tuple[str, str], on: bool) -> None:
        marks.add(mark) if on else marks.discard(mark)
