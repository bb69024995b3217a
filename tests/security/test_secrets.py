"""Secrets at rest: what is encrypted, how keys change beside a running bot, and a start that is refused."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import dataclasses
import json
import os
import re
import signal
import sqlite3
import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken

from bridgebot.cli import keys as command
from bridgebot.cli import main
from bridgebot.config import Settings, keyfile, new_key
from bridgebot.errors import ConfigError, KeysLost
from bridgebot.ground import SystemClock, store_of
from bridgebot.model import Limits
from bridgebot.store import Store, keep, people, sealed
from bridgebot.store import tables as t
from bridgebot.store.columns import Sealed
from bridgebot.store.vault import Vault
from bridgebot.testing.fakes import MemorySocial
from tests.house import TestHouse
from tests.processes import running
from tests.servers.bot import Bot, telegram_bot
from tests.servers.telegram import serve
from tests.test_command_line import bridgebot, initialised

ROOT = Path(__file__).parents[2]
ROWS = sealed.PAGE + 30  # more than one page


@pytest.fixture
def settings(tmp_path) -> Settings:
    """A bot's settings, with a key file of one key."""
    file = tmp_path / "keys"
    keyfile.create(file, new_key())
    return Settings(
        database=f"sqlite:///{tmp_path / 'bot.db'}",
        secret_keys=keyfile.keys_in(file),
        adapters=(),
        folder=tmp_path,
        keys_file=file,
    )


def reread(settings: Settings) -> Settings:
    return dataclasses.replace(settings, secret_keys=keyfile.keys_in(settings.keys_file))


@contextlib.asynccontextmanager
async def bot(settings: Settings) -> AsyncIterator[Store]:
    """What holds the database, as a bot that runs does."""
    store = store_of(settings, SystemClock())
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def fill(tx, now, rows: int = ROWS) -> None:
    keep.set_state(tx, "chat", {f"key {n}": f"secret {n}" for n in range(rows)})


def kept(tx, now) -> dict[str, str]:
    keys = tx.scalars(sa.select(t.adapter_state.c.key).where(t.adapter_state.c.adapter == "chat"))
    return {key: keep.state(tx, "chat", key) for key in keys}


EXPECTED = {f"key {n}": f"secret {n}" for n in range(ROWS)}


def openers(settings: Settings) -> list[int]:
    """How many rows each key of the file opens, the newest first."""
    return list(command._looked(reread(settings)).opened)


# --- what is encrypted -------------------------------------------------------------------------


class Uses(ast.NodeVisitor):
    """Where a module puts what it encrypts: the names of columns, as keywords and keys of dictionaries."""

    def __init__(self, file: Path) -> None:
        self.tree = ast.parse(file.read_text("utf-8"))
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def every(self) -> Iterator[tuple[int, set[str]]]:
        """Each place that encrypts, with the columns that it fills."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and re.search(r"\bvault\.encrypt$", ast.unparse(node.func)):
                yield node.lineno, set(self.goes_to(node))

    def goes_to(self, node: ast.AST) -> Iterator[str]:
        parent = self.parents[node]
        if isinstance(parent, ast.IfExp):
            yield from self.goes_to(parent)
        elif isinstance(parent, ast.keyword) and parent.arg:
            yield parent.arg
        elif isinstance(parent, ast.Dict):
            yield from (key.value for key, v in zip(parent.keys, parent.values, strict=True) if v is node)
        elif isinstance(parent, ast.Assign):
            yield from self.named(parent.targets[0].id, self.function(parent))
        elif isinstance(parent, ast.Return):
            yield from self.called(self.function(parent).name)

    def named(self, name: str, within: ast.AST) -> Iterator[str]:
        for node in ast.walk(within):
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
                yield from self.goes_to(node)

    def called(self, name: str) -> Iterator[str]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield from self.goes_to(node)

    def function(self, node: ast.AST) -> ast.AST:
        while not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node = self.parents[node]
        return node


def test_everything_encrypted_stands_in_a_column_that_says_so() -> None:
    """Found in the code: every use of the vault, and the columns that what it encrypted is put into."""
    columns = {column for table in sealed.tables().values() for column in table}
    apart = ("vault.py", "sealing.py")  # the vault itself; a file for a person, which is kept nowhere
    files = [file for file in (ROOT / "bridgebot").rglob("*.py") if file.name not in apart]
    uses = [(f"{file.relative_to(ROOT)}:{line}", to) for file in files for line, to in Uses(file).every()]
    assert len(uses) >= 8
    undeclared = {place: to for place, to in uses if not to or to - columns}
    assert undeclared == {}, "declare the column as `Sealed`"
    assert {column for _, to in uses for column in to} == columns


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("def f(tx): tx.insert(t, {'pin': tx.vault.encrypt('x')})", {"pin"}),
        ("def f(tx): tx.change(t, 1, pin=tx.vault.encrypt('x') if tx else None)", {"pin"}),
        ("def f(tx):\n s = tx.vault.encrypt('x')\n tx.change(t, 1, pin=s)", {"pin"}),
        ("def g(tx): return tx.vault.encrypt('x')\ndef f(tx): tx.change(t, 1, pin=g(tx))", {"pin"}),
        ("def f(tx): tx.connection.execute(text, [tx.vault.encrypt('x')])", set()),
    ],
)
def test_whatever_is_encrypted_is_found(tmp_path, code: str, found: set[str]) -> None:
    (tmp_path / "one.py").write_text(code)
    assert [to for _, to in Uses(tmp_path / "one.py").every()] == [found]


async def test_nothing_encrypted_stands_in_any_other_column(tmp_path) -> None:
    """Looked for in what a house wrote that linked, asked, was told nonsense and posted."""
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        await house.says("/link north")
        await house.says("a post")
        await house.store.run(fill)
    for table, column, value in texts_of(tmp_path / "house.db"):
        sealed_column = isinstance(t.metadata.tables[table].c[column].type, Sealed)
        assert value.startswith("gAAAA") == sealed_column or not value, (table, column)


def texts_of(file: Path) -> Iterator[tuple[str, str, str]]:
    with contextlib.closing(sqlite3.connect(file)) as database:
        for table in t.metadata.tables.values():
            for column in table.c:
                query = f'SELECT "{column.name}" FROM "{table.name}"'
                yield from (
                    (table.name, column.name, value)
                    for (value,) in database.execute(query)
                    if isinstance(value, str)
                )


def test_what_is_declared_is_found_by_its_type_alone() -> None:
    columns = {
        table.name: tuple(c.name for c in table.c if isinstance(c.type, Sealed))
        for table in t.metadata.sorted_tables
    }
    assert sealed.tables() == {name: found for name, found in columns.items() if found}


# --- the file ----------------------------------------------------------------------------------


def test_a_key_file_stays_closed_and_keeps_its_comments(tmp_path) -> None:
    file = tmp_path / "keys"
    old, new = new_key(), new_key()
    file.write_text(f"# ours\n{old}\n")
    file.chmod(0o600)
    keyfile.put_in_front(file, new)
    assert file.read_text() == f"{new}\n# ours\n{old}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    keyfile.drop(file, [old])
    assert file.read_text() == f"{new}\n# ours\n"
    with pytest.raises(ValueError):
        keyfile.drop(file, [new])
    assert keyfile.keys_in(file) == (new,)
    assert [one.name for one in tmp_path.iterdir()] == ["keys"]


def test_a_key_file_behind_a_link_stays_behind_it(tmp_path) -> None:
    real, link = tmp_path / "real", tmp_path / "keys"
    keyfile.create(real, new_key())
    link.symlink_to(real)
    keyfile.put_in_front(link, new_key())
    assert link.is_symlink()
    assert len(keyfile.keys_in(real)) == 2


def test_what_a_killed_command_left_is_removed(tmp_path) -> None:
    file = tmp_path / "keys"
    keyfile.create(file, new_key())
    (tmp_path / ".keys.abc.partial").write_text(new_key())
    keyfile.put_in_front(file, new_key())
    assert [one.name for one in tmp_path.iterdir()] == ["keys"]


def test_a_disk_that_fails_leaves_the_file_as_it_was(tmp_path, monkeypatch) -> None:
    file = tmp_path / "keys"
    keyfile.create(file, new_key())
    before = file.read_text()

    def fails(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keyfile.os, "fsync", fails)
    with pytest.raises(OSError):
        keyfile.put_in_front(file, new_key())
    assert file.read_text() == before
    assert [one.name for one in tmp_path.iterdir()] == ["keys"]


# --- rotation ----------------------------------------------------------------------------------


async def test_everything_is_encrypted_anew_beside_a_running_bot(settings) -> None:
    async with bot(settings) as store:
        await store.run(fill)
        done = await command.rotate(settings, drop_old=False)
        assert done.facts["rows"] == ROWS + 1  # and the house's own note
        assert openers(settings) == [ROWS, 0]
        assert await store.read(kept) == EXPECTED  # it reads with the new key
        await store.run(lambda tx, now: keep.set_state(tx, "chat", {"late": "x"}))
        assert openers(settings) == [ROWS + 1, 0]  # and writes with it
        assert (await command.drop(settings)).facts["dropped"] == 1
        assert openers(settings) == [ROWS + 1]
        await command.rotate(settings, drop_old=True)
        await command.rotate(settings, drop_old=True)  # the bot wrote nothing in between
        assert await store.read(kept) == EXPECTED | {"late": "x"}
        await store.run(lambda tx, now: keep.set_state(tx, "chat", {"later": "y"}))
    assert openers(settings) == [ROWS + 2]
    async with bot(reread(settings)) as store:
        assert (await store.read(kept))["later"] == "y"


async def test_accounts_of_people_are_encrypted_anew(tmp_path, settings) -> None:
    async with TestHouse(tmp_path) as house:
        house.store.vault = Vault(settings.secret_keys, settings.keys_file)
        await house.user("ada", "north")
        await house.says("/link south")
        keys = keyfile.keys_in(settings.keys_file)
        keyfile.put_in_front(settings.keys_file, new_key())
        await command._turn_all(house.store, keyfile.keys_in(settings.keys_file))
        only_new = Vault(keyfile.keys_in(settings.keys_file)[:1])
        (account,) = await house.store.read(lambda tx, now: tx.scalars(sa.select(t.account.c.credentials)))
        assert only_new.open(account) == house.social("north").account("ada").credentials
        assert all(only_new.open(value) for value in await house.store.read(questions))
        with pytest.raises(InvalidToken):
            Fernet(keys[0]).decrypt(account)


def questions(tx, now) -> list[str]:
    found = tx.scalars(sa.select(t.question.c.arguments))
    assert found
    return found


async def test_a_bot_that_writes_all_the_time_loses_nothing(settings) -> None:
    """Units of work and whole rotations, each dropping the key before, at the same time."""
    async with bot(settings) as store:
        await store.run(fill)
        stop, written = asyncio.Event(), 0

        async def write() -> None:
            nonlocal written
            while not stop.is_set():
                more = {f"more {written}": "m"}
                await store.run(lambda tx, now, more=more: keep.set_state(tx, "chat", more))
                written += 1

        writing = asyncio.create_task(write())
        for _ in range(4):
            await command.rotate(settings, drop_old=True)
        stop.set()
        await writing
    assert written > 4
    async with bot(reread(settings)) as store:
        found = await store.read(kept)
    assert len(found) == ROWS + written


async def test_a_key_that_rows_need_is_not_dropped(settings) -> None:
    async with bot(settings) as store:
        await store.run(fill)
    keyfile.put_in_front(settings.keys_file, new_key())
    done = await command.drop(reread(settings))
    assert (done.facts["dropped"], done.facts["keys"]) == (0, 2)
    assert any("rows need it" in line for line in done.lines)


async def test_what_was_begun_is_finished_with_the_key_that_is_there(settings) -> None:
    async with bot(settings) as store:
        await store.run(fill)
    keyfile.put_in_front(settings.keys_file, new_key())
    done = await command.rotate(reread(settings), drop_old=True)
    assert openers(settings) == [ROWS]
    assert "had been begun" in done.lines[0]


async def test_a_bot_with_another_key_file_is_let_alone(settings, tmp_path) -> None:
    other = tmp_path / "other"
    other.write_text(settings.keys_file.read_text())
    other.chmod(0o600)
    async with bot(dataclasses.replace(settings, keys_file=other)):
        for refused in (command.rotate(settings, drop_old=False), command.drop(settings)):
            with pytest.raises(ConfigError, match="reads its keys from elsewhere"):
                await refused
    assert len(keyfile.keys_in(settings.keys_file)) == 1


async def test_two_commands_do_not_change_the_file_at_once(settings) -> None:
    with keyfile.alone(settings.keys_file), pytest.raises(ConfigError, match="another command"):
        await command.rotate(settings, drop_old=True)


def killed_at(step: int, settings: Settings) -> bool:
    """Rotate in a process of its own that is killed at this step; False when there are fewer steps.

    Steps are what reaches the disk: each flush and rename of the key file, and each unit of work.
    """
    child = os.fork()
    if child == 0:
        counted = 0

        def count() -> None:
            nonlocal counted
            counted += 1
            if counted == step:
                os.kill(os.getpid(), signal.SIGKILL)

        def before_and_after(function):
            def counting(*given, **named):
                count()
                result = function(*given, **named)
                count()
                return result

            return counting

        for name in ("fsync", "rename"):
            setattr(keyfile.os, name, before_and_after(getattr(os, name)))
        sealed.turn = before_and_after(sealed.turn)
        sealed.drop = before_and_after(sealed.drop)
        asyncio.run(command.rotate(settings, drop_old=True))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def test_a_kill_at_any_moment_loses_nothing(settings) -> None:
    async def filled() -> None:
        async with bot(settings) as store:
            await store.run(fill)

    async def all_there() -> bool:
        async with bot(reread(settings)) as store:
            return await store.read(kept) == EXPECTED

    asyncio.run(filled())
    steps = 0
    while killed_at(steps + 1, reread(settings)):
        steps += 1
        assert stat.S_IMODE(settings.keys_file.stat().st_mode) == 0o600
        assert asyncio.run(all_there()), steps
    assert steps >= 20
    assert asyncio.run(all_there())
    assert openers(settings) == [ROWS]
    assert not list(settings.folder.glob(".keys*"))


# --- a start that is refused -------------------------------------------------------------------


async def test_a_start_with_a_key_that_opens_nothing_is_refused_and_changes_nothing(settings) -> None:
    async with bot(settings) as store:
        await store.run(fill)
    before = settings.database_path.read_bytes()
    keys = settings.keys_file.read_text()
    settings.keys_file.write_text(f"{new_key()}\n")
    with pytest.raises(KeysLost) as refused:
        await store_of(reread(settings), SystemClock()).open()
    assert refused.value.lost == {"adapter_state": ROWS}
    settings.keys_file.write_text(f"{settings.keys_file.read_text()}{keys}")
    async with bot(reread(settings)) as store:
        assert await store.read(kept) == EXPECTED
    assert before


async def test_a_key_that_is_missing_among_others_is_noticed(settings) -> None:
    """Rows under two keys, of which somebody removed one by hand."""
    async with bot(settings) as store:
        await store.run(fill)
        old = keyfile.keys_in(settings.keys_file)
        keyfile.put_in_front(settings.keys_file, new_key())
        await store.run(lambda tx, now: keep.set_state(tx, "chat", {"newer": "n"}))
    async with bot(reread(settings)):
        pass
    keyfile.drop(settings.keys_file, old)
    with pytest.raises(KeysLost) as refused:
        await store_of(reread(settings), SystemClock()).open()
    assert refused.value.lost == {"adapter_state": ROWS}


async def test_a_database_of_an_older_version_is_looked_at_as_far_as_it_goes(settings) -> None:
    async with bot(settings) as store:
        await store.run(fill)
    with contextlib.closing(sqlite3.connect(settings.database_path)) as database:
        database.execute("DROP TABLE link_request")
        database.execute("ALTER TABLE inbox DROP COLUMN kept")
        database.execute("ALTER TABLE account DROP COLUMN begun_with")
    assert openers(settings) == [ROWS]


async def test_an_empty_database_takes_any_key(settings) -> None:
    async with bot(settings):
        pass
    settings.keys_file.write_text(f"{new_key()}\n")
    async with bot(reread(settings)) as store:
        await store.run(fill)


async def test_each_start_looks_at_all_rows_only_when_the_keys_have_changed(settings, monkeypatch) -> None:
    async with bot(settings) as store:
        await store.run(fill)
    looked = []
    census = sealed.census
    monkeypatch.setattr(sealed, "census", lambda tx, keys: looked.append(len(keys)) or census(tx, keys))
    async with bot(settings):
        assert looked == []
    keyfile.put_in_front(settings.keys_file, new_key())
    async with bot(reread(settings)):
        assert looked == [2]
    async with bot(reread(settings)):
        assert looked == [2]


LOST = {
    "en_GB.UTF-8": ("The bot does not start", "1 linked account", "Bring back the key file"),
    "zh_CN.UTF-8": ("机器人没有启动", "1 个已关联账号", "请放回属于这个数据库的密钥文件"),
}


@pytest.mark.parametrize("language", LOST)
def test_the_operator_reads_what_is_lost_and_what_to_do(tmp_path, language: str, capsys) -> None:
    initialised(tmp_path)
    link(tmp_path)
    keys = tmp_path / "keys"
    secret = keys.read_text().strip()
    keys.write_text(f"{new_key()}\n")
    for words in (("run",), ("keys", "rotate")):
        done = bridgebot(*words, folder=tmp_path, LANG=language)
        assert done.returncode == 78
        assert all(part in done.stderr for part in LOST[language]), done.stderr
        assert "Traceback" not in done.stderr
        assert secret not in done.stderr
    shown = bridgebot("keys", "status", "--json", folder=tmp_path)
    assert shown.returncode == 78
    assert json.loads(shown.stdout)["lost"] == {"account": 1}


def link(folder: Path) -> None:
    """An account in the database of a configuration."""
    keys = keyfile.keys_in(folder / "keys")

    async def linked() -> None:
        store = Store(folder / "bridgebot.db", keys, SystemClock())
        await store.open()
        user = await store.run(lambda tx, now: tx.insert(t.user, ADA | {"created_at": now}))
        account = MemorySocial(name="plaza").account("ada")
        await store.run(lambda tx, now: people.link(tx, now, user, "plaza", account, Limits(500)))
        await store.close()

    asyncio.run(linked())


ADA = {"role": "user", "asks_left": 0}


@pytest.mark.parametrize(
    ("lines", "mode", "words"),
    [
        (None, 0o600, "cannot be read"),
        ("", 0o600, "is empty"),
        ("hunter2\n", 0o600, "not a key"),
        (new_key() + "\n", 0o644, "others can read"),
    ],
    ids=["lost", "empty", "wrong", "open"],
)
def test_a_key_file_that_is_no_good_is_named(tmp_path, lines: str | None, mode: int, words: str) -> None:
    initialised(tmp_path)
    keys = tmp_path / "keys"
    if lines is None:
        keys.unlink()
    else:
        keys.write_text(lines)
        keys.chmod(mode)
    done = bridgebot("run", folder=tmp_path)
    assert done.returncode == 78
    assert words in done.stderr
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr


# --- the commands ------------------------------------------------------------------------------


def test_keys_of_a_bot_that_runs(tmp_path) -> None:
    """As an operator does it: look, change, look, drop, and the bot goes on, also after a restart."""
    initialised(tmp_path)
    link(tmp_path)
    old = (tmp_path / "keys").read_text()
    with running(tmp_path) as bot:
        done = bridgebot("keys", "rotate", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "everything opens with the key" in done.stdout
        found = json.loads(bridgebot("keys", "status", "--json", folder=tmp_path).stdout)
        assert [key["opens"] > 0 for key in found["keys"]] == [True, False]
        assert "1 key was removed" in bridgebot("keys", "drop", folder=tmp_path).stdout
        bot.stopped()
    assert old.strip() not in (tmp_path / "keys").read_text()
    with running(tmp_path) as bot:
        bot.stopped()


def test_a_first_key_file_is_made_where_none_is_missed(tmp_path) -> None:
    (tmp_path / "config.yaml").write_text("adapters:\n  plaza: {}\n".replace("{}", "{use: plaza}"))
    made = bridgebot("keys", "new", folder=tmp_path)
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o600
    link(tmp_path)
    (tmp_path / "keys").unlink()
    refused = bridgebot("keys", "new", folder=tmp_path)
    assert refused.returncode == 78
    assert "none of the keys" in refused.stderr
    assert not (tmp_path / "keys").exists()


def test_no_key_is_ever_shown(tmp_path, monkeypatch, capfd) -> None:
    initialised(tmp_path)
    monkeypatch.chdir(tmp_path)
    for words in (("new",), ("rotate",), ("status",), ("drop",), ("rotate", "--drop", "--json")):
        keys = list(keyfile.keys_in(tmp_path / "keys"))
        assert main(["keys", *words]) == 0
        keys += keyfile.keys_in(tmp_path / "keys")
        shown = "".join(capfd.readouterr())
        assert shown
        assert not any(key in shown for key in keys)


# --- the list of processes ---------------------------------------------------------------------


def processes(of: int) -> Iterator[int]:
    """A process and all that it started."""
    yield of
    for child in Path(f"/proc/{of}/task/{of}/children").read_text().split():
        yield from processes(int(child))


async def test_a_running_bot_shows_no_secret_in_the_list_of_processes(tmp_path) -> None:
    """With its secrets in files, as `init` writes them, neither arguments nor environment hold any."""
    async with serve() as telegram:
        fresh = Bot(tmp_path)
        (tmp_path / "token").write_text(telegram.token)
        fresh.configure({"tg": {**telegram_bot(telegram), "token": None, "token_file": "token"}})
        await fresh.starts()
        try:
            ada = telegram.person("Ada")
            ada.starts()
            await asyncio.sleep(0.5)
            keys = keyfile.keys_in(tmp_path / "keys")
            for process in processes(fresh._process.pid):
                for name in ("cmdline", "environ"):
                    shown = Path(f"/proc/{process}/{name}").read_bytes().decode("utf-8", "replace")
                    assert shown
                    assert not [secret for secret in (telegram.token, *keys) if secret in shown]
            log = (tmp_path / "log").read_text()
            assert telegram.token not in log
        finally:
            await fresh.dies()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en_GB.UTF-8", "can be read by everybody"), ("zh_CN.UTF-8", "这台机器上的任何人都能看到")],
)
def test_a_secret_among_the_arguments_is_refused(tmp_path, language: str, words: str) -> None:
    """Whoever writes it there learns where it belongs, and it is not repeated."""
    secret = "correct-horse-battery"
    given = ("--option", "jid=bot@example.org", "--option", f"password={secret}")
    begin = ("init", "--language", "zh-CN" if "zh" in language else "en", "--chat", "xmpp", *given)
    init = bridgebot(*begin, "--social", "plaza", "--public-url", "none", folder=tmp_path, LANG=language)
    initialised(tmp_path)
    (tmp_path / "config.yaml").write_text(
        f"language: {begin[2]}\nadapters:\n  x: {{use: xmpp, jid: a@b.example}}\n"
    )
    run = bridgebot("run", "--set", f"adapters.x.password={secret}", folder=tmp_path, LANG=language)
    for done in (init, run):
        assert done.returncode == 78
        assert words in done.stderr
        assert "password_file" in done.stderr
        assert secret not in done.stderr + done.stdout


def test_init_takes_a_secret_from_a_file(tmp_path) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "password").write_text("correct-horse-battery\n")
    done = bridgebot(
        "init", "--language", "en", "--chat", "xmpp", "--option", "jid=bot@127.0.0.1", "--option", "port=1",
        "--option", "host=127.0.0.1", "--option", "password_file=password", "--social", "plaza",
        "--public-url", "none", "--config", "bot/config.yaml", folder=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "bot" / "config.yaml").read_text()
    assert f"password_file: {tmp_path / 'password'}" in written
    assert "correct-horse" not in written
    checked = bridgebot("check-config", "--config", "bot/config.yaml", folder=tmp_path)
    assert checked.returncode == 0, checked.stderr
