"""Who may read a post, across networks: the one table, and the decisions that are made by it.

Never wider: a place that cannot keep a post to its audience does not have it, and the receipt says so and
what can be done. docs/audience.md shows the table with every network that there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bridgebot import model
from bridgebot.adapter import Network, SocialCapabilities
from bridgebot.model import ANYBODY, Audience
from bridgebot.store import Tx, posts
from bridgebot.store.rows import Post

Rule = Literal["carried", "asked for", "never"]  # what a sync rule does with it


@dataclass(frozen=True, slots=True)
class Row:
    """What becomes of one audience elsewhere. On a network that has it a post keeps it."""

    missing: str  # text key: why a network that does not have it is left out, and what the writer can do
    on_word: Audience | None = None  # as what such a network has it if the writer says so for this one post
    by_rule: Rule = "never"
    in_groups: bool = False  # whether a chat that others read is given it


TABLE: Mapping[Audience, Row] = {
    Audience.PUBLIC: Row("skip-public", by_rule="carried", in_groups=True),
    # Where there is no unlisted, public is the next: anybody may read both, but public is also listed.
    Audience.UNLISTED: Row("skip-unlisted", on_word=Audience.PUBLIC, by_rule="asked for"),
    Audience.FOLLOWERS: Row("skip-followers", by_rule="asked for"),
    Audience.DIRECT: Row("skip-direct"),
}


def refusal(audience: Audience, warned: bool, answers: bool, network: Network | None) -> str | None:
    """Why a network cannot carry a post as it is meant: a text key, or None. Pure."""
    if network is None or network.social is None:
        return "skip-not-configured"
    able: SocialCapabilities = network.social
    if not able.publish:
        return "skip-read-only"
    if audience not in able.audiences:
        return TABLE[audience].missing
    if warned and not able.warnings:
        return "skip-warning"
    if answers and not able.replies:
        return "skip-no-replies"
    return None


def must_warn(spans: Iterable[model.Span], network: Network | None) -> bool:
    """Whether words are hidden that this network could hide only by a warning on all of the post. Pure."""
    hides = network is not None and network.social is not None and "spoiler" in network.social.markup
    return not hides and any(span.kind == "spoiler" for span in spans)


def leaves_by_rule(audience: Audience, filters: Mapping[str, Any], *, own: bool = True) -> bool:
    """Whether a rule with these filters carries such a post to an account: what is public, unless it says
    otherwise for one's own, and never what is for few people by name. Pure.
    """
    rule = TABLE[audience].by_rule
    asked = own and audience.value in filters.get("audiences", ())
    return rule == "carried" or (rule == "asked for" and asked)


def on_word(audience: Audience, network: Network | None) -> Audience | None:
    """As what a network without this audience has a post if its writer says so; None: not even then. Pure."""
    able = network.social if network is not None else None
    instead = TABLE[audience].on_word
    if able is None or not able.publish or audience in able.audiences:
        return None
    return instead if instead in able.audiences else None


def may_enter(audience: Audience, *, direct: bool) -> bool:
    """Whether a chat may be given what a timeline brought, as far as others read there; in a `direct` one
    nobody does, and whose it is the route that leads there knows. Pure.
    """
    return direct or TABLE[audience].in_groups


def as_meant(tx: Tx, post: Post) -> tuple[Audience, str | None]:
    """Audience and warning with which a post goes to a network, wherever it was written: an answer is never
    seen by more people than what it answers and keeps the warning of that, and what shows a post that is for
    few is for few.
    """
    audience, warning = post.seen_by, post.warning
    shown = posts.known(tx, post.shown_id) if post.shown_id is not None else None
    if shown is not None and shown.seen_by not in ANYBODY:
        audience = audience.narrowed_to(shown.seen_by)
    parent = posts.known(tx, post.parent_id) if post.parent_id is not None else None
    if parent is None:
        return audience, warning
    return audience.narrowed_to(parent.seen_by), warning or parent.warning


__all__ = [
    "TABLE",
    "Row",
    "as_meant",
    "leaves_by_rule",
    "may_enter",
    "must_warn",
    "on_word",
    "refusal",
]
