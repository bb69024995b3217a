"""com.atproto.repo.*, and what servers know beside repositories: packages/pds/src/api/com/atproto/repo."""

from __future__ import annotations

import json
from typing import Any

from tests.servers import bluesky_lexicons as lexicons
from tests.servers.bluesky_api import Call, Handler, XrpcError, invalid
from tests.servers.bluesky_world import POST, Stored

MISSING = object()


def _mine(call: Call) -> str:
    """The DID of the repository that is written to: one's own."""
    viewer, person = call.viewer, call.world.person(call.body["repo"])
    if person is None:
        raise XrpcError("AccountNotFound", "Account not found", 403)
    if person is not viewer:
        raise XrpcError("AuthenticationRequired", "Authentication Required", 401)
    if person.state:
        raise XrpcError("AccountDeactivated", "Account is deactivated", 401)
    return person.did


def _checked(call: Call, did: str, rkey: str) -> tuple[str, dict[str, Any]]:
    """Where the record will stand, and the record: valid, with blobs that were uploaded before."""
    collection, record = call.body["collection"], dict(call.body["record"])
    record.setdefault("$type", collection)
    try:
        lexicons.check_record(collection, rkey, record)
    except lexicons.Invalid as error:
        raise invalid(str(error)) from None
    for blob in lexicons.blobs(record):
        _check_blob(call, did, blob)
    return f"at://{did}/{collection}/{rkey}", record


def _check_blob(call: Call, did: str, blob: dict[str, Any]) -> None:
    content, kind, owner = call.world.blobs.get(blob["ref"]["$link"], (b"", "", ""))
    if owner != did:
        raise invalid(f"Could not find blob: {blob['ref']['$link']}", "BlobNotFound")
    if blob["mimeType"] != kind:
        raise invalid("Referenced Mimetype does not match stored blob", "InvalidMimeType")
    if blob["size"] != len(content):
        raise invalid("Referenced size does not match stored blob", "InvalidSize")


def put(call: Call) -> dict[str, Any]:
    """putRecord.ts: the same bytes again change nothing, whatever `swapRecord` says; other bytes only
    where it names what stands there: null for nothing.
    """
    uri, record = _checked(call, _mine(call), call.body["rkey"])
    current, swap = call.world.records.get(uri), call.body.get("swapRecord", MISSING)
    if current is not None and current.cid == lexicons.cid_of(record):
        return {**current.ref, "validationStatus": "valid"}
    if swap is not MISSING and swap != (current.cid if current else None):
        raise invalid(f"Record was at {current.cid if current else None}", "InvalidSwap")
    return _committed(call, call.world.put(uri, record))


def create(call: Call) -> dict[str, Any]:
    key = call.body.get("rkey") or lexicons.tid(int(call.world.now().timestamp() * 1_000_000))
    uri, record = _checked(call, _mine(call), key)
    if uri in call.world.records:  # packages/repo/src/mst/mst.ts: an error that no handler knows
        raise XrpcError("InternalServerError", "Internal Server Error", 500)
    return _committed(call, call.world.put(uri, record))


def _committed(call: Call, stored: Stored) -> dict[str, Any]:
    now = int(call.world.now().timestamp() * 1_000_000)
    commit = {"cid": lexicons.cid_of({"commit": stored.cid}), "rev": lexicons.tid(now)}
    return {**stored.ref, "commit": commit, "validationStatus": "valid"}


def delete(call: Call) -> dict[str, Any]:
    """What is not there is no error."""
    uri = f"at://{_mine(call)}/{call.body['collection']}/{call.body['rkey']}"
    current = call.world.records.get(uri)
    swap = call.body.get("swapRecord")
    if current is None:
        return {}
    if swap is not None and swap != current.cid:
        raise invalid(f"Record was at {current.cid}", "InvalidSwap")
    call.world.remove(uri)
    commit = _committed(call, current)["commit"]
    return {"commit": commit}


def get(call: Call) -> dict[str, Any]:
    person = call.world.person(call.params["repo"])
    did = person.did if person else call.params["repo"]
    uri = f"at://{did}/{call.params['collection']}/{call.params['rkey']}"
    stored = call.world.records.get(uri)
    if stored is None or call.params.get("cid", stored.cid) != stored.cid:
        raise invalid(f"Could not locate record: {uri}", "RecordNotFound")
    return {**stored.ref, "value": stored.value}


def listing(call: Call) -> dict[str, Any]:
    """Newest first by their keys, unless it is reversed."""
    person = call.world.person(call.params["repo"])
    if person is None:
        raise invalid(f"Could not find repo: {call.params['repo']}")
    prefix, below = f"at://{person.did}/{call.params['collection']}/", call.params.get("cursor")
    reverse = call.params.get("reverse", False)
    found = sorted(
        (one for uri, one in call.world.records.items() if uri.startswith(prefix)), key=lambda s: s.uri
    )
    keys = [(one.uri.rpartition("/")[2], one) for one in (found if reverse else reversed(found))]
    keys = [(key, one) for key, one in keys if below is None or (key > below if reverse else key < below)]
    page = keys[: call.params["limit"]]
    cursor = {"cursor": page[-1][0]} if len(page) == call.params["limit"] else {}
    return {"records": [{**one.ref, "value": one.value} for _, one in page], **cursor}


def upload(call: Call) -> dict[str, Any]:
    """uploadBlob.ts, packages/xrpc-server/src/util.ts: its server's own limit stands beside the lexicons'."""
    if len(call.body) > call.world.largest_blob:
        raise XrpcError("PayloadTooLarge", "request entity too large", 413)
    cid, kind = lexicons.cid(call.body), call.request.content_type
    call.world.blobs[cid] = (call.body, kind, call.viewer.did)
    return {"blob": {"$type": "blob", "ref": {"$link": cid}, "mimeType": kind, "size": len(call.body)}}


# --- not in the repository -----------------------------------------------------------------------


def mute(call: Call) -> None:
    call.viewer.muted.add(call.actor(call.body["actor"]).did)


def unmute(call: Call) -> None:
    call.viewer.muted.discard(call.actor(call.body["actor"]).did)


def bookmark(call: Call) -> None:
    uri = call.body["uri"]
    if f"/{POST}/" not in uri:
        raise invalid("Only '#post' records can be bookmarked", "UnsupportedCollection")
    call.viewer.bookmarks.setdefault(uri, (call.world.number(), call.world.now()))


def unbookmark(call: Call) -> None:
    call.viewer.bookmarks.pop(call.body["uri"], None)


def report(call: Call) -> dict[str, Any]:
    call.server.reports.append((call.viewer.did, json.loads(json.dumps(call.body))))
    said = {name: call.body[name] for name in ("reasonType", "reason", "subject") if name in call.body}
    now = call.world.now().isoformat(timespec="milliseconds")
    return {"id": len(call.server.reports), **said, "reportedBy": call.viewer.did, "createdAt": now}


HANDLERS: dict[str, Handler] = {
    "com.atproto.repo.putRecord": put,
    "com.atproto.repo.createRecord": create,
    "com.atproto.repo.deleteRecord": delete,
    "com.atproto.repo.getRecord": get,
    "com.atproto.repo.listRecords": listing,
    "com.atproto.repo.uploadBlob": upload,
    "com.atproto.moderation.createReport": report,
    "app.bsky.graph.muteActor": mute,
    "app.bsky.graph.unmuteActor": unmute,
    "app.bsky.bookmark.createBookmark": bookmark,
    "app.bsky.bookmark.deleteBookmark": unbookmark,
}
