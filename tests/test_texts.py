"""Both languages say the same, everything that is said has words, and every word is said."""

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.resolver import MAX_PART_LENGTH
from fluent.syntax import FluentParser
from fluent.syntax.ast import Junk, Message, VariableReference
from fluent.syntax.visitor import Visitor

from bridgebot.commands.grammar import WORDS
from bridgebot.errors import (
    AdapterError,
    AuthExpired,
    Rejected,
    TargetGone,
    Temporary,
    Unconfirmed,
    Unsupported,
)
from bridgebot.model import Audience
from bridgebot.texts import LANGUAGES, Texts, _entries, negotiate
from bridgebot.texts.plain import LONGEST

ROOT = Path(__file__).parents[1]
CORE = ROOT / "bridgebot" / "texts"
PAIRS = [(file, CORE / "zh-CN" / file.name) for file in sorted((CORE / "en").glob("*.ftl"))]
PAIRS += [
    (file, file.with_name(file.name.replace(".en.ftl", ".zh-CN.ftl")))
    for folder in ("adapters", "bridgebot/testing")
    for file in sorted((ROOT / folder).rglob("*.en.ftl"))
]
KEY = re.compile(r"[a-z][a-z0-9_]*(-[a-z0-9_]+)*")


class Variables(Visitor):
    def __init__(self):
        self.names = set()

    def visit_VariableReference(self, node: VariableReference):
        self.names.add(node.id.name)


def entries(file):
    """The messages of a file: key to (arguments, text as it stands in the file)."""
    source = file.read_text("utf-8")
    body = FluentParser().parse(source).body
    assert not [entry.content for entry in body if isinstance(entry, Junk)], f"{file} is not Fluent"
    found = {}
    for entry in body:
        if isinstance(entry, Message):
            assert entry.id.name not in found, f"{entry.id.name} stands twice in {file}"
            variables = Variables()
            variables.visit(entry)
            found[entry.id.name] = (variables.names, source[entry.value.span.start : entry.value.span.end])
    return found


def all_keys():
    return {key: file for file, _ in PAIRS for key in entries(file)}


# --- the files ---


@pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=lambda file: str(file.relative_to(ROOT)))
def test_both_languages_have_the_same_keys_and_arguments(english, chinese):
    ours = {key: arguments for key, (arguments, _) in entries(english).items()}
    assert ours == {key: arguments for key, (arguments, _) in entries(chinese).items()}


@pytest.mark.parametrize("file", [file for pair in PAIRS for file in pair], ids=lambda file: file.name)
def test_every_command_that_is_named_exists(file):
    known = {alias for word in WORDS for alias in (word.name, *word.aliases)} | {
        "mybots",
        "revoke",
    }  # @BotFather's
    said = "\n".join(text for _, text in entries(file).values())
    named = set(re.findall(r"(?<![\w/.:<{})\]])/([a-z]+|[\u4e00-\u9fff]+)(?![\w/.])", said))
    assert {one for one in named if one not in known} == set()


def test_no_chinese_file_stands_alone():
    here = {*(CORE / "zh-CN").glob("*.ftl"), *(ROOT / "adapters").rglob("*.zh-CN.ftl")}
    assert here <= {chinese for _, chinese in PAIRS}


def test_no_key_stands_in_two_files():
    seen = {}
    for file, _ in PAIRS:
        for key in entries(file):
            assert key not in seen, f"{key} stands in {seen[key]} and in {file}"
            seen[key] = file


def test_an_adapters_keys_bear_its_name():
    for file, _ in PAIRS:
        if CORE not in file.parents:
            prefix = file.name.removesuffix(".en.ftl") + "-"
            assert [key for key in entries(file) if not key.startswith(prefix)] == [], file


@pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=lambda file: str(file.relative_to(ROOT)))
def test_chinese_is_chinese(english, chinese):
    """Commands, names and placeholders apart, a sentence in English has one in Chinese."""
    ours = {key: plain(text) for key, (_, text) in entries(english).items()}
    for key, (_, text) in entries(chinese).items():
        words = plain(text)
        if len(re.findall(r"[a-z]{2,}", ours[key])) >= 3:
            assert re.search(r"[\u4e00-\u9fff]", words), f"{key} is not translated"
        assert not re.search(r"([A-Za-z]{2,} ){3}[A-Za-z]{2,}", words), f"{key} has English in it: {words}"


# What is typed or written into the configuration as it stands there, with the signs of a keyboard.
TYPED = {"help-to", "help-sync", "usage-sync"}
TYPED |= {"config-want-listen", "config-want-person", "config-yaml-tag"}
HAN = r"[\u4e00-\u9fff]"
HALF_WIDTH = re.compile(rf'{HAN}[ ]?[,;:?!()"]|[()"]{HAN}|[,;?!][ ]?{HAN}|\.\.\.')
SPACED = re.compile(r"[，。；：！？、（）][ ]|[ ][，。；：！？、）]")


@pytest.mark.parametrize("chinese", [chinese for _, chinese in PAIRS], ids=lambda file: file.name)
def test_chinese_has_the_signs_of_chinese(chinese):
    """Brackets, commas and colons are as wide as the characters beside them; no space is theirs."""
    for key, (_, text) in entries(chinese).items():
        if key not in TYPED and not key.endswith("-words"):
            words = re.sub(r"\[[^\]]*\]| *◌ *", "◌", plain(text))
            wrong = HALF_WIDTH.findall(words) + SPACED.findall(words) + re.findall(" （", text)
            assert not wrong, f"{key}: {wrong} in {words}"


def plain(text):
    """A text without placeables, commands with what stands behind them, code and addresses."""
    text = re.sub(r"\{[^{}]*\}", " ◌ ", text)
    return re.sub(r"https?://\S+|`[^`]*`|[/!][a-z]+( +[A-Za-z0-9@#:|\[\]<>….◌_-]+)*", "◌", text)


# --- the code ---


def sources():
    for folder in ("bridgebot", "adapters"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield file, ast.parse(file.read_text("utf-8"))


# Which argument of a call is a key: by the name of what is called.
ERRORS = (AdapterError, AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed, Unsupported)
POSITION = {"say": 0, "text": 0, "texts": 1, "tell": 4, "Question": 0, "Browser": 1}
POSITION |= {error.__name__: 0 for error in ERRORS}


def named_keys():
    """Where a key stands in a call: (file, line, its expression)."""
    for file, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                in_kit = "testing" in file.parts and name == "say"  # there people say something
                position = 99 if in_kit else POSITION.get(name, 99)
                if position < len(node.args):
                    yield from ((file, node.lineno, part) for part in branches(node.args[position]))


def branches(node):
    if isinstance(node, ast.IfExp):
        return [*branches(node.body), *branches(node.orelse)]
    return [node]


def pattern(node):
    """The keys that an f-string can make."""
    parts = [re.escape(v.value) if isinstance(v, ast.Constant) else "[a-z0-9_-]+" for v in node.values]
    return re.compile("".join(parts))


def begins_a_key(part):
    """Whether an f-string may be a key that is handed on: it begins like one."""
    return isinstance(part, ast.Constant) and re.fullmatch(r"[a-z_]+-([a-z]+-)*", str(part.value))


def test_no_key_in_the_code_is_without_words():
    keys = all_keys()
    missing = []
    for file, line, node in named_keys():
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
            known = node.value in keys
        elif isinstance(node, ast.JoinedStr):
            known = any(pattern(node).fullmatch(key) for key in keys)
        else:
            continue
        if not known:
            missing.append(f"{file.relative_to(ROOT)}:{line} {ast.unparse(node)}")
    assert not missing, "\n".join(missing)


def test_no_text_is_unused():
    constants = set()
    patterns = [pattern(node) for _, _, node in named_keys() if isinstance(node, ast.JoinedStr)]
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                constants.add(node.value)
            elif isinstance(node, ast.JoinedStr) and begins_a_key(node.values[0]):
                patterns.append(pattern(node))
    constants |= option_keys()
    unused = [
        key for key in all_keys() if key not in constants and not any(p.fullmatch(key) for p in patterns)
    ]
    assert not unused, unused


def option_keys() -> set[str]:
    """An adapter's own words for its options, which `init` asks with."""
    names = [path.name.removesuffix(".en.ftl") for path in (ROOT / "adapters").rglob("*.en.ftl")]
    configs = {name: importlib.import_module(f"adapters.{name}").Config for name in names}
    return {f"{name}-option-{option}" for name, config in configs.items() for option in config.model_fields}


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_words(error, language):
    text = Texts()(language, error.default_key)
    assert text != error.default_key
    assert text.endswith("." if language == "en" else "。")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_audience_and_state_has_words(language):
    texts = Texts()
    states = ("unconfirmed", "failed", "held", "deleting", "cancelled")
    for name in (*(audience.value for audience in Audience), *states):
        assert texts(language, f"receipt-{name}") != f"receipt-{name}"


# --- Texts ---

EXTRA = {
    "en": (
        "x-hello = Hello { $name }!\nx-count = { $n ->\n    [one] one post\n   *[other] { $n } posts\n }\n",
    ),
    "zh-CN": ("x-hello = 你好，{ $name }！\n",),
}


def test_an_adapters_texts_are_added():
    texts = Texts(EXTRA)
    assert texts("en", "x-hello", name="Ada") == "Hello Ada!"
    assert texts("zh-CN", "x-hello", name="Ada") == "你好，Ada！"
    assert "x-hello" in texts
    assert "x-hello" not in Texts()


def test_what_is_missing_never_raises():
    texts = Texts(EXTRA)
    assert texts("zh-CN", "x-count", n=2) == "2 posts"
    assert texts("fr", "x-hello", name="Ada") == "Hello Ada!"
    assert texts("zh-CN", "no-such-key", name="Ada") == "no-such-key"
    assert texts("en", "x-hello").startswith("Hello ")
    assert texts("en", "") == ""


def test_numbers_have_their_plural():
    texts = Texts(EXTRA)
    assert [texts("en", "x-count", n=n) for n in (0, 1, 2, 1200)] == [
        "0 posts",
        "one post",
        "2 posts",
        "1,200 posts",
    ]


@pytest.mark.parametrize("chinese", [chinese for _, chinese in PAIRS], ids=lambda file: file.name)
def test_chinese_chooses_by_number_for_its_plural_has_one_form(chinese):
    assert re.findall(r"\[(zero|one|two|few|many)\]", chinese.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "name", ["{ x-hello }", "{$name}", "a { $n", '{""}', "line\nx-hello = changed", "\u202e"]
)
def test_arguments_are_data(name):
    assert Texts(EXTRA)("en", "x-hello", name=name) == f"Hello {name}!"


def test_no_isolation_marks():
    assert not re.search("[\u2066-\u2069]", Texts(EXTRA)("en", "x-hello", name="مرحبا"))


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ((), "en"),
        ((None,), "en"),
        (("en",), "en"),
        (("en-GB", "zh"), "en"),
        (("zh",), "zh-CN"),
        (("zh-Hans",), "zh-CN"),
        (("zh_CN",), "zh-CN"),
        (("ZH-SG",), "zh-CN"),
        (("zh-TW",), "zh-CN"),
        (("zh-Hant-HK",), "zh-CN"),
        (("yue",), "zh-CN"),
        (("fr",), "en"),
        ((None, "", "zh"), "zh-CN"),
        (("fr", "zh"), "zh-CN"),
        (("zha",), "en"),
    ],
)
def test_negotiating_a_language(wanted, language):
    assert negotiate(*wanted) == language


def test_a_text_is_read_when_it_is_wanted():
    texts = Texts({"en": ["far-away = It is here.\n"]})
    assert texts("en", "cli-help") != "cli-help"
    assert set(texts._shelves["en"]._plain) == {"cli-help"}
    assert texts._shelves["zh-CN"]._sources is None
    assert texts("zh-CN", "far-away") == "It is here."
    assert "far-away" in texts
    assert "nowhere" not in texts


def test_texts_may_name_each_other_wherever_they_stand():
    terms = "-brand = Parrot\nfirst = { second } by { -brand }\n"
    source = f"{terms}# What it is\nsecond =\n    The bird\n    .title = Bird\n"
    for key, text in (("first", "The bird by Parrot"), ("second", "The bird")):
        assert Texts({"en": [source]})("en", key) == text
    attribute = "look = { bird.title }!\nbird = The bird\n    .title = Bird\n"
    assert Texts({"en": [attribute]})("en", "look") == "Bird!"


def test_no_text_is_cut_where_another_begins():
    """Each is the same when it is read alone and when all of its source is read."""
    for file in (file for pair in PAIRS for file in pair):
        source = file.read_text("utf-8")
        whole = FluentBundle(["en"])
        whole.add_resource(FluentResource(source))
        for key, piece in _entries(source):
            alone = FluentBundle(["en"])
            alone.add_resource(FluentResource(piece))
            assert whole._messages[key].equals(alone._messages[key], ignored_fields=["span", "comment"]), key


def test_what_a_text_refers_to_is_read_with_it():
    source = """
first = { $count ->
    [one] { second }
   *[other] { -name } has { $count }
}
# Said by the first.
second = It goes on: { third }
-name = The bot
third = and { first }
"""
    texts = Texts({"en": [source]})
    assert texts("en", "first", count=2) == "The bot has 2"
    assert texts("en", "second", count=2) == "It goes on: and The bot has 2"
    assert "-name" not in texts


AWKWARD = ("Ada", "", "100 %", "%s %(who)s {who}", "\u2068a\u2069\n欢迎", "x" * 2500, "x" * 2501, 0, 1, 12345)


def by_fluent(language, *sources):
    """A function that says a text as Fluent's own runtime says it, all of the sources read beforehand."""
    bundle = FluentBundle([language], use_isolating=False)
    for source in sources:
        bundle.add_resource(FluentResource(source))
    return lambda key, given: str(bundle.format_pattern(bundle.get_message(key).value, given)[0])


@pytest.mark.parametrize("place", [0, 1], ids=LANGUAGES)
def test_what_only_puts_words_in_says_what_fluent_says(place):
    """Every third text."""
    shelf, simple = Texts()._shelves[LANGUAGES[place]], []
    files = [pair[place] for pair in PAIRS if pair[0].parent.parent == CORE]
    fluent = by_fluent(LANGUAGES[place], *(file.read_text("utf-8") for file in files))
    found = [one for file in files for one in entries(file).items()]
    for turn, (key, (names, _)) in enumerate(found[::3]):
        given = {name: AWKWARD[(turn + n) % len(AWKWARD)] for n, name in enumerate(sorted(names))}
        lacking = dict(list(given.items())[1:])
        assert shelf.format(key, given) == fluent(key, given)
        assert shelf.format(key, lacking) == fluent(key, lacking)
        simple.append(shelf._plain[key] is not None)
    assert sum(simple) > len(simple) * 0.8


def test_a_template_takes_every_argument_as_it_is():
    source = 'aside = 100 % { $who } and { $what }{ "{" }\n'
    shelf, fluent = Texts({"en": [source]})._shelves["en"], by_fluent("en", source)
    for who in AWKWARD:
        given = {"who": who, "what": "x"}
        assert shelf.format("aside", given) == fluent("aside", given)
    assert shelf._plain["aside"].template == "100 %% %(who)s and %(what)s{"


def test_a_piece_is_as_long_as_fluent_lets_it_be():
    assert LONGEST == MAX_PART_LENGTH


def test_fluents_runtime_comes_with_the_first_text_that_chooses():
    code = """
import sys
from bridgebot.texts import Texts
texts = Texts({"en": ["sum = { $n ->\\n    [one] one\\n   *[other] { $n }\\n }\\n"]})
assert texts("en", "cli-help") != "cli-help"
assert not {"babel", "fluent.runtime"} & set(sys.modules)
assert texts("en", "sum", n=1200) == "1,200"
assert "babel" in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
