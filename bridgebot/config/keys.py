"""The key file: what secrets in the database are encrypted with."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from bridgebot.config.problems import Place, Problem

_WHERE = ("secret_keys_file",)


def new_key() -> str:
    """A fresh Fernet key: 32 random bytes in URL-safe base 64 (Fernet Spec, "Key Format")."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def read_keys(
    file: Path, place: Place, environment: Mapping[str, str]
) -> tuple[tuple[str, ...], Problem | None]:
    """The keys in `file`, one a line, the newest first; lines that begin with # are comments."""
    try:
        mode = file.stat().st_mode
        lines = [line.strip() for line in file.read_text().splitlines()]
    except (OSError, ValueError):
        return (), Problem(place, _WHERE, "config-keys-unreadable", {"file": str(file)})
    if mode & (stat.S_IRWXG | stat.S_IRWXO) and not _guarded_by_systemd(file, environment):
        return (), Problem(place, _WHERE, "config-keys-open", {"file": str(file)})
    keys = tuple(line for line in lines if line and not line.startswith("#"))
    if not keys:
        return (), Problem(place, _WHERE, "config-file-empty", {"file": str(file)})
    if not all(is_key(key) for key in keys):
        return (), Problem(place, _WHERE, "config-keys-wrong", {"file": str(file)})
    return keys, None


def is_key(text: str) -> bool:
    """Whether it is written as a key is."""
    try:
        return len(base64.urlsafe_b64decode(text)) == 32
    except (binascii.Error, ValueError):
        return False


def _guarded_by_systemd(file: Path, environment: Mapping[str, str]) -> bool:
    """Credentials of a service are readable for its user alone, by an access list that shows as group rights
    (systemd.exec(5), "LoadCredential=")."""
    folder = environment.get("CREDENTIALS_DIRECTORY")
    return bool(folder) and Path(os.path.realpath(file)).is_relative_to(os.path.realpath(folder or ""))
