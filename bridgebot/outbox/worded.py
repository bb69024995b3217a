"""What a post says on one network, in words: its own, and those for what the network has nothing else for."""

from __future__ import annotations

from bridgebot import flow, render
from bridgebot.adapter import Network
from bridgebot.dialog import House
from bridgebot.errors import Rejected
from bridgebot.model import Ballot
from bridgebot.outbox import enclosed
from bridgebot.render import Rich
from bridgebot.store import Tx, deliveries
from bridgebot.store.rows import Account, Delivery, Post


def words(
    tx: Tx,
    delivery: Delivery,
    post: Post,
    account: Account,
    network: Network,
    *,
    poll: Ballot | None,
    quote: str | None,
) -> Rich:
    """The post's words with the emphasis that this network knows; what came with pictures names them. `poll`
    and `quote` are what stands beside the words there.
    """
    able = network.social
    text = Rich(post.text, post.emphasis)
    if post.emphasis:
        text = text.only(able.markup if able else ())
    lines = [] if poll is not None else _choices(tx, post)
    lines += render.media_lines(enclosed.in_words(tx, delivery, post, account, network))
    if quote is None and (address := flow.quote_address(tx, post, account)) is not None:
        lines.append(f"RE: {address}")
    if lines:
        text = render.joined("\n", [*([text] if text.text else []), *lines])
    # Names mean somebody else on another network: what a rule carries there pings nobody.
    if _by_rule(tx, delivery):
        return render.unpinged(text)
    named = flow.addressees(tx, post, account) if able and able.replies_name else ()
    missing = [who for who in named if who.lower() not in text.text.lower()]
    return render.joined(" ", [*missing, text]) if missing else text


def _choices(tx: Tx, post: Post) -> list[str]:
    """A poll's choices, and where one can vote."""
    if post.votable is None:
        return []
    where = flow.poll_address(tx, post)
    return [*render.choice_lines(post.votable), *([where] if where else [])]


def warning(house: House, language: str, post: Post, network: Network) -> str | None:
    """For a post with hidden words where only a warning on all of it can hide them."""
    if not flow.must_warn(post.emphasis, network):
        return None
    if network.social is None or not network.social.warnings:
        raise Rejected("skip-warning")  # an edit hid them: what is there stays as it is
    return house.texts(language, "warning-spoiler")


def _by_rule(tx: Tx, delivery: Delivery) -> bool:
    """Whether a sync rule brings, or brought, the post there."""
    create = delivery if delivery.action == "create" else deliveries.delivery(tx, delivery.after_id or 0)
    return create.route_id is not None
