"""Things that come in from chat networks: one unit of work each, answered after its commit.

What a message is, `commands.hearing` says. If handling a thing fails, that is stored with a notice, and it is
acknowledged: only a failing store withholds that.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bridgebot import commands, dialog, flow
from bridgebot.commands import (
    access,
    broadcasts,
    changing,
    compose,
    connecting,
    grammar,
    hearing,
    held,
    late,
    presses,
    reactions,
    restoring,
    scheduling,
)
from bridgebot.dialog import House, Talk
from bridgebot.errors import StoreError
from bridgebot.journal import Journal
from bridgebot.model import ChatChanged, Deletion, Edit, Incoming, Message, Press, Reaction, Unreadable
from bridgebot.render import sound
from bridgebot.store import Store, Tx, grants, keep, lanes, moving, people, posts, senders, talk
from bridgebot.store.rows import Chat, Person, User
from bridgebot.store.senders import Sender

FromSomebody = Message | Edit | Deletion | Reaction | Press
Worded = Message | Edit
Telling = Worded | Reaction  # of what they say something is kept
OfNobody = ChatChanged | Unreadable
_NOBODY = Sender()
UNHEARD = ("blocked", "leaving")  # roles of users whose words do nothing
Facts = dict[str, Any]  # columns of the inbox


class Inbox:
    """What adapters hand things to."""

    def __init__(
        self, store: Store, house: House, delivered: Callable[[], None], *, journal: Journal | None = None
    ) -> None:
        self._store = store
        self._house = house
        self._delivered = delivered  # called after each commit: something may be due
        self._journal = journal or Journal()
        self._closed = False

    def use(self, house: House) -> None:
        """Who may use the bot, from the next thing on."""
        self._house = house

    def close(self) -> None:
        """Take in nothing more: who hands something in waits until they are cancelled, and acknowledges
        nothing. What is being stored is answered.
        """
        self._closed = True

    async def receive(self, adapter: str, thing: Incoming, *, state: Mapping[str, str] | None = None) -> None:
        """Take one thing in; returns after the commit. Raises StoreError only."""
        if self._closed:
            await asyncio.Event().wait()
        try:
            number = await self._store.run(
                lambda tx, now: take(tx, now, self._house, adapter, thing, state or {})
            )
            self._journal.took(adapter, thing, number)
        except StoreError:
            raise
        except Exception as error:
            whole = sound(thing) if isinstance(error, UnicodeEncodeError) else thing
            if whole != thing:
                await self.receive(adapter, whole, state=state)
                return
            bug, problem = error, type(error).__name__
            number = await self._store.run(
                lambda tx, now: _put_aside(tx, now, self._house, adapter, thing, state or {}, problem)
            )
            self._journal.put_aside(adapter, thing, number, bug)
        self._delivered()


def take(
    tx: Tx, now: datetime, house: House, adapter: str, thing: Incoming, state: Mapping[str, str]
) -> int | None:
    """The unit of work: note the event, once, and do what follows from it; its number, None if it came
    before.
    """
    keep.set_state(tx, adapter, state)
    sender = _NOBODY
    if isinstance(thing, Reaction) and not thing.chat.direct:
        return None  # where others read it does nothing, so nothing is kept
    if isinstance(thing, FromSomebody) and not thing.sender.weak:
        sender = senders.look_up(tx, now, adapter, thing.sender, thing.chat)
        if _is_nothing(tx, now, house, sender, thing):
            return None
    facts = _facts(thing, sender.chat, sender.user)
    inbox_id = _note(tx, now, adapter, thing, facts)
    if inbox_id is None:
        return None
    match thing:
        case ChatChanged():
            _chat_changed(tx, now, house, adapter, thing)
        case Unreadable():
            _keep_aside(tx, adapter, thing, inbox_id)
        case Message() | Edit() | Deletion() | Reaction() | Press():
            _from_somebody(tx, now, house, adapter, thing, inbox_id, sender, facts)
    return inbox_id


def _is_nothing(tx: Tx, now: datetime, house: House, sender: Sender, thing: FromSomebody) -> bool:
    """Whether nothing follows from it, so that nothing is kept: it is of somebody who is blocked, or a
    stranger did it in a direct chat.
    """
    if sender.user is not None or not thing.chat.direct:
        return sender.user is not None and sender.user.role == "blocked"
    text = thing.text if isinstance(thing, Message) else None
    if isinstance(thing, Message | Press) and connecting.concerns(tx, now, sender.person, thing):
        return False
    return text is None or access.is_ignored(tx, now, house, sender.person, sender.chat, text)


def _note(tx: Tx, now: datetime, adapter: str, thing: Incoming, facts: Facts) -> int | None:
    native_id = "" if isinstance(thing, OfNobody) else thing.id
    return talk.take_in(tx, now, adapter, thing.event, type(thing).__name__.lower(), native_id, facts)


def _facts(thing: Incoming, chat: Chat | None, user: User | None) -> Facts:
    """What is kept of a thing besides that it came; of the words of others than users nothing."""
    heard = user is not None and user.role not in UNHEARD
    words = thing if heard and isinstance(thing, Telling) else None
    written = words.sent_at if isinstance(words, Message) else None
    return {
        "chat_id": chat.id if chat else None,
        "user_id": user.id if user else None,
        "fingerprint": _fingerprint(words) if words is not None else None,
        "sent_at": words.at if isinstance(words, Reaction) else written,
    }


def _put_aside(
    tx: Tx, now: datetime, house: House, adapter: str, thing: Incoming, state: Mapping[str, str], problem: str
) -> int | None:
    """It could not be handled: it is kept as failed, and its sender is told."""
    keep.set_state(tx, adapter, state)
    inbox_id = _note(tx, now, adapter, thing, _facts(thing, None, None))
    if inbox_id is None:
        return None
    talk.set_inbox(tx, inbox_id, state="failed", problem=problem)
    if isinstance(thing, OfNobody) or thing.sender.weak:
        return inbox_id
    person = people.person(tx, adapter, thing.sender)
    chat = people.chat(tx, adapter, thing.chat, person.id)
    if chat.direct and person.user_id is not None:
        language = dialog.spoken(house, people.user(tx, person.user_id), person)
        text = house.texts(language, "message-failed", number=inbox_id)
        dialog.notice(tx, now, chat, text, language, user_id=person.user_id)
    return inbox_id


def _keep_aside(tx: Tx, adapter: str, thing: Unreadable, inbox_id: int) -> None:
    """Nobody can be told, for nobody knows who it came from; whoever mends the adapter finds it here."""
    talk.set_inbox(tx, inbox_id, state="failed", problem="Unreadable", kept=tx.vault.encrypt(thing.raw))


def _chat_changed(tx: Tx, now: datetime, house: House, adapter: str, changed: ChatChanged) -> None:
    chat = people.chat(tx, adapter, changed.chat, None)
    match changed.change:
        case "joined":
            people.set_chat(tx, chat.id, open=True)
            held.chat_back(tx, now, house, chat)
        case "gone":
            people.set_chat(tx, chat.id, open=False)
            lanes.hold(tx, f"chat:{chat.id}", "gone")
            grants.lapse(tx, now)
        case "moved" if changed.moved_to is not None:
            moving.move_chat(tx, adapter, changed.chat.id, changed.moved_to)


# --- who is it ---------------------------------------------------------------------------------


def _from_somebody(
    tx: Tx,
    now: datetime,
    house: House,
    adapter: str,
    thing: FromSomebody,
    inbox_id: int,
    sender: Sender,
    noted: Facts,
) -> None:
    if thing.chat.broadcast and not isinstance(thing, Reaction):
        broadcasts.heard(tx, now, house, adapter, thing, inbox_id)
        return
    if thing.sender.weak:
        _refuse(tx, now, house, adapter, thing)
        return  # a nick in a room owns nothing here, so nothing it says can act
    if sender.user is None and not thing.chat.direct:
        people.chat(tx, adapter, thing.chat, None, sender.chat)
        return  # a stranger among others is nobody
    person = people.person(tx, adapter, thing.sender, sender.person)
    known = people.chat(tx, adapter, thing.chat, person.id, sender.chat)
    if known.direct and sender.held == "gone":
        held.chat_back(tx, now, house, known)  # who writes to the bot can be written to
    stranger = sender.user is None and known.direct and isinstance(thing, Message | Press)
    if stranger and connecting.from_stranger(tx, now, house, person, known, thing, inbox_id):
        return
    user = _who(tx, now, house, person, sender.user, known, thing)
    if known is not sender.chat or user is not sender.user:
        noted = _facts(thing, known, user)
        talk.set_inbox(tx, inbox_id, **noted)
    if user is None or user.role in UNHEARD:
        return
    language = dialog.spoken(house, user, person)
    asked, by = sender.asked, thing.sender
    exchange = Talk(tx, now, house, known, user, language, inbox_id, asked=asked, sender=by)
    _heard(exchange, person, thing, inbox_id, noted)


def _heard(exchange: Talk, person: Person, thing: FromSomebody, inbox_id: int, noted: Facts) -> None:
    """What a user did."""
    match thing:
        case Message():
            if restoring.is_unsure(exchange, thing):
                restoring.tell(exchange)
            elif person.user_id is not None or not _welcome(exchange, thing):
                hearing.hear(exchange, thing)
        case Edit():
            before = talk.last_fingerprint(exchange.tx, exchange.chat.id, thing.id, inbox_id)
            if before != noted["fingerprint"] and not hearing.changed(exchange, thing):
                _edit(exchange, thing)  # networks tell of edits that change nothing
        case Deletion():
            if not hearing.withdrawn(exchange, thing.id):
                _deletion(exchange, thing)
        case Reaction():
            hearing.hear(exchange, thing)
        case Press():
            presses.press(exchange, thing)


def _refuse(tx: Tx, now: datetime, house: House, adapter: str, thing: FromSomebody) -> None:
    """Tell a group, once a day, that a command was not heeded because nobody can say who wrote it."""
    if not isinstance(thing, Message) or thing.chat.direct or thing.unfit is not None:
        return
    if isinstance(grammar.read(thing.text, commands.VOCABULARY), grammar.Command):
        chat, language = people.chat(tx, adapter, thing.chat, None), house.language
        once = f"nobody:{chat.id}:{now.date()}"
        text = house.texts(language, "sender-unknown")
        dialog.notice(tx, now, chat, text, language, user_id=None, once=once)


def _fingerprint(thing: Telling) -> str:
    """What tells two versions of a message apart; the words themselves are not kept."""
    if isinstance(thing, Reaction):
        return reactions.meaning(thing)
    said: tuple[object, ...] = (thing.text, thing.spans)
    if isinstance(thing, Message) and thing.media:
        said = (*said, *(media.ref for media in thing.media))
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _who(
    tx: Tx,
    now: datetime,
    house: House,
    person: Person,
    user: User | None,
    chat: Chat,
    thing: FromSomebody,
) -> User | None:
    """The user that a person is, with the role they have now; a stranger may become one by a message."""
    if user is not None:
        return access.as_listed(tx, now, house, person, user)
    return access.admit(tx, now, house, person, chat, thing) if isinstance(thing, Message) else None


# --- what is it --------------------------------------------------------------------------------


def _welcome(exchange: Talk, message: Message) -> bool:
    """The first words to somebody who was just let in; True when the message was nothing else."""
    commands.welcome(exchange)
    match grammar.read(message.text, commands.VOCABULARY):
        case grammar.Greeting() | grammar.Command("start"):
            return True
        case _:
            return access.is_code(message.text)


def _edit(exchange: Talk, edit: Edit) -> None:
    """What waits for an answer is understood anew; what is a post is edited everywhere."""
    message = late.anew(exchange, edit)
    if message is not None:
        _understand(exchange, message)
        late.settle(exchange, edit.id)
        return
    question = changing.waiting(exchange, edit.id)
    if question is None:
        changing.edited(exchange, edit)
        return
    if edit.sender.outside and question.kind in dialog.SHARED:
        return  # whoever left a group changes nothing that it decides
    dialog.close(exchange.tx, exchange.now, exchange.house, question)
    scheduling.withdraw(exchange, edit.id, quietly=True)
    _understand(changing.as_chosen(exchange, question), changing.anew(exchange, question, edit))


def _understand(exchange: Talk, message: Message) -> None:
    reading = grammar.read(message.text, commands.VOCABULARY)
    if isinstance(reading, grammar.Command):
        commands.run(exchange, reading, message)
    elif exchange.chat.direct:
        compose.plain(exchange, reading, message)
    else:
        exchange.say("not-posted")  # in a group only a command posts, edited or not


def _deletion(exchange: Talk, deletion: Deletion) -> None:
    """Taking the message back takes the post back, everywhere."""
    copy = posts.copy_at(exchange.tx, exchange.chat.realm, deletion.id)
    if copy is None or copy.role != posts.ORIGINAL:
        if not (late.withdraw(exchange, deletion.id) or scheduling.withdraw(exchange, deletion.id)):
            changing.withdraw(exchange, deletion.id)
        return
    post = posts.post(exchange.tx, copy.post_id)
    if post.deleted_at is None and changing.may_change(exchange, post):
        posts.mark_gone(exchange.tx, exchange.now, copy.id)
        flow.delete(exchange.tx, exchange.now, post, cause_id=exchange.cause_id)
