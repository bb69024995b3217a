"""Rules of the house that no linter knows: names, words, sizes, what is imported when, and secrets."""

from __future__ import annotations

import ast
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from bridgebot import config, loader, log
from bridgebot.config import new_key
from bridgebot.errors import AuthExpired, ConfigError
from bridgebot.loader import available
from bridgebot.model import Browser, Question
from bridgebot.testing.fakes import MemorySocial
from bridgebot.texts import LANGUAGES
from tests.house import TestHouse

ROOT = Path(__file__).parents[1]
CORE = sorted((ROOT / "bridgebot").rglob("*.py"))
ADAPTERS = sorted((ROOT / "adapters").rglob("*.py"))
TEXTS = sorted([*(ROOT / "bridgebot").rglob("*.ftl"), *(ROOT / "adapters").rglob("*.ftl")])


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def lines_with(pattern: str, files: list[Path], *, skip: str | None = None) -> list[str]:
    """`file:line` of every line that matches; lines that begin with `skip` are left out."""
    found = re.compile(pattern)
    return [
        f"{name(file)}:{number}"
        for file in files
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if found.search(line) and not (skip and line.lstrip().startswith(skip))
    ]


def words(identifier: str) -> set[str]:
    """The words of a name, in the singular: `_ChatBridges` is chat and bridge."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", identifier)
    return {part.lower().removesuffix("s") for part in parts}


# --- the core knows no network -----------------------------------------------------------------

# Two are left out, for they are words of their own: the terminal is no network, and what a feed is the core
# knows (`TimelineKind.FEED`).
NETWORKS = (set(available()) - {"console", "feeds"}) | {
    "telegram",
    "mastodon",
    "bluesky",
    "misskey",
    "bitlbee",
}
# The demo plays two networks, and the command line offers adapters by name in its help.
MAY_NAME = ("bridgebot/demo.py", "bridgebot/cli/")
# Libraries' loggers are silenced by name, before any adapter is imported.
LOGGERS = {("bridgebot/log.py", "telegram")}


def documentation(file: Path) -> set[int]:
    """The ids of the nodes that are docstrings: an example there may name a network."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = (node.body for node in ast.walk(tree(file)) if isinstance(node, owners) and node.body)
    return {id(body[0].value) for body in bodies if isinstance(body[0], ast.Expr)}


def said_in_code(file: Path) -> Iterator[tuple[int, str]]:
    """Every name and every string of a module, with its line; neither comments nor docstrings."""
    documented = documentation(file)
    for node in ast.walk(tree(file)):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield line, node.value
        for field in ("id", "attr", "name", "arg", "module"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                yield line, value


def test_no_networks_name_stands_in_the_core() -> None:
    found = [
        f"{name(file)}:{line}: {network}"
        for file in CORE
        if not name(file).startswith(MAY_NAME)
        for line, said in said_in_code(file)
        for network in NETWORKS
        if re.search(rf"(?<![a-z]){network}(?![a-z])", said.lower()) and (name(file), network) not in LOGGERS
    ]
    assert found == []


def test_no_networks_name_stands_in_the_cores_texts() -> None:
    core = [file for file in TEXTS if "bridgebot/texts" in name(file) and file.stem not in ("cli", "demo")]
    pattern = rf"(?i)(?<![a-z])({'|'.join(sorted(NETWORKS))})(?![a-z])"
    assert lines_with(pattern, core, skip="#") == []


# --- one word for one thing --------------------------------------------------------------------

# The right column of the glossary in docs/architecture.md, as far as a word has no other honest use
# in Python: `room` is space, `mapping` and `rule` are words of typing and of lint, `task` is asyncio's.
REJECTED = {
    "backend", "bridge", "platform", "legacy", "member", "channel", "identity", "endpoint", "gateway",
    "toot", "tweet", "job",
}  # fmt: skip
# An adapter may use its network's own words for what is only there.
OF_NETWORKS = {"member", "channel", "identity", "endpoint"}
# A channel is to people what they know by that name: a chat in which nobody but the channel speaks.
IN_TEXTS = r"(?i)\b(toot|tweet|backend|gateway|endpoint|platform)s?\b|嘟文|推文|后端|网关"


def defined(file: Path) -> Iterator[tuple[int, str]]:
    """The names that a module gives: classes, functions, parameters, variables, attributes."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


@pytest.mark.parametrize(
    ("files", "rejected"),
    [(CORE, REJECTED), (ADAPTERS, REJECTED - OF_NETWORKS)],
    ids=["core", "adapters"],
)
def test_the_glossary_is_used_to_the_letter(files: list[Path], rejected: set[str]) -> None:
    found = [
        f"{name(file)}:{line}: {given}"
        for file in files
        for line, given in defined(file)
        if words(given) & rejected
    ]
    assert found == []


def test_people_read_the_words_of_the_glossary() -> None:
    assert lines_with(IN_TEXTS, TEXTS, skip="#") == []


# --- size and finish ---------------------------------------------------------------------------

LONGEST_FUNCTION, LONGEST_FILE = 60, 400
# A schema is one list of tables: cut into functions, it would only be harder to compare.
SCHEMA = re.compile(r".*/migrations/\d+_\w+\.py")


def functions(file: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_functions_are_short() -> None:
    files = [file for file in [*CORE, *ADAPTERS] if not SCHEMA.fullmatch(name(file))]
    lengths = {f"{name(file)}: {function}": length for file in files for function, length in functions(file)}
    assert {where: length for where, length in lengths.items() if length > LONGEST_FUNCTION} == {}
    by_length = sorted(lengths.values())
    assert by_length[len(by_length) // 2] <= 8
    assert by_length[len(by_length) * 95 // 100] <= 45


def test_files_are_short() -> None:
    sizes = {name(file): len(file.read_text("utf-8").splitlines()) for file in [*CORE, *ADAPTERS]}
    assert {file: size for file, size in sizes.items() if size > LONGEST_FILE} == {}


def test_nothing_is_left_to_do() -> None:
    assert lines_with(r"\b(TODO|FIXME|XXX|HACK)\b", [*CORE, *ADAPTERS, *TEXTS]) == []
    unfinished = [
        f"{name(file)}:{node.lineno}"
        for file in ADAPTERS
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Name) and node.id == "NotImplementedError"
    ]
    assert unfinished == []


def test_nothing_is_printed() -> None:
    """Output goes through one place of the command line, the log, or an adapter's own terminal."""
    calls = [
        f"{name(file)}:{node.lineno}"
        for file in [*CORE, *ADAPTERS]
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("print", "breakpoint")
    ]
    assert calls == []


# --- what is imported when ---------------------------------------------------------------------

HEAVY = {
    "babel",
    "prometheus_client",
    "adapters",
    "sqlalchemy",
    "aiohttp",
    "slixmpp",
    "alembic",
    "telegram",
    "pydantic",
    "cryptography",
}


def imported(*arguments: str) -> set[str]:
    """Every module that the command line imports when it is called so."""
    command = [sys.executable, "-v", "-m", "bridgebot", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return set(re.findall(r"^import '([\w.]+)' #", done.stderr, re.MULTILINE))


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"]], ids=" ".join)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    modules = imported(*arguments)
    assert "bridgebot.cli.commands" in modules
    assert {module.partition(".")[0] for module in modules} & HEAVY == set()


def test_an_adapter_that_is_not_configured_is_never_imported(tmp_path) -> None:
    file = configuration(tmp_path, "adapters:\n  second: {use: pebble}\n")
    modules = imported("check-config", "--config", str(file))
    ours = {module.split(".")[1] for module in modules if re.match(r"adapters\.\w+$", module)}
    assert ours == {"pebble"}
    assert modules & {"slixmpp", "telegram", "prompt_toolkit"} == set()


# --- secrets -----------------------------------------------------------------------------------

CANARY = "canary-5f1c0e7b93"


def configuration(folder: Path, text: str) -> Path:
    """A configuration beside a good key file."""
    keys = folder / "keys"
    keys.write_text(new_key() + "\n")
    keys.chmod(0o600)
    file = folder / "config.yaml"
    file.write_text(text, "utf-8")
    file.chmod(0o600)
    return file


WITH_SECRET = f"adapters:\n  jabber: {{use: xmpp, jid: bot@example.org, password: {CANARY}}}\n"


def test_a_configuration_shows_no_secret(tmp_path) -> None:
    settings = config.load(configuration(tmp_path, WITH_SECRET), {})
    prepared = loader.prepare(settings.adapters)
    assert [one.failure or one.wrong for one in prepared] == [()]
    options = prepared[0].config
    assert options is not None
    assert options.password.get_secret_value() == CANARY  # it is there
    shown = [settings, settings.adapters, prepared, options, options.model_dump()]
    texts = " ".join(f"{one!r} {one!s}" for one in shown)
    assert CANARY not in texts
    assert settings.secret_keys[0] not in texts


@pytest.mark.parametrize(
    "options",
    [
        f"jid: not-an-address, password: {CANARY}",  # beside what is wrong
        f"jid: bot@example.org, password: [{CANARY}]",  # of a wrong kind
        f"jid: bot@example.org, pasword: {CANARY}",  # under a mistyped name
        f"jid: bot@example.org, password: {CANARY}, port: {CANARY}",  # where a number belongs
        f"jid: bot@example.org, password_file: keys, password: {CANARY}",  # twice
        f"jid: bot@example.org, password: {{a: {CANARY}}}",
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_is_told_without_secrets(tmp_path, options: str, language: str) -> None:
    text = f"language: {language}\nadapters:\n  jabber: {{use: xmpp, {options}}}\n"
    reading = config.read(configuration(tmp_path, text), {}, {})
    wrong = [problem for one in loader.prepare(reading.adapters) for problem in one.wrong]
    error = config.error([*reading.problems, *wrong], language)
    assert isinstance(error, ConfigError)
    assert error.problems
    assert CANARY not in f"{error} {error!r} {wrong!r} {reading!r}"


def test_the_command_line_shows_no_secret(tmp_path) -> None:
    """Neither from the file nor from the environment, whether it fits or not."""
    file = configuration(tmp_path, WITH_SECRET)
    variables = {"BRIDGEBOT__ADAPTERS__JABBER__PORT": CANARY, "BRIDGEBOT__ADAPTERS__JABBER__PASSWORD": CANARY}
    for environment in ({}, variables):
        for command in (["check-config"], ["check-config", "--json"], ["status"], ["run"]):
            if command == ["run"] and not environment:
                continue  # it would connect
            done = subprocess.run(
                [sys.executable, "-m", "bridgebot", *command, "--config", str(file)],
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": str(ROOT), "BRIDGEBOT_DEBUG": "1"} | environment,
                capture_output=True,
                encoding="utf-8",
            )
            assert done.returncode == (78 if environment else 0), done.stdout + done.stderr
            assert CANARY not in done.stdout + done.stderr


def test_what_linking_keeps_is_in_no_repr() -> None:
    """What is kept between two steps of linking may hold a token."""
    steps = [Question("key", progress=CANARY), Browser("https://example.org", "key", progress=CANARY)]
    account = replace(MemorySocial().account("ada"), credentials=CANARY)
    assert CANARY not in f"{steps!r} {account!r}"


@pytest.fixture
def logged(capsys):
    """Everything that the log wrote, in the format and at the level that a test sets."""
    return lambda: capsys.readouterr().err


@pytest.mark.parametrize("form", ["console", "json"])
def test_the_log_holds_neither_secrets_nor_texts(logged, form: str) -> None:
    log.configure(form, "debug")
    secret = CANARY  # a local variable, which no traceback may show
    try:
        raise AuthExpired(name="ada")
    except AuthExpired:
        log.Log("bridgebot.test").exception("failed", password=secret, text=CANARY, adapter="jabber")
    logging.getLogger("slixmpp.xmlstream").debug("SEND: <auth>%s</auth>", CANARY)
    logging.getLogger("sqlalchemy.engine").info("INSERT %s", CANARY)
    written = logged()
    assert "jabber" in written
    assert "AuthExpired" in written
    assert CANARY not in written
    if form == "json":
        assert all(json.loads(line)["level"] for line in written.splitlines())


async def test_a_house_that_fails_in_every_way_tells_no_secret(tmp_path, logged) -> None:
    """Bugs, refusals and expired accounts: the log names them, and holds nothing of anybody's."""
    log.configure("json", "debug")
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        social = house.social("north")
        credentials = social.account("ada").credentials
        social.fail("publish", RuntimeError("a bug of the adapter"))
        await house.says(f"a post with {CANARY}")
        await house.wait(60)
        social.fail("publish", AuthExpired())
        await house.says(f"another post with {CANARY}")
    written = logged()
    assert "outbox.bug" in written
    assert CANARY not in written
    assert credentials not in written
    files = list(tmp_path.glob("house.db*"))
    assert files
    assert not any(credentials.encode() in file.read_bytes() for file in files)
