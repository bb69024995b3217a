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

CORE = Path(__file__).parent / "migrations"


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
        raise StoreError(f"The database cannot be used: {error.orig}.") from error
    except CommandError as error:
        raise StoreError(
            f"The database was written by a newer bridgebot ({error}); install that one."
        ) from error
    return ran


def _upgrade(connection: sa.Connection, name: str, folder: Path) -> list[str]:
    scripts = ScriptDirectory(str(folder), version_locations=[str(folder)])
    ran: list[str] = []

    def steps(current: Any, _context: MigrationContext) -> Sequence[Any]:
        missing = scripts._upgrade_revs("heads", current)
        ran.extend(f"{name}: {step.doc}" for step in missing)
        return missing

    table = "alembic_version" if name == "core" else f"alembic_version_{name}"
    context = MigrationContext.configure(
        connection, opts={"fn": steps, "version_table": table, "render_as_batch": True}
    )
    with Operations.context(context):
        context.run_migrations()
    return ran
