"""What is posted in a channel that rules lead out of.

Nobody can say who wrote it: it is the channel's word, and acts for the administrator whose rules carry it. It
runs no command and answers no question.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bridgebot import flow
from bridgebot.commands import enclosing, grammar, quotas
from bridgebot.commands.compose import refuse_secret
from bridgebot.commands.vocabulary import VOCABULARY
from bridgebot.commands.wishes import visible
from bridgebot.dialog import House, Talk, on_its_own
from bridgebot.flow import Met, picking
from bridgebot.model import Audience, Author, Deletion, Edit, Enclosure, Message, Origin, Press, changed
from bridgebot.render import Rich, clean_name
from bridgebot.store import Tx, deliveries, people, posts, routes, talk
from bridgebot.store.deliveries import MIRRORED, Order
from bridgebot.store.posts import Spot
from bridgebot.store.rows import Chat, Post, Route

ASKING = "standing"  # the action that asks a network who administers a chat
LEFT = "standing"  # as a route keeps why it rests: whoever made it does not administer the channel any more
A_SECOND = timedelta(seconds=1)  # networks tell of whole seconds: it was written within the one that is named


def heard(
    tx: Tx, now: datetime, house: House, adapter: str, thing: Message | Edit | Deletion | Press, inbox_id: int
) -> None:
    """A thing in a channel: only posts, and what becomes of them, count."""
    chat = people.chat(tx, adapter, thing.chat, None)
    if thing.chat.title and thing.chat.title != chat.title:  # people name it by what it is called now
        people.set_chat(tx, chat.id, title=thing.chat.title)
        chat = people.chat_by_id(tx, chat.id)
    match thing:
        case Message():
            rules = routes.carried_out(tx, chat.id)
            home = people.direct_chat(tx, rules[0].user_id) if rules else None
            if home is not None:
                there = on_its_own(tx, now, house, home, rules[0].user_id)
                talk.set_inbox(tx, inbox_id, chat_id=chat.id)
                _posted(there, chat, thing, rules)
        case Edit():
            _edited(tx, now, house, chat, thing)
        case Deletion():
            _deleted(tx, now, chat, thing)


def _posted(there: Talk, chat: Chat, message: Message, rules: list[Route]) -> None:
    """Carry it on; whoever's rules do that is spoken to in `there`, and nobody in the channel."""
    if message.unfit == "late":
        _is_late(there, chat, message)
        return
    text = _words(there, chat, message)
    if text is None or message.unfit is not None or not (message.media or visible(text)):
        return
    if quotas.is_met_by_posts(there) or quotas.is_met_by_files(there, len(message.media)):
        return
    _check(there, chat)
    met, whose = _met(there, chat, message, text), _whose(there, chat, message)
    taken = _taken(there, rules, message, met, forwarded=whose is not None)
    if whose is None:
        _carry(there, message, met, taken)
    elif taken:
        by = chat.title or chat.native_id
        _carry(
            there, message, _theirs(met, message, whose), taken, boosted_by=by, history={flow.WHOSE: whose}
        )
    elif _taken(there, rules, message, met, forwarded=False):
        text = there.text("channel-forwarded", title=_title(there, chat), who=clean_name(whose))
        there.write(text, once=f"forwarded:{chat.id}:{there.user.id}")


def _is_late(there: Talk, chat: Chat, message: Message) -> None:
    """A part of an album that was carried on without it: said once of each album."""
    album = posts.copy_at(there.tx, chat.realm, message.reply_to or "")
    if album is not None and deliveries.creates(there.tx, album.post_id):
        text = there.text("channel-late", title=_title(there, chat))
        there.write(text, once=f"late-part:{album.post_id}:{there.user.id}")


def _carry(there: Talk, message: Message, met: Met, taken: list[Route], **how: Any) -> None:
    post = flow.accept(there.tx, there.now, met, there.house.networks)
    answers = message.reply_to is not None
    flow.carry(there.tx, there.now, post, taken, there.house.networks, answers=answers, **how)


def _taken(there: Talk, rules: list[Route], message: Message, met: Met, *, forwarded: bool) -> list[Route]:
    """The rules that carry it. What is forwarded is to a channel what a boost is to an account."""
    at = min(there.now, message.sent_at + A_SECOND)
    facts = flow.facts_of(flow.unmade(met), at, boosted=forwarded, answers=met.answers)
    young = [rule for rule in rules if rule.since <= at]
    return [rule for rule in young if picking.takes(rule.filters, facts, synced=True)]


def _whose(there: Talk, chat: Chat, message: Message) -> str | None:
    """By what name it is told whose words the channel forwards; None: they are its own, or those of whoever
    it speaks for.
    """
    origin = message.origin
    if origin is None or origin.id == chat.native_id:
        return None
    person = people.person_on(there.tx, chat.adapter, there.user.id)
    if person is not None and origin.id == person.native_id:
        return None
    return origin.name or there.text("channel-somebody")


def _theirs(met: Met, message: Message, whose: str) -> Met:
    """A post that is forwarded: it is nobody's who uses the bot, and stands where it was said first."""
    origin = message.origin or Origin()
    spot = changed(met.spot, url=origin.url)
    return changed(met, spot=spot, author=Author(origin.id, "", whose), user_id=None)


def _check(there: Talk, chat: Chat) -> None:
    """Once a day its network is asked whether whose rules carry its posts administers it still."""
    tx, user = there.tx, there.user
    person, network = people.person_on(tx, chat.adapter, user.id), there.house.network(chat.adapter)
    if person is None or network is None or network.chat is None or not network.chat.administers:
        return
    order = Order(
        action=ASKING,
        lane=f"look:standing:{chat.id}",
        urgency=MIRRORED,
        once=f"standing:{chat.id}:{user.id}:{there.now.date()}",
        chat_id=chat.id,
        user_id=user.id,
        arguments={"adapter": chat.adapter, "person": person.native_id},
    )
    deliveries.queue(tx, there.now, order)


def checked(tx: Tx, now: datetime, house: House, chat_id: int, user_id: int, *, administers: bool) -> None:
    """Whoever does not administer a channel any more has rules from there that rest."""
    mine = [rule for rule in routes.carried_out(tx, chat_id) if rule.user_id == user_id]
    home = people.direct_chat(tx, user_id)
    if administers or not mine:
        return
    for rule in mine:
        routes.pause(tx, rule.id, now, why=LEFT)
    if home is not None:
        there = on_its_own(tx, now, house, home, user_id)
        there.say("channel-left", title=_title(there, people.chat_by_id(tx, chat_id)))


def _words(there: Talk, chat: Chat, message: Message) -> str | None:
    """What is to be carried on; None for what never is, and then that was said."""
    match grammar.read(message.text, VOCABULARY):
        case grammar.Command() | grammar.Near():
            once = f"no-commands:{chat.id}:{there.now.date()}"
            there.write(there.text("channel-no-commands", title=_title(there, chat)), once=once)
            return None
        case grammar.Secret() as secret:
            refuse_secret(there, secret)
            return None
        case grammar.Text(text):
            return text
        case _:
            return message.text


def _title(there: Talk, chat: Chat) -> str:
    return there.text("route-channel", title=clean_name(chat.title or chat.native_id))


def _met(there: Talk, chat: Chat, message: Message, text: str) -> Met:
    count = len(message.media)
    words, alts = enclosing.split(text, count) if count else (text, None)
    parent = posts.copy_at(there.tx, chat.realm, message.reply_to) if message.reply_to else None
    return Met(
        spot=Spot(chat.realm, message.id, chat.adapter, chat_id=chat.id),
        author=Author(str(there.user.id), "", chat.title),
        text=words,
        audience=Audience.PUBLIC,
        created_at=message.sent_at,
        user_id=there.user.id,
        parent_id=parent.post_id if parent is not None else None,
        answers=message.reply_to is not None,
        spans=Rich(message.text, message.spans).tail(text)[: len(words)].spans,
        files=tuple(Enclosure(**file) for file in enclosing.enclosed_in(chat.adapter, message, alts)),
    )


def _known(tx: Tx, chat: Chat, message_id: str) -> Post | None:
    """The post that a message of the channel is the original of."""
    copy = posts.copy_at(tx, chat.realm, message_id)
    if copy is None or copy.role != posts.ORIGINAL:
        return None
    post = posts.post(tx, copy.post_id)
    return post if post.deleted_at is None else None


def _edited(tx: Tx, now: datetime, house: House, chat: Chat, edit: Edit) -> None:
    post = _known(tx, chat, edit.id)
    reading = grammar.read(edit.text, VOCABULARY)
    if post is None or isinstance(reading, grammar.Command | grammar.Near | grammar.Secret):
        return
    whole = reading.text if isinstance(reading, grammar.Text) else edit.text
    text, alts = enclosing.split(whole, len(post.files or ()))
    files = enclosing.described(post.enclosed, alts)
    rich = Rich(edit.text, edit.spans).tail(whole)[: len(text)]
    if not (visible(text) or post.files) or (rich, files) == (Rich(post.text, post.emphasis), post.enclosed):
        return
    networks, warning = house.networks, post.warning
    flow.edit(tx, now, post, text, warning, networks, at=now, spans=rich.spans, files=files)


def _deleted(tx: Tx, now: datetime, chat: Chat, deletion: Deletion) -> None:
    post = _known(tx, chat, deletion.id)
    if post is not None:
        flow.delete(tx, now, post)
