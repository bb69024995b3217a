"""Groups, supergroups and channels on the pretend Telegram: who is in them, and what happens to them."""

from __future__ import annotations

from typing import Literal

from tests.servers.telegram_person import Person
from tests.servers.telegram_world import Chat, Json, Kind, Status, User, World


class Group:
    """A group, supergroup or channel. `chat` is what people name by `where=`."""

    def __init__(self, world: World, chat: Chat, creator: Person) -> None:
        self.world = world
        self.chat = chat
        self.creator = creator
        chat.members[creator.id] = "creator"

    @property
    def id(self) -> int:
        return self.chat.id

    def joins(self, *people: Person) -> Group:
        """These come in, long ago."""
        for person in people:
            self.chat.members[person.id] = "member"
        return self

    # --- the bot's place ---

    def adds_bot(self, status: Literal["member", "administrator"] = "member") -> Group:
        """The creator puts the bot in. In groups everybody, also the bot, reads who came."""
        with self.world.lock:
            self.world.moves(self.chat, self.creator.user, status)
            if self.chat.kind != "channel":
                bot = self.world.bot.json()
                self._service(
                    {"new_chat_members": [bot], "new_chat_participant": bot, "new_chat_member": bot}
                )
        return self

    def promotes_bot(self) -> None:
        """It becomes administrator, and so hears everything."""
        self._moves("administrator")

    def demotes_bot(self) -> None:
        """It is a member like others again."""
        self._moves("member")

    def removes_bot(self) -> None:
        """It is put out."""
        with self.world.lock:
            if self.chat.kind == "group":
                self._service({"left_chat_member": self.world.bot.json()})
            self._moves("kicked")

    def _moves(self, status: Status) -> None:
        with self.world.lock:
            self.world.moves(self.chat, self.creator.user, status)

    # --- people's places ---

    def promotes(self, person: Person, *, anonymous: bool = False) -> None:
        """Somebody becomes administrator, perhaps one who writes in the group's name."""
        with self.world.lock:
            self.chat.members[person.id] = "administrator"
            self.chat.anonymous |= {person.id} if anonymous else set()

    def demotes(self, person: Person) -> None:
        """Somebody is a member like others again."""
        with self.world.lock:
            self.chat.members[person.id] = "member"
            self.chat.anonymous.discard(person.id)

    def hides_creator(self) -> None:
        """The creator writes in the group's name from now on."""
        self.chat.anonymous.add(self.creator.id)

    # --- the group itself ---

    def opens_topic(self, name: str) -> int:
        """A new topic in a forum; its id is that of the message with which it begins."""
        if not self.chat.forum:
            raise PermissionError(f"{self.chat.title} is no forum")
        with self.world.lock:
            message = self.world.put(self.chat, {"from": self.creator.user.json()})
            self.chat.topics.add(message.id)
            message.json |= {"message_thread_id": message.id, "is_topic_message": True}
            message.json["forum_topic_created"] = {"name": name, "icon_color": 7322096}
            self.world.announce(self.chat, message)
            return message.id

    def migrates(self) -> Group:
        """The group becomes a supergroup with another id; whoever writes to the old one is told."""
        if self.chat.kind != "group":
            raise PermissionError(f"{self.chat.title} is a {self.chat.kind} already")
        with self.world.lock:
            new = self.world.chat("supergroup", self.chat.title)
            new.members = dict(self.chat.members)
            self._service({"migrate_to_chat_id": new.id})
            self.chat.moved_to = new.id
            group = Group(self.world, new, self.creator)
            group._service({"migrate_from_chat_id": self.chat.id})
        return group

    def _service(self, content: Json) -> None:
        message = self.world.put(self.chat, {"from": self.creator.user.json(), **content})
        self.world.announce(self.chat, message)


def made(
    world: World,
    title: str,
    creator: Person,
    *people: Person,
    kind: Kind = "supergroup",
    bot: Literal["member", "administrator"] | None = "member",
    username: str | None = None,
    forum: bool = False,
) -> Group:
    """A group with these people in it, and with the bot as `bot`."""
    with world.lock:
        chat = world.chat(kind, title, username=username, forum=forum)
        group = Group(world, chat, creator).joins(*people)
        return group if bot is None else group.adds_bot(bot)


def added(world: World, first_name: str, username: str | None, language: str | None) -> Person:
    """Somebody new on Telegram, whom the bot has never met."""
    with world.lock:
        user: User = world.user(first_name, username, language)
        return Person(world, user)
