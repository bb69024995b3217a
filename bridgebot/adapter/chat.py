"""The contract of a chat network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import ClassVar

from bridgebot.adapter.abilities import ChatCapabilities
from bridgebot.adapter.base import Adapter, C
from bridgebot.adapter.context import Receive
from bridgebot.errors import Unsupported
from bridgebot.model import Chat, OutgoingMessage


class ChatAdapter(Adapter[C]):
    """A chat network. `run` and `send` are required, the rest is declared."""

    capabilities: ClassVar[ChatCapabilities] = ChatCapabilities()

    async def run(self, receive: Receive) -> None:
        """Connect and hand in what comes, until cancelled. Ends otherwise only by an error:
        `Temporary` (connect again), `AuthExpired` or `ConfigError` (the operator must act).

        What people wrote while the bot was away is handed in too where the network keeps it.
        The bot's own messages, reflections, history and fallback bodies are not.
        """
        raise NotImplementedError

    async def send(self, chat: Chat, message: OutgoingMessage) -> tuple[str, ...]:
        """Send; returns the native ids, at least one, when the network has it; where several pictures become
        several messages, one for each. Of what `message.media` names all is shown, or nothing is sent.

        Raises `Temporary` if it surely was not sent (not connected), `Unconfirmed` if no
        acknowledgement came, `TargetGone` if the chat is closed to the bot, `Rejected`.
        """
        raise NotImplementedError

    async def edit(self, chat: Chat, message_id: str, message: OutgoingMessage) -> None:
        """Replace a message that `send` gave (capability `edit`). What it shows stays as it is: there
        `message.media` says that there is something, and its words and buttons are replaced.
        """
        raise Unsupported()

    async def delete(self, chat: Chat, message_id: str) -> None:
        """Remove one of the bot's messages (capability `delete`); removing it twice is no error. With
        `delete_theirs` it may also be one that the person wrote in their direct chat.
        """
        raise Unsupported()

    def download(self, ref: str) -> AsyncIterator[bytes]:
        """What a file that somebody sent holds, piece by piece, from the first (capability `files`): of any
        message there was, also before a restart. `TargetGone` where it is not there, `Rejected` where the
        network does not give it, `Temporary`.
        """
        raise Unsupported()

    async def address(self, start: str) -> str:
        """A link that opens a direct chat with the bot and says `/start START` (capability `address`).
        A call proves the bot's own credentials: `AuthExpired`, `Temporary`. `run` need not be running.
        """
        raise Unsupported()

    async def administers(self, chat: Chat, person: str) -> bool:
        """Whether a person, by the stable id that the network gave them, administers a group or channel at
        this moment (capability `administers`). Of whom nobody can say that, it is not so; nor in a chat that
        the bot is not in. Raises `Temporary` where the network cannot be asked now.
        """
        raise Unsupported()

    async def check(self) -> None:
        """Prove that what is written arrives and what arrives is read (capability `check`), by calls that
        no person sees. Called while `run` is running. Raises `Temporary` where something does not come
        through, `AuthExpired` where the bot is refused; it may also just hang, which says the same.
        """
        raise Unsupported()
