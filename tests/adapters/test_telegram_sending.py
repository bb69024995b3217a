"""What the bot says on Telegram, how it goes wrong, and that the token never shows."""

import asyncio
import traceback
from dataclasses import replace

import pytest

from adapters.telegram.request import STAND_IN
from bridgebot import http
from bridgebot.errors import AdapterError, AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.model import Button, Chat, ChatChanged, OutgoingMessage, Span
from bridgebot.testing.chat_base import meet, tell
from bridgebot.testing.inbox import running
from tests.servers.telegram_bot import staged
from tests.servers.telegram_errors import Refused, bad, forbidden
from tests.servers.telegram_faults import (
    BAD_GATEWAY,
    CUT,
    HANG,
    LOST_ANSWER,
    SERVER_ERROR,
    TRUNCATED,
    refusal,
    slow_down,
)


@pytest.fixture
async def stage():
    async with staged() as stage:
        yield stage


@pytest.fixture
def ada(stage):
    return stage.remote.people["ada"]


@pytest.fixture
def chat(ada):
    return Chat(str(ada.id), direct=True)


def calls(stage, method):
    return [call.parameters for call in stage.remote.server.calls if call.method == method]


# --- what it looks like ------------------------------------------------------------------------


async def test_emphasis_goes_out_in_telegrams_counting(stage, ada, chat):
    text = "😀 好 bold link"
    spans = (Span(0, 1, "spoiler"), Span(4, 8, "bold"), Span(9, 13, "link", "https://example.org/a?b=c"))
    await tell(stage, chat, text, spans=spans)
    shown = ada.sees()[0]
    assert shown.text == text
    assert shown.entities == (
        {"type": "spoiler", "offset": 0, "length": 2},
        {"type": "bold", "offset": 5, "length": 4},
        {"type": "text_link", "offset": 10, "length": 4, "url": "https://example.org/a?b=c"},
    )


@pytest.mark.parametrize(
    "url", ["https://", "http:///x", "https://a b.example/", "tg://user?id=1", "https://nodots", ""]
)
async def test_a_link_that_telegram_would_refuse_costs_its_emphasis_only(stage, ada, chat, url):
    await tell(stage, chat, "see here", spans=(Span(4, 8, "link", url), Span(0, 3, "bold")))
    assert [entity["type"] for entity in ada.sees()[0].entities] == ["bold"]


async def test_more_emphasis_than_telegram_takes_costs_no_text(stage, ada, chat):
    await tell(stage, chat, "x" * 150, spans=tuple(Span(n, n + 1, "bold") for n in range(150)))
    assert len(ada.sees()[0].entities) == 100


async def test_no_preview_is_made_and_no_markup_acts(stage, ada, chat):
    await tell(stage, chat, "<b>https://example.org/</b> *x*")
    call = calls(stage, "sendMessage")[0]
    assert call["link_preview_options"] == '{"is_disabled": true}'
    assert "parse_mode" not in call
    assert ada.sees()[0].text == "<b>https://example.org/</b> *x*"


@pytest.mark.parametrize("text", ["x" * 4096, "😀" * 2048, "字" * 4096, "x" + "😀" * 2047 + "字"])
async def test_the_longest_text_fits_and_one_unit_more_is_refused(stage, ada, chat, text):
    await tell(stage, chat, text)
    with stage.raises(Rejected):
        await stage.adapter.send(chat, OutgoingMessage(text + "a"))
    assert [shown.text for shown in ada.sees()] == [text]
    assert len(calls(stage, "sendMessage")) == 1


async def test_an_answer_to_what_is_gone_is_still_said(stage, ada, chat):
    id = ada.says("wrong chat")
    ada.deletes(id)
    await tell(stage, chat, "an answer", reply_to=str(id))
    assert (ada.sees()[0].text, ada.sees()[0].reply_to) == ("an answer", None)


async def test_an_edit_that_changes_nothing_is_none(stage, ada, chat):
    message = OutgoingMessage("sent", buttons=(Button("u", "Undo"),))
    (id,) = await stage.adapter.send(chat, message)
    await stage.adapter.edit(chat, id, message)
    assert ada.sees()[0].history == ()


async def test_what_is_gone_is_gone(stage, ada, chat):
    id = await tell(stage, chat, "wrong")
    await stage.adapter.delete(chat, id)
    await stage.adapter.delete(chat, id)
    with stage.raises(TargetGone):
        await stage.adapter.edit(chat, id, OutgoingMessage("again"))
    with stage.raises(TargetGone):
        await stage.adapter.send(Chat("1", direct=True), OutgoingMessage("to nobody"))
    with stage.raises(TargetGone):
        await stage.adapter.send(Chat("not a number", direct=True), OutgoingMessage("to nobody"))


async def test_deleting_where_the_bot_is_shut_out_is_told(stage, ada, chat):
    id = await tell(stage, chat, "wrong")
    ada.blocks()
    with stage.raises(TargetGone):
        await stage.adapter.delete(chat, id)


async def test_to_somebody_who_never_wrote_nothing_can_be_said(stage):
    stranger = stage.remote.server.person("Stranger")
    with stage.raises(TargetGone):
        await stage.adapter.send(Chat(str(stranger.id), direct=True), OutgoingMessage("hello"))


async def test_the_address_opens_a_chat_with_the_bot(stage):
    name = stage.remote.server.bot.username
    assert await stage.adapter.address("Ab_-9") == f"https://t.me/{name}?start=Ab_-9"
    with stage.raises(Rejected):
        await stage.adapter.address("not a word")
    stage.remote.server.revokes_token()
    with stage.raises(AuthExpired):
        await stage.adapter.address("x")


# --- limits and moves --------------------------------------------------------------------------


async def test_a_limit_in_one_chat_keeps_no_other_waiting(stage, ada, chat):
    lin = stage.remote.people["lin"]
    stage.remote.server.faults.order(slow_down(30), "sendMessage", chat=ada.id, times=None)
    began = asyncio.get_running_loop().time()
    with stage.raises(Temporary) as errors:
        await tell(stage, chat, "too much")
    await tell(stage, Chat(str(lin.id), direct=True), "at once")
    assert errors[0].retry_after == 30
    assert asyncio.get_running_loop().time() - began < 5
    assert [shown.text for shown in lin.sees()] == ["at once"]
    assert len(calls(stage, "sendMessage")) == 2


async def test_a_group_that_moved_is_told_once_and_then_reached(stage, ada):
    old = stage.remote.server.group("Small", ada, kind="group", bot="administrator")
    chat = Chat(str(old.chat.id), direct=False)
    async with running(stage) as inbox:
        await meet(stage, inbox)
        new = str(old.migrates().chat.id)
        with stage.raises(Temporary):
            await stage.adapter.send(chat, OutgoingMessage("hello"))
        await meet(stage, inbox, "end")
        moves = [
            thing for thing in inbox.committed if isinstance(thing, ChatChanged) and thing.change == "moved"
        ]
        assert {(move.event, move.chat.id, move.moved_to) for move in moves} == {
            (f"moved:{chat.id}:{new}", chat.id, new)
        }
        for act in (
            stage.adapter.edit(chat, "1", OutgoingMessage("changed")),
            stage.adapter.delete(chat, "1"),
        ):
            with stage.raises(Temporary):
                await act
        assert len([thing for thing in inbox.committed if getattr(thing, "moved_to", None)]) == len(moves) + 2
        await tell(stage, Chat(new, direct=False), "hello again")


async def test_a_group_that_moved_is_tried_again_also_while_nobody_listens(stage, ada):
    old = stage.remote.server.group("Small", ada, kind="group", bot="administrator")
    old.migrates()
    with stage.raises(Temporary):
        await stage.adapter.send(Chat(str(old.chat.id), direct=False), OutgoingMessage("hello"))


# --- how it goes wrong -------------------------------------------------------------------------

UNCLEAR = {
    "cut": CUT,
    "lost answer": LOST_ANSWER,
    "half of an answer": TRUNCATED,
    "server error": SERVER_ERROR,
    "a page instead": BAD_GATEWAY,
    "no answer": HANG,
}
REFUSED = {
    "blocked": (refusal(forbidden("bot was blocked by the user")), TargetGone),
    "deactivated": (refusal(forbidden("user is deactivated")), TargetGone),
    "kicked": (refusal(forbidden("bot was kicked from the group chat")), TargetGone),
    "unknown chat": (refusal(bad("chat not found")), TargetGone),
    "bad request": (refusal(bad("BUTTON_DATA_INVALID")), Rejected),
    "limit": (slow_down(3), Temporary),
    "token": (refusal(Refused(401, "Unauthorized")), AuthExpired),
    "no token": (refusal(Refused(404, "Not Found")), AuthExpired),
}


def trail(error):
    """The error and everything that hangs on it, as the most talkative log would show them."""
    seen, todo = [], [error]
    while todo:
        one = todo.pop()
        if one is not None and one not in seen:
            seen.append(one)
            todo += [one.__cause__, one.__context__]
    return [text for one in seen for text in (repr(one), str(one), *traceback.format_exception(one))]


def keeps_the_token(stage, error):
    stage.keeps_secrets(stage.adapter, stage.adapter._bot, stage.adapter._wire, *trail(error))
    assert not [line for line in (*stage.log, *trail(error)) if STAND_IN in line]


@pytest.mark.parametrize("failure", UNCLEAR)
async def test_without_an_answer_a_message_is_unconfirmed(stage, chat, failure):
    stage.adapter._wire.patience = 0.3
    stage.remote.server.faults.order(UNCLEAR[failure], "sendMessage")
    with stage.raises(Unconfirmed) as errors:
        await tell(stage, chat, "hello?")
    keeps_the_token(stage, errors[0])
    assert len(calls(stage, "sendMessage")) == 1, "the adapter tried again by itself"


@pytest.mark.parametrize("failure", UNCLEAR)
async def test_without_an_answer_what_may_be_repeated_is_to_be_repeated(stage, chat, failure):
    id = await tell(stage, chat, "hello")
    stage.adapter._wire.patience = 0.3
    for method, act in (
        ("editMessageText", lambda: stage.adapter.edit(chat, id, OutgoingMessage("changed"))),
        ("deleteMessage", lambda: stage.adapter.delete(chat, id)),
        ("getMe", lambda: stage.adapter.address("x")),
    ):
        stage.remote.server.faults.order(UNCLEAR[failure], method)
        with stage.raises(Temporary) as errors:
            await act()
        keeps_the_token(stage, errors[0])


@pytest.mark.parametrize("failure", REFUSED)
async def test_a_refusal_says_what_to_do(stage, chat, failure):
    fault, kind = REFUSED[failure]
    stage.remote.server.faults.order(fault, "sendMessage")
    with stage.raises(kind) as errors:
        await tell(stage, chat, "hello?")
    keeps_the_token(stage, errors[0])
    if kind is AuthExpired:
        assert "@BotFather" in stage.context.texts("en", errors[0].key)


async def test_where_nobody_listens_nothing_was_sent(stage, chat):
    await stage.remote.server.refuses_connections()
    with stage.raises(Temporary) as errors:
        await tell(stage, chat, "hello?")
    keeps_the_token(stage, errors[0])
    await stage.remote.server.listens_again()
    await tell(stage, chat, "hello")


@pytest.mark.parametrize("failure", ["cut", "lost answer", "half of an answer", "a page instead", "limit"])
async def test_a_poll_that_fails_ends_the_run_for_a_while_and_loses_nothing(stage, ada, failure):
    ada.says("keep me")
    stage.remote.server.faults.order(UNCLEAR.get(failure) or slow_down(3), "getUpdates")
    async with running(stage) as inbox:
        error = await inbox.ended()
    assert type(error) is Temporary
    assert error.retry_after == (3 if failure == "limit" else None)
    keeps_the_token(stage, error)
    async with running(stage) as inbox:
        await inbox.hears("keep me")


@pytest.mark.parametrize("method", ["getMe", "getWebhookInfo", "getUpdates"])
async def test_a_token_that_is_refused_ends_the_run_with_what_to_do(stage, method):
    stage.remote.server.faults.order(refusal(Refused(401, "Unauthorized")), method)
    async with running(stage) as inbox:
        error = await inbox.ended()
    assert isinstance(error, AuthExpired)
    keeps_the_token(stage, error)
    for language in ("en", "zh-CN"):
        assert "@BotFather" in stage.context.texts(language, error.key)


@pytest.mark.parametrize("api", ["http://127.0.0.1:1", "http://nowhere.invalid"])
async def test_an_address_that_leads_nowhere_is_an_error_without_the_token(stage, api):
    config = type(stage.adapter.config)(token=stage.remote.token, api=api)
    adapter = type(stage.adapter)(config, stage.context)
    with pytest.raises(AdapterError) as info:
        await adapter.send(Chat("1", direct=True), OutgoingMessage("hello"))
    assert isinstance(info.value, Temporary)
    stage.keeps_secrets(adapter, config, *trail(info.value))


async def test_the_guarded_session_reaches_the_server_that_the_operator_named(stage, chat):
    options = {"token": stage.remote.token, "api": stage.remote.url}
    for written, reached in ((options, True), ({**options, "api": "https://api.example.org"}, False)):
        async with http.session(http.policy(written)) as session:
            context = replace(stage.context, http=session)
            adapter = type(stage.adapter)(stage.adapter.config, context)
            if reached:
                await adapter.send(chat, OutgoingMessage("hello"))
                continue
            with stage.raises(Rejected) as errors:
                await adapter.send(chat, OutgoingMessage("hello"))
            keeps_the_token(stage, errors[0])


async def test_many_updates_are_fetched_in_batches_of_a_size_that_can_be_read(stage, ada):
    for number in range(120):
        ada.says(f"line {number}")
    async with running(stage) as inbox:
        await inbox.hears("line 119")
        assert inbox.texts() == [f"line {number}" for number in range(120)]
    assert {call["limit"] for call in calls(stage, "getUpdates")} == {"50"}


async def test_an_answer_that_the_library_cannot_read_is_none(stage, chat):
    def wrong(_method, _parameters=None, **_more):
        return answer({"message_id": "what?"})

    async def answer(value):
        return value

    stage.adapter._wire.call = wrong
    with stage.raises(Unconfirmed):
        await tell(stage, chat, "hello?")
    with stage.raises(Temporary):
        await stage.adapter.edit(chat, "1", OutgoingMessage("changed"))
    with stage.raises(Temporary):
        await stage.adapter.address("x")
