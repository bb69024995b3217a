"""Bring the schema up to date (alembic), at start, under the file's lock.

The core and each adapter with tables have a version table of their own, so that an adapter
which is not configured any more leaves its tables alone and stops nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from bridgebot.errors import StoreError
from bridgebot.store.heads import CORE, version_table
from bridgebot.store.trouble import as_store_error


def missing(engine: sa.Engine, folders: Mapping[str, Path] | None = None) -> str | None:
    """From which version the core or an adapter must be brought up to date; None where nothing is
    missing, or nothing is there.
    """
    path = Path(engine.url.database or "")
    if not path.exists() or path.stat().st_size == 0:
        return None
    try:
        with engine.connect() as connection:
            for name, folder in {"core": CORE, **(folders or {})}.items():
                current = MigrationContext.configure(
                    connection, opts={"version_table": version_table(name)}
                ).get_current_heads()
                heads = _scripts(folder).get_heads()
                if current and set(current) != set(heads):
                    return "-".join((*([name] if name != "core" else []), *current))
    except sa.exc.DBAPIError as error:
        raise as_store_error(error, path, "used") or StoreError(
            f"The database cannot be used: {error.orig}."
        ) from error
    return None


def upgrade(engine: sa.Engine, folders: Mapping[str, Path] | None = None) -> list[str]:
    """Run what is missing of the core and of the named adapters' folders; returns what ran, in words.

    Raises StoreError, also for a schema that is newer than this program.
    """
    ran: list[str] = []
    try:
        with engine.connect() as connection:
            for name, folder in {"core": CORE, **(folders or {})}.items():
                with connection.begin():
                    ran += _upgrade(connection, name, folder)
    except sa.exc.DBAPIError as error:
        path = Path(engine.url.database or "")
        known = as_store_error(error, path, "used")
        raise known or StoreError(f"The database cannot be used: {error.orig}.") from error
    except CommandError as error:
        raise StoreError(
            f"The database was written by a newer bridgebot ({error}); install that one."
        ) from error
    return ran


def _upgrade(connection: sa.Connection, name: str, folder: Path) -> list[str]:
    scripts = _scripts(folder)
    ran: list[str] = []

    def steps(current: Any, _context: MigrationContext) -> Sequence[Any]:
        missing = scripts._upgrade_revs("heads", current)
        ran.extend(f"{name}: {step.doc}" for step in missing)
        return missing

    context = MigrationContext.configure(
        connection, opts={"fn": steps, "version_table": version_table(name), "render_as_batch": True}
    )
    with Operations.context(context):
        context.run_migrations()
    return ran


def _scripts(folder: Path) -> ScriptDirectory:
    return ScriptDirectory(str(folder), version_locations=[str(folder)])
