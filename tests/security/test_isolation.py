"""Users are walls: whatever one can type, press, edit, delete or answer reaches nothing of another's.

The cases are made from what is registered: every command with arguments from its own grammar, every kind
of question and button, every message of the other's chat. Each is tried by everybody who is not Ada, and
the same is said in a house in which she never was: the answers must be the same.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot import commands
from bridgebot.commands import grammar, presses
from bridgebot.commands.grammar import Shape
from bridgebot.model import Deletion, Edit, Press, Reaction
from bridgebot.store import people, posts, talk
from bridgebot.store import tables as t
from bridgebot.store.rows import Post, one
from bridgebot.texts import Texts
from tests.security import arguments as made
from tests.security.arguments import Uncovered, arguments
from tests.security.ownership import changes
from tests.security.walls import ACTORS, HERS, SECRET, Actor, World, question_kinds

EVERYBODY = pytest.mark.parametrize("actor", ACTORS.values(), ids=ACTORS)


@contextlib.asynccontextmanager
async def unreached(folder, actor: Actor) -> AsyncIterator[tuple[World, World]]:
    """The house with her, in which nothing of hers may change or show, and the house without."""
    async with World(folder / "with") as world, World(folder / "without", with_ada=False) as other:
        before = await world.hers()
        yield world, other
        after = await world.hers()
        assert changes(before[0], after[0]) == []
        assert before[1:] == after[1:]
        assert await world.broken() == []
        assert SECRET not in "\n".join(world.house.chat.lines(actor.place))
        assert world.heard(actor.place) == other.heard(actor.place)


async def all_commands(world: World, actor: Actor, names: Iterable[str]) -> None:
    """Every command with every argument; what it asks is left before the next."""
    for name in names:
        for argument in arguments(name, HERS):
            await world.says(actor, f"/{name} {argument}".rstrip())
        await world.says(actor, "/cancel")
        await world.house.settle()


async def _try_commands(folder, actor: Actor, names: Iterable[str]) -> None:
    async with unreached(folder, actor) as worlds:
        for world in worlds:
            await all_commands(world, actor, names)


@EVERYBODY
async def test_no_command_reaches_anything_of_hers(tmp_path, actor):
    await _try_commands(tmp_path, actor, commands.COMMANDS)


@EVERYBODY
async def test_no_press_on_a_button_of_hers_does_anything(tmp_path, actor):
    async with unreached(tmp_path, actor) as (world, _):
        tokens = await world.tokens()
        assert len(tokens) >= len(question_kinds()) + 3  # of items and receipts, too
        for token in tokens:
            for which in (*presses._DOES, *map(str, range(4)), "show", "", "💥"):
                for line in ("", world.messages()[-1]):
                    data = f"{token}:{which}"
                    await world.takes(Press(world.event(), actor.chat, actor.person, line, data))
        await world.house.settle()


@EVERYBODY
async def test_no_message_of_hers_can_be_changed_taken_back_or_answered(tmp_path, actor):
    """Clients choose the ids that they name."""
    async with unreached(tmp_path, actor) as (world, other):
        lines = world.messages()
        for here in (world, other):
            await here.says(actor, "/settings reactions on")
        for line in lines:
            emojis = ("⭐", "🔁", "🔖")
            await world.takes(Reaction(world.event(), actor.chat, actor.person, line, emojis))
            await world.takes(Edit(world.event(), actor.chat, actor.person, line, "mine now"))
            await world.takes(Deletion(world.event(), actor.chat, actor.person, line))
        for here in (world, other):
            for line in lines:
                for name in ("fav", "url", "del", "edit x", "undo", "redo", "retry", "history", "share"):
                    await here.says(actor, f"/{name}", reply_to=line)
            await here.house.settle()


@EVERYBODY
async def test_no_word_answers_a_question_that_she_was_asked(tmp_path, actor):
    async with unreached(tmp_path, actor) as worlds:
        for world in worlds:
            for word in ("1", "2", "post", "no", "yes", "drop", "token-ada", "/cancel"):
                await world.says(actor, word)
            await world.house.settle()


async def test_what_she_does_in_a_group_tells_it_nothing_of_her_own_chat(tmp_path):
    here = Actor("ada", "den")
    async with World(tmp_path) as world:
        await all_commands(world, here, commands.COMMANDS)
        for token in await world.tokens():
            for which in (*presses._DOES, "0", "1", "show"):
                await world.takes(Press(world.event(), here.chat, here.person, "", f"{token}:{which}"))
        await world.house.settle()
        assert SECRET not in "\n".join(world.house.chat.lines("den"))
        rows, _, _ = await world.hers()
        still = {row["kind"] for row in rows["question"] if row["state"] == "open"}
        assert set(question_kinds()) - still == set()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_form_reaches_what_the_same_words_reach_and_no_more(language):
    """What is filled in is handed in as the message that says it: what holds for every command, above, holds
    for every form.
    """
    forms = commands.menu(Texts(), language, whole=True)
    assert {form.name for form in forms} == commands.COMMANDS.keys() - {"admin"}
    for form in forms:
        for words in arguments(form.name, HERS):
            said = form.said(words)
            assert said == f"/{form.name} {words}".rstrip()
            assert grammar.read(said, commands.VOCABULARY).name == form.name


# --- the generator itself ------------------------------------------------------------------------


def test_there_are_arguments_for_every_command():
    few = [name for name in commands.COMMANDS if len(arguments(name, HERS)) < 2]
    assert few == []
    assert "south to north" in arguments("sync", HERS)
    assert "block 1" in arguments("admin", HERS)


def test_a_command_without_a_word_or_with_a_new_shape_is_not_passed_over(monkeypatch):
    with pytest.raises(Uncovered, match=r"words\.py: add one"):
        arguments("frobnicate", HERS)
    monkeypatch.delitem(made._SHAPES, Shape.PERSON)
    with pytest.raises(Uncovered, match="add it to _SHAPES"):
        arguments("follow", HERS)


def _by_number_anywhere(tx, chat_id, n):
    found = sa.select(t.post).join(t.short_id, t.short_id.c.post_id == t.post.c.id).where(t.short_id.c.n == n)
    return one(tx.connection, Post, found)


def _named_by_anybody(tx, user_id, name):
    theirs = (account for user in people.users(tx) for account in people.accounts(tx, user.id))
    return next((account for account in theirs if account.name == name.lower().lstrip("@+")), None)


def _answer_anybodys(exchange, token, index):
    question = talk.question_by_token(exchange.tx, token)
    if question is not None and index.isdigit() and int(index) < len(question.options):
        commands.choose(exchange, question, question.options[int(index)])


def _memos_of_all(tx, user_id, word, limit=10):
    return [memo for user in people.users(tx) for memo in _MEMOS(tx, user.id, word, limit)]


_MEMOS = posts.memos
MUTANTS = {
    "ids are looked up without the chat": (posts, "by_number", _by_number_anywhere, ("fav", "url", "thread")),
    "accounts are looked up without the user": (
        people,
        "account_named",
        _named_by_anybody,
        ("default", "to"),
    ),
    "memos are looked up without the user": (posts, "memos", _memos_of_all, ("memos",)),
}


@pytest.mark.parametrize(("module", "name", "wrong", "tried"), MUTANTS.values(), ids=MUTANTS)
async def test_a_wall_that_is_broken_is_noticed(tmp_path, monkeypatch, module, name, wrong, tried):
    monkeypatch.setattr(module, name, wrong)
    with pytest.raises(AssertionError):
        await _try_commands(tmp_path, ACTORS["another user"], tried)


BROKEN_BUTTONS = {
    "whose question it is": (presses, "_answer", _answer_anybodys),
    "whose item it is": (presses, "_may", lambda exchange, button, found: True),
}


@pytest.mark.parametrize(("module", "name", "wrong"), BROKEN_BUTTONS.values(), ids=BROKEN_BUTTONS)
async def test_a_button_that_asks_nobody_is_noticed(tmp_path, monkeypatch, module, name, wrong):
    monkeypatch.setattr(module, name, wrong)
    if name == "_may":  # the chat stands before it
        monkeypatch.setattr(presses.buttons, "by_token", _in_this_chat(presses.buttons.by_token))
    with pytest.raises(AssertionError):
        await test_no_press_on_a_button_of_hers_does_anything(tmp_path, ACTORS["another user"])


def _in_this_chat(by_token):
    """As if no button knew its chat."""

    def anywhere(tx, token):
        button = by_token(tx, token)
        bo = people.direct_chat(tx, 2)
        return button and replace(button, chat_id=bo.id)

    return anywhere
