"""What stands beside one another does so as in the reader's language: lists, and brackets behind words."""

import ast
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from bridgebot.app import _reload
from bridgebot.cli.terminal import kinds
from bridgebot.config.problems import Place, Problem
from bridgebot.errors import ConfigError
from bridgebot.model import Audience
from bridgebot.render import Item, Outcome, Receipt, mirror, receipt
from bridgebot.signals import ServiceManager
from bridgebot.texts import Texts, Voice, clauses, listed, parted, spaced
from tests.house import TestHouse
from tests.test_texts import PAIRS, entries, pattern, sources

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(("language", "words"), [("en", "North, Plaza"), ("zh-CN", "North、Plaza")])
def test_a_list_has_the_signs_of_its_language(language, words):
    assert listed(language, ["North", "Plaza"]) == words
    assert Voice(language, Texts()).listed(iter(("North", "Plaza"))) == words
    assert listed(language, ["North"]) == "North"
    assert listed(language, []) == ""


@pytest.mark.parametrize(("language", "words"), [("en", "no a; no b"), ("zh-CN", "no a；no b")])
def test_clauses_have_the_signs_of_their_language(language, words):
    assert clauses(language, ["no a", "no b"]) == words
    assert clauses(language, ["no a"]) == "no a"


def test_what_is_typed_as_a_list_may_have_the_signs_of_any():
    assert parted(" north, south，east、 west up,") == ["north", "south", "east", "west", "up"]
    assert parted(" ， ") == []


def test_a_wide_bracket_wants_no_space_before_it():
    assert spaced("Plaza", "(2 posts)", "https://x.example") == "Plaza (2 posts) https://x.example"
    assert spaced("Plaza", "（共 2 条）", "https://x.example") == "Plaza（共 2 条） https://x.example"
    assert spaced("", "a", "", "b") == "a b"
    assert spaced("（a）", "（b）") == "（a）（b）"
    assert spaced() == ""


# Nobody reads these in Chinese: what is typed, kept or shown in English only, and what others wrote.
BY_HAND = {
    "bridgebot/cli/operators.py",  # columns for programs
    "adapters/bluesky/reading.py",  # a content warning, as the network names it
    "adapters/feeds/jsonfeed.py",  # the authors of a post
    "bridgebot/cli/show.py",  # names of capabilities
    "bridgebot/commands/connecting.py",  # the audit log
    "bridgebot/errors.py",
    "bridgebot/scaffold.py",  # English only, as the kit is
    "bridgebot/store/rows.py",
    "bridgebot/store/sealed.py",
}


CLAUSES_BY_HAND = {
    "adapters/plaza/responses.py",  # a header of HTTP
    "bridgebot/store/backup.py",  # what SQLite says, which is English everywhere
}


def joins(tree, *signs):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
            before = node.func.value
            if isinstance(before, ast.Constant) and before.value in signs:
                yield node


def test_no_list_that_people_read_is_joined_by_hand():
    found = {str(file.relative_to(ROOT)) for file, tree in sources() if [*joins(tree, ", ", ",", "、", "，")]}
    found = {name for name in found if not name.startswith("bridgebot/testing/")}
    assert found - BY_HAND == set()
    assert BY_HAND - found == set(), "no longer so"


def test_no_clauses_that_people_read_are_joined_by_hand():
    found = {str(file.relative_to(ROOT)) for file, tree in sources() if [*joins(tree, "; ", ";", "；")]}
    assert found == CLAUSES_BY_HAND


# Each of these is a line of its own; all others that begin with a bracket stand behind something.
ALONE = {"options-hint", "xmpp-taken-back"}


def bracketed():
    """The texts that begin with a bracket, and so stand behind other words."""
    found = {key for _, file in PAIRS for key, (_, text) in entries(file).items() if text.startswith("（")}
    return found - ALONE


def test_what_begins_with_a_bracket_is_put_behind_words_without_a_space():
    """In a function that says such a text nothing puts a space before it by hand."""
    keys, wrong = bracketed(), []
    assert {"receipt-parts", "mirror-edited"} <= keys
    for file, tree in sources():
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            said = [node for node in ast.walk(function) if names(node, keys)]
            if said and ([*joins(function, " ")] or [*behind_a_space(function, said)]):
                wrong.append(f"{file.relative_to(ROOT)}:{function.lineno} {function.name}")
    assert not wrong, wrong


def names(node, keys):
    if isinstance(node, ast.JoinedStr):
        return isinstance(node.values[0], ast.Constant) and any(pattern(node).fullmatch(key) for key in keys)
    return isinstance(node, ast.Constant) and node.value in keys


def behind_a_space(function, said):
    """The f-strings in which one of these stands behind a space."""
    for node in ast.walk(function):
        if isinstance(node, ast.JoinedStr):
            for before, value in zip(node.values, node.values[1:], strict=False):
                spaced_off = isinstance(before, ast.Constant) and str(before.value).endswith(" ")
                if spaced_off and any(one in said for one in ast.walk(value)):
                    yield node


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "✓ Plaza (thread of 4) https://x.example"), ("zh-CN", "✓ Plaza（共 4 条） https://x.example")],
)
def test_a_receipt_counts_the_parts_of_a_thread(language, words):
    told = Receipt("2k7", Audience.PUBLIC, (Outcome("Plaza", "posted", "https://x.example", parts=4),))
    assert receipt(told, language, Texts()).endswith(words)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "] (followers only) (edited)"), ("zh-CN", "]（仅关注者）（已编辑）")]
)
def test_the_head_of_a_post_says_what_it_is(language, words):
    shown = Item("3bd", "Plaza", "@lin", "hi", audience=Audience.FOLLOWERS, edited=True)
    assert words in mirror(shown, language, Texts()).text


# --- in a chat ---------------------------------------------------------------------------------


@pytest.fixture
async def ada(tmp_path):
    """Ada reads Chinese and has two accounts."""
    async with TestHouse(tmp_path) as house:
        house.chat.person("ada", language="zh-CN")
        await house.user("ada", "north", "south")
        yield house


@pytest.mark.parametrize(
    ("said", "list_"),
    [
        ("/default nobody", "north、south"),
        ("/default north、south", "north、south"),
        ("/to nobody hello", "north、south"),
        ("/help all", "、post、"),
    ],
)
async def test_what_a_chinese_reader_is_told_has_chinese_lists(ada, said, list_):
    await ada.says(said)
    told = ada.chat.last()
    assert list_ in told
    assert not re.search(r"\w, \w| （", told)


def test_what_the_operator_is_told_has_chinese_lists():
    problem = Problem(Place("x:1:1"), ("use",), "loader-unknown", {"use": "x", "names": ("one", "two")})
    assert "one、two" in problem.sentence(Texts(), "zh-CN")
    assert "one, two" in problem.sentence(Texts(), "en")
    assert "、" in kinds({"account": 3, "question": 2}, "zh-CN")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "nothing has changed: no a; no b"), ("zh-CN", "一切照旧：no a；no b")],
)
async def test_what_is_wrong_with_a_new_configuration_has_the_signs_of_the_operators_language(
    language, words, caplog
):
    def reload(settings):
        raise ConfigError("no a", "no b")

    settings = SimpleNamespace(language=language)
    app = SimpleNamespace(settings=settings, say=Voice(language, Texts()), reload=reload)
    await _reload(app, ServiceManager({}, 1), lambda: settings)
    assert words in caplog.text
