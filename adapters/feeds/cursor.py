"""How far a feed has been read: what is kept of it between two reads."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from adapters.feeds import addresses, known
from adapters.feeds.known import Known
from bridgebot.errors import Temporary


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """None of it tells the feed's address, as it is kept: `encoded` takes that out of `topic`."""

    feed: str  # begins the ids of its posts
    since: int  # when it was read first; seconds since 1970, as all times here
    at: int  # when it last said something new
    etag: str = ""
    modified: str = ""
    body: str = ""  # a digest of what was read last: servers that know neither send the same again
    title: str = ""
    link: str = ""
    hub: str = ""
    topic: str = ""
    asked: float = 0.0  # seconds for which the feed asks to be left alone
    times: list[int] = []  # when its latest entries came
    most: int = 0  # how many entries ever stood there at once
    known: list[str] = []
    lost: int = 0  # since when its server says that there is no such feed; 0: it is there

    def entries(self) -> list[Known]:
        return [known.read(line) for line in self.known]

    def validators(self) -> Mapping[str, str]:
        """The headers of a read that costs nothing where nothing changed (RFC 9110, 13.1)."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in headers.items() if value}


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Cursor)


def encoded(cursor: Cursor, address: str) -> str:
    """As it is kept, for a feed that is read at this address from now on."""
    veiled = msgspec.structs.replace(cursor, topic=addresses.veiled(cursor.topic, address))
    return _encoder.encode(veiled).decode()


def decoded(text: str, address: str) -> Cursor:
    """What was kept of the feed at this address."""
    try:
        cursor = _decoder.decode(text)
    except msgspec.MsgspecError as error:
        raise Temporary("feeds-cursor") from error
    return msgspec.structs.replace(cursor, topic=addresses.unveiled(cursor.topic, address))
