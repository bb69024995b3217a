"""Rows of Plaza's tables as the nouns of the house."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast
from urllib.parse import urlsplit

from adapters.plaza.names import SHAPE
from adapters.plaza.store.moderation import Complaint
from adapters.plaza.store.rows import PICTURES, Entry, Member, Picture, Seen
from adapters.plaza.store.timelines import By, Read, Told
from bridgebot.adapter import Address
from bridgebot.model import (
    Account,
    Attachment,
    Author,
    Boost,
    Notification,
    Page,
    Post,
    Profile,
    Report,
    Source,
    Timeline,
    TimelineKind,
)

_PICTURE = re.compile(rf"https?://[^?#]+{re.escape(PICTURES)}/([\w-]{{32}}\.\w+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Native:
    """Makes posts, people and pages as the contract has them."""

    server: str
    url: Callable[[str], str]  # a path of the site, absolute

    def author(self, person_id: int, name: str) -> Author:
        return Author(str(person_id), f"@{name}", name, self.url(f"/@{name}"))

    def addresses(self) -> tuple[Address, ...]:
        """How people write who is here: `@lin@plaza`, `@lin@` and the site, the address of her page."""
        page, name = re.escape(self.url("/@")), f"@?{SHAPE}"
        hosts = "|".join(re.escape(host) for host in (self.server, self._host) if host)
        return (Address(f"(?i:{name}@(?:{hosts}))", sure=True), Address(f"(?i:{page}{SHAPE}/?)", sure=True))

    def source(self, author: Author) -> Source:
        """What anybody may read of somebody."""
        timeline = Timeline(TimelineKind.PERSON, self.server, author.id)
        return Source(timeline, author.name, author.handle, author.url)

    def named(self, address: str) -> str:
        """The bare name in one of these; what is none of them stays as it is."""
        inner = address.removeprefix(self.url("/@")).rstrip("/") if "://" in address else address
        name, _, host = inner.removeprefix("@").partition("@")
        return name if host.lower() in ("", self.server, self._host) else address

    @property
    def _host(self) -> str:
        return (urlsplit(self.url("/")).hostname or "").lower()

    def account(self, member: Member, token: str, scopes: tuple[str, ...] = ()) -> Account:
        """`scopes`: those of a token; the account's own key knows none."""
        author = self.author(member.id, member.name)
        return Account(author.id, author.handle, self.server, author.name, author.url, token, scopes)

    def profile(self, seen: Seen) -> Profile:
        return Profile(
            author=self.author(seen.member.id, seen.member.name),
            locked=seen.member.locked,
            pending=seen.pending,
            followers=seen.followers,
            following=seen.following,
            posts=seen.posts,
        )

    def post(self, entry: Entry, boosted: By | None = None) -> Post:
        return Post(
            id=str(entry.id),
            author=self.author(entry.person_id, entry.name),
            text=entry.text,
            audience=entry.audience,
            created_at=entry.created_at,
            url=self.url(entry.path),
            warning=entry.warning,
            language=entry.language,
            reply_to=None if entry.reply_to is None else str(entry.reply_to),
            edited_at=entry.edited_at,
            media=tuple(self._attachment(one) for one in entry.pictures),
            boost=None if boosted is None else Boost(self.author(boosted.id, boosted.name), boosted.at),
        )

    def _attachment(self, picture: Picture) -> Attachment:
        return Attachment("image", self.url(picture.path), picture.alt, picture.covered)

    def picture_at(self, url: str) -> str:
        """The file's name in the address of a picture, whatever the site is called; "" in any other."""
        found = _PICTURE.fullmatch(url)
        return found[1] if found else ""

    def is_here(self, url: str) -> bool:
        """Whether an address is one of this site, as it is called now."""
        return url.startswith(self.url("/"))

    def page(self, read: Read) -> Page:
        happenings = read.happenings
        return Page(
            posts=tuple(self.post(one.entry, one.boosted) for one in happenings if one.entry is not None),
            cursor=str(read.cursor),
            more=read.more,
            gone=tuple(str(one.gone) for one in happenings if one.gone is not None),
            notifications=tuple(self._told(one.told) for one in happenings if one.told is not None),
        )

    def _told(self, told: Told) -> Notification:
        kind = cast(Literal["follow", "follow-request", "favourite", "boost"], told.kind)
        subject = str(told.subject) if told.subject else None
        return Notification(str(told.id), kind, self.author(told.by.id, told.by.name), told.by.at, subject)

    def report(self, complaint: Complaint) -> Report:
        return Report(
            id=str(complaint.id),
            post=self.post(complaint.entry),
            by=self.author(complaint.by_id, complaint.by_name),
            comment=complaint.comment,
            at=complaint.at,
        )
