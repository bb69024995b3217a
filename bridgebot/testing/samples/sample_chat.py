"""SampleChat: say in one sentence what it is and where its API is described."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from bridgebot.adapter import AdapterConfig, ChatAdapter, ChatCapabilities, OnUnconfirmed, Receive
from bridgebot.errors import Rejected, TargetGone
from bridgebot.http import Response, call
from bridgebot.model import Chat, Deletion, Edit, Incoming, Limits, Message, OutgoingMessage, Person

POLL = 25  # seconds that the server may hold a request for updates


class Config(AdapterConfig):
    url: str  # of the server
    token: SecretStr


class Adapter(ChatAdapter[Config]):
    title = "SampleChat"
    capabilities = ChatCapabilities(
        limits=Limits(1000),
        groups=True,
        replies=True,
        edit=True,
        delete=True,
        edits_in=True,
        deletions_in=True,
        on_unconfirmed=OnUnconfirmed.ASK,
        needs_connection=False,  # sending is a request of its own
    )

    async def run(self, receive: Receive) -> None:
        after = await self.context.state.get("after") or "0"
        while True:
            # Asking for what is after a number acknowledges everything up to it.
            params = {"after": after, "wait": str(POLL)}
            answer = await self._call("GET", "/updates", params=params, timeout=POLL + 10)
            for update in answer.json:
                after = str(update["number"])
                if not update["sender"]["bot"]:
                    await receive(_thing(update), state={"after": after})

    async def send(self, chat: Chat, message: OutgoingMessage) -> tuple[str, ...]:
        body = {"text": self._fitting(message), "reply_to": message.reply_to}
        answer = await self._call("POST", f"/chats/{chat.id}/messages", json=body)
        return (answer.json["id"],)

    async def edit(self, chat: Chat, message_id: str, message: OutgoingMessage) -> None:
        body = {"text": self._fitting(message)}
        await self._call("PUT", f"/chats/{chat.id}/messages/{message_id}", json=body)

    async def delete(self, chat: Chat, message_id: str) -> None:
        try:
            await self._call("DELETE", f"/chats/{chat.id}/messages/{message_id}")
        except TargetGone:
            return  # it is gone, which is what was wanted

    def _fitting(self, message: OutgoingMessage) -> str:
        if not self.capabilities.limits.fits(message.text):
            raise Rejected("sample_chat-too-long", limit=self.capabilities.limits.max_length)
        return message.text

    async def _call(self, method: str, path: str, **options: Any) -> Response:
        headers = {"Authorization": f"Bearer {self.config.token.get_secret_value()}"}
        return await call(self.context.http, method, self.config.url + path, headers=headers, **options)


def _thing(update: Mapping[str, Any]) -> Incoming:
    """One update of the API as what it means here."""
    sender = Person(update["sender"]["id"], update["sender"]["name"])
    chat = Chat(update["chat"]["id"], direct=update["chat"]["direct"])
    event, id = f"update {update['number']}", update["message"]
    match update["kind"]:
        case "edited":
            return Edit(event, chat, sender, id, update["text"])
        case "deleted":
            return Deletion(event, chat, sender, id)
        case _:
            return Message(
                event,
                chat,
                sender,
                id,
                update["text"],
                datetime.fromisoformat(update["at"]),
                reply_to=update["reply_to"],
                addressed=update["addressed"],
            )
