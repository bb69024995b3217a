"""`bridgebot export`: the encrypted file that a user asked for, where the bot has no public address."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from bridgebot import __version__, archive, beside, sealing
from bridgebot.config import Settings
from bridgebot.errors import ConfigError
from bridgebot.ground import prepare
from bridgebot.store import exports


async def write(settings: Settings, user_id: int, file: Path) -> bool:
    """Write it; False where this user asked for none: nobody's data is taken out without their word."""
    able = [(one.name, getattr(one.kind, "capabilities", None)) for one in prepare(settings)]
    keeps = tuple(archive.kept(name, what) for name, what in able)
    async with beside.opened(settings) as store:
        waiting = await store.read(lambda tx, now: exports.file_of(tx, now, user_id))
        if waiting is None or waiting.passphrase is None:
            return False
        making = archive.Making(user_id, datetime.now(UTC), __version__, keeps)
        await _fill(file, sealing.sealed(archive.stream(store, making), waiting.passphrase))
        await store.run(lambda tx, now: exports.take_file(tx, now, user_id))
        await store.run(lambda tx, now: beside.note(tx, now, "export", str(user_id)))
    return True


async def _fill(file: Path, pieces: AsyncIterator[bytes]) -> None:
    """A new file that its owner alone can read; none where it could not be written to its end."""
    out = _created(file)
    try:
        async for piece in pieces:
            out.write(piece)
        out.close()
    except BaseException:
        _remove(file)
        raise


def _created(file: Path) -> BinaryIO:
    try:
        return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror}.") from error


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink()
