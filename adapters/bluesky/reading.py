"""From what an AppView sends to what the bot knows: pure.

`site` is where people open what is shown (`https://bsky.app`). Addresses there name people by their DID,
which stays when a handle changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import msgspec

from adapters.bluesky import entities, showing
from adapters.bluesky.entities import PostRecord, PostView
from adapters.bluesky.names import handle, url
from adapters.bluesky.records import told_apart
from adapters.bluesky.rich import Text, text_of
from adapters.bluesky.showing import inner
from bridgebot.model import Audience, Author, Boost, Notification, Post, Profile, changed

SIGNED_IN_ONLY = "!no-unauthenticated"  # a person's wish not to be shown to whom nobody knows
_BRIDGED = (".brid.gy", ".brid.gy.bsky.social")  # in whose names people of other networks are shown
REPOST = "app.bsky.feed.defs#reasonRepost"
# How the app names the labels that every client must know: com.atproto.label.defs#labelValue; `gore` is an
# older word. What other labels mean is written by who sets them, and people choose whom they believe.
WARNINGS: Mapping[str, str] = {
    "porn": "Adult Content",
    "sexual": "Sexually Suggestive",
    "nudity": "Non-sexual Nudity",
    "graphic-media": "Graphic Media",
    "gore": "Graphic Media",
    "!warn": "Content Warning",
    "!hide": "Content Hidden",
}
_TOLD: Mapping[str, Literal["follow", "favourite", "boost"]] = {
    "follow": "follow",
    "like": "favourite",
    "repost": "boost",
}
POSTS_TOLD = frozenset({"mention", "reply", "quote"})


# --- people -------------------------------------------------------------------------------------


def author(actor: entities.ProfileView, site: str) -> Author:
    shown = handle(actor)
    return Author(actor.did, shown, actor.display_name or shown, f"{site}/profile/{actor.did}")


def profile(actor: entities.ProfileView, site: str) -> Profile:
    return Profile(
        author(actor, site),
        bio=actor.description or "",
        followers=actor.followers_count,
        following=actor.follows_count,
        posts=actor.posts_count,
        picture=actor.avatar or None,
    )


def hidden(actor: entities.ProfileView) -> bool:
    """Does this person not want to be shown to whom nobody knows?"""
    return any(label.val == SIGNED_IN_ONLY and not label.neg for label in actor.labels)


# --- posts --------------------------------------------------------------------------------------


def post(view: PostView, site: str, reason: entities.Reason | None = None) -> Post:
    """The post, and who reposted it."""
    embed = inner(view.embed, entities.Embed)
    shown = showing.shown(embed, site, url(view.uri, site))
    labels = {label.val for label in view.labels if holds(label, moment(view.indexed_at))}
    return _post(
        view.uri, author(view.author, site), view.record, site, shown, labels, view.indexed_at, reason
    )


def from_record(uri: str, by: Author, record: PostRecord, site: str) -> Post:
    """The post as its record alone says it, before an AppView shows it."""
    return _post(uri, by, record, site, showing.written(record.embed, site), set(), "", None)


def _post(
    uri: str,
    by: Author,
    record: PostRecord,
    site: str,
    shown: showing.Shown,
    labels: set[str],
    seen: str,
    reason: entities.Reason | None,
) -> Post:
    warning, text = _apart(text_of(record.text, record.facets))
    lines = [address for address in shown.links if address not in text.links and address not in text.text]
    return Post(
        id=uri,
        author=by,
        text="\n\n".join(part for part in (text.text, *lines) if part),
        audience=Audience.PUBLIC,
        created_at=_written(record.created_at, seen),
        uri=uri,
        url=url(uri, site),
        warning=warning or _warning(labels | _self_labels(record)),
        language=record.langs[0] if record.langs else None,
        reply_to=record.reply.parent.uri if record.reply else None,
        boost=_boost(reason, site),
        spans=text.spans,
        media=shown.media,
        quote=shown.quote,
        bridged=bool(record.bridgy_original_url) or by.handle.endswith(_BRIDGED),
    )


def _apart(text: Text) -> tuple[str | None, Text]:
    """The warning that stands in front of the text, and the text behind it."""
    warning, rest, cut = told_apart(text.text)
    spans = (changed(one, start=one.start - cut, end=one.end - cut) for one in text.spans if one.start >= cut)
    return warning, replace(text, text=rest, spans=tuple(spans))


def _boost(reason: entities.Reason | None, site: str) -> Boost | None:
    if reason is None or reason.kind != REPOST or reason.by is None:
        return None
    return Boost(author(reason.by, site), moment(reason.indexed_at))


def _self_labels(record: PostRecord) -> set[str]:
    return {label.val for label in record.labels.values} if record.labels else set()


def _warning(labels: set[str]) -> str | None:
    names = dict.fromkeys(name for label, name in WARNINGS.items() if label in labels)
    return ", ".join(names) or None


def holds(label: entities.Label, now: datetime) -> bool:
    """A label may have been taken back, or its time may be over."""
    return not label.neg and (not label.exp or moment(label.exp) > now)


# --- what happened to an account ----------------------------------------------------------------


def notification(told: entities.Told, site: str) -> Notification | None:
    """None for what is a post, and for kinds that are about no post of the account's."""
    kind = _TOLD.get(told.reason)
    if kind is None:
        return None
    about = None if kind == "follow" else told.reason_subject or None
    return Notification(told.uri, kind, author(told.author, site), moment(told.indexed_at), about)


# --- times --------------------------------------------------------------------------------------


def _written(created: str, seen: str) -> datetime:
    """When the author says it was written, but not after it was seen: that only a false clock says."""
    limit = moment(seen) if seen else datetime.now(UTC)
    try:
        return min(moment(created), limit)
    except ValueError:
        return limit


def moment(text: str) -> datetime:
    """A time of the wire, in UTC. Raises ValueError (msgspec's is one) for what is none."""
    time = msgspec.convert(text, datetime)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
