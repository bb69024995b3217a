"""Whether what goes over the wire is as the public lexicons say it, judged by lexrpc, which brings them.

JSON stands for the data model (atproto.com/specs/data-model): `{"$link": …}` is a CID, `{"$bytes": …}` bytes.
What lexrpc leaves out is added here: keys of records, `$type` of records, sizes and kinds of blobs.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import logging
from typing import Any

import dag_cbor
from lexrpc.base import Base, ValidationError
from multiformats import CID

logging.getLogger("lexrpc").setLevel(logging.CRITICAL)  # an unknown thing is told by an error of ours
_VALUES = "234567abcdefghijklmnopqrstuvwxyz"  # of a TID, which sorts as text


class Invalid(Exception):
    """It is not what the lexicon says."""


@functools.cache
def lexicons() -> Base:
    return Base()


def known(nsid: str) -> str | None:
    """`query` or `procedure`; None: there is no such method."""
    kind = lexicons().defs.get(nsid, {}).get("type")
    return kind if kind in ("query", "procedure") else None


def encoding(nsid: str) -> str | None:
    """The kind of body that a procedure wants: `application/json`, `*/*`; None: none at all."""
    return lexicons().defs[nsid].get("input", {}).get("encoding")


def answers(nsid: str) -> bool:
    return "output" in lexicons().defs[nsid]


def parameters(nsid: str, query: list[tuple[str, str]]) -> dict[str, Any]:
    """The parameters of a query, typed, with the defaults that the lexicon names."""
    schema = lexicons().defs[nsid].get("parameters", {})
    try:
        found = lexicons().decode_params(nsid, query)
        lexicons().validate(nsid, "parameters", found)
    except (ValidationError, ValueError) as error:
        raise Invalid(str(error)) from None
    missing = [name for name in schema.get("required", []) if name not in found]
    if missing or set(found) - set(schema.get("properties", {})):
        raise Invalid(f"Params must have {missing}" if missing else f"no such parameters: {sorted(found)}")
    defaults = {
        name: one["default"] for name, one in schema.get("properties", {}).items() if "default" in one
    }
    return defaults | found


def check(nsid: str, what: str, body: Any) -> None:
    """An `input` or `output`; also that it has nothing which the lexicon does not know."""
    try:
        lexicons().validate(nsid, what, model(body))
    except (ValidationError, NotImplementedError) as error:
        raise Invalid(str(error)) from None
    schema = lexicons().defs[nsid].get(what, {}).get("schema", {})
    if strange := set(body) - set(schema.get("properties", body)):
        raise Invalid(f"{nsid} {what} knows no {sorted(strange)}")


def check_record(collection: str, rkey: str, record: dict[str, Any]) -> None:
    """A record, as a PDS that knows its lexicon takes it."""
    if record.get("$type") != collection:
        raise Invalid(f"Invalid $type: expected {collection}, got {record.get('$type')}")
    try:
        lexicons().validate(collection, "record", model(record))
    except (ValidationError, NotImplementedError) as error:
        raise Invalid(f"Invalid {collection} record: {error}") from None
    key = lexicons().defs[collection].get("key")
    if key == "tid" and (len(rkey) != 13 or not set(rkey) <= set(_VALUES) or rkey[0] > "j"):
        raise Invalid(f"Invalid record key {rkey}: a TID is wanted")
    _check_facets(record)


def _check_facets(record: dict[str, Any]) -> None:
    """No lexicon can say it and no server checks it, but who shows the post must be able to cut there."""
    raw = record.get("text", "").encode()
    for facet in record.get("facets", []):
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        if not 0 <= start < end <= len(raw):
            raise Invalid("a facet lies outside the text")
        try:
            raw[start:end].decode()
        except UnicodeDecodeError:
            raise Invalid("a facet cuts a character") from None


def blobs(value: Any) -> list[dict[str, Any]]:
    """Every blob that a record names."""
    if isinstance(value, list):
        return [blob for item in value for blob in blobs(item)]
    if not isinstance(value, dict):
        return []
    if value.get("$type") == "blob":
        return [value]
    return [blob for item in value.values() for blob in blobs(item)]


def model(value: Any) -> Any:
    """JSON as the data model."""
    if isinstance(value, list):
        return [model(item) for item in value]
    if not isinstance(value, dict):
        if isinstance(value, float):
            raise Invalid("the data model has no floats")
        return value
    if set(value) == {"$link"}:
        return CID.decode(value["$link"])
    if set(value) == {"$bytes"}:
        return base64.b64decode(value["$bytes"] + "=" * (-len(value["$bytes"]) % 4))
    return {name: model(item) for name, item in value.items()}


def cid_of(record: dict[str, Any]) -> str:
    """The CID of a record: sha-256 of its DAG-CBOR."""
    return cid(dag_cbor.encode(model(record)), b"\x71")


def cid(raw: bytes, codec: bytes = b"\x55") -> str:
    """The CID of bytes; 0x55: as they are, as blobs have it."""
    digest = b"\x01" + codec + b"\x12\x20" + hashlib.sha256(raw).digest()
    return "b" + base64.b32encode(digest).decode().lower().rstrip("=")


def tid(microseconds: int, clock: int = 0) -> str:
    """A record key for this time, as servers make them."""
    number = (microseconds << 10) | clock
    return "".join(_VALUES[number >> shift & 31] for shift in range(60, -1, -5))
