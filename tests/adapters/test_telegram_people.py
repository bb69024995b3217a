"""People on Telegram: groups and their administrators, presses, topics, and what is no post."""

import asyncio

import pytest

from adapters.telegram import albums
from bridgebot.errors import Rejected, StoreError
from bridgebot.model import Button, ChatChanged, Edit, Message, Press, Span
from bridgebot.testing.chat_base import meet, tell
from bridgebot.testing.inbox import running
from tests.servers.telegram_bot import calls, staged
from tests.servers.telegram_errors import Refused, bad
from tests.servers.telegram_faults import SERVER_ERROR, refusal


@pytest.fixture
async def stage():
    async with staged() as stage:
        yield stage


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
        sender = (await meet(stage, inbox, "creator", group=True)).sender
        assert not sender.admin
        assert sender.outside


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
        await meet(stage, inbox, sender="lin", group=True)  # behind it: order holds within a chat
        hidden = await inbox.hears("/post as the group")
        assert hidden.sender.id == hidden.chat.id
        assert hidden.sender.weak
        assert hidden.sender.admin  # which gives no right: nobody knows who it is
        assert len(calls(stage, "getChatMember")) == 1


@pytest.mark.parametrize("status", ["left", "kicked"])
async def test_who_is_out_when_their_press_is_read_pressed_from_outside(stage, status):
    lin = stage.remote.people["lin"]
    async with running(stage) as inbox:
        chat = (await meet(stage, inbox, group=True)).chat
        id = await tell(stage, chat, "sure?", buttons=(Button("y", "Yes"),))
        inbox.gate = asyncio.Event()
        await stage.remote.say("something before it", group=True)
        await inbox.asked(2)
        await stage.remote.press(id, "y", sender="lin")
        stage.remote.group.chat.members[lin.id] = status
        inbox.gate.set()
        assert (await inbox.takes(Press)).sender.outside


async def test_commands_that_telegram_does_not_know_say_who_administers_too(stage):
    async with running(stage) as inbox:
        for typed in ("/发你好", "!off", "／关"):
            await stage.remote.say(typed, group=True, addressed=False)
            assert (await inbox.hears(typed)).sender.admin, typed


# --- what is no post ---------------------------------------------------------------------------


def unfit(inbox) -> list:
    return [(one.id, one.unfit) for one in inbox.committed if isinstance(one, Message) and one.unfit]


async def test_what_no_network_shows_is_no_post(stage):
    lin = stage.remote.people["lin"]
    async with running(stage) as inbox:
        id = lin.shows_sticker()
        lin.rolls()
        lin.shows_photo("with words", field="document", mime_type="application/pdf", file_name="a.pdf")
        await meet(stage, inbox, sender="lin")
        assert unfit(inbox) == [(str(id + n), "media") for n in range(3)]
        assert sorted(inbox.texts()) == ["", "", "", "hello"]


@pytest.mark.parametrize(
    ("field", "told", "kind"),
    [
        ("photo", {}, ("image", "image/jpeg", "")),
        ("document", {"mime_type": "image/png", "file_name": "s.png"}, ("image", "image/png", "s.png")),
        ("video", {"mime_type": "video/mp4"}, ("video", "video/mp4", "")),
        ("animation", {"mime_type": "video/mp4"}, ("video", "video/mp4", "")),
        ("animation", {"mime_type": "image/gif"}, ("image", "image/gif", "")),
        ("video_note", {}, ("video", "video/mp4", "")),
        ("document", {"mime_type": "image/heic", "file_name": "s.heic"}, ("image", "image/heic", "s.heic")),
        ("voice", {"mime_type": "audio/ogg"}, ("audio", "audio/ogg", "")),
        ("audio", {}, ("audio", "audio/mpeg", "")),
    ],
)
async def test_what_networks_show_comes_with_its_words(stage, field, told, kind):
    ada = stage.remote.people["ada"]
    async with running(stage) as inbox:
        ada.shows_photo("with *words*", field=field, content=b"the content", **told)
        message = await inbox.hears("with *words*")
        [media] = message.media
        assert (media.kind, media.type, media.name) == kind
        assert media.size == len(b"the content"), "of a picture the largest there is"
        pieces = [piece async for piece in stage.adapter.download(media.ref)]
        assert b"".join(pieces) == b"the content"


async def test_two_albums_at_a_time_are_two_messages_and_order_holds_in_each_chat(stage):
    ada, lin = stage.remote.people["ada"], stage.remote.people["lin"]
    async with running(stage) as inbox:
        ada.shows_photo("three pictures", album="a1")
        lin.shows_photo(album="l1")
        ada.shows_photo(album="a1")
        ada.shows_photo(album="a1")
        lin.shows_photo("two of lin", album="l1")
        ada.says("behind it")
        await inbox.hears("behind it")
        seen = [(one.text, len(one.media)) for one in inbox.committed if one.sender.id == str(ada.id)]
        assert seen == [("three pictures", 3), ("behind it", 0)]
        assert len((await inbox.hears("two of lin")).media) == 2


async def test_an_album_grows_as_long_as_its_parts_come(stage):
    ada = stage.remote.people["ada"]
    async with running(stage) as inbox:
        for number in range(4):
            ada.shows_photo("slow" if number == 0 else "", album="a1")
            await asyncio.sleep(0.03)
        assert len((await inbox.hears("slow")).media) == 4
        assert len(inbox.things()) == 1


async def test_a_part_that_comes_when_its_album_was_handed_in_is_no_post_of_its_own(stage):
    ada = stage.remote.people["ada"]
    async with running(stage) as inbox:
        ada.shows_photo("two", album="a1")
        ada.shows_photo(album="a1")
        assert len((await inbox.hears("two")).media) == 2
        late = ada.shows_photo("too late", album="a1")
        await meet(stage, inbox)
        assert unfit(inbox) == [(str(late), "late")]
        first, answered, _ = inbox.committed
        assert answered.reply_to == first.id, "which album that was"
        assert inbox.texts() == ["two", "", "hello"]


async def test_an_album_that_never_ends_is_handed_in_after_a_while(stage, monkeypatch):
    monkeypatch.setattr(albums, "LONGEST", 0.2)
    ada = stage.remote.people["ada"]
    async with running(stage) as inbox:
        for number in range(20):
            ada.shows_photo("" if number else "endless", album="a1")
            await asyncio.sleep(0.03)
        await meet(stage, inbox)
        shown = len((await inbox.hears("endless")).media)
        assert shown < 20
        assert [why for _, why in unfit(inbox)] == ["late"] * (20 - shown)


async def test_an_album_for_the_bot_in_a_group_is_whole_and_one_that_is_not_is_nothing(stage):
    """Only one part of an album has words."""
    ada, group = stage.remote.people["ada"], stage.remote.group
    async with running(stage) as inbox:
        for album, words in (("g1", "just talk"), ("g2", "/post two stones")):
            ada.shows_photo(words, where=group.chat, album=album)
            ada.shows_photo(where=group.chat, album=album)
        assert len((await inbox.hears("/post two stones")).media) == 2
        late = ada.shows_photo(where=group.chat, album="g2")
        ada.shows_photo(where=group.chat, album="g1")
        await meet(stage, inbox, group=True)
        assert inbox.texts() == ["/post two stones", "", "hello"]
        assert unfit(inbox) == [(str(late), "late")]


async def test_an_album_that_could_not_be_committed_comes_again_as_the_same(stage):
    ada = stage.remote.people["ada"]
    async with running(stage, refuse=1) as inbox:
        ada.shows_photo("whole", album="a1")
        ada.shows_photo(album="a1")
        assert isinstance(await inbox.ended(), StoreError)
    async with running(stage) as again:
        message = await again.hears("whole")
        assert (message.event, len(message.media)) == (inbox.seen[0].event, 2)


async def test_a_file_that_telegram_gives_to_no_bot_is_refused_in_words(stage):
    ada = stage.remote.people["ada"]
    async with running(stage) as inbox:
        ada.shows_photo("large", content=bytes(20 * 1024 * 1024 + 1))
        message = await inbox.hears("large")
        with stage.raises(Rejected):
            [piece async for piece in stage.adapter.download(message.media[0].ref)]
        assert message.media[0].size > stage.adapter.capabilities.file_bytes


async def test_words_beside_a_picture_can_be_changed(stage):
    ada = stage.remote.people["ada"]
    async with running(stage) as inbox:
        id = ada.shows_photo("a cat")
        await inbox.hears("a cat")
        body = ada.direct.messages[id].json
        stage.remote.server.slips_in({"edited_message": {**body, "caption": "a dog", "edit_date": 1}})
        edit = await inbox.takes(Edit)
        assert (edit.id, edit.text) == (str(id), "a dog")


async def test_what_is_forwarded_is_not_posted(stage):
    ada = stage.remote.people["ada"]
    async with running(stage) as inbox:
        id = ada.forwards("somebody's secret")
        await meet(stage, inbox)
        assert unfit(inbox) == [(str(id), "forwarded")]
        assert inbox.texts() == ["", "hello"]


async def test_in_a_group_a_picture_is_heard_with_a_command_beside_it_only(stage):
    ada, group = stage.remote.people["ada"], stage.remote.group
    async with running(stage) as inbox:
        ada.shows_photo("/post look", where=group.chat)
        message = await inbox.hears("/post look")
        assert len(message.media) == 1
        assert message.sender.admin
        ada.shows_photo("look", where=group.chat)
        ada.forwards("look", where=group.chat)
        await meet(stage, inbox, group=True)
        await asyncio.sleep(0.05)
        assert ada.sees(group.chat) == []
        assert inbox.texts() == ["/post look", "hello"]
