"""How a route wants what it brings to an account: with a few words in front and behind, in which language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bridgebot.model import Audience
from bridgebot.store import Tx, manners, people, posts
from bridgebot.store.posts import ORIGINAL
from bridgebot.store.rows import Account, Delivery, Post

LINK = "link"  # what the option `long` says instead of "thread"


@dataclass(frozen=True, slots=True)
class Manner:
    """What a route adds. The words count towards the length; the post itself does not have them."""

    prefix: str = ""  # in front of the first part
    suffix: str = ""  # behind the last part
    language: str | None = None  # BCP 47; None: the post's own
    cut: bool = False  # what is too long is its beginning and a link to all of it, and no thread

    @classmethod
    def read(cls, options: Mapping[str, Any], own: str | None = None) -> Manner:
        """From a route's options; `own` is the language that goes before theirs."""
        prefix, suffix = (str(options.get(name) or "").strip() for name in ("prefix", "suffix"))
        cut = options.get("long") == LINK
        return cls(prefix, suffix, own or options.get("language") or None, cut)


def manner(tx: Tx, create: Delivery, post: Post, account: Account) -> Manner:
    """Of what brings, or brought, the post there."""
    return manner_by(tx, post, account, create.route_id, create.arguments.get("chat"))


def manner_by(tx: Tx, post: Post, account: Account, route_id: int | None, chat_id: int | None) -> Manner:
    """Of the rule that brings the post there; of what was written in a chat (`chat_id`, where no copy says so
    yet), as that chat's default for the account has it. What answers somebody else, or is for few, goes by no
    route.
    """
    if route_id is not None:
        read = Manner.read(manners.of_route(tx, route_id))
        return read if read.language else replace(read, language=post.language)
    options = manners.of_defaults(tx, account.user_id, account.id) if post.user_id == account.user_id else {}
    if not options or post.seen_by is Audience.DIRECT or _answers_somebody(tx, post):
        return Manner(language=post.language)
    return Manner.read(_here(tx, post, chat_id, options), post.language)


def _answers_somebody(tx: Tx, post: Post) -> bool:
    return post.parent_id is not None and posts.post(tx, post.parent_id).user_id != post.user_id


def _here(
    tx: Tx, post: Post, chat_id: int | None, options: Mapping[int, Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Those of the chat where it was written, which a delivery that is none yet tells; a group has none of
    its own.
    """
    written = (copy.chat_id for copy in posts.copies(tx, post.id) if copy.role == ORIGINAL)
    chat_id = next(written, chat_id)
    if chat_id is None or chat_id in options:
        return options.get(chat_id or 0, {})
    return {} if people.chat_by_id(tx, chat_id).direct else next(iter(options.values()))
