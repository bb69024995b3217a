"""What a network's refusal means for the one who called."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

from adapters.xmpp.names import CLIENT, STANZA_ERRORS
from bridgebot.errors import AdapterError, Rejected, TargetGone, Temporary

# RFC 6120, 8.3.3: nobody is there, or takes nothing from the bot any more.
_GONE: Final = frozenset(
    {"gone", "item-not-found", "recipient-unavailable", "remote-server-not-found", "service-unavailable"}
)
NOT_IN_ROOM: Final = "not-acceptable"  # XEP-0045, 7.4: only who is in the room may speak


def condition(stanza: ET.Element) -> tuple[str, str]:
    """(type, condition) of an error stanza: `cancel`, `item-not-found`."""
    error = stanza.find(f"{CLIENT}error")
    if error is None:
        return "cancel", "undefined-condition"
    names = [
        part.tag.rpartition("}")[2]
        for part in error
        if part.tag.startswith(f"{{{STANZA_ERRORS}}}") and not part.tag.endswith("}text")
    ]
    return error.get("type", "cancel"), names[0] if names else "undefined-condition"


def refusal(stanza: ET.Element) -> AdapterError:
    """The error that an error stanza is: the message in it surely did not arrive."""
    kind, name = condition(stanza)
    if kind == "wait":
        return Temporary("xmpp-wait", condition=name)
    if name in _GONE:
        return TargetGone("xmpp-gone", condition=name)
    return Rejected("xmpp-rejected", condition=name)
