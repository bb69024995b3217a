"""What comes in from Telegram: confirmed after the commit, whatever stands among it."""

import asyncio
import json

import pytest

from adapters.telegram.naming import Me
from adapters.telegram.polling import Poll
from adapters.telegram.reading import ALLOWED, read
from adapters.telegram.session import _by_chat
from bridgebot.adapter import Command
from bridgebot.errors import StoreError, Temporary
from bridgebot.model import Message, OutgoingMessage, Unreadable
from bridgebot.testing.chat_base import meet
from bridgebot.testing.contract import TEXTS
from bridgebot.testing.inbox import running
from tests.servers.telegram import serve
from tests.servers.telegram_bot import calls, staged
from tests.servers.telegram_faults import SERVER_ERROR


@pytest.fixture
async def stage():
    async with staged() as stage:
        yield stage


async def confirmed(stage):
    async def look():
        return not stage.remote.server.updates

    await stage.eventually(look, "a confirmation")


# --- confirmed after the commit ----------------------------------------------------------------


async def test_nothing_is_confirmed_while_its_commit_goes_on(stage):
    async with running(stage, hold=True) as inbox:
        stage.remote.people["ada"].says("keep me")
        await inbox.asked()
        await asyncio.sleep(0.1)
        assert len(stage.remote.server.updates) == 1
        inbox.gate.set()
        await inbox.hears("keep me")
        await confirmed(stage)


async def test_a_stop_in_the_middle_of_a_batch_loses_nothing(stage):
    for text in ("one", "two", "three"):
        stage.remote.people["ada"].says(text)
    async with running(stage) as inbox:
        inbox.committed = StopsAt(2)
        await asyncio.wait({inbox.run}, timeout=60)
        assert isinstance(inbox.run.exception(), StoreError), "the supervisor is to hear of it"
    assert [thing.text for thing in inbox.committed] == ["one"]
    assert len(stage.remote.server.updates) == 3, "a batch is confirmed as a whole, by the next one"
    async with running(stage, adapter=stage.make()) as again:
        await again.hears("three")
        assert again.texts() == ["one", "two", "three"]
        assert again.committed[0].event == inbox.committed[0].event
        await confirmed(stage)


class StopsAt(list):
    def __init__(self, count):
        self.count = count

    def append(self, thing):
        if len(self) + 1 == self.count:
            raise StoreError("the disk is full")
        super().append(thing)


async def test_the_chats_of_a_batch_wait_for_one_commit_and_within_each_the_order_holds(stage):
    for text in ("one", "two", "three"):
        for name in ("ada", "lin"):
            stage.remote.people[name].says(f"{name} {text}")
    async with running(stage, hold=True) as inbox:
        await inbox.asked(2)
        await asyncio.sleep(0.05)
        assert sorted(thing.text for thing in inbox.things(inbox.seen)) == ["ada one", "lin one"]
        inbox.gate.set()
        await inbox.hears("lin three")
        for name in ("ada", "lin"):
            said = [text for text in inbox.texts() if text.startswith(name)]
            assert said == [f"{name} one", f"{name} two", f"{name} three"]
        await confirmed(stage)


def test_what_is_written_in_a_group_that_has_moved_waits_for_its_move():
    group, person = (
        {"id": -5, "type": "group", "title": "Tea"},
        {"id": 7, "is_bot": False, "first_name": "Ada"},
    )

    def update(number, chat, **more):
        body = {"message_id": number, "date": 1_700_000_000, "chat": chat, "from": person, **more}
        return read({"update_id": number, "message": body}, Me(99, "my_bot"))

    moved = {**group, "id": -1001, "type": "supergroup"}
    other = {"id": 7, "type": "private", "first_name": "Ada"}
    batch = [
        update(1, group, text="before"),
        update(2, other, text="elsewhere"),
        update(3, group, migrate_to_chat_id=-1001),
        update(4, moved, text="after"),
        read({"update_id": 5}, Me(99, "my_bot")),
    ]
    assert _by_chat(batch) == [[batch[0], batch[2], batch[3]], [batch[1]], [batch[4]]]


async def test_every_poll_says_what_it_wants_and_starts_without_a_remembered_place(stage):
    async with running(stage) as inbox:
        await meet(stage, inbox, "one")
        await confirmed(stage)
        await meet(stage, inbox, "two")
        await confirmed(stage)
    polls = calls(stage, "getUpdates")
    assert len(polls) >= 3
    assert {tuple(json.loads(poll["allowed_updates"])) for poll in polls} == {ALLOWED}
    assert {poll["timeout"] for poll in polls} == {"50"}
    assert "offset" not in polls[0]
    assert "offset" in polls[-1]


async def test_many_updates_are_fetched_in_batches_of_a_size_that_can_be_read(stage):
    for number in range(120):
        stage.remote.people["ada"].says(f"line {number}")
    async with running(stage) as inbox:
        await inbox.hears("line 119")
        assert inbox.texts() == [f"line {number}" for number in range(120)]
    assert {call["limit"] for call in calls(stage, "getUpdates")} == {"50"}


# --- what cannot be read -----------------------------------------------------------------------


async def test_an_update_that_makes_no_sense_is_kept_aside_and_the_rest_goes_on(stage):
    server, ada = stage.remote.server, stage.remote.people["ada"]
    ada.says("before")
    number = server.slips_in({"message": {"message_id": "?", "text": "no chat, no date"}})
    ada.says("behind")
    async with running(stage) as inbox:
        await inbox.hears("behind")
        await confirmed(stage)
    assert [type(thing) for thing in inbox.committed] == [Message, Unreadable, Message]
    aside = inbox.committed[1]
    assert json.loads(aside.raw)["update_id"] == number
    assert aside.event.startswith(f"{number}:")
    assert "no chat" not in repr(aside)


class Script:
    """Answers `getUpdates` from a list."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    async def call(self, method, parameters, *, timeout):
        self.asked.append((parameters.get("offset"), timeout))
        return self.answers.pop(0)


async def polled(*answers):
    script = Script(*answers)
    poll = Poll(script, 20)
    for _ in answers:
        updates = await poll.batch()
        for raw in updates:
            poll.done(raw)
        poll.check(updates)
    return script.asked


async def test_a_poll_may_last_longer_than_it_asks_telegram_to_wait():
    assert await polled([{"update_id": 5}], []) == [(None, 35), ("6", 35)]


async def test_an_update_without_a_number_does_not_come_for_ever():
    asked = await polled([{"update_id": 5}], [{"message": {}}], [None], [])
    assert [offset for offset, _ in asked] == [None, "6", "7", "8"]
    asked = await polled([{"message": {}}, {"update_id": 9}], [])
    assert [offset for offset, _ in asked] == [None, "10"]


async def test_where_nothing_can_be_confirmed_the_bot_waits_a_while():
    with pytest.raises(Temporary):
        await polled([{"message": {}}])
    with pytest.raises(Temporary):
        await polled({"not": "a list"})


async def test_a_kit_text_arrives_and_is_shown_also_where_edges_are_trimmed(stage):
    async with serve() as server:
        ada = server.person("Ada").met()
        config = {"token": server.token, "api": server.url}
        adapter = type(stage.adapter)(type(stage.adapter.config)(**config), stage.context)
        whole = [text for text in TEXTS if text == text.strip()]
        async with running(stage, adapter=adapter) as inbox:
            for text in (*whole, "  edges  "):
                ada.says(text)
            last = await inbox.hears("edges")
            assert inbox.texts() == [*whole, "edges"]
            for text in whole:
                await adapter.send(last.chat, OutgoingMessage(text))
        assert [shown.text for shown in ada.sees()] == whole


# --- a webhook, the menu -----------------------------------------------------------------------


async def test_a_webhook_is_taken_away_and_what_waits_for_it_is_kept(stage):
    stage.remote.server.world.updates.webhook = "https://old.example/hook"
    stage.remote.people["ada"].says("written meanwhile")
    async with running(stage) as inbox:
        await inbox.hears("written meanwhile")
    assert [call["drop_pending_updates"] for call in calls(stage, "deleteWebhook")] == ["false"]
    assert [line for line in stage.log if "webhook" in line]
    async with running(stage) as inbox:
        await meet(stage, inbox)
    assert len(calls(stage, "deleteWebhook")) == 1


async def shown(stage):
    async def look():
        return await stage.context.state.get("menu")

    return await stage.eventually(look, "the menu")


async def test_the_menu_is_shown_in_both_languages(stage):
    async with running(stage):
        await shown(stage)
    world = stage.remote.server.world
    languages = {"": "en", "zh": "zh-CN"}
    assert {language for _, language in world.commands} == languages.keys()
    for (scope, language), commands in world.commands.items():
        assert json.loads(scope) == {"type": "default"}
        wanted = [(one.name, one.description) for one in stage.context.menu(languages[language])]
        assert [(one["command"], one["description"]) for one in commands] == wanted
    for what in ("description", "short_description"):
        for code, language in languages.items():
            text = stage.context.texts(language, f"telegram-{what.replace('_', '-')}")
            assert world.words[what, code] == text


async def test_the_menu_is_shown_again_only_when_it_changed(stage):
    async with running(stage):
        first = await shown(stage)
    async with running(stage, adapter=stage.make()) as inbox:
        await meet(stage, inbox)
        await asyncio.sleep(0.05)
    assert len(calls(stage, "setMyCommands")) == 2

    def longer(language):
        return (Command("post", "发布" if language == "zh-CN" else "publish"),)

    object.__setattr__(stage.context, "menu", longer)
    async with running(stage, adapter=stage.make()):

        async def look():
            return await stage.context.state.get("menu") != first

        await stage.eventually(look, "the new menu")
    assert len(calls(stage, "setMyCommands")) == 4
    assert [
        one["description"] for one in stage.remote.server.world.commands['{"type": "default"}', "zh"]
    ] == ["发布"]


async def test_a_menu_that_cannot_be_shown_does_not_keep_the_bot_from_listening(stage):
    server = stage.remote.server
    server.faults.order(SERVER_ERROR, "setMyDescription", times=None)
    async with running(stage) as inbox:
        await meet(stage, inbox)
        await meet(stage, inbox, "still here")
    assert await stage.context.state.get("menu") is None
    server.faults.clear()
    async with running(stage, adapter=stage.make()):
        await shown(stage)


async def test_two_programs_with_one_token_are_told_so(stage):
    other = stage.make()
    async with running(stage) as first:
        await meet(stage, first)
        await confirmed(stage)
        async with running(stage, adapter=other) as second:
            done, _ = await asyncio.wait({first.run, second.run}, timeout=60, return_when="FIRST_COMPLETED")
            errors = [task.exception() for task in done]
    assert [type(error) for error in errors] == [Temporary]
    assert errors[0].key == "telegram-conflict"
    assert "token" in stage.context.texts("en", errors[0].key)


# --- proving that it works ---------------------------------------------------------------------


async def test_a_poll_that_never_ends_fails_the_check(stage):
    """aiohttp ends it in time; should that ever fail, nobody would notice without this."""
    async with running(stage) as inbox:
        await meet(stage, inbox)
        await stage.adapter.check()
        poll = stage.adapter._session._poll
        poll._asked -= 50 + 29  # it may wait 50 s, and some seconds more
        await stage.adapter.check()
        poll._asked -= 2
        with stage.raises(Temporary):
            await stage.adapter.check()


async def test_a_check_is_one_cheap_call(stage):
    async with running(stage) as inbox:
        await meet(stage, inbox)
        before = len(calls(stage, "getMe"))
        await stage.adapter.check()
        assert len(calls(stage, "getMe")) == before + 1
