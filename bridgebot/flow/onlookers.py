"""Places of others that know a post of a user's from a network show it as it stands there: they change when
that copy has changed, and not before; they have it no more when it is gone, and anew when it is back.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bridgebot.flow.again import post_anew
from bridgebot.flow.changes import GONE, change_to, delete, may_be_told, take_away, untouched
from bridgebot.flow.given import known_from, version_given
from bridgebot.store import Tx, deliveries, people, posts
from bridgebot.store.deliveries import MIRRORED
from bridgebot.store.posts import ORIGINAL
from bridgebot.store.rows import Delivery, Post


def gone(tx: Tx, now: datetime, realm: str, native_id: str) -> None:
    """A network says that a post of its own is no more: the original takes the rest with it, any other copy
    what was known from it.
    """
    copy = posts.copy_at(tx, realm, native_id)
    if copy is None or copy.gone_at is not None:
        return
    posts.mark_gone(tx, now, copy.id)
    post = posts.post(tx, copy.post_id)
    if copy.role == ORIGINAL and post.deleted_at is None:
        delete(tx, now, post)
    else:
        bring_in_line(tx, now, post, realm)


def bring_in_line(tx: Tx, now: datetime, post: Post, server: str) -> None:
    """Something has changed in what stands on a server of a post."""
    if post.user_id is None or post.deleted_at is not None:
        return
    creates = deliveries.creates(tx, post.id)
    for create in creates:
        known = known_from(tx, post, create)
        if known is None or server not in known:
            continue
        version = version_given(tx, post, create)
        if version is not None:
            _show(tx, now, post, create, version)
        elif _is_wanted(tx, create) and not any(_is_coming(tx, one, known) for one in creates):
            take_away(tx, now, create, None, why=GONE)


def _is_coming(tx: Tx, create: Delivery, servers: Collection[str]) -> bool:
    """Whether it is on its way to an account there, perhaps once more."""
    if create.account_id is None or create.state not in deliveries.OPEN:
        return False
    return people.account(tx, create.account_id).server in servers


def _show(tx: Tx, now: datetime, post: Post, create: Delivery, version: int) -> None:
    """One place shows this version, if it may."""
    if not may_be_told(tx, post, create) or not (_is_wanted(tx, create) or _stays(tx, now, create)):
        return
    if _shown(tx, create) < version:
        change_to(tx, now, create, version)


def _shown(tx: Tx, create: Delivery) -> int:
    """The newest version that a place was sent, or is being sent."""
    copies = [copy.version for copy in posts.copies_of_delivery(tx, create.id)]
    frozen = [part.payload.get("version", 0) for part in deliveries.parts(tx, create.id)]
    return max([*copies, *frozen], default=0)


def _deletion(tx: Tx, create: Delivery) -> Delivery | None:
    """What takes it away from there, or did."""
    later = [one for one in deliveries.changes(tx, create) if one.id > create.id and one.action == "delete"]
    return next((one for one in reversed(later) if one.state not in ("cancelled", "failed")), None)


def _is_wanted(tx: Tx, create: Delivery) -> bool:
    return create.state not in ("failed", "cancelled") and _deletion(tx, create) is None


def _stays(tx: Tx, now: datetime, create: Delivery) -> bool:
    """What went only because it was gone where the place knows it from comes back; whether it never left."""
    deletion = _deletion(tx, create)
    if not (deletion or create).arguments.get(GONE):
        return False
    if deletion is not None and untouched(tx, deletion):
        deliveries.end(tx, now, deletion.id, "cancelled")
        return True
    after = deletion.id if deletion is not None and deletion.state in deliveries.OPEN else None
    post_anew(tx, now, create, after_id=after, cause_id=None, urgency=MIRRORED)
    return False
