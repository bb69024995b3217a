"""The stanzas that the bot sends, as elements. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import uuid4
from xml.etree import ElementTree as ET

from adapters.xmpp.names import (
    BODY,
    CORRECT,
    FALLBACK,
    FILE,
    FORM,
    HINTS,
    MAM,
    MUC,
    MUC_OWNER,
    OOB,
    PAGING,
    RECEIPTS,
    REPLY,
    RETRACT,
    SHARING,
    STANZA_ID,
    STYLING,
    URL_DATA,
    clean,
    element,
)
from bridgebot.model import File

# Every message of a bridgebot bears an id that begins so: two of them in one room, or in one direct
# chat, do not answer each other for ever, and the bot knows its own words in an archive.
OWN: Final = "bridgebot-"
_QUOTED = 120  # characters of the quoted message that older clients are shown


@dataclass(frozen=True, slots=True)
class Quote:
    """The message that is answered."""

    reference: str  # XEP-0461: the room's stanza-id in a room, else the message's own id
    author: str = ""  # its sender's address, where it is known
    text: str = ""


def new_id() -> str:
    """An id for a message of the bot."""
    return f"{OWN}{uuid4()}"


def text(content: str, id: str, *, quote: Quote | None = None, corrects: str = "") -> list[ET.Element]:
    """What stands in a message of the bot: shown as it is, kept by archives, never taken for an action."""
    shown = harmless(content)
    parts: list[ET.Element] = []
    if quote is not None:
        shown, parts = _answering(quote, shown)
    if corrects:
        parts.append(element(CORRECT, "replace", id=corrects))
    return [_body(shown), *parts, element(STYLING, "unstyled"), *_kept(id)]


def shared(url: str, file: File, name: str, id: str) -> list[ET.Element]:
    """A file in the words of three specifications: all that is known of it for clients that know XEP-0447,
    where it is for those that know XEP-0066, and its address for all others.
    """
    told = {"media-type": file.type, "name": name, "size": str(file.size), "desc": clean(file.alt)}
    told |= {"width": str(file.width), "height": str(file.height)} if file.width and file.height else {}
    described = element(
        FILE, "file", *(element(FILE, tag, text=value) for tag, value in told.items() if value)
    )
    sources = element(SHARING, "sources", element(URL_DATA, "url-data", target=url))
    sharing = element(SHARING, "file-sharing", described, sources, disposition="inline")
    fallback = element(FALLBACK, "fallback", element(FALLBACK, "body"), **{"for": SHARING})
    return [_body(url), element(OOB, "x", element(OOB, "url", text=url)), sharing, fallback, *_kept(id)]


def retraction(reference: str, id: str, notice: str) -> list[ET.Element]:
    """Takes a message back (XEP-0424); `notice` is for clients that cannot."""
    fallback = element(FALLBACK, "fallback", **{"for": RETRACT})
    return [_body(clean(notice)), element(RETRACT, "retract", id=reference), fallback, *_kept(id)]


def receipt(id: str) -> list[ET.Element]:
    """XEP-0184: the bot has it, for good."""
    return [element(RECEIPTS, "received", id=id), element(HINTS, "store")]


def harmless(content: str) -> str:
    """XEP-0245 makes an action of a text that begins with `/me `: a space in front takes that away."""
    content = clean(content)
    return f" {content}" if content.startswith("/me ") else content


def query(query_id: str, *, after: str = "", since: str = "", last: int = 0) -> ET.Element:
    """Ask an archive (XEP-0313): what came after an id, or since a time, oldest first; or the last few."""
    fields = [_field("FORM_TYPE", MAM)] + ([_field("start", since)] if since else [])
    paging = [element(PAGING, "max", text=str(last or 100))]
    if last:
        paging.append(element(PAGING, "before"))
    elif after:
        paging.append(element(PAGING, "after", text=after))
    form = element(FORM, "x", *fields, type="submit")
    return element(MAM, "query", form, element(PAGING, "set", *paging), queryid=query_id)


def joining(password: str) -> ET.Element:
    """XEP-0045, 7.2: enter a room, without its history."""
    wanted = [element(MUC, "history", maxstanzas="0")]
    return element(MUC, "x", *wanted, *([element(MUC, "password", text=password)] if password else []))


def unlocking() -> ET.Element:
    """XEP-0045, 10.1.2: a room that the bot has just made is taken as it is; until then nobody can enter."""
    return element(MUC_OWNER, "query", element(FORM, "x", type="submit"))


def _answering(quote: Quote, content: str) -> tuple[str, list[ET.Element]]:
    reply = element(REPLY, "reply", id=quote.reference)
    if quote.author:
        reply.set("to", quote.author)
    if not quote.text.strip():
        return content, [reply]
    lines = clean(quote.text[:_QUOTED]).strip().splitlines()
    quoted = "".join(f"> {line}\n" for line in lines)
    where = element(FALLBACK, "body", start="0", end=str(len(quoted)))
    return quoted + content, [reply, element(FALLBACK, "fallback", where, **{"for": REPLY})]


def _body(content: str) -> ET.Element:
    body = ET.Element(BODY)
    body.text = content
    return body


def _kept(id: str) -> list[ET.Element]:
    return [element(STANZA_ID, "origin-id", id=id), element(HINTS, "store")]


def _field(name: str, value: str) -> ET.Element:
    hidden = {"type": "hidden"} if name == "FORM_TYPE" else {}
    return element(FORM, "field", element(FORM, "value", text=value), var=name, **hidden)
