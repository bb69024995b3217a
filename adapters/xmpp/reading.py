"""What a message stanza says. Pure: an element goes in, one frozen answer comes out.

The one place that decides between text, correction, retraction and all the bodies that nobody
typed; slixmpp would report one stanza as several of these.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree as ET

from adapters.xmpp.files import at_address, described
from adapters.xmpp.names import (
    BODY,
    CONFERENCE,
    CORRECT,
    ENCRYPTION,
    FALLBACK,
    FASTEN,
    LANGUAGE,
    MUC_USER,
    REACTIONS,
    RECEIPTS,
    REPLY,
    RETRACT,
    RETRACT_OLD,
    SPOILER,
    STANZA_ID,
    bare,
    child,
    children,
)
from bridgebot.model import Media

# Encrypted content without XEP-0380's mark: OMEMO (two generations), OpenPGP (two), XEP-0384, 0373, 0027.
_ENCRYPTED: Final = (
    ("eu.siacs.conversations.axolotl", "encrypted"),
    ("urn:xmpp:omemo:2", "encrypted"),
    ("urn:xmpp:openpgp:0", "openpgp"),
    ("jabber:x:encrypted", "x"),
)
# OTR, and the address of an encrypted file with its key in it (XEP-0454): whoever has that reads the file.
_SEALED: Final = ("?OTR", "aesgcm://")
_LONGEST_NUMBER = 9  # digits; a stanza is far shorter than that many characters


class Kind(enum.Enum):
    """What a message stanza is."""

    TEXT = enum.auto()
    EDIT = enum.auto()
    DELETION = enum.auto()
    REACTION = enum.auto()
    ENCRYPTED = enum.auto()
    INVITATION = enum.auto()
    NOTHING = enum.auto()  # chat states, receipts, subjects, fallback bodies


@dataclass(frozen=True, slots=True)
class Said:
    """A message stanza, read."""

    kind: Kind
    id: str = ""  # the `id` attribute
    origin: str = ""  # XEP-0359 origin-id
    text: str = ""
    target: str = ""  # EDIT, DELETION, REACTION: what it is about; INVITATION: the room
    emojis: tuple[str, ...] = ()  # REACTION: all that there are now
    password: str = field(default="", repr=False)  # INVITATION: the room's
    reply_to: str = ""
    language: str | None = None
    wants_receipt: bool = False
    hidden: bool = False  # XEP-0382: nobody is to see it without asking for it
    files: tuple[Media, ...] = ()  # TEXT: what it shows; `text` is what was typed beside it


def read(message: ET.Element) -> Said:
    """Decide what a message is. Nothing that stands in it can make this raise."""
    kind, target = _kind(message)
    body = message.find(BODY)
    origin, reply = child(message, STANZA_ID, "origin-id"), child(message, REPLY, "reply")
    invitation = _invitation(message) if kind is Kind.INVITATION else ("", "")
    files = _files(message) if kind is Kind.TEXT else ()
    return Said(
        kind,
        id=message.get("id", ""),
        origin="" if origin is None else origin.get("id", ""),
        text=_beside(message, files) if kind in (Kind.TEXT, Kind.EDIT) else "",
        target=target or invitation[0],
        emojis=_emojis(message) if kind is Kind.REACTION else (),
        password=invitation[1],
        reply_to="" if reply is None else reply.get("id", ""),
        language=message.get(LANGUAGE) or (None if body is None else body.get(LANGUAGE)),
        wants_receipt=child(message, RECEIPTS, "request") is not None,
        hidden=child(message, SPOILER, "spoiler") is not None,
        files=files,
    )


def typed(message: ET.Element) -> str:
    """The body without what a client put there for others that know less (XEP-0428).

    Positions count characters of the body. A mark without usable positions is about all of it: the
    house rather says nothing than publishes words that nobody typed.
    """
    body = message.findtext(BODY) or ""
    for start, end in sorted(_marked(message, len(body)), reverse=True):
        body = body[:start] + body[end:]
    return body


def is_private_in_room(message: ET.Element) -> bool:
    """Is this an occupant's private message (XEP-0045, 7.5)? Its sender is a nick, not a person."""
    mark = child(message, MUC_USER, "x")
    return mark is not None and child(mark, MUC_USER, "invite") is None


def _kind(message: ET.Element) -> tuple[Kind, str]:
    if message.get("type") in ("error", "headline"):
        return Kind.NOTHING, ""
    target = _retracted(message)
    if target is not None:
        return (Kind.DELETION, target) if target else (Kind.NOTHING, "")
    if _invitation(message)[0]:
        return Kind.INVITATION, ""
    if (reactions := child(message, REACTIONS, "reactions")) is not None:
        target = reactions.get("id", "")
        return (Kind.REACTION, target) if target else (Kind.NOTHING, "")
    if _is_encrypted(message):
        return Kind.ENCRYPTED, ""
    if _files(message):
        return Kind.TEXT, ""
    if not typed(message).strip():
        return Kind.NOTHING, ""
    correction = child(message, CORRECT, "replace")
    if correction is not None:
        target = correction.get("id", "")
        return (Kind.EDIT, target) if target else (Kind.NOTHING, "")
    return Kind.TEXT, ""


def _files(message: ET.Element) -> tuple[Media, ...]:
    """What was sent: as it is described, else where it is (XEP-0066, 4; XEP-0363, 6). Then the address is all
    of the body, or what stands there is marked as being for others: a text with a link beside it is none.
    """
    found = described(message)
    if found:
        return tuple(found)
    one, body = at_address(message), typed(message).strip()
    return (one,) if one is not None and body in ("", one.ref) else ()


def _beside(message: ET.Element, files: Sequence[Media]) -> str:
    """What was typed, without the address of a file that older clients are shown."""
    text = typed(message)
    return "" if text.strip() in [file.ref for file in files] else text


def _retracted(message: ET.Element) -> str | None:
    """What the sender takes back, by today's XEP-0424 or by the one before it.

    Empty: a retraction that does not say of what; None: no retraction.
    """
    retract = child(message, RETRACT, "retract")
    if retract is not None:
        return retract.get("id", "")
    fastened = child(message, FASTEN, "apply-to")
    if fastened is not None and child(fastened, RETRACT_OLD, "retract") is not None:
        return fastened.get("id", "")
    return None


def _emojis(message: ET.Element) -> tuple[str, ...]:
    """All of somebody's reactions to one message: each update says the whole (XEP-0444, 3.2)."""
    reactions = child(message, REACTIONS, "reactions")
    given = () if reactions is None else children(reactions, REACTIONS, "reaction")
    return tuple(dict.fromkeys(emoji for one in given if (emoji := (one.text or "").strip())))


def _invitation(message: ET.Element) -> tuple[str, str]:
    """The room and its password: XEP-0045, 7.8.2 (it comes from the room itself) or XEP-0249."""
    if message.get("type") == "groupchat":
        return "", ""
    mediated = child(message, MUC_USER, "x")
    if mediated is not None and child(mediated, MUC_USER, "invite") is not None:
        return bare(message.get("from", "")), mediated.findtext(f"{{{MUC_USER}}}password") or ""
    direct = child(message, CONFERENCE, "x")
    return ("", "") if direct is None else (bare(direct.get("jid", "")), direct.get("password", ""))


def _is_encrypted(message: ET.Element) -> bool:
    if (message.findtext(BODY) or "").lstrip().startswith(_SEALED):
        return True
    sealed = [found for found in (child(message, *name) for name in _ENCRYPTED) if found is not None]
    if child(message, ENCRYPTION, "encryption") is not None:
        return True
    # OMEMO sends keys without a payload on its own account: nobody wrote anything then.
    return any(one.text or "payload" in {part.tag.rpartition("}")[2] for part in one} for one in sealed)


def _marked(message: ET.Element, length: int) -> list[tuple[int, int]]:
    """The marked stretches of the body, apart from each other."""
    stretches: list[tuple[int, int]] = []
    for fallback in children(message, FALLBACK, "fallback"):
        parts = list(children(fallback, FALLBACK, "body"))
        stretches += [_stretch(part, length) for part in parts]
        if not len(fallback):  # about all of the message
            stretches.append((0, length))
    return _apart(stretches)


def _stretch(part: ET.Element, length: int) -> tuple[int, int]:
    start, end = _number(part.get("start", "0")), _number(part.get("end", str(length)))
    if start is None or end is None or start >= end:
        return 0, length
    return max(0, min(start, length)), max(0, min(end, length))


def _number(digits: str) -> int | None:
    """A position, or None for what is no number. Below zero is kept: it is cut off with the rest."""
    plain = digits.removeprefix("-")
    if not (plain.isascii() and plain.isdigit()):
        return None
    return int(digits) if len(plain) <= _LONGEST_NUMBER else (-1 if digits[0] == "-" else 10**_LONGEST_NUMBER)


def _apart(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same characters, each once."""
    apart: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if apart and start <= apart[-1][1]:
            apart[-1] = apart[-1][0], max(end, apart[-1][1])
        else:
            apart.append((start, end))
    return apart
