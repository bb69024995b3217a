"""The JSON of an export: docs/export.schema.json describes it. Pure but for `head`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bridgebot.render import short_id
from bridgebot.store import Tx, mine
from bridgebot.store.mine import Record, when

FORMAT = "bridgebot-export"
VERSION = 1  # counts up where a reader of an older one would be misled


@dataclass(frozen=True, slots=True)
class Head:
    """What there is little of: read once."""

    user: Record
    sections: dict[str, list[Record]]

    @property
    def author(self) -> str:
        """How the user is called: by the first account, else as the chat network shows them."""
        named = [account["handle"] for account in self.sections["accounts"]]
        named += [person["name"] or person["native_id"] for person in self.sections["persons"]]
        return named[0] if named else "-"


def head(tx: Tx, user_id: int) -> Head:
    return Head(mine.user(tx, user_id), mine.sections(tx, user_id))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def begin(head: Head, made_at: datetime, version: str) -> str:
    made = {
        "format": FORMAT,
        "version": VERSION,
        "software": f"bridgebot {version}",
        "made_at": when(made_at),
    }
    whole = _json(made | {"user": head.user} | head.sections)
    return f'{whole[:-1]}, "posts": [\n'


def items(page: Iterable[Record], *, first: bool) -> str:
    """Some members of an array."""
    return ("" if first else ",\n") + ",\n".join(_json(_named(item)) for item in page)


def _named(item: Record) -> Record:
    """A post with its short ids as its owner wrote them."""
    if "names" not in item:
        return item
    names = [{"chat": name["chat_id"], "id": short_id(name["n"])} for name in item["names"]]
    return item | {"names": names}


def between() -> str:
    return '\n], "records": {'


def begin_records(name: str, *, first: bool) -> str:
    return f"{'' if first else ', '}{_json(name)}: ["


def end_records() -> str:
    return "]"


def end() -> str:
    return "}}\n"
