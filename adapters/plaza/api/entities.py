"""The things of Plaza as Mastodon's documentation describes them (docs.joinmastodon.org/entities): pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from adapters.plaza.html import joined
from adapters.plaza.store.cards import Card, Standing
from adapters.plaza.store.rows import Entry, Picture, Seen
from adapters.plaza.store.walks import Event
from adapters.plaza.views import paragraphs, tag_path
from adapters.plaza.voice import Voice
from bridgebot.adapter import Translate
from bridgebot.model import Audience

Json = dict[str, Any]
VISIBILITIES = {
    Audience.PUBLIC: "public",
    Audience.UNLISTED: "unlisted",
    Audience.FOLLOWERS: "private",
    Audience.DIRECT: "direct",
}
AUDIENCES = {word: audience for audience, word in VISIBILITIES.items()}
KINDS = {
    "follow": "follow",
    "follow-request": "follow_request",
    "favourite": "favourite",
    "boost": "reblog",
    "mention": "mention",
}


def iso(at: datetime) -> str:
    at = at.astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


@dataclass(frozen=True, slots=True)
class Entities:
    """Makes them. Text becomes HTML by the code of the pages, so what is escaped there is here."""

    url: Callable[[str], str]  # a path of the site, absolute
    texts: Translate

    # --- people ---

    def account(self, seen: Seen) -> Json:
        member = seen.member
        picture, page = self.url("/plaza/icon.svg"), self.url(f"/@{member.name}")
        return {
            "id": str(member.id),
            "username": member.name,
            "acct": member.name,
            "display_name": member.name,
            "locked": member.locked,
            "bot": False,
            "discoverable": None,
            "indexable": False,
            "group": False,
            "created_at": f"{member.created_at.astimezone(UTC):%Y-%m-%d}T00:00:00.000Z",
            "note": "",
            "url": page,
            "uri": page,
            "avatar": picture,
            "avatar_static": picture,
            "header": picture,
            "header_static": picture,
            "followers_count": seen.followers,
            "following_count": seen.following,
            "statuses_count": seen.posts,
            "last_status_at": None,
            "hide_collections": True,
            "noindex": True,
            "emojis": [],
            "roles": [],
            "fields": [],
        }

    def own_account(self, seen: Seen, waiting: int) -> Json:
        """With what is for its owner alone; `waiting`: who asked to follow."""
        source = {
            "privacy": "public",
            "sensitive": False,
            "language": None,
            "note": "",
            "fields": [],
            "follow_requests_count": waiting,
            "hide_collections": True,
            "discoverable": None,
            "indexable": False,
        }
        role = {"id": "-99", "name": "", "permissions": "0", "color": "", "highlighted": False}
        return self.account(seen) | {"source": source, "role": role}

    @staticmethod
    def relationship(standing: Standing) -> Json:
        return {
            "id": str(standing.person_id),
            "following": standing.following,
            "showing_reblogs": standing.following,
            "notifying": False,
            "languages": None,
            "followed_by": standing.followed_by,
            "blocking": False,
            "blocked_by": False,
            "muting": False,
            "muting_notifications": False,
            "requested": standing.requested,
            "requested_by": standing.requested_by,
            "domain_blocking": False,
            "endorsed": False,
            "note": "",
        }

    # --- posts ---

    def status(self, card: Card, *, known: bool, source: bool = False) -> Json:
        """`known`: to somebody with a token; `source`: with the text as it was typed, not as HTML."""
        if card.by is not None:
            return self._boost(card, known=known)
        shown, entry = card.shown, card.shown.entry
        made = self._frame(entry, entry.born, entry.created_at) | {
            "account": self.account(card.author),
            "replies_count": shown.answers,
            "reblogs_count": shown.boosts,
            "favourites_count": shown.favourites,
            "edited_at": iso(entry.edited_at) if entry.edited_at else None,
            "reblog": None,
            "in_reply_to_id": str(shown.parent.born) if shown.parent else None,
            "in_reply_to_account_id": str(shown.parent.person_id) if shown.parent else None,
            "mentions": [self._mention(one, name) for one, name in card.mentions],
            "tags": [{"name": tag, "url": self.url(tag_path(tag))} for tag in card.tags],
        }
        made |= {"text": entry.text} if source else {"content": self.html(card)}
        return made | (self._marks(card) if known else {})

    def _boost(self, card: Card, *, known: bool) -> Json:
        line, inner = card.line, self.status(_inner(card), known=known)
        assert line.by is not None
        assert card.by is not None
        return self._frame(card.shown.entry, line.place, line.by.at) | {
            "account": self.account(card.by),
            "replies_count": inner["replies_count"],
            "reblogs_count": inner["reblogs_count"],
            "favourites_count": inner["favourites_count"],
            "edited_at": None,
            "reblog": inner,
            "in_reply_to_id": None,
            "in_reply_to_account_id": None,
            "mentions": inner["mentions"],
            "tags": inner["tags"],
            "content": inner["content"],
            **(self._marks(card) if known else {}),
        }

    def _frame(self, entry: Entry, place: int, at: datetime) -> Json:
        page = self.url(entry.path)
        return {
            "id": str(place),
            "created_at": iso(at),
            "sensitive": entry.warning is not None or entry.covered,
            "spoiler_text": entry.warning or "",
            "visibility": VISIBILITIES[entry.audience],
            "language": entry.language,
            "uri": page if place == entry.born else f"{page}#boost-{place}",
            "url": page,
            "media_attachments": [self.picture(one) for one in entry.pictures],
            "emojis": [],
            "card": None,
            "poll": None,
            "application": None,
        }

    def picture(self, picture: Picture) -> Json:
        """A MediaAttachment. There is one size of it."""
        address = self.url(picture.path)
        width, height = picture.width, picture.height
        size = {
            "width": width,
            "height": height,
            "size": f"{width}x{height}",
            "aspect": width / max(height, 1),
        }
        return {
            "id": str(picture.id),
            "type": "image",
            "url": address,
            "preview_url": address,
            "remote_url": None,
            "preview_remote_url": None,
            "text_url": None,
            "meta": {"original": size, "small": size},
            "description": picture.alt or None,
            "blurhash": None,
        }

    @staticmethod
    def _marks(card: Card) -> Json:
        return {
            "favourited": card.favourited,
            "reblogged": card.boosted,
            "muted": False,
            "bookmarked": card.bookmarked,
            "filtered": [],
        }

    def _mention(self, person_id: int, name: str) -> Json:
        return {"id": str(person_id), "username": name, "acct": name, "url": self.url(f"/@{name}")}

    def html(self, card: Card) -> str:
        """The text as the pages write it, its links absolute."""
        words = Voice("en", False, self.texts)
        return str(joined(paragraphs(words, card.shown, self.url("/").rstrip("/"))))

    @staticmethod
    def source(entry: Entry) -> Json:
        """A post as it was typed, to edit it."""
        return {"id": str(entry.born), "text": entry.text, "spoiler_text": entry.warning or ""}

    # --- what a person is told ---

    def notification(self, event: Event, by: Seen, card: Card | None) -> Json:
        made: Json = {
            "id": str(event.place),
            "type": KINDS[event.kind],
            "created_at": iso(event.by.at),
            "group_key": f"ungrouped-{event.place}",
            "account": self.account(by),
        }
        return made | ({"status": self.status(card, known=True)} if card else {})


def _inner(card: Card) -> Card:
    """The post that was boosted."""
    return replace(card, by=None)


def domain(url: str) -> str:
    """The host in people's handles."""
    return url.partition("://")[2].partition("/")[0]
