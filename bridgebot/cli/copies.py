"""`bridgebot backup` and `bridgebot restore`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bridgebot import __version__
from bridgebot.cli.terminal import say_in
from bridgebot.config import Settings
from bridgebot.ground import migrations, prepare
from bridgebot.store import backup, restore
from bridgebot.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Made:
    """What to show, for programs and for people."""

    facts: dict[str, Any]
    lines: tuple[str, ...]


def back_up(settings: Settings, file: Path) -> Made:
    """Copy the database, also while the bot runs. Raises StoreError."""
    manifest = backup.make(settings.database_path, file, __version__)
    beside = str(backup.manifest_of(file))
    facts = {"backup": str(file), "manifest_file": beside, **dataclasses.asdict(manifest)}
    lines = (
        say_in(settings.language, "backup-made", file=str(file), manifest=beside),
        say_in(settings.language, "backup-keys"),
    )
    return Made(facts, lines)


def put_back(settings: Settings, file: Path) -> Made:
    """Restore a copy where no database is. Raises StoreError, ConfigError."""
    vault, now = Vault(settings.secret_keys), datetime.now(UTC)
    folders = migrations(prepare(settings))
    made = restore.put_back(file, settings.database_path, vault, folders, now)
    facts = {
        "database": str(settings.database_path),
        "made_at": made.manifest.made_at,
        "upgraded": list(made.upgraded),
        "doubtful": made.doubtful,
    }
    database = str(settings.database_path)
    at = f"{datetime.fromisoformat(made.manifest.made_at):%Y-%m-%d %H:%M:%S} UTC"
    lines = (
        say_in(settings.language, "restore-done", file=database, at=at),
        say_in(settings.language, "restore-doubtful", count=made.doubtful),
    )
    return Made(facts, lines)
