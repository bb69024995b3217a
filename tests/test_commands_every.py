"""Every command, in both languages: something is answered, in the person's language, and nothing breaks."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from fluent.runtime import FluentBundle

from bridgebot.commands import COMMANDS
from bridgebot.commands.vocabulary import WORDS
from bridgebot.store import tables as t
from tests.house import TestHouse

LANGUAGES = ("en", "zh-CN")
NONSENSE = "!? 7zz https://nowhere.example/1 @nobody@nowhere.example +none"
RAW = re.compile(r"^[a-z_]+(-[a-z_]+)+$|\{|\$|Error|Traceback", re.MULTILINE)
HAN = re.compile(r"[\u4e00-\u9fff]")
ADDRESSES_ONLY = {"url"}  # answers with addresses, where there are any


@pytest.fixture(autouse=True)
def no_argument_is_forgotten(monkeypatch):
    """A text whose argument nobody gave would show the argument's name."""
    wrong = []
    as_it_is = FluentBundle.format_pattern

    def strict(bundle, pattern, arguments=None):
        text, errors = as_it_is(bundle, pattern, arguments)
        wrong.extend((str(text), str(error)) for error in errors)
        return text, errors

    monkeypatch.setattr(FluentBundle, "format_pattern", strict)
    yield
    assert wrong == []


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        yield house


async def failures(house) -> list[str]:
    return await house.store.read(
        lambda tx, now: list(
            tx.connection.execute(sa.select(t.inbox.c.problem).where(t.inbox.c.state == "failed")).scalars()
        )
    )


async def heard(house, text: str, **more) -> list[str]:
    """What the bot newly says to a message."""
    place = more.get("chat") or more.get("sender", "ada")
    before = {line.id for line in house.chat.messages(place)}
    await house.says(text, **more)
    await house.wait(2)
    return [line.text for line in house.chat.messages(place) if line.id not in before]


def check(answers: list[str], language: str, what: str) -> None:
    assert answers, f"{what}: silence"
    for answer in answers:
        assert not RAW.search(answer), f"{what}: {answer}"
    whole = "\n".join(answers)
    assert bool(HAN.search(re.sub(r"/\S+", "", whole))) == (language == "zh-CN"), f"{what}: {whole}"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_without_an_account_every_command_answers(house, language):
    house.chat.person("ada", language=language)
    await house.says("/start")
    for name in COMMANDS:
        check(await heard(house, f"/{name}"), language, f"/{name}")
        check(await heard(house, f"/{name} {NONSENSE}"), language, f"/{name} with nonsense")
        await house.says("/cancel")
    assert await failures(house) == []
    assert house.social("north").posts == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_with_accounts_the_bare_command_answers_and_posts_nothing(house, language):
    house.chat.person("ada", language=language)
    await house.user("ada", "north", "south")
    for name in COMMANDS:
        check(await heard(house, f"/{name}"), language, f"/{name}")
        await house.says("/cancel")
    assert await failures(house) == []
    assert house.social("north").posts == house.social("south").posts == []


@pytest.mark.parametrize(
    "name", [n for n in COMMANDS if n not in {"post", "to", "reply", "memo", "cw", "admin"}]
)
async def test_nonsense_publishes_nothing_and_is_answered(house, name):
    await house.user("ada", "north")
    answers = await heard(house, f"/{name} {NONSENSE}")
    check(answers, "en", f"/{name}")
    assert await failures(house) == []
    assert house.social("north").posts == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_in_a_group_a_command_for_direct_chats_says_so_and_does_nothing_else(house, language):
    house.chat.person("ada", language=language)
    await house.user("ada", "north")
    house.chat.group("den")
    for name, definition in COMMANDS.items():
        answers = await heard(house, f"/{name}", chat="den")
        if not definition.groups:
            assert answers == [house.house.texts(language, "direct-only", name=name)]
        else:
            check(answers, language, f"/{name} in a group")
    assert await failures(house) == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_help_knows_every_command_by_every_name(house, language):
    house.chat.person("ada", language=language)
    await house.says("/start")
    for word in WORDS:
        said = await heard(house, f"/help {word.aliases[-1]}")
        assert said[0].startswith(f"/{word.name}  ")
        check(said, language, f"/help {word.name}")
        assert all(f"/{alias}" in said[0] for alias in word.aliases)


async def test_help_shows_the_menu_and_names_unknown_words(house):
    await house.says("/start")
    [menu] = await heard(house, "/help")
    assert menu.count("\n/") == 12
    [unknown] = await heard(house, "/help sing")
    assert "sing" in unknown
    assert all(name in unknown for name in COMMANDS)


async def test_help_all_names_every_command(house):
    await house.says("/start")
    [menu] = await heard(house, "/help")
    assert "/help all" in menu
    for words in ("/help all", "/帮助 全部"):
        [names] = await heard(house, words)
        assert "There is no command" not in names
        assert all(name in names for name in COMMANDS)


async def test_every_command_has_a_chinese_name_that_works(house):
    house.chat.person("ada", language="zh-CN")
    await house.user("ada", "north")
    for word in WORDS:
        assert word.chinese, word.name
        check(await heard(house, f"/{word.chinese[0]}"), "zh-CN", word.chinese[0])
        await house.says("/取消")
    assert await failures(house) == []


async def test_cannot_do_is_said_by_the_networks_name(tmp_path):
    from dataclasses import replace

    from bridgebot.adapter import SocialCapabilities
    from bridgebot.testing.fakes import MemorySocial

    bare = replace(SocialCapabilities(), publish=True)
    bare_social = MemorySocial(name="north", capabilities=bare)
    async with TestHouse(tmp_path, socials=(bare_social,)) as house:
        await house.user("ada", "north")
        line = await house.says("a post")
        await house.wait(2)
        for command in ("/fav", "/boost", "/thread", "/report"):
            said = await heard(house, f"{command} spam" if command == "/report" else command, reply_to=line)
            assert said == ["North cannot do that."], command
        for command in ("/follow @lin", "/whois @lin", "/requests", "/approve @lin", "/lock", "/tag x"):
            assert await heard(house, command) == ["None of your accounts can do that."], command
        for command in ("/home on north", "/sync north to here", "/mirror north own"):
            [answer] = await heard(house, command)
            assert "cannot do that" in answer or answer.startswith("/sync FROM")
        assert await heard(house, "/join ada") == [house.house.texts("en", "cannot-join")]
