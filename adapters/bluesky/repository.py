"""A person's repository: putting, reading and deleting records under keys that are chosen here."""

from __future__ import annotations

from typing import Final

import msgspec

from adapters.bluesky.records import Record, Ref
from adapters.bluesky.wire import Nothing, Refused, Wire
from bridgebot.errors import TargetGone
from bridgebot.model import Account

_REPO: Final = "com.atproto.repo"


class Made(msgspec.Struct, frozen=True):
    """What putRecord answers."""

    uri: str
    cid: str


class Kept(msgspec.Struct, frozen=True):
    """What getRecord answers."""

    uri: str
    cid: str
    value: msgspec.Raw


def address(did: str, collection: str, key: str) -> str:
    return f"at://{did}/{collection}/{key}"


def parts(uri: str) -> tuple[str, str, str]:
    """Whose record, of which kind, under which key. Raises TargetGone for what is no record's address."""
    found = uri.removeprefix("at://").split("/")
    if not uri.startswith("at://") or len(found) != 3 or not all(found):
        raise TargetGone()
    return found[0], found[1], found[2]


async def put(
    api: Wire, account: Account, collection: str, key: str, record: Record, *, idempotent: bool = False
) -> Ref | None:
    """Make a record. The same bytes under the same key again change nothing; None: others stand there.

    packages/pds/src/api/com/atproto/repo/putRecord.ts: `swapRecord: null` means that nothing may stand there
    yet; what is the same to the byte is found before that is looked at.
    """
    body = {"repo": account.id, "collection": collection, "rkey": key, "record": record, "swapRecord": None}
    try:
        made = await api.procedure(account, f"{_REPO}.putRecord", Made, json=body, idempotent=idempotent)
    except Refused as error:
        if error.name != "InvalidSwap":
            raise
        return None
    return Ref(made.uri, made.cid)


async def get(api: Wire, account: Account, collection: str, key: str) -> Kept | None:
    """A record of the account itself, as its own server has it at this moment; None: it is not there."""
    params = (("repo", account.id), ("collection", collection), ("rkey", key))
    try:
        return await api.query(account, f"{_REPO}.getRecord", Kept, params)
    except TargetGone:
        return None


async def delete(api: Wire, account: Account, collection: str, key: str) -> None:
    """See to it that a record is not there."""
    body = {"repo": account.id, "collection": collection, "rkey": key}
    await api.procedure(account, f"{_REPO}.deleteRecord", Nothing, json=body, idempotent=True)
