"""Publishing, finding again, editing and deleting posts."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import msgspec

from adapters.mastodon import reading, wire
from adapters.mastodon.entities import Status
from adapters.mastodon.wire import Wire, quoted
from bridgebot.errors import Rejected, TargetGone
from bridgebot.model import Account, Draft, Post, canonical

MARGIN = timedelta(minutes=1)  # `Date` has whole seconds, and both ways take their time
PAGE = 40
MOST_PAGES = 5
# Where a person's own settings may make markup of the text, unless the post itself says that it is plain.
_MARKUP = frozenset({"gotosocial", "pleroma", "akkoma"})


async def publish(api: Wire, account: Account, draft: Draft, key: str) -> Post:
    known = wire.secret(account)
    if draft.reply_to and known.software == "takahe":  # it would publish an answer to nothing
        await wire.status(api, account, draft.reply_to)
    body: dict[str, Any] = {
        "status": draft.text,
        # Always said: GoToSocial and people's own settings have other defaults.
        "visibility": reading.VISIBILITIES[draft.audience],
        "sensitive": bool(draft.warning),
        **_plain(known.software),
    }
    if draft.warning:
        body["spoiler_text"] = draft.warning
    if draft.language:
        body["language"] = draft.language
    if draft.reply_to:
        body["in_reply_to_id"] = draft.reply_to
    headers = {"Idempotency-Key": _header(key)}
    made = await api.call(account, "POST", "/api/v1/statuses", Status, json=body, headers=headers)
    return reading.post(made, wire.domain(account))


def _header(key: str) -> str:
    """A key of the bot is a UUID; any other text must not break the header."""
    plain = key.isascii() and key.isprintable()
    return key if plain else hashlib.sha256(key.encode()).hexdigest()


async def edit(api: Wire, account: Account, post_id: str, draft: Draft) -> Post:
    """What an edit does not name is taken away by the server: so the rest is said again."""
    was = await wire.status(api, account, post_id)
    if was.account.id != account.id:
        raise Rejected("mastodon-not-yours")
    if was.poll is not None:  # its votes would be lost
        raise Rejected("mastodon-edit-poll")
    body: dict[str, Any] = {
        "status": draft.text,
        "spoiler_text": draft.warning or "",
        "sensitive": bool(draft.warning) or (bool(was.sensitive) and not was.spoiler_text),
        "media_ids": [medium.id for medium in was.media_attachments or ()],
        **_plain(wire.secret(account).software),
    }
    if language := draft.language or was.language:
        body["language"] = language
    path = f"/api/v1/statuses/{quoted(post_id)}"
    made = await api.call(account, "PUT", path, Status, json=body, idempotent=True)
    return reading.post(made, wire.domain(account))


async def delete(api: Wire, account: Account, post_id: str) -> None:
    """A post that is gone is no error; one of somebody else is (servers say 404 for both)."""
    path = f"/api/v1/statuses/{quoted(post_id)}"
    try:
        await api.call(account, "DELETE", path, dict[str, Any], idempotent=True)
    except TargetGone:
        try:
            await wire.status(api, account, post_id)
        except TargetGone:
            return
        raise Rejected("mastodon-not-yours") from None


def _plain(software: str) -> dict[str, str]:
    return {"content_type": "text/plain"} if software in _MARKUP else {}


# --- finding again -----------------------------------------------------------------------------


async def find(api: Wire, account: Account, draft: Draft, ago: timedelta, but: frozenset[str]) -> Post | None:
    """The newest own post that a draft may have become, so long ago at most. `but` are ids of others:
    two publications of the same text cannot be told apart here.
    """
    path = f"/api/v1/accounts/{quoted(account.id)}/statuses"
    params = {"exclude_reblogs": "true", "limit": str(PAGE)}
    for _ in range(MOST_PAGES):
        answer = await api.dated(account, "GET", path, list[msgspec.Raw], params=params)
        youngest = [one for one in wire.each(answer.value, Status) if one.reblog is None]
        since = answer.at - ago - MARGIN
        for status in youngest:
            young = reading.utc(status.created_at) >= since and status.id not in but
            if young and is_from(status, draft, wire.domain(account)):
                return reading.post(status, wire.domain(account))
        if not youngest or reading.utc(youngest[-1].created_at) < since:
            return None
        params = {**params, "max_id": youngest[-1].id}
    return None


def is_from(status: Status, draft: Draft, domain: str) -> bool:
    """May this draft have become this post?"""
    post = reading.post(status, domain)
    return (
        not post.media
        and post.audience is draft.audience
        and post.reply_to == draft.reply_to
        and canonical(post.warning or "") == canonical(draft.warning or "")
        and canonical(post.text) == canonical(draft.text)
    )
