"""How calls to Telegram go wrong, what that means, and that the token never shows."""

import traceback
from dataclasses import replace

import pytest

from adapters.telegram.request import STAND_IN
from bridgebot import http
from bridgebot.errors import AdapterError, AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.model import Chat, OutgoingMessage
from bridgebot.testing.chat_base import tell
from bridgebot.testing.inbox import running
from tests.servers.telegram_bot import calls, staged
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
