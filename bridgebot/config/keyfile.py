"""Changing the key file: at once or not at all, for its owner's eyes only, and never without a key.

Lines are kept as they stand, comments too: a new key goes in front, a dropped one takes its line with it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

from bridgebot.config.keys import is_key

Stamp = tuple[int, int, int]  # changes whenever the file is written


def stamp(file: Path) -> Stamp | None:
    """What tells one state of the file from another; None where it cannot be seen."""
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def keys_in(file: Path) -> tuple[str, ...]:
    """The keys in it; none where it cannot be read, or holds anything else."""
    try:
        keys = tuple(line for line in map(str.strip, _lines(file)) if line and not line.startswith("#"))
    except (OSError, ValueError):
        return ()
    return keys if all(map(is_key, keys)) else ()


def name_of(file: Path) -> str:
    """A short name of the file itself, by which two processes know that they mean the same one."""
    return hashlib.sha256(os.path.realpath(file).encode()).hexdigest()[:16]


@contextlib.contextmanager
def alone(file: Path) -> Iterator[None]:
    """Only one command changes the file at a time. Raises OSError: BlockingIOError beside another one."""
    folder = os.open(file.resolve().parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(folder)


def put_in_front(file: Path, key: str) -> None:
    """From now on this key encrypts; all that were there still decrypt. Raises OSError."""
    _replace(file.resolve(), [key, *_lines(file)])


def drop(file: Path, keys: Collection[str]) -> None:
    """These keys open nothing any more. Raises OSError; ValueError where none would be left."""
    left = [line for line in _lines(file) if line.strip() not in keys]
    if not any(is_key(line.strip()) for line in left):
        raise ValueError("a key file without a key")
    _replace(file.resolve(), left)


def create(file: Path, key: str) -> None:
    """A file with one key, where none is. Raises OSError: FileExistsError where one is."""
    file = file.resolve()
    with _beside(file, [key]) as made:
        os.link(made, file)
    _flush(file.parent)


def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines()


def _replace(file: Path, lines: list[str]) -> None:
    """The whole new file takes the place of the old one: at any moment one of them is there."""
    owner = file.stat()
    with _beside(file, lines) as made:
        if owner.st_uid != os.geteuid():
            os.chown(made, owner.st_uid, owner.st_gid)  # the bot's own user must still read it
        os.rename(made, file)
    _flush(file.parent)


@contextlib.contextmanager
def _beside(file: Path, lines: list[str]) -> Iterator[Path]:
    """These lines in a file of their own, written through to the disk and readable for its owner alone."""
    for left in file.parent.glob(f".{file.name}.*.partial"):  # of a command that was killed: it holds keys
        left.unlink()
    number, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".partial")
    try:
        with os.fdopen(number, "w", encoding="utf-8") as stream:
            stream.write("".join(f"{line}\n" for line in lines))
            stream.flush()
            os.fsync(stream.fileno())
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _flush(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
