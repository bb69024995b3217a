"""Whether a database is sound and its schema up to date, without alembic: that takes 11 MiB and a tenth of
a second to import, and hardly any start has something for it to do.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import sqlalchemy as sa

from bridgebot.errors import StoreError
from bridgebot.store.trouble import Trouble, as_store_error
from bridgebot.store.trouble import error as trouble_error

CORE = Path(__file__).parent / "migrations"
_REVISION = re.compile(r'^revision = "([^"]+)"', re.MULTILINE)
_BEFORE = re.compile(r"^down_revision = (.+)$", re.MULTILINE)
_NAMED = re.compile(r'"([^"]+)"')


CHECKED = 64 * 1024 * 1024  # bytes: a file up to this is read through at each start, in half a second
FEW_PAGES = 512  # KiB that are kept of it


def check(engine: sa.Engine) -> None:
    """Look through a small database. Raises StoreError when it is damaged."""
    path = Path(engine.url.database or "")
    if not path.exists() or path.stat().st_size > CHECKED:
        return
    try:
        with engine.connect() as connection, _few_pages(connection):
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    except sa.exc.DBAPIError as error:
        known = as_store_error(error, path, "used")
        raise known or StoreError(f"The database cannot be used: {error.orig}.") from error
    if found != "ok":
        raise trouble_error(Trouble.DAMAGED, path, f"The database cannot be used: {found}.")


@contextlib.contextmanager
def _few_pages(connection: sa.Connection) -> Iterator[None]:
    """Keep few pages of what is read meanwhile: else all of the file would stay in memory, and nobody has
    asked for it yet.
    """
    usual = connection.exec_driver_sql("PRAGMA cache_size").scalar()
    connection.exec_driver_sql(f"PRAGMA cache_size=-{FEW_PAGES}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size={usual}")


def version_table(name: str) -> str:
    """Where the revisions of the core, or of an adapter with tables, are noted."""
    return "alembic_version" if name == "core" else f"alembic_version_{name}"


def is_current(engine: sa.Engine, folders: Mapping[str, Path] | None = None) -> bool:
    """Whether nothing is missing of the core and of the named adapters' folders."""
    path = Path(engine.url.database or "")
    if not path.exists() or path.stat().st_size == 0:
        return False
    try:
        with engine.connect() as connection, connection.begin():
            return all(
                _noted(connection, version_table(name)) == heads(folder)
                for name, folder in {"core": CORE, **(folders or {})}.items()
            )
    except sa.exc.DBAPIError:
        return False  # whoever migrates says what is wrong


def heads(folder: Path) -> frozenset[str]:
    """The revisions in a folder that no other one follows."""
    sources = [file.read_text("utf-8") for file in folder.glob("*.py")]
    all_of_them = {name for source in sources for name in _REVISION.findall(source)}
    followed = {
        name for source in sources for before in _BEFORE.findall(source) for name in _NAMED.findall(before)
    }
    return frozenset(all_of_them - followed)


def _noted(connection: sa.Connection, table: str) -> frozenset[str]:
    there = connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).first()
    if there is None:
        return frozenset()
    return frozenset(row[0] for row in connection.exec_driver_sql(f"SELECT version_num FROM {table}"))  # noqa: S608
