"""Media: mastodon, app/controllers/api/v2/media_controller.rb.

The answer to an upload is another one with each software: Mastodon has pictures ready at once (200) and
films later (202); Pleroma says 202 and means 200 (media_controller.ex, create2); Pixelfed says 202 without
an address, and takes the file into a post all the same (ApiV2Controller.php, mediaUploadV2); Takahe and snac
know only 200.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tests.servers.mastodon_api import Answer, ApiError, Call, Routes, not_found

routes = Routes()
MIMES = ["image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "audio/mpeg"]
SIZE = {"width": 480, "height": 360, "size": "480x360", "aspect": 1.3333333333333333}
WAITS = 2  # how often a video is asked after before it is ready


@routes.add("POST", "/api/v2/media", "file", "description", "focus", "thumbnail", scope="write:media")
async def upload(call: Call) -> Answer:
    """A picture is ready at once (200), a film later (202): docs, methods/media, v2."""
    file = call.params.get("file")
    if not isinstance(file, web.FileField):
        raise ApiError(422, "Validation failed: File can't be blank")
    if file.content_type not in MIMES:
        raise ApiError(422, "Validation failed: File content type is invalid")
    if not (content := file.file.read()):
        raise ApiError(422, "Validation failed: File can't be blank")
    style = call.world.flavour.media
    if len(call.text("description")) > 1500:
        raise ApiError(422, "Validation failed: Description is too long (maximum is 1500 characters)")
    meta = _focused(call, {"original": SIZE, "small": SIZE})
    made = keep(call.server, call.me, file.content_type, content) | {"meta": meta, "_name": file.filename}
    made["description"] = call.text("description") or None
    call.server.media[made["id"]] = made
    told = call.entities.media(made) | ({"url": None} if style == "later" else {})
    return Answer(told, 202 if style in ("later", "accepted") or not made["url"] else 200)


def keep(server: Any, owner: Any, type: str, content: bytes) -> dict[str, Any]:
    """A file that somebody handed over, as the server keeps it."""
    world = server.world
    style, kind, id = world.flavour.media, type.partition("/")[0], world.new_id()
    place = f"{world.files or world.home}/system/media_attachments/files/{id}"
    made = {
        "id": id,
        "type": kind,
        "url": f"{place}/original/file" if kind == "image" or style != "mastodon" else None,
        "preview_url": f"{place}/small/file",
        "remote_url": None,
        "preview_remote_url": None,
        "text_url": None,
        "meta": {"original": SIZE, "small": SIZE},
        "description": None,
        "blurhash": "UGC~-#M{0JfkNFofR%M{IURj%Mt7E0oM%MR*",
        "_owner": owner,
        "_content": content,
        "_name": "",
        "_used": False,
        "_waits": 0 if kind == "image" or style != "mastodon" else WAITS,
        "_place": place,
    }
    server.media[id] = made
    return made


def _focused(call: Call, meta: dict[str, Any]) -> dict[str, Any]:
    if not (focus := call.text("focus")):
        return meta
    x, _, y = focus.partition(",")
    return meta | {"focus": {"x": float(x), "y": float(y)}}


def _medium(call: Call) -> dict[str, Any]:
    """404 when it is attached already (docs, methods/media)."""
    found = call.server.media.get(call.segment())
    if found is None or found["_owner"] is not call.me or found["_used"]:
        raise not_found()
    return found


@routes.add("GET", "/api/v1/media/{id}", scope="write:media")
async def medium(call: Call) -> Answer:
    """206 while it is worked on."""
    found = _medium(call)
    if found["_waits"]:
        found["_waits"] -= 1
    elif found["url"] is None:
        found["url"] = f"{found['_place']}/original/file"
    return Answer(call.entities.media(found), 200 if found["url"] else 206)


@routes.add("PUT", "/api/v1/media/{id}", "description", "focus", "thumbnail", scope="write:media")
async def describe(call: Call) -> Answer:
    found = _medium(call)
    if "description" in call.params:
        found["description"] = call.text("description") or None
    found["meta"] = _focused(call, found["meta"])
    return Answer(call.entities.media(found), 200 if found["url"] else 206)
