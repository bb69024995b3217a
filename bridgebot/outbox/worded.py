"""What a post says on one network, in words: its own, and those for what the network has nothing else for."""

from __future__ import annotations

from collections.abc import Sequence

from bridgebot import flow, render
from bridgebot.adapter import Network
from bridgebot.dialog import House
from bridgebot.errors import Rejected
from bridgebot.flow import Manner
from bridgebot.model import Ballot, Span
from bridgebot.outbox import enclosed
from bridgebot.render import Rich
from bridgebot.store import Tx
from bridgebot.store.rows import Account, Delivery, Post


def words(
    tx: Tx,
    house: House,
    delivery: Delivery,
    post: Post,
    account: Account,
    manner: Manner,
    *,
    poll: Ballot | None,
    quote: str | None,
    creates: Sequence[Delivery] | None = None,
) -> Rich:
    """The post's words with the emphasis that this network knows; what came with pictures names them. `poll`
    and `quote` are what stands beside the words there; `creates` all that bring the post to networks, where
    they are not queued yet.
    """
    network = house.network(account.adapter)
    able = network.social if network is not None else None
    text = Rich(post.text, post.emphasis)
    if post.emphasis:
        text = text.only(able.markup if able else ())
    lines = [] if poll is not None else _choices(tx, post)
    lines += render.media_lines(enclosed.in_words(tx, delivery, post, account, network))
    if quote is None and (address := flow.quote_address(tx, post, account)) is not None:
        lines.append(f"RE: {address}")
    whose = flow.brings(tx, delivery).arguments.get(flow.WHOSE)
    if whose is not None and post.url and post.url not in f"{post.text}\n{lines}":
        lines.append(render.clean_url(post.url))
    if lines:
        text = render.joined("\n", [*([text] if text.text else []), *lines])
    text, _ = _called(tx, house, delivery, post, account, text, creates)
    if whose is not None:
        text = render.joined(" ", [_whose(whose), text])
    text = _framed(text, manner, "\n" if lines else " ")
    named = flow.addressees(tx, post, account) if able and able.replies_name else ()
    missing = [who for who in named if who.lower() not in text.text.lower()]
    # What a rule carries calls nobody: whom it answers has heard of it where it was written.
    return (
        render.joined(" ", [*missing, text])
        if missing and flow.brings(tx, delivery).route_id is None
        else text
    )


def _whose(name: str) -> str:
    """`🔁 @lin@example.social:` before words that somebody else wrote. It calls nobody."""
    who = render.handle(name) if name.startswith("@") else render.clean_name(name)
    return f"🔁 {render.unpinged(who)}:"


def _framed(text: Rich, manner: Manner, before_suffix: str) -> Rich:
    """With what the route wants in front and behind; the suffix stands on a line of its own behind lines."""
    if manner.prefix:
        text = render.joined(" ", [manner.prefix, *([text] if text.text else [])])
    if manner.suffix:
        text = render.joined(before_suffix, [*([text] if text.text else []), manner.suffix])
    return text


def _called(
    tx: Tx,
    house: House,
    delivery: Delivery,
    post: Post,
    account: Account,
    text: Rich,
    creates: Sequence[Delivery] | None,
) -> tuple[Rich, bool]:
    """The names in it as they are written there, and whether one of them calls nobody."""
    if not calls(text.text):
        return text, False
    names = flow.names(tx, house.networks, delivery, post, account, creates)
    return render.renamed(text, names.write if names is not None else _nobody)


def calls(text: str) -> bool:
    """Whether there may be names in a text: most have none, and nothing is asked about them. Pure."""
    return "@" in text or "＠" in text


def _nobody(name: str) -> None:
    """For names that somebody else wrote."""


def is_silent(
    tx: Tx,
    house: House,
    delivery: Delivery,
    post: Post,
    account: Account,
    creates: Sequence[Delivery] | None = None,
) -> bool:
    """Whether somebody whom the post names is not called there."""
    return _called(tx, house, delivery, post, account, Rich(post.text), creates)[1]


def _choices(tx: Tx, post: Post) -> list[str]:
    """A poll's choices, and where one can vote."""
    if post.votable is None:
        return []
    where = flow.poll_address(tx, post)
    return [*render.choice_lines(post.votable), *([where] if where else [])]


def warning(house: House, language: str, spans: Sequence[Span], network: Network) -> str | None:
    """For a post with hidden words where only a warning on all of it can hide them."""
    if not flow.must_warn(spans, network):
        return None
    if network.social is None or not network.social.warnings:
        raise Rejected("skip-warning")  # an edit hid them: what is there stays as it is
    return house.texts(language, "warning-spoiler")


def quiet(warning: str | None) -> str | None:
    """A warning that calls nobody: some networks have it as a part of the text."""
    return render.unpinged(warning) if warning and calls(warning) else warning
