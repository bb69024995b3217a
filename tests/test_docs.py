"""The documents say what is so: what is made is compared with the code, names and links lead somewhere.

After a change that they follow, `python -m tests.record` writes the recorded sessions, the table of
networks, the page of commands and the layers anew.
"""

from __future__ import annotations

import ast
import importlib
import itertools
import re
import tomllib
import urllib.parse
from functools import partial
from pathlib import Path

import pytest

from bridgebot import __version__
from bridgebot.cli.commands import app
from bridgebot.commands import COMMANDS, VOCABULARY, grammar
from bridgebot.commands.grammar import WORDS
from bridgebot.loader import available
from bridgebot.store.keep import CLAIM_DAYS
from bridgebot.store.tables import metadata
from bridgebot.texts import LANGUAGES, Texts
from tests import record
from tests.record import ARCHITECTURE, COMMANDS_PAGE, PARTS, README, ROOT

DECISIONS = ROOT / "docs" / "decisions"
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "adapters").glob("*.md"),
        *(ROOT / "benchmarks").glob("*.md"),
    ]
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def text(file: Path) -> str:
    return file.read_text("utf-8")


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def blocks(file: Path, language: str) -> list[str]:
    """The fenced blocks of a language, without what a list indents them by."""
    found = re.findall(rf"^ *```{language}\n(.*?)^ *```", text(file), re.DOTALL | re.MULTILINE)
    return ["\n".join(line.strip() for line in block.splitlines()) for block in found]


def prose(file: Path) -> str:
    return re.sub(r"^ *```.*?^ *```", "", text(file), flags=re.DOTALL | re.MULTILINE)


# --- what is made from the code ----------------------------------------------------------------


@pytest.mark.parametrize(("file", "part"), PARTS, ids=lambda value: str(getattr(value, "stem", value)))
def test_what_is_made_is_as_the_code_makes_it(file: Path, part: str) -> None:
    assert record.written(file, part) == PARTS[file, part](), "python -m tests.record writes it anew"


def test_writing_anew_changes_that_part_only(tmp_path, monkeypatch) -> None:
    file = tmp_path / "page.md"
    file.write_text("before\n<!-- made: a -->\nold\n<!-- end: a -->\nafter \\1\n", "utf-8")
    monkeypatch.setattr(record, "PARTS", {(file, "a"): lambda: "new \\1\nlines"})
    monkeypatch.setattr(record, "ROOT", tmp_path)
    record.main()
    assert text(file) == "before\n<!-- made: a -->\nnew \\1\nlines\n<!-- end: a -->\nafter \\1\n"
    assert record.written(file, "a") == "new \\1\nlines"


# --- links -------------------------------------------------------------------------------------


def anchors(file: Path) -> set[str]:
    """What headings are called in addresses: as GitHub and GitLab make them."""
    headings = re.findall(r"^#+ +(.+)$", prose(file), re.MULTILINE)
    plain = [
        re.sub(r"[^\w\- ]", "", re.sub(r"\]\(.*?\)", "", heading)).strip().lower() for heading in headings
    ]
    return {heading.replace(" ", "-") for heading in plain}


def links(file: Path) -> list[str]:
    found = re.findall(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$", prose(file), re.MULTILINE)
    return [one or other for one, other in found if not re.match(r"[a-z]+:", one or other)]


@pytest.mark.parametrize("file", PAGES, ids=name)
def test_links_lead_somewhere(file: Path) -> None:
    broken = []
    for link in links(file):
        path, _, anchor = urllib.parse.unquote(link).partition("#")
        target = (file.parent / path).resolve() if path else file
        inside = target.is_relative_to(ROOT) and target.exists()
        if not inside or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_page_can_be_reached() -> None:
    """From the first page by links: a page that nobody finds is not there."""
    seen, todo = set(), [README]
    while todo:
        page = todo.pop()
        if page in seen:
            continue
        seen.add(page)
        targets = [(page.parent / link.partition("#")[0]).resolve() for link in links(page)]
        # A link to a folder is a link to what stands in it.
        todo += [file for t in targets for file in (t.glob("*.md") if t.is_dir() else [t]) if file in PAGES]
    assert [name(page) for page in PAGES if page not in seen] == []


# --- the first page ----------------------------------------------------------------------------


def test_the_two_commands_come_first() -> None:
    first = blocks(README, "sh")[0]
    assert [line.partition("#")[0].strip() for line in first.splitlines()] == ["make demo", "make test"]
    assert text(README).index("make demo") < 1200
    made = re.findall(r"^([a-z-]+):", text(ROOT / "Makefile"), re.MULTILINE)
    assert set(re.findall(r"\bmake ([a-z]+)", text(README))) <= set(made)


def test_what_it_says_to_type_means_that() -> None:
    table = text(README).partition("| you type |")[2].partition("\n\n")[0]
    typed = re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE)
    meant = [grammar.read(line, VOCABULARY) for line in typed]
    assert [type(one).__name__ for one in meant] == ["Text", *["Command"] * 7, "Near"]
    names = ["reply", "follow", "feed", "sync", "preview", "read", "undo", "post"]
    assert [one.name for one in meant[1:]] == names


def test_the_first_five_minutes_are_as_the_command_line_says_them() -> None:
    """What stands in `init`'s terminal are its own texts, in their order, and the code looks like one."""
    texts = partial(Texts(), "en")
    steps = text(README).partition("\n## A bot of your own\n")[2].partition("\n## ")[0]
    shown = next(block for block in re.findall(r"```text\n(.*?)```", steps, re.DOTALL) if "[en]" in block)
    offered = re.search(r"offer\? \((.*), none\)", shown)[1]
    address = re.search(r"https://\S+\?start=([a-z0-9]{4}(?:-[a-z0-9]{4}){3})\n", shown)
    said = [
        texts("init-ask-language", choices=", ".join(LANGUAGES)),
        texts("online-well", name="Telegram", address=address[0].partition("?")[0]),
        texts("init-ask-social", choices=offered),
        texts("init-ask-public-url"),
        texts("init-written", files="config.yaml, keys, telegram-token"),
        texts("init-next-check", command="bridgebot check-config --config config.yaml"),
        texts("init-next-run", command="bridgebot run --config config.yaml"),
        texts("init-next-open", address=address[0].strip()),
        texts("claim-scan", days=CLAIM_DAYS),
    ]
    places = [shown.find(line) for line in said]
    assert [line for line, place in zip(said, places, strict=True) if place < 0] == []
    assert places == sorted(places)


@pytest.mark.parametrize("part", ["session", "session-zh"])
def test_every_line_of_a_session_was_answered(part: str) -> None:
    lines = record.written(README, part).splitlines()[2:-1]
    speakers = [line.split()[0] for line in lines]
    assert set(speakers) == {"you", "bot"}
    assert ("you", "you") not in itertools.pairwise(speakers)
    assert speakers[-1] == "bot"


@pytest.mark.parametrize("file", PAGES, ids=name)
def test_the_command_line_knows_what_is_said_of_it(file: Path) -> None:
    lines = [line for block in blocks(file, "sh") for line in block.splitlines()]
    lines += re.findall(r"`((?:\S*/)?bridgebot [^`]+)`", prose(file))
    wrong = []
    for line in lines:
        program, *words = line.partition("#")[0].split() or [""]
        if program.rpartition("/")[2] != "bridgebot":
            continue
        here = app
        for word in words:
            commands = [one for one in here if not one.startswith("-")]
            if not re.fullmatch(r"[a-z-]+", word) or word.startswith("-") or not commands:
                break
            if word not in here:
                wrong.append(line)
                break
            here = here[word]
    assert wrong == []


# --- the page of commands ----------------------------------------------------------------------


def test_every_command_has_words_and_help_in_both_languages() -> None:
    texts = Texts()
    assert list(COMMANDS) == [word.name for word in WORDS]
    english, chinese = ({name: texts(lang, f"help-{name}") for name in COMMANDS} for lang in LANGUAGES)
    assert [key for key, help in english.items() if help == f"help-{key}"] == []
    same = [key for key, help in english.items() if help == chinese[key]]
    # Where the help is nothing but a line to type, there is nothing to translate.
    assert [key for key in same if not english[key].startswith("/")] == []
    assert [word.name for word in WORDS if not word.chinese or not word.pinyin] == []


def test_every_command_stands_on_its_page_once() -> None:
    rows = re.findall(r"^\| `/([a-z]+)` \|", record.written(COMMANDS_PAGE, "commands"), re.MULTILINE)
    assert sorted(rows) == sorted(COMMANDS)


@pytest.mark.parametrize("file", [README, ARCHITECTURE, *DECISIONS.glob("*.md")], ids=name)
def test_commands_that_are_named_exist(file: Path) -> None:
    named = re.findall(r"`[/!]([a-z]+)", text(file))
    pretended = {"pots"}  # the mistake that the documents show
    assert [word for word in named if VOCABULARY.named(word) is None and word not in pretended] == []


# --- architecture ------------------------------------------------------------------------------


def cases(file: Path) -> set[str]:
    tree = ast.parse(text(file))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, functions) and node.name.startswith("test_")}


def sentences() -> dict[int, str]:
    """The numbered sentences with the tests under them, by number."""
    part = text(ARCHITECTURE).partition("\n## Sixteen sentences\n")[2].partition("\n## ")[0]
    found = re.split(r"^(\d+)\. ", part, flags=re.MULTILINE)
    return {int(number): said for number, said in zip(found[1::2], found[2::2], strict=True)}


def test_every_sentence_has_tests_and_every_test_exists() -> None:
    said = sentences()
    assert list(said) == list(range(1, 17))
    for number, sentence in said.items():
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", sentence)
        assert named, f"sentence {number} has no test"
        for file, test in named:
            assert test in cases(ROOT / file), f"{number}: {file}::{test}"


def test_every_numbered_test_stands_under_its_sentence() -> None:
    said = sentences()
    for file in ("tests/test_flow.py", "tests/test_outbox.py"):
        for test in sorted(cases(ROOT / file)):
            number = re.match(r"test_(\d+)_", test)
            if number is not None:
                assert f"`{file}::{test}`" in said[int(number[1])], test


def test_every_module_stands_in_the_map() -> None:
    part = text(ARCHITECTURE).partition("| module |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (`.+?`) \|", part, re.MULTILINE)
    named = {word for row in rows for word in re.findall(r"`(\w+)`", row)}
    there = {path.stem for path in (ROOT / "bridgebot").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert named == {module for module in there if not module.startswith("_")}


def test_every_table_is_named() -> None:
    importlib.import_module("bridgebot.app")  # and with it every module that has a table
    part = text(ARCHITECTURE).partition("| what | tables |")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"`(\w+)`", part)) == sorted(metadata.tables)


# --- decisions, changes, networks --------------------------------------------------------------


def test_every_decision_has_its_parts_and_stands_in_the_index() -> None:
    pages = sorted(page for page in DECISIONS.glob("*.md") if page.name != "README.md")
    for page in pages:
        for part in ("**Context.**", "**Decision.**", "**Why.**", "**What would change it.**"):
            assert part in text(page), f"{page.name}: {part}"
    assert sorted(links(DECISIONS / "README.md")) == [page.name for page in pages]


def dependencies(lines: list[str]) -> set[str]:
    return {re.match(r"[\w.-]+", line)[0].lower() for line in lines} - {"bridgebot"}


def test_every_dependency_has_a_reason() -> None:
    page = text(DECISIONS / "dependencies.md")
    run, work = page.split("| library |")[1:3]
    extras = PROJECT["optional-dependencies"]
    wanted = dependencies([*PROJECT["dependencies"], *extras["speed"]])
    assert {row.lower() for row in re.findall(r"^\| `([\w.-]+)` \|", run, re.MULTILINE)} == wanted
    cells = re.findall(r"^\| (`.+?) \|", work.partition("\n\n")[0], re.MULTILINE)
    named = {word.lower() for cell in cells for word in re.findall(r"`([\w.-]+)`", cell)}
    assert named == dependencies([line for extra in ("testing", "dev") for line in extras[extra]])


def test_the_changelog_knows_this_version() -> None:
    changes = text(ROOT / "CHANGELOG.md")
    released = changes.partition(f"## [{__version__}]")[2].partition("\n## [")[0]
    assert "### Operators must\n" in released


def test_no_page_of_a_network_is_without_its_network() -> None:
    pages = {page.stem for page in (ROOT / "docs" / "networks").glob("*.md")}
    assert pages <= set(available())
    assert "plaza" in pages


@pytest.mark.parametrize("file", PAGES, ids=name)
def test_pages_are_whole(file: Path) -> None:
    """No page has a place that somebody meant to fill, and none is empty."""
    assert re.search(r"\b(TODO|FIXME|TBD|XXX|lorem)\b", text(file)) is None
    assert text(file).startswith("# ")
    assert text(file).endswith("\n")
