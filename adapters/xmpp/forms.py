"""Commands as forms (XEP-0050 with XEP-0004): what is filled in is handed in as the message that says it.

The answer comes in the chat, like that to any message. Nothing is kept between two steps: a form names its
command, and who sends it is who says it. So there is no session with which somebody else could go on, and
nothing that a stranger could fill the memory with.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal
from uuid import uuid4
from xml.etree import ElementTree as ET

from adapters.xmpp.config import Config
from adapters.xmpp.connection import Connection
from adapters.xmpp.crew import Crew
from adapters.xmpp.names import (
    COMMANDS,
    FORM,
    LANGUAGE,
    STANZA_ERRORS,
    bare,
    child,
    children,
    clean,
    element,
)
from adapters.xmpp.rooms import Rooms
from bridgebot.adapter import Command, Context, Receive
from bridgebot.errors import BridgebotError
from bridgebot.model import Chat, Message, Person

log = logging.getLogger(__name__)

FILLED: Final = "form-"  # how the ids of messages begin that were forms: in the chat there is none of them
_WORDS: Final = "words"  # the form's only field
_AT_ONCE: Final = 20  # forms that wait to be committed
_CLIENT: Final = "jabber:client"

Refusal = Literal["bad-request", "forbidden", "item-not-found", "resource-constraint"]
_KINDS: Final[dict[Refusal, str]] = {
    "bad-request": "modify",
    "forbidden": "auth",
    "item-not-found": "cancel",
    "resource-constraint": "wait",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A command that somebody's client asks for, read."""

    id: str
    sender: str  # with the resource
    node: str
    action: str  # execute, next, complete, prev, cancel
    session: str
    words: str | None  # what was filled in; None: there was no form
    language: str | None


def read(iq: ET.Element) -> Asked | None:
    """What a question is about; None where it is no command. Pure."""
    command = child(iq, COMMANDS, "command")
    if command is None or iq.get("type") != "set":
        return None
    form = child(command, FORM, "x")
    kind = "" if form is None else form.get("type", "submit")
    return Asked(
        id=iq.get("id", ""),
        sender=iq.get("from", ""),
        node=command.get("node", ""),
        action="cancel" if kind == "cancel" else command.get("action", "execute"),
        session=command.get("sessionid", ""),
        words=_filled(form) if form is not None and kind == "submit" else None,
        language=command.get(LANGUAGE) or iq.get(LANGUAGE),
    )


def _filled(form: ET.Element) -> str:
    """A field of several lines is a value for each (XEP-0004, 3.3)."""
    fields = [field for field in children(form, FORM, "field") if field.get("var") == _WORDS]
    return "\n".join(value.text or "" for field in fields[:1] for value in children(field, FORM, "value"))


class Forms:
    """The commands that the bot offers to whoever may write to it."""

    def __init__(
        self,
        config: Config,
        context: Context,
        connection: Connection,
        receive: Receive,
        rooms: Rooms,
        crew: Crew,
    ) -> None:
        self._config = config
        self._context = context
        self._connection = connection
        self._receive = receive
        self._rooms = rooms
        self._crew = crew
        self._waiting = 0
        self._commands = {command.name: command for command in self._menu(None)}

    async def offer(self) -> None:
        """Say which commands there are, to whoever looks."""
        disco, jid = self._connection.client.plugin["xep_0030"], self._connection.client.boundjid
        await disco.add_feature(COMMANDS)
        await disco.add_identity("automation", "command-list", node=COMMANDS, jid=jid)
        for command in self._commands.values():
            name, node = _title(command), command.name
            await disco.add_item(jid=jid.full, name=name, node=COMMANDS, subnode=node, ijid=jid)
            await disco.add_identity("automation", "command-node", name, node=node, jid=jid)
            for feature in (COMMANDS, FORM):
                await disco.add_feature(feature, node=node, jid=jid)

    def asked(self, iq: ET.Element) -> None:
        """Somebody's client asks for a command."""
        asked = read(iq)
        if asked is None:
            self._refuse(iq.get("id", ""), iq.get("from", ""), "bad-request")
        elif (problem := self._problem(asked)) is not None:
            self._refuse(asked.id, asked.sender, problem)
        elif asked.action == "cancel":
            self._answer(asked, "canceled")
        elif asked.words is None and self._commands[asked.node].takes != "nothing":
            self._answer(asked, "executing", *self._form(asked))
        else:
            self._waiting += 1
            self._crew.start(self._hand_in(asked))

    def _problem(self, asked: Asked) -> Refusal | None:
        """Why a command is not for this asker: only a person's own address says who they are, and a room
        passes on what its occupants ask under names of their choosing.
        """
        sender = bare(asked.sender)
        if "@" not in sender or sender == self._connection.jid or self._rooms.get(sender) is not None:
            return "forbidden"
        if asked.node not in self._commands:
            return "item-not-found"
        if asked.action not in ("execute", "next", "complete", "cancel"):
            return "bad-request"
        return "resource-constraint" if self._waiting >= _AT_ONCE else None

    async def _hand_in(self, asked: Asked) -> None:
        """Only what is committed is answered."""
        try:
            await self._receive(self._message(asked))
        except BridgebotError as error:
            log.warning("A form could not be handed in: %s", type(error).__name__)
            self._refuse(asked.id, asked.sender, "resource-constraint")
        else:
            note = element(COMMANDS, "note", text=self._say(asked, "xmpp-form-done"), type="info")
            self._answer(asked, "completed", note)
        finally:
            self._waiting -= 1

    def _message(self, asked: Asked) -> Message:
        """What would be written in the chat; no form is ever delivered twice, so each is an event."""
        sender, id = bare(asked.sender), f"{FILLED}{uuid4()}"
        return Message(
            event=id,
            chat=Chat(sender, direct=True),
            sender=Person(sender, sender.partition("@")[0], language=asked.language),
            id=id,
            text=self._commands[asked.node].said(asked.words or ""),
            sent_at=self._context.clock.now(),
        )

    # --- stanzas ---

    def _form(self, asked: Asked) -> Sequence[ET.Element]:
        command = next(one for one in self._menu(asked.language) if one.name == asked.node)
        kind = "text-multi" if command.takes == "text" else "text-single"
        label = self._say(asked, "xmpp-form-words", name=command.name)
        return (
            element(COMMANDS, "actions", element(COMMANDS, "complete"), execute="complete"),
            element(
                FORM,
                "x",
                element(FORM, "title", text=f"/{command.name}"),
                element(FORM, "instructions", text=clean(command.description)),
                element(FORM, "field", var=_WORDS, type=kind, label=label),
                type="form",
            ),
        )

    def _answer(self, asked: Asked, status: str, *parts: ET.Element) -> None:
        session = asked.session or str(uuid4())
        named = {"node": asked.node, "sessionid": session, "status": status}
        self._send(asked.id, asked.sender, "result", element(COMMANDS, "command", *parts, **named))

    def _refuse(self, id: str, to: str, why: Refusal) -> None:
        problem = element(_CLIENT, "error", element(STANZA_ERRORS, why), type=_KINDS[why])
        self._send(id, to, "error", problem)

    def _send(self, id: str, to: str, kind: Literal["result", "error"], part: ET.Element) -> None:
        if self._connection.client.is_connected():
            iq = self._connection.client.make_iq(id=id, ito=to, itype=kind)
            iq.xml.append(part)
            self._connection.client.send(iq)

    def _menu(self, language: str | None) -> Sequence[Command]:
        return self._context.menu(self._language(language), whole=True)

    def _say(self, asked: Asked, key: str, **arguments: str) -> str:
        return self._context.texts(self._language(asked.language), key, **arguments)

    def _language(self, language: str | None) -> str:
        return "zh-CN" if (language or self._config.language).casefold().startswith("zh") else "en"


def _title(command: Command) -> str:
    """How a list of commands names it: descriptions may begin with the command itself. Pure."""
    said = clean(command.description)
    return said if said.startswith("/") else f"/{command.name}: {said}"
