"""Whole copies of the database: made while the bot runs, and put back where none is.

A copy is two files: a plain SQLite database, and beside it a manifest with its SHA-256 and the versions
of its schema. The key file is not in it: whoever has both has every linked account.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bridgebot.errors import StoreError
from bridgebot.store.trouble import as_store_error

FORMAT = 1
PATIENCE = 30.0  # seconds to wait for a database that somebody holds
_CHUNK = 1024 * 1024
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.EACCES)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of a copy."""

    format: int
    made_at: str  # ISO 8601, UTC
    version: str  # of bridgebot
    size: int  # bytes
    sha256: str
    schema: dict[str, str]  # version table: version


def manifest_of(file: Path) -> Path:
    return Path(f"{file}.manifest.json")


def make(database: Path, file: Path, version: str) -> Manifest:
    """Copy the database as it is at this moment. Raises StoreError; leaves nothing half done."""
    for taken in (file, manifest_of(file)):
        if taken.exists():
            raise StoreError(f"{taken} is there already.", key="backup-exists", file=str(taken))
    if not database.exists():
        raise StoreError(f"There is no {database}.", key="backup-nothing", file=str(database))
    made_at = datetime.now(UTC)  # before the copy: what comes during it counts as unknown
    with unfinished(file) as partial:
        _vacuum(database, partial)
        whole(partial)
        manifest = _describe(partial, made_at, version)
        appear(partial, file)
        _write_manifest(file, manifest)
    return manifest


def keep_before(database: Path, version: str) -> Path:
    """Keep the database as it is before a migration, beside it. Raises StoreError where that fails."""
    for number in range(1, 1000):
        file = Path(f"{database}.before-upgrade-from-{version}" + (f".{number}" if number > 1 else ""))
        if not file.exists():
            break
    with unfinished(file) as partial:
        _vacuum(database, partial)
        appear(partial, file)
    return file


def read_manifest(file: Path) -> Manifest:
    """The manifest of a copy. Raises StoreError where there is none, or one of another time."""
    name = str(manifest_of(file))
    try:
        values: dict[str, Any] = json.loads(manifest_of(file).read_text("utf-8"))
        manifest = Manifest(**{one.name: values[one.name] for one in dataclasses.fields(Manifest)})
    except OSError as error:
        words = f"{name} cannot be read: {error.strerror}."
        raise StoreError(words, key="restore-no-manifest", file=name, copy=str(file)) from error
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(f"{name} is no manifest.", key="restore-bad-manifest", file=name) from error
    if manifest.format != FORMAT:
        raise StoreError(f"{name} has another format.", key="restore-newer", version=manifest.version)
    return manifest


def fetch(file: Path, manifest: Manifest, partial: Path) -> None:
    """Copy a copy, which must be what its manifest says. Raises StoreError."""
    try:
        shutil.copyfile(file, partial)
    except OSError as error:
        words = f"{file} cannot be copied: {error.strerror}."
        raise StoreError(words, key="backup-failed", file=str(file), error=error.strerror or "?") from error
    if _sha256(partial) != manifest.sha256:
        raise StoreError(f"{file} is not what its manifest says.", key="restore-changed", file=str(file))
    whole(partial, file)


def whole(file: Path, named: Path | None = None) -> None:
    """Raises StoreError when a database has damage anywhere."""
    name = str(named or file)
    try:
        with contextlib.closing(_connect(file, "ro")) as database:
            found = [str(row[0]) for row in database.execute("PRAGMA integrity_check(3)")]
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    if found != ["ok"]:
        words = f"{name} is damaged: {'; '.join(found)}."
        raise StoreError(words, key="backup-damaged", file=name, problem="; ".join(found))


@contextlib.contextmanager
def unfinished(file: Path) -> Iterator[Path]:
    """An empty file beside `file`, for the owner's eyes only, which is gone in the end."""
    try:
        number, name = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.", suffix=".partial")
    except OSError as error:
        raise _cannot(file, error) from error
    os.close(number)
    try:
        yield Path(name)
    except OSError as error:
        raise _cannot(file, error) from error
    finally:
        for left in (name, f"{name}-wal", f"{name}-shm", f"{name}-journal"):
            Path(left).unlink(missing_ok=True)


def _cannot(file: Path, error: OSError) -> StoreError:
    words = f"{file} cannot be written: {error.strerror}."
    return StoreError(words, key="backup-failed", file=str(file), error=error.strerror or "?")


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(file))}?mode={mode}", uri=True, timeout=PATIENCE)


def _vacuum(database: Path, partial: Path) -> None:
    """One reading transaction, beside which the bot writes on. What was deleted is not copied, which a
    page by page copy would: mirrored words are forgotten for good.
    """
    try:
        with contextlib.closing(_connect(database, "ro")) as source:
            source.execute("VACUUM INTO ?", (str(partial),))
    except sqlite3.DatabaseError as error:
        known = as_store_error(error, database, "copied")
        words = f"{database} cannot be copied: {error}."
        if known is not None and known.key == "store-damaged":
            raise known from error
        raise StoreError(words, key="backup-failed", file=str(partial.parent), error=str(error)) from error


def _describe(file: Path, made_at: datetime, version: str) -> Manifest:
    with contextlib.closing(_connect(file, "ro")) as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        schema = {
            name: str(database.execute(f'SELECT version_num FROM "{name}"').fetchone()[0])  # noqa: S608
            for name in sorted(names)
            if name.startswith("alembic_version")
        }
    return Manifest(FORMAT, made_at.isoformat(), version, file.stat().st_size, _sha256(file), schema)


def _write_manifest(file: Path, manifest: Manifest) -> None:
    number = os.open(manifest_of(file), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(number, "w", encoding="utf-8") as stream:
        json.dump(dataclasses.asdict(manifest), stream, indent=2)
        stream.flush()
        os.fsync(stream.fileno())
    _flush(file.parent)


def _sha256(file: Path) -> str:
    found = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _flush(path: Path) -> None:
    """What was written to a file or folder outlasts a power cut."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def appear(partial: Path, file: Path) -> None:
    """Let a finished file stand at its place. Raises StoreError when something is there.

    A link is refused where something is; a file system without links gets the file renamed.
    """
    _flush(partial)
    try:
        os.link(partial, file)
    except FileExistsError as error:
        raise StoreError(f"{file} is there already.", key="backup-exists", file=str(file)) from error
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        os.rename(partial, file)
    _flush(file.parent)
