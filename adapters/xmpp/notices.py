"""The few things that the adapter itself says: each to the same person at most once a day."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

from adapters.xmpp import writing
from adapters.xmpp.config import Config
from adapters.xmpp.connection import Connection
from adapters.xmpp.names import bare
from bridgebot.adapter import Context

_DAY = timedelta(days=1)
_PEOPLE = 1000  # who were told something within a day; more are not told
_KEY = "told"


class Notices:
    """Plain stanzas that no delivery stands behind: they are help, nothing depends on them."""

    def __init__(self, config: Config, context: Context, connection: Connection) -> None:
        self.config = config
        self.context = context
        self.connection = connection

    async def encrypted(self, message: ET.Element, language: str | None) -> None:
        """Tell who writes encrypted that the bot cannot read it."""
        sender = message.get("from", "")
        if await self._is_due(f"encrypted {bare(sender)}"):
            self._say(sender, self.context.texts(self._language(language), "xmpp-encrypted"))

    async def only_direct(self, message: ET.Element, language: str | None) -> None:
        """Tell who writes from within a room that the bot talks in direct chats."""
        sender = message.get("from", "")
        if await self._is_due(f"room {sender}"):
            texts, jid = self.context.texts, self.connection.jid
            self._say(sender, texts(self._language(language), "xmpp-only-direct", jid=jid))

    def _say(self, to: str, text: str) -> None:
        id = writing.new_id()
        self.connection.put(to, "chat", writing.text(text, id), id)

    async def _is_due(self, what: str) -> bool:
        now = self.context.clock.now()
        told: dict[str, str] = json.loads(await self.context.state.get(_KEY) or "{}")
        told = {key: at for key, at in told.items() if datetime.fromisoformat(at) > now - _DAY}
        if what in told or len(told) >= _PEOPLE:
            return False
        await self.context.state.set(_KEY, json.dumps({**told, what: now.isoformat()}))
        return True

    def _language(self, language: str | None) -> str:
        return "zh-CN" if (language or self.config.language).casefold().startswith("zh") else "en"
