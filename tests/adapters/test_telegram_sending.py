"""What the bot says on Telegram, and what becomes of it there."""

import asyncio

import pytest

from bridgebot.errors import AuthExpired, Rejected, TargetGone, Temporary
from bridgebot.model import Button, Chat, ChatChanged, OutgoingMessage, Span
from bridgebot.testing.chat_base import meet, tell
from bridgebot.testing.inbox import running
from tests.servers.telegram_bot import calls, staged
from tests.servers.telegram_faults import slow_down


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
    assert asyncio.get_running_loop().time() - began < 25
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
