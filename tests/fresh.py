"""A fresh database is brought up to date once in each process of tests, and copied from then on.

All the steps of the schema take as long as twenty tests of what stands in it. What is copied is what they
made, page by page. A file in which something stands is migrated for real, and so is whatever a test gives to
`migrate` itself, and the first start of the command line.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa

from bridgebot.store import Store, migrate
from bridgebot.testing import context

ROOT = Path(__file__).parents[1]
Folders = Mapping[str, Path] | None

_made: dict[tuple[tuple[str, Path], ...], tuple[sqlite3.Connection, list[str]]] = {}
_migrate = Store._migrate


def upgrade(engine: sa.Engine, folders: Folders = None) -> list[str]:
    """As `migrate.upgrade`, by a copy where nothing is yet."""
    wanted = tuple(sorted((folders or {}).items()))
    if not _is_fresh(engine) or any(not folder.is_relative_to(ROOT) for _, folder in wanted):
        return migrate.upgrade(engine, folders)
    if wanted not in _made:
        _made[wanted] = _make(folders)
    template, ran = _made[wanted]
    with engine.connect() as connection:
        template.backup(connection.connection.dbapi_connection)
    return list(ran)


def _is_fresh(engine: sa.Engine) -> bool:
    with engine.connect() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar() == 0


def _make(folders: Folders) -> tuple[sqlite3.Connection, list[str]]:
    memory, kept = sa.create_engine("sqlite://"), sqlite3.connect(":memory:", check_same_thread=False)
    ran = migrate.upgrade(memory, folders)
    with memory.connect() as connection:
        connection.connection.dbapi_connection.backup(kept)
    memory.dispose()
    return kept, ran


def _migrated(store: Store, folders: Folders) -> list[str]:
    path = store.database.path
    nothing = not path.exists() or path.stat().st_size == 0
    return upgrade(store.database.engine(), folders) if nothing else _migrate(store, folders)


def pytest_configure() -> None:
    Store._migrate = _migrated
    context.upgrade = upgrade
