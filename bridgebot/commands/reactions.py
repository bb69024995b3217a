"""Reactions to what the bot shows set the marks that their emoji stand for, for whoever switched that on.

A network tells all that somebody's reaction to a message is now. An emoji that was not in the one before sets
its mark, and a mark for which there is none any more is taken off, if a reaction to this message was the last
word on it: what a button or a command did stays. The reaction before is a row of the inbox, so nothing is
done twice.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

import regex

from bridgebot.commands import acts
from bridgebot.dialog import Talk
from bridgebot.model import ANYBODY, Reaction
from bridgebot.store import people, posts, talk
from bridgebot.store.posts import MIRROR
from bridgebot.store.rows import Inbox, Post

# The first of each is what its button shows. Telegram offers none of these three but all of the others:
# https://core.telegram.org/bots/api#reactiontypeemoji. A boost is seen by everybody: none of its emoji is one
# that people give in passing.
EMOJIS = {"favourite": ("⭐", "❤", "👍"), "boost": ("🔁", "⚡"), "bookmark": ("🔖", "✍")}
_SHADES = regex.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")  # how it is drawn, and the colour of a skin

_NAMES = ("reactions", "表情回应", "回应")
_SWITCH = {"on": True, "开": True, "off": False, "关": False, "停": False}


def meaning(reaction: Reaction) -> str:
    """Those of its emoji that stand for a mark, in words. Pure."""
    plain = {_SHADES.sub("", emoji) for emoji in reaction.emojis}
    return " ".join(emoji for emojis in EMOJIS.values() for emoji in emojis if emoji in plain)


def reacted(exchange: Talk, reaction: Reaction) -> None:
    """Do what a reaction in somebody's own chat says; where there is nothing to do, that is not told."""
    tx, chat, cause_id = exchange.tx, exchange.chat, exchange.cause_id or 0
    told = talk.reactions(tx, chat.id, exchange.user.id, reaction.id)
    last = next((one for one in told if one.id < cause_id), None)
    if last is not None and _is_older(reaction, last):
        talk.set_inbox(tx, cause_id, fingerprint=None)
        return
    found = _item(exchange, reaction.id)
    if found is None or not exchange.user.reacts or people.owner_of(tx, chat) != exchange.user.id:
        return
    new = _marks(set(meaning(reaction).split()) - _given(last))
    # Where this one was kept for a moment, later ones may be read already.
    now = _marks(_given(next(iter(told), None)))
    for mark in EMOJIS:
        on = acts.is_on(exchange, found, mark)
        sets = mark in new and mark in now and not on
        takes_off = mark not in now and on and _was_set_here(exchange, found, mark, reaction)
        if (sets or takes_off) and _is_offered(exchange, found, mark, on=sets):
            acts.switch(exchange, found, mark, on=sets)


def _given(told: Inbox | None) -> set[str]:
    """The emoji with a meaning of a reaction that was told. Pure."""
    return set((told.fingerprint or "").split()) if told is not None else set()


def _marks(emojis: Set[str]) -> set[str]:
    """What they stand for. Pure."""
    return {mark for mark, ones in EMOJIS.items() if not emojis.isdisjoint(ones)}


def _is_older(reaction: Reaction, last: Inbox) -> bool:
    """Whether it was so before the one that came before it."""
    return reaction.at is not None and last.sent_at is not None and reaction.at < last.sent_at


def _item(exchange: Talk, message_id: str) -> Post | None:
    """The post that a message of the bot's shows here, as long as it is there; receipts and other words are
    none.
    """
    copy = posts.copy_at(exchange.tx, exchange.chat.realm, message_id)
    if copy is None or copy.role != MIRROR:
        return None
    found = posts.post(exchange.tx, copy.post_id)
    return found if found.deleted_at is None else None


def _is_offered(exchange: Talk, found: Post, mark: str, *, on: bool) -> bool:
    """Whether an account can do it: what no button offers, a reaction does not mean."""
    account, copy = acts.acting(exchange, found)
    able = account is not None and copy is not None and acts.able(exchange, account, mark)
    return able and (not on or mark != "boost" or found.seen_by in ANYBODY)


def _was_set_here(exchange: Talk, found: Post, mark: str, reaction: Reaction) -> bool:
    """Whether the last word on a mark was a reaction to this message."""
    word = acts.last_word(exchange, found, mark)
    cause = talk.inbox(exchange.tx, word.cause_id) if word is not None and word.cause_id is not None else None
    where = (cause.kind, cause.chat_id, cause.native_id) if cause is not None else None
    return where == ("reaction", exchange.chat.id, reaction.id)


# --- the setting -------------------------------------------------------------------------------


def is_meant(words: Sequence[str]) -> bool:
    """Whether these are `reactions on` or `reactions off`. Pure."""
    return len(words) == 2 and words[0] in _NAMES and words[1] in _SWITCH


def switch(exchange: Talk, word: str) -> None:
    """Let one's reactions act, or not, wherever networks tell of them."""
    on = _SWITCH[word]
    people.set_user(exchange.tx, exchange.user.id, reacts=on)
    if on:
        exchange.say("reactions-act", **_emojis())
    else:
        exchange.say("reactions-idle")
    if on and not arrive(exchange):
        exchange.say("reactions-untold")


def arrive(exchange: Talk) -> bool:
    """Whether this chat's network tells of reactions."""
    network = exchange.house.network(exchange.chat.adapter)
    return network is not None and network.chat is not None and network.chat.reactions_in


def stands(exchange: Talk) -> str:
    """How it is, in words."""
    if not exchange.user.reacts:
        return exchange.text("reactions-do-nothing")
    return exchange.text("reactions-set-marks", **_emojis())


def _emojis() -> dict[str, str]:
    return {mark: " ".join(emojis) for mark, emojis in EMOJIS.items()}
