"""The last look at who may read it, before anything leaves: whatever was so when it was queued."""

from __future__ import annotations

from bridgebot import dialog, flow
from bridgebot.adapter import Network
from bridgebot.dialog import House
from bridgebot.errors import Rejected
from bridgebot.model import Audience
from bridgebot.outbox import enclosed, worded
from bridgebot.store import Tx
from bridgebot.store.rows import Chat, Delivery, Post


def for_whom(
    tx: Tx, house: House, delivery: Delivery, create: Delivery, post: Post, network: Network
) -> tuple[Audience, str | None]:
    """Audience and warning, as a network is asked for them by a delivery of what `create` brings there.
    Raises Rejected where it cannot keep to them.
    """
    audience, kept = flow.as_meant(tx, post)
    if said := create.arguments.get("audience"):
        audience = Audience(said)
    warning = kept or (_for_what_it_hides(tx, house, delivery, post, network) if post.hides else None)
    if (problem := flow.refusal(audience, bool(warning), post.parent_id is not None, network)) is not None:
        raise Rejected(problem)
    return audience, warning


def _for_what_it_hides(tx: Tx, house: House, delivery: Delivery, post: Post, network: Network) -> str | None:
    """The house's own warning, where hidden words or pictures need one."""
    language = dialog.language_of(tx, house, delivery.user_id) if delivery.user_id else house.language
    words = worded.warning(house, language, post.emphasis, network)
    return words or enclosed.warning(house, language, post, network)


def must_enter(post: Post, chat: Chat) -> None:
    """Raises Rejected where others read and the post is not for them."""
    if not flow.may_enter(post.seen_by, direct=chat.direct):
        raise Rejected("skip-group")
