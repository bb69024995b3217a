"""Files: handed over ahead of their post, and waited for while the server works on them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final

from aiohttp import FormData, payload

from adapters.mastodon.entities import Uploaded
from adapters.mastodon.wire import Wire, quoted
from bridgebot.errors import TargetGone, Temporary, Unconfirmed
from bridgebot.http import patience
from bridgebot.model import Account, File
from bridgebot.model import Uploaded as Attached

WAIT: Final = 5.0  # seconds until a film is asked after again
_UNFINISHED: Final = "processing:"  # before the id, where the server had not finished

Read = Callable[[], AsyncIterator[bytes]]


class _Body(payload.AsyncIterablePayload):
    """A file of known length: some servers (snac) take no request that does not say how long it is."""

    def __init__(self, file: File, read: Read) -> None:
        super().__init__(read(), content_type=file.type)
        self._size = file.size


async def upload(api: Wire, account: Account, file: File, read: Read) -> str:
    """The id to name the file by. One that is handed over twice is forgotten by the server."""
    form = FormData(quote_fields=False)
    form.add_field("file", _Body(file, read), filename=_name(file), content_type=file.type)
    if file.alt:
        form.add_field("description", file.alt)
    options: dict[str, Any] = {"data": form, "timeout": patience(file.size), "idempotent": False}
    try:
        made = (await api.dated(account, "POST", "/api/v2/media", Uploaded, **options)).value
    except Unconfirmed as error:
        raise Temporary("http-no-answer", host=account.server) from error
    # 202: a film is still worked on. Pleroma says that of everything, and names the address at once.
    return made.id if made.url else f"{_UNFINISHED}{made.id}"


def _name(file: File) -> str:
    """Some servers (snac) know a kind of file by the end of its name alone; nobody sees the rest."""
    return f"file.{file.type.rpartition('/')[2].partition('+')[0]}"


def id_of(file: Attached) -> str:
    """What the server calls a file."""
    return file.ref.removeprefix(_UNFINISHED)


async def ready(api: Wire, account: Account, files: Sequence[Attached]) -> list[str]:
    """The ids of files for a post. Raises Temporary while the server still works on one of them."""
    return [await _ready(api, account, file) for file in files]


async def _ready(api: Wire, account: Account, file: Attached) -> str:
    id = id_of(file)
    if id == file.ref:
        return id
    with contextlib.suppress(TargetGone):  # it stands under a post already: the post's own answer tells
        told = await api.call(account, "GET", f"/api/v1/media/{quoted(id)}", Uploaded)
        if told.url is None:  # 206
            raise Temporary("mastodon-processing", retry_after=WAIT)
    return id
