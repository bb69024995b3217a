"""Likes, reposts, follows, blocks and mutes.

Each of the first four is a record under a key that follows from whose it is and what it is about: made
twice it is there once. Where another program made it under another key, the network says which (`viewer`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from adapters.bluesky import people, reading, records, repository, tid
from adapters.bluesky.entities import PostView, ProfileView, Viewer
from adapters.bluesky.records import Ref
from adapters.bluesky.wire import Nothing, Wire
from bridgebot.errors import Rejected, TargetGone
from bridgebot.model import Account, Profile

_NOBODY: Final = Viewer()


@dataclass(frozen=True, slots=True)
class _Mark:
    """One record that says something about something."""

    collection: str
    about: str  # an at:// address or a DID
    other: str | None  # the address of the one that the network shows to the account

    def key(self, account: Account) -> str:
        return tid.derived(account.id, self.collection, self.about)


async def favourite(api: Wire, account: Account, post_id: str, on: bool) -> None:
    await _post(api, account, post_id, records.LIKE, on)


async def boost(api: Wire, account: Account, post_id: str, on: bool) -> None:
    await _post(api, account, post_id, records.REPOST, on)


async def _post(api: Wire, account: Account, post_id: str, collection: str, on: bool) -> None:
    view = await _seen(api, account, post_id)
    viewer = (view.viewer if view else None) or _NOBODY
    mark = _Mark(collection, post_id, viewer.like if collection == records.LIKE else viewer.repost)
    if not on:
        await _take_back(api, account, mark)
        return
    await _make(api, account, mark, await _ref(api, account, post_id, view))


async def _seen(api: Wire, account: Account, post_id: str) -> PostView | None:
    """The post as the app view shows it; None: it shows none (yet)."""
    try:
        return await people.post_view(api, account, post_id)
    except TargetGone:
        return None


async def _ref(api: Wire, account: Account, post_id: str, view: PostView | None) -> Ref:
    """What a mark names; of one's own post that the app view has not heard of yet, one's own server knows it.
    Raises TargetGone.
    """
    return Ref(view.uri, view.cid) if view else (await people.own(api, account, post_id))[0]


async def _make(api: Wire, account: Account, mark: _Mark, subject: Ref | str) -> None:
    key = mark.key(account)
    if mark.other and repository.parts(mark.other)[2] != key:
        return  # another program made it
    record = records.about(mark.collection, subject, api.clock.now())
    await repository.put(api, account, mark.collection, key, record, idempotent=True)


async def _take_back(api: Wire, account: Account, mark: _Mark) -> None:
    keys = [mark.key(account)]
    if mark.other:
        did, collection, key = repository.parts(mark.other)
        if (did, collection) == (account.id, mark.collection):
            keys.append(key)
    for key in dict.fromkeys(keys):
        await repository.delete(api, account, mark.collection, key)


async def bookmark(api: Wire, account: Account, post_id: str, on: bool) -> None:
    """Kept by the app view for the account alone, in no repository."""
    if not on:
        await _tell(api, account, "app.bsky.bookmark.deleteBookmark", {"uri": post_id})
        return
    kept = await _ref(api, account, post_id, await _seen(api, account, post_id))
    await _tell(api, account, "app.bsky.bookmark.createBookmark", kept.record())


async def report(api: Wire, account: Account, post_id: str, comment: str) -> None:
    """A complaint goes to the service that moderates for the account's server."""
    view = await people.post_view(api, account, post_id)
    body = {
        "reasonType": "com.atproto.moderation.defs#reasonOther",
        "subject": {"$type": "com.atproto.repo.strongRef", "uri": view.uri, "cid": view.cid},
        **({"reason": comment} if comment else {}),
    }
    await api.procedure(account, "com.atproto.moderation.createReport", Nothing, json=body)


# --- people ------------------------------------------------------------------------------------


async def follow(api: Wire, account: Account, handle: str, on: bool) -> Profile:
    view = await _other(api, account, handle)
    stands = view.viewer or _NOBODY
    if on and (stands.blocking or stands.blocked_by):
        raise Rejected("bluesky-blocked", handle=f"@{view.handle}")
    return await _person(api, account, view, _Mark(records.FOLLOW, view.did, stands.following), on)


async def block(api: Wire, account: Account, handle: str, on: bool) -> Profile:
    view = await _other(api, account, handle)
    return await _person(
        api, account, view, _Mark(records.BLOCK, view.did, (view.viewer or _NOBODY).blocking), on
    )


async def mute(api: Wire, account: Account, handle: str, on: bool) -> Profile:
    """Kept by the app view for the account alone, in no repository."""
    view = await _other(api, account, handle)
    name = "muteActor" if on else "unmuteActor"
    await _tell(api, account, f"app.bsky.graph.{name}", {"actor": view.did})
    return reading.profile(view, api.config.site)


async def _other(api: Wire, account: Account, handle: str) -> ProfileView:
    view = await people.profile_view(api, account, handle)
    if view.did == account.id:
        raise Rejected("bluesky-yourself")
    return view


async def _person(api: Wire, account: Account, view: ProfileView, mark: _Mark, on: bool) -> Profile:
    if on:
        await _make(api, account, mark, view.did)
    else:
        await _take_back(api, account, mark)
    return reading.profile(view, api.config.site)


async def _tell(api: Wire, account: Account, nsid: str, body: dict[str, str]) -> None:
    await api.procedure(account, nsid, Nothing, json=body, idempotent=True)
