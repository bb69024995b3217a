"""A post as the calls that bring it to one account's network: what is frozen, and what a preview shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bridgebot import dialog, flow
from bridgebot.adapter import Network
from bridgebot.dialog import House
from bridgebot.errors import Rejected, TargetGone
from bridgebot.model import Draft
from bridgebot.outbox import enclosed, fitted, meant, worded
from bridgebot.outbox.payloads import draft
from bridgebot.render import Rich
from bridgebot.store import Tx, posts
from bridgebot.store.rows import Account, Delivery, Post

Payload = dict[str, Any]


def language_of(tx: Tx, house: House, delivery: Delivery) -> str:
    """Of the house's own words in what a delivery sends."""
    if "language" in delivery.arguments:
        return str(delivery.arguments["language"])
    return dialog.language_of(tx, house, delivery.user_id) if delivery.user_id else house.language


def calls(
    tx: Tx,
    house: House,
    delivery: Delivery,
    post: Post,
    account: Account,
    creates: Sequence[Delivery] | None = None,
) -> list[Payload]:
    """A post, or a thread where it is longer than the network takes, with the files that it shows. Nothing of
    it need be stored: then `creates` are all the deliveries that there would be.
    """
    posts_of_it = publications(tx, house, delivery, post, account, creates)
    return enclosed.with_uploads(post, account, network_of(house, account), posts_of_it)


def publications(
    tx: Tx,
    house: House,
    delivery: Delivery,
    post: Post,
    account: Account,
    creates: Sequence[Delivery] | None = None,
) -> list[Payload]:
    """The same without its files."""
    drafts = _drafts(tx, house, delivery, post, account, creates)
    return [
        {"op": "publish", "draft": draft(part), "follows": number > 0} for number, part in enumerate(drafts)
    ]


def _drafts(
    tx: Tx,
    house: House,
    delivery: Delivery,
    post: Post,
    account: Account,
    creates: Sequence[Delivery] | None,
) -> list[Draft]:
    if delivery.action == "create" and post.deleted_at is not None:
        raise TargetGone()
    network, create = network_of(house, account), flow.brings(tx, delivery)
    manner = flow.manner(tx, create, post, account)
    # Somebody else's poll is voted in where it stands.
    poll = flow.ballot(post, account, network) if flow.WHOSE not in create.arguments else None
    quote = flow.quoted(tx, post, account, network, create)
    text = worded.words(tx, house, delivery, post, account, manner, poll=poll, quote=quote, creates=creates)
    audience, warning = meant.for_whom(tx, house, delivery, create, post, network)
    whole = Draft(
        text=text.text,
        audience=audience,
        warning=worded.quiet(warning),
        language=manner.language,
        reply_to=_parent_post(tx, post, account.server),
        spans=text.spans,
        poll=poll,
        quote=quote,
    )
    if delivery.action == "create" and post.parent_id is not None and whole.reply_to is None:
        raise Rejected("skip-no-parent")  # it went after this was queued: alone it would say something else
    return fitted.drafts(tx, post, account, network, manner, whole, creates)


def rewritten(tx: Tx, house: House, delivery: Delivery, post: Post, account: Account) -> Draft:
    """A post that was written there with another app, in other words: what stands beside them stays."""
    network, said = network_of(house, account), delivery.arguments
    rich = Rich.read(said["text"], said["spans"])
    warned = worded.warning(house, language_of(tx, house, delivery), rich.spans, network)
    text = rich.only(network.social.markup if network.social is not None else ())
    return Draft(
        text=text.text,
        audience=post.seen_by,
        warning=post.warning or warned,
        language=post.language,
        spans=text.spans,
        poll=flow.ballot(post, account, network),
        quote=flow.quoted(tx, post, account, network),
    )


def _parent_post(tx: Tx, post: Post, server: str) -> str | None:
    """What a reply stands under there: the last part of one's own thread, or the foreign post."""
    if post.parent_id is None:
        return None
    there = posts.in_realm(tx, post.parent_id, server)
    return there[-1].native_id if there else None


def network_of(house: House, account: Account) -> Network:
    """The account's; Rejected where it is not configured now."""
    network = house.network(account.adapter)
    if network is None:
        raise Rejected("error-not-configured")
    return network
