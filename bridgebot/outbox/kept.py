"""What a network keeps for somebody, as a chat is shown it: the last bookmarks, with short ids."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bridgebot import model, sightings
from bridgebot.dialog import House
from bridgebot.model import TimelineKind
from bridgebot.render import MARK, Rich, clean_url, handle, one_line, short_id
from bridgebot.store import Tx, people, posts, routes
from bridgebot.store.rows import Chat, Delivery, noun

SHOWN = 10  # of what was put aside last
EXCERPT = 120  # graphemes of each


def note(tx: Tx, now: datetime, house: House, delivery: Delivery, found: dict[str, Any]) -> None:
    """Take in what was looked up, so that it can be named: as what the account's timeline showed."""
    account = people.account(tx, delivery.account_id or 0)
    native = model.Timeline(TimelineKind.BOOKMARKS, account.server)
    timeline = routes.timeline(tx, now, account.adapter, native, account.id, f"{account.handle} bookmarks")
    sightings.accept_posts(tx, now, house, timeline, _posts(found), ())


def lines(tx: Tx, server: str, chat: Chat, found: dict[str, Any]) -> list[str]:
    """One line for each, what was put aside last first."""
    return [_line(tx, server, chat, post) for post in reversed(_posts(found))]


def _line(tx: Tx, server: str, chat: Chat, post: model.Post) -> str:
    copy = posts.copy_at(tx, server, post.id)
    code = f" [{short_id(posts.number(tx, chat.id, copy.post_id))}]" if copy is not None else ""
    text = f"⚠ {post.warning}" if post.warning else Rich(post.text, post.spans).covered().text
    words = one_line(text, EXCERPT)
    return f"{MARK}{handle(post.author.handle)}{code}: {words} {clean_url(post.url or '')}".rstrip()


def _posts(found: dict[str, Any]) -> list[model.Post]:
    read: list[model.Post] = noun(found["posts"], list[model.Post])
    return read
