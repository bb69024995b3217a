"""A post that a rule carries, as a chat is shown it and as its receipt speaks of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bridgebot import flow, render
from bridgebot.dialog import House
from bridgebot.render import Item, Rich
from bridgebot.store import Tx, deliveries, people, routes
from bridgebot.store.posts import ORIGINAL
from bridgebot.store.rows import Chat, Copy, Delivery, Post, Route

Rows = list[list[str]]  # of buttons: data and label


def route_of(tx: Tx, delivery: Delivery) -> int | None:
    """By which rule a post comes into a chat."""
    create = delivery if delivery.action == "create" else deliveries.delivery(tx, flow.target(delivery) or 0)
    return create.route_id


def rule_of(tx: Tx, post: Post, route_id: int | None) -> Route | None:
    """The rule that carries a post of somebody's here."""
    if route_id is None or post.user_id is None:
        return None
    rule = routes.route(tx, route_id)
    return rule if rule.verb in routes.CARRYING else None


def is_the_chats_own(post: Post, chat: Chat, rule: Route, boosted_by: str | None) -> bool:
    """Whether it is the word of the chat itself: what its own administrator lets into a channel."""
    return bool(chat.broadcast) and rule.user_id == post.user_id and boosted_by is None


def shaped(item: Item, rule: Route) -> Item:
    """With what the rule puts in front of the words and behind them."""
    manner = flow.Manner.read(rule.filters)
    if not manner.prefix and not manner.suffix:
        return item
    own = [Rich(item.text, item.spans)] if item.text else []
    before = "\n" if "\n" in item.text else " "
    front = render.joined(" ", [*([manner.prefix] if manner.prefix else []), *own])
    words = render.joined(before, [front, manner.suffix]) if manner.suffix else front
    return replace(item, text=words.text, spans=words.spans)


def called(tx: Tx, post: Post, chat: Chat) -> str:
    """Whoever wrote it in a chat, as people of this chat network know them."""
    if post.user_id is None or post.author_name:
        return post.author_name
    known = people.person_on(tx, chat.adapter, post.user_id) or people.person_of(tx, post.user_id)
    return known.name if known is not None else ""


def place(tx: Tx, house: House, create: Delivery, language: str) -> tuple[str, str]:
    """Where a delivery goes as people read it, and what its user calls that."""
    if create.account_id is not None:
        account = people.account(tx, create.account_id)
        return house.title(account.adapter), account.name
    chat = people.chat_by_id(tx, create.chat_id or 0)
    return chat_words(house, chat, language), render.clean_name(chat.title or chat.native_id)


def chat_words(house: House, chat: Chat, language: str) -> str:
    """A group or channel, by its title."""
    title = render.clean_name(chat.title or chat.native_id)
    return house.texts(language, "route-channel" if chat.broadcast else "route-group", title=title)


def into_accounts(creates: Iterable[Delivery]) -> list[Delivery]:
    return [create for create in creates if create.account_id is not None]


def elsewhere(copies: Sequence[Copy], chat: Chat) -> Copy | None:
    """The original of a post that was not written in this chat: a rule carried it on."""
    origin = next((copy for copy in copies if copy.role == ORIGINAL), None)
    return origin if origin is not None and origin.chat_id != chat.id else None


def source(tx: Tx, house: House, origin: Copy, language: str) -> str:
    """Where that was written."""
    if origin.chat_id is None:
        return house.title(origin.adapter)
    return chat_words(house, people.chat_by_id(tx, origin.chat_id), language)


def name_of(tx: Tx, origin: Copy) -> str:
    """What its writer calls the place where it was written, as commands name it."""
    if origin.account_id is not None:
        return people.account(tx, origin.account_id).name
    if origin.chat_id is None:
        return ""
    chat = people.chat_by_id(tx, origin.chat_id)
    return f"“{render.clean_name(chat.title or chat.native_id)}”"


def is_movable(tx: Tx, post: Post, chat: Chat) -> bool:
    """Whether its owner can bring it to more places here, or take it back from some."""
    if post.memo or post.deleted_at is not None or post.user_id is None or not chat.direct:
        return False
    return len(people.accounts(tx, post.user_id)) > 1


def where_buttons(tx: Tx, house: House, post: Post, token: str, language: str) -> Rows:
    """[+ Bluesky] [− Mastodon] [Back]: for each account but the one with which it was written."""
    mine = people.accounts(tx, post.user_id or 0)
    titles = [house.title(account.adapter) for account in mine]
    rows: Rows = []
    for account, title in zip(mine, titles, strict=True):
        if flow.is_written_with(tx, post, account):
            continue
        name = f"{title} ({account.name})" if titles.count(title) > 1 else title
        what = "take" if flow.standing(tx, post, account.id) is not None else "add"
        rows.append([f"{token}:{what}-{account.id}", house.texts(language, f"where-{what}", place=name)])
    return [*rows, [f"{token}:back", house.texts(language, "where-back")]]
