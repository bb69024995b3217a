"""Namespaces, and the few helpers with which stanzas are read and built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

CLIENT: Final = "{jabber:client}"
BODY: Final = CLIENT + "body"
LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"

COMMANDS: Final = "http://jabber.org/protocol/commands"  # XEP-0050
CONFERENCE: Final = "jabber:x:conference"  # XEP-0249
CORRECT: Final = "urn:xmpp:message-correct:0"  # XEP-0308
DELAY: Final = "urn:xmpp:delay"  # XEP-0203
DISCO: Final = "http://jabber.org/protocol/disco#info"  # XEP-0030
DISCO_ITEMS: Final = "http://jabber.org/protocol/disco#items"
ENCRYPTION: Final = "urn:xmpp:eme:0"  # XEP-0380
FALLBACK: Final = "urn:xmpp:fallback:0"  # XEP-0428
FASTEN: Final = "urn:xmpp:fasten:0"  # XEP-0422, as the first XEP-0424 used it
FILE: Final = "urn:xmpp:file:metadata:0"  # XEP-0446
FILE_OF_JINGLE: Final = "urn:xmpp:jingle:apps:file-transfer:5"  # XEP-0234, as XEP-0385 uses it
FORM: Final = "jabber:x:data"  # XEP-0004
FORWARD: Final = "urn:xmpp:forward:0"  # XEP-0297
HINTS: Final = "urn:xmpp:hints"  # XEP-0334
MAM: Final = "urn:xmpp:mam:2"  # XEP-0313
MUC: Final = "http://jabber.org/protocol/muc"  # XEP-0045
MUC_OWNER: Final = "http://jabber.org/protocol/muc#owner"
MUC_USER: Final = "http://jabber.org/protocol/muc#user"
OOB: Final = "jabber:x:oob"  # XEP-0066
OCCUPANT: Final = "urn:xmpp:occupant-id:0"  # XEP-0421
PAGING: Final = "http://jabber.org/protocol/rsm"  # XEP-0059
PING: Final = "urn:xmpp:ping"  # XEP-0199
REACTIONS: Final = "urn:xmpp:reactions:0"  # XEP-0444
RECEIPTS: Final = "urn:xmpp:receipts"  # XEP-0184
REFERENCE: Final = "urn:xmpp:reference:0"  # XEP-0372
REPLY: Final = "urn:xmpp:reply:0"  # XEP-0461
RETRACT: Final = "urn:xmpp:message-retract:1"  # XEP-0424
RETRACT_OLD: Final = "urn:xmpp:message-retract:0"
SHARING: Final = "urn:xmpp:sfs:0"  # XEP-0447
SIMS: Final = "urn:xmpp:sims:1"  # XEP-0385
SPOILER: Final = "urn:xmpp:spoiler:0"  # XEP-0382
STANZA_ERRORS: Final = "urn:ietf:params:xml:ns:xmpp-stanzas"  # RFC 6120, section 8.3
STANZA_ID: Final = "urn:xmpp:sid:0"  # XEP-0359
STREAM_MANAGEMENT: Final = "urn:xmpp:sm:3"  # XEP-0198
TIME: Final = "urn:xmpp:time"  # XEP-0202
STYLING: Final = "urn:xmpp:styling:0"  # XEP-0393
UPLOAD: Final = "urn:xmpp:http:upload:0"  # XEP-0363
URL_DATA: Final = "http://jabber.org/protocol/url-data"  # XEP-0103

# All that XML 1.0 can carry (section 2.2); one other character would end the stream.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(
    namespace: str, name: str, *children: ET.Element, text: str = "", **attributes: str
) -> ET.Element:
    """An element of this namespace, with whatever stands in it."""
    made = ET.Element(f"{{{namespace}}}{name}", attributes)
    made.text = text or None
    made.extend(children)
    return made


def child(parent: ET.Element, namespace: str, name: str) -> ET.Element | None:
    """The first direct child of this name. Deeper ones are never looked at: they may be quoted stanzas."""
    return parent.find(f"{{{namespace}}}{name}")


def children(parent: ET.Element, namespace: str, name: str) -> Iterator[ET.Element]:
    """All direct children of this name."""
    return iter(parent.findall(f"{{{namespace}}}{name}"))


def bare(jid: str) -> str:
    """The address without its resource, as servers write it."""
    return jid.partition("/")[0]


def resource(jid: str) -> str:
    """What follows the first slash: in a room, the nick."""
    return jid.partition("/")[2]


def clean(text: str) -> str:
    """The text as XML can carry it: every other character becomes U+FFFD."""
    return _NOT_XML.sub("\ufffd", text)
