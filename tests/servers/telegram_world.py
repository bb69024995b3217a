"""What the pretend Telegram knows: users, chats with their members, and the messages in them."""

from __future__ import annotations

import copy
import itertools
import random
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.servers.telegram_errors import bad, forbidden, migrated
from tests.servers.telegram_text import Entity, piece
from tests.servers.telegram_updates import Updates

Json = dict[str, Any]
Kind = Literal["private", "group", "supergroup", "channel"]
Status = Literal["creator", "administrator", "member", "left", "kicked"]
ADMINISTRATORS = ("creator", "administrator")
PRESENT = (*ADMINISTRATORS, "member")
RIGHTS = (
    *("can_be_edited", "can_manage_chat", "can_delete_messages", "can_manage_video_chats"),
    *("can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users"),
    *("can_post_stories", "can_edit_stories", "can_delete_stories", "can_pin_messages"),
)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody, or a bot."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False

    def json(self) -> Json:
        """A `User` of the Bot API."""
        known: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        known |= {"username": self.username} if self.username else {}
        return known | ({"language_code": self.language_code} if self.language_code else {})


@dataclass(slots=True)
class Message:
    """A message where it stands: what the Bot API shows of it, and what only the server knows."""

    json: Json  # a `Message` of the Bot API, without what it answers
    reply_to: int | None = None
    by_bot: bool = False  # by the bot under test
    history: list[str] = field(default_factory=list)  # its earlier texts
    deleted: bool = False
    reactions: dict[int, list[Json]] = field(default_factory=dict)  # of people, by their ids

    @property
    def id(self) -> int:
        found: int = self.json["message_id"]
        return found

    @property
    def text(self) -> str:
        found: str = self.json.get("text", self.json.get("caption", ""))
        return found


@dataclass(slots=True)
class Chat:
    """A conversation. A private chat has the id of its person."""

    id: int
    kind: Kind
    title: str = ""
    username: str | None = None
    forum: bool = False
    person: User | None = None  # private: with whom
    started: bool = False  # private: the person pressed Start once
    members: dict[int, Status] = field(default_factory=dict)
    anonymous: set[int] = field(default_factory=set)  # administrators who write in the group's name
    topics: set[int] = field(default_factory=set)
    messages: dict[int, Message] = field(default_factory=dict)
    moved_to: int | None = None
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def json(self) -> Json:
        """A `Chat` of the Bot API."""
        known: Json = {"id": self.id, "type": self.kind}
        if self.person is not None:
            known |= {"first_name": self.person.first_name}
            return known | ({"username": self.person.username} if self.person.username else {})
        known |= {"title": self.title}
        known |= {"username": self.username} if self.username else {}
        return known | ({"is_forum": True} if self.forum else {})

    def status(self, user: int) -> Status:
        return self.members.get(user, "left")

    def standing(self, message_id: int) -> Message | None:
        """The message of this id, unless it was deleted."""
        message = self.messages.get(message_id)
        return None if message is None or message.deleted else message


class World:
    """Everything that is known, and the queue of what the bot has yet to hear. `lock` guards it all."""

    def __init__(self, *, privacy: bool = True) -> None:
        self.lock = threading.RLock()
        self.privacy = privacy  # the bot's privacy mode, as its owner set it at @BotFather
        self.updates = Updates(self.lock)
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.presses: dict[str, Any] = {}  # of buttons, not yet answered; by the query's id
        self.commands: dict[tuple[str, str], list[Json]] = {}  # by (scope, language)
        self.words: dict[tuple[str, str], str] = {}  # by (name or description, language)
        self.files: dict[str, bytes] = {}  # what people and the bot sent, by `file_id`
        self.web: dict[str, bytes] = {}  # what Telegram's servers find at addresses
        self.born = time.time()
        self.logged_out = False
        self._ids = itertools.count(random.randrange(10**8, 10**9))
        # An account has one numbering for its private chats and small groups, a supergroup its own.
        self._numbers = itertools.count(random.randrange(10, 1000))
        self.bot = self.user("Bridge Bot", "bridge_test_bot", is_bot=True)

    # --- people and chats ---

    def user(
        self, first_name: str, username: str | None = None, language: str | None = None, is_bot: bool = False
    ) -> User:
        """Somebody new; with a private chat that is not yet started."""
        user = User(next(self._ids), first_name, username, language, is_bot)
        self.users[user.id] = user
        if not is_bot:
            members: dict[int, Status] = {user.id: "member", self.bot.id: "member"}
            self.chats[user.id] = Chat(
                user.id, "private", person=user, members=members, numbers=self._numbers
            )
        return user

    def chat(self, kind: Kind, title: str, *, username: str | None = None, forum: bool = False) -> Chat:
        """A new group, supergroup or channel, with nobody in it."""
        number = next(self._ids)
        id = -number if kind == "group" else -(10**12) - number
        chat = Chat(id, kind, title, username, forum)
        if kind == "group":
            chat.numbers = self._numbers
        self.chats[id] = chat
        return chat

    def found(self, chat: int | str) -> Chat:
        """The chat of this id or @username, if the bot ever saw it."""
        for known in self.chats.values():
            named = known.username is not None and chat == f"@{known.username}"
            if (known.id == chat or named) and (known.kind == "private" or self.bot.id in known.members):
                return known
        raise bad("chat not found")

    def readable(self, id: int | str) -> Chat:
        """The chat, if the bot may ask about it."""
        chat = self.found(id)
        if chat.moved_to is not None:
            raise migrated(chat.moved_to)
        if chat.kind == "private":
            return chat
        if chat.status(self.bot.id) == "kicked":
            raise forbidden(f"bot was kicked from the {chat.kind} chat")
        if chat.status(self.bot.id) == "left":
            raise forbidden(f"bot is not a member of the {chat.kind} chat")
        return chat

    def open_to_bot(self, id: int | str) -> Chat:
        """The chat, if the bot may write there."""
        chat = self.readable(id)
        if chat.kind == "private":
            if not chat.started:
                raise forbidden("bot can't initiate conversation with a user")
            if chat.status(self.bot.id) == "kicked":
                raise forbidden("bot was blocked by the user")
        elif chat.kind == "channel" and chat.status(self.bot.id) not in ADMINISTRATORS:
            raise bad("need administrator rights in the channel chat")
        return chat

    # --- messages ---

    def put(
        self, chat: Chat, content: Json, *, reply_to: int | None = None, by_bot: bool = False, topic: int = 0
    ) -> Message:
        """A message comes to stand in a chat; nobody is told."""
        body: Json = {"message_id": next(chat.numbers), "date": int(time.time()), "chat": chat.json()}
        if topic:
            body |= {"message_thread_id": topic, "is_topic_message": True}
        message = Message({**body, **content}, reply_to or topic or None, by_bot)
        chat.messages[message.id] = message
        return message

    def shown(self, chat: Chat, message: Message) -> Json:
        """The `Message` as the Bot API shows it: with what it answers, but not what that answered."""
        body = copy.deepcopy(message.json)
        target = chat.messages.get(message.reply_to or 0)
        if target is not None and not target.deleted:
            body["reply_to_message"] = copy.deepcopy(target.json)
        return body

    def hears(self, chat: Chat, message: Message) -> bool:
        """Does the bot get this message? Privacy mode: only what is meant for it, unless it administers."""
        status = chat.status(self.bot.id)
        if status not in PRESENT:
            return False
        if chat.kind == "private" or not self.privacy or status in ADMINISTRATORS:
            return True
        if not {"text", "caption"} & message.json.keys() and _is_service(message.json):
            return True
        target = chat.messages.get(message.reply_to or 0)
        return bool(target and target.by_bot) or any(self._names_bot(message, one) for one in _marks(message))

    def _names_bot(self, message: Message, entity: Entity) -> bool:
        words = piece(message.text, entity).lower()
        if entity["type"] == "bot_command":
            return "@" not in words or words.endswith(f"@{self.bot.username}")
        return entity["type"] == "mention" and words == f"@{self.bot.username}"

    def announce(self, chat: Chat, message: Message, *, edited: bool = False) -> None:
        """Queue the update about a message, if the bot gets it."""
        if self.hears(chat, message):
            kind = "channel_post" if chat.kind == "channel" else "message"
            body = self.shown(chat, message)
            self.updates.add({f"edited_{kind}" if edited else kind: body})

    # --- files ---

    def path(self, file_id: str) -> str:
        """Where a file lies, as `getFile` says."""
        return f"photos/{file_id[-10:]} 1.png"

    def content(self, path: str) -> bytes | None:
        return next((body for id, body in self.files.items() if self.path(id) == path), None)

    # --- members ---

    def member(self, chat: Chat, user: User, status: Status) -> Json:
        """A `ChatMember` of the Bot API."""
        body: Json = {"status": status, "user": user.json()}
        if status in ADMINISTRATORS:
            body["is_anonymous"] = user.id in chat.anonymous
        if status == "administrator":
            body |= dict.fromkeys(RIGHTS, True)
        return {**body, "until_date": 0} if status == "kicked" else body

    def moves(self, chat: Chat, by: User, status: Status) -> None:
        """The bot's own place in a chat changes: `my_chat_member` says so."""
        old = self.member(chat, self.bot, chat.status(self.bot.id))
        chat.members[self.bot.id] = status
        new = self.member(chat, self.bot, status)
        body = {"chat": chat.json(), "from": by.json(), "date": int(time.time())}
        self.updates.add({"my_chat_member": {**body, "old_chat_member": old, "new_chat_member": new}})


def _marks(message: Message) -> list[Entity]:
    found: list[Entity] = message.json.get("entities", message.json.get("caption_entities", []))
    return found


def _is_service(body: Json) -> bool:
    return any(re.match(r"new_chat_|left_chat_|migrate_|forum_topic_|group_chat_", name) for name in body)
