"""What comes in from Telegram: confirmed after the commit, one by one, whatever stands among it."""

import asyncio
import json

import pytest

from adapters.telegram.polling import Poll
from adapters.telegram.reading import ALLOWED
from bridgebot.adapter import Command
from bridgebot.errors import StoreError, Temporary
from bridgebot.model import Button, ChatChanged, Message, OutgoingMessage, Press, Span, Unreadable
from bridgebot.testing.chat_base import meet, tell
from bridgebot.testing.contract import TEXTS
from bridgebot.testing.inbox import running
from tests.servers.telegram import serve
from tests.servers.telegram_bot import staged
from tests.servers.telegram_errors import Refused, bad
from tests.servers.telegram_faults import SERVER_ERROR, refusal


@pytest.fixture
async def stage():
    async with staged() as stage:
        yield stage


def calls(stage, method):
    return [call.parameters for call in stage.remote.server.calls if call.method == method]


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
        await asyncio.wait({inbox.run}, timeout=5)
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


async def test_every_poll_says_what_it_wants_and_starts_without_a_remembered_place(stage):
    async with running(stage) as inbox:
        await meet(stage, inbox, "one")
        await confirmed(stage)
        await meet(stage, inbox, "two")
    polls = calls(stage, "getUpdates")
    assert len(polls) >= 3
    assert {tuple(json.loads(poll["allowed_updates"])) for poll in polls} == {ALLOWED}
    assert {poll["timeout"] for poll in polls} == {"50"}
    assert "offset" not in polls[0]
    assert "offset" in polls[-1]


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
    async with serve(trims=True) as server:
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
            done, _ = await asyncio.wait({first.run, second.run}, timeout=5, return_when="FIRST_COMPLETED")
            errors = [task.exception() for task in done]
    assert [type(error) for error in errors] == [Temporary]
    assert errors[0].key == "telegram-conflict"
    assert "token" in stage.context.texts("en", errors[0].key)


# --- emphasis, groups, presses -----------------------------------------------------------------


async def test_emphasis_comes_in(stage):
    async with running(stage) as inbox:
        entities = [{"type": "bold", "offset": 3, "length": 2}, {"type": "spoiler", "offset": 0, "length": 2}]
        stage.remote.people["ada"].says("😀 好！", entities=entities)
        assert (await inbox.hears("😀 好！")).spans == (Span(0, 1, "spoiler"), Span(2, 4, "bold"))


async def test_who_administers_a_group_is_asked_at_that_moment(stage):
    lin = stage.remote.people["lin"]
    async with running(stage) as inbox:
        assert (await meet(stage, inbox, "creator", sender="ada", group=True)).sender.admin
        assert not (await meet(stage, inbox, "member", sender="lin", group=True)).sender.admin
        stage.remote.group.promotes(lin)
        assert (await meet(stage, inbox, "promoted", sender="lin", group=True)).sender.admin
        stage.remote.group.demotes(lin)
        assert not (await meet(stage, inbox, "demoted", sender="lin", group=True)).sender.admin
        assert len(calls(stage, "getChatMember")) == 4
        await stage.remote.say("to the others", group=True, addressed=False)
        assert not (await inbox.hears("to the others")).sender.admin
        await meet(stage, inbox, "in private")
        assert len(calls(stage, "getChatMember")) == 4


@pytest.mark.parametrize(
    "fault", [SERVER_ERROR, refusal(bad("CHAT_ADMIN_REQUIRED")), refusal(Refused(401, "?"))]
)
async def test_who_is_not_known_to_administer_does_not(stage, fault):
    stage.remote.server.faults.order(fault, "getChatMember")
    async with running(stage) as inbox:
        assert not (await meet(stage, inbox, "creator", group=True)).sender.admin


async def test_a_press_in_a_group_says_whether_an_administrator_pressed(stage):
    async with running(stage) as inbox:
        chat = (await meet(stage, inbox, group=True)).chat
        id = await tell(stage, chat, "sure?", buttons=(Button("y", "Yes"),))
        await stage.remote.press(id, "y", sender="ada")
        assert (await inbox.takes(Press)).sender.admin
        await stage.remote.press(id, "y", sender="lin")
        press = await inbox.takes(Press, lambda press: press.sender.name == "Lin")
        assert (press.sender.admin, press.sender.language) == (False, "zh-CN")


async def test_every_press_is_answered_after_its_commit(stage):
    ada = stage.remote.people["ada"]
    async with running(stage) as inbox:
        chat = (await meet(stage, inbox)).chat
        id = await tell(stage, chat, "sure?", buttons=(Button("y", "Yes"),))
        inbox.gate = asyncio.Event()
        press = ada.presses(int(id), "y")
        await inbox.asked(2)
        await asyncio.sleep(0.05)
        assert not press.answered
        inbox.gate.set()
        await press.answer(5)
        assert (press.text, press.alert) == ("", False)


async def test_a_press_that_telegram_has_forgotten_stops_nothing(stage):
    async with running(stage) as inbox:
        chat = (await meet(stage, inbox)).chat
        id = await tell(stage, chat, "sure?", buttons=(Button("y", "Yes"),))
        inbox.gate = asyncio.Event()
        stage.remote.people["ada"].presses(int(id), "y")
        await inbox.asked(2)
        stage.remote.server.forgets_presses()
        inbox.gate.set()
        await inbox.takes(Press)
        await meet(stage, inbox, "and on")
        assert calls(stage, "answerCallbackQuery")


async def test_blocked_and_let_in_again(stage):
    ada = stage.remote.people["ada"]
    async with running(stage) as inbox:
        chat = (await meet(stage, inbox)).chat
        ada.blocks()
        gone = await inbox.takes(ChatChanged)
        assert (gone.chat.id, gone.chat.direct, gone.change) == (chat.id, True, "gone")
        ada.unblocks()
        back = await inbox.takes(ChatChanged, lambda thing: thing.change == "joined")
        assert back.chat.id == chat.id
        await tell(stage, chat, "welcome back")


async def test_topics_are_chats_of_their_own(stage):
    server, ada = stage.remote.server, stage.remote.people["ada"]
    group = server.group("Forum", ada, kind="supergroup", bot="administrator", forum=True)
    topic = group.opens_topic("tea")
    async with running(stage) as inbox:
        ada.says("in the topic", where=group.chat, topic=topic)
        message = await inbox.hears("in the topic")
        assert (message.chat.topic, message.reply_to) == (str(topic), None)
        await tell(stage, message.chat, "an answer", reply_to=message.id)
        shown = await ada.hears("an answer", where=group.chat)
        assert (shown.topic, shown.reply_to) == (topic, int(message.id))


async def test_an_administrator_without_a_name_is_not_somebody(stage):
    stage.remote.group.hides_creator()
    async with running(stage) as inbox:
        stage.remote.people["ada"].says("/post as the group", where=stage.remote.group.chat)
        await meet(stage, inbox)
        assert inbox.texts() == ["hello"]


# --- what is no post ---------------------------------------------------------------------------


async def test_a_picture_is_not_posted_and_its_sender_is_told_in_their_language(stage):
    lin = stage.remote.people["lin"]
    async with running(stage) as inbox:
        id = lin.shows_photo("with words")
        shown = await lin.hears("什么都没有发布")
        assert shown.reply_to == id
        lin.shows_sticker()
        lin.rolls()
        await meet(stage, inbox)
        await lin.hears(lambda one: one.reply_to == id + 3)
        assert inbox.texts() == ["hello"]


async def test_an_album_is_answered_once(stage):
    ada = stage.remote.people["ada"]
    async with running(stage) as inbox:
        first = ada.shows_photo("three pictures", album="a1")
        ada.shows_photo(album="a1")
        ada.shows_photo(album="a1")
        second = ada.shows_photo("another", album="a2")
        await meet(stage, inbox)
        await ada.hears(lambda shown: shown.reply_to == second)
        await asyncio.sleep(0.1)
        assert sorted(shown.reply_to for shown in ada.sees()) == [first, second]


async def test_what_is_forwarded_is_not_posted(stage):
    ada = stage.remote.people["ada"]
    async with running(stage) as inbox:
        id = ada.forwards("somebody's secret")
        assert (await ada.hears("Nothing was posted")).reply_to == id
        await meet(stage, inbox)
        assert inbox.texts() == ["hello"]


async def test_in_a_group_pictures_are_passed_over_in_silence(stage):
    ada, group = stage.remote.people["ada"], stage.remote.group
    async with running(stage) as inbox:
        ada.shows_photo("look", where=group.chat)
        ada.forwards("look", where=group.chat)
        await meet(stage, inbox, group=True)
        await asyncio.sleep(0.05)
        assert ada.sees(group.chat) == []
        assert inbox.texts() == ["hello"]
