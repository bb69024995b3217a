"""Pictures, films and sounds that the bot shows on Telegram, and what becomes of them there."""

import pytest

from bridgebot.errors import AdapterError, Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.model import Button, Chat, Exhibit, File, OutgoingMessage
from bridgebot.testing.pictures import picture, png, reader
from tests.servers.telegram_bot import calls, staged
from tests.servers.telegram_errors import bad
from tests.servers.telegram_faults import LOST_ANSWER, SERVER_ERROR, refusal, slow_down

RED, BLUE = png((200, 30, 30)), png((30, 30, 200), 5, 9)
FILM = b"\0\0\0\x14ftypisom\0\0\0\0isom" + bytes(100)
KINDS = [
    ("image", "image/jpeg", b"\xff\xd8\xff" + bytes(9), "photo"),
    ("image", "image/gif", b"GIF89a" + bytes(9), "animation"),
    ("video", "video/mp4", FILM, "video"),
    ("audio", "audio/mpeg", b"ID3" + bytes(9), "audio"),
    ("audio", "audio/ogg", b"OggS" + bytes(9), "voice"),
]


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


def exhibit(content=RED, kind="image", type="image/png", **more):
    return Exhibit(File(kind, type, len(content)), read=reader(content), **more)


def shown(ada):
    return [one for line in ada.sees() for one in line.media]


@pytest.mark.parametrize(("kind", "type", "content", "field"), KINDS)
async def test_each_kind_has_its_own_method(stage, ada, chat, kind, type, content, field):
    one = exhibit(content, kind, type)
    buttons = (Button("like", "★"),)
    (id,) = await stage.adapter.send(chat, OutgoingMessage("look", media=(one,), buttons=buttons))
    [line] = ada.sees()
    assert (str(line.id), line.text, line.buttons) == (id, "look", (("like", "★"),))
    assert line.media == ((field, content, False),)


async def test_an_album_has_its_words_at_the_first_and_covers_what_is_hidden(stage, ada, chat):
    media = (exhibit(RED), exhibit(FILM, "video", "video/mp4", hidden=True))
    ids = await stage.adapter.send(chat, OutgoingMessage("two", media=media, reply_to=None))
    assert [str(line.id) for line in ada.sees()] == list(ids)
    assert [line.text for line in ada.sees()] == ["two", ""]
    assert shown(ada) == [("photo", RED, False), ("video", FILM, True)]


async def test_an_address_is_given_to_telegram_and_nothing_comes_from_here(stage, ada, chat):
    stage.remote.server.world.web["https://x.example/a.png"] = RED
    one = Exhibit(File("image", "", 0), url="https://x.example/a.png", hidden=True)
    await stage.adapter.send(chat, OutgoingMessage("look", media=(one,)))
    [call] = calls(stage, "sendPhoto")
    assert call["photo"] == "https://x.example/a.png"
    assert shown(ada) == [("photo", RED, True)]


async def test_a_sound_is_never_covered(stage, ada, chat):
    await stage.adapter.send(
        chat, OutgoingMessage("", media=(exhibit(b"ID3" + bytes(9), "audio", "audio/mpeg", hidden=True),))
    )
    assert [hidden for _, _, hidden in shown(ada)] == [False]


@pytest.mark.parametrize("media", [(exhibit(),), (exhibit(), exhibit(BLUE))])
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (LOST_ANSWER, Unconfirmed),
        (SERVER_ERROR, Unconfirmed),
        (slow_down(7), Temporary),
        (refusal(bad("failed to get HTTP URL content")), Rejected),
        (refusal(bad('failed to send message #1 with the error message "WEBPAGE_CURL_FAILED"')), Rejected),
        (refusal(bad("chat not found")), TargetGone),
    ],
)
async def test_what_goes_wrong_says_what_to_do(stage, chat, media, fault, expected):
    method = "sendPhoto" if len(media) == 1 else "sendMediaGroup"
    stage.remote.server.faults.order(fault, method)
    with pytest.raises(AdapterError) as info:
        await stage.adapter.send(chat, OutgoingMessage("look", media=media))
    assert type(info.value) is expected
    assert stage.remote.server.token not in repr(info.value)
    assert len(calls(stage, method)) == 1, "the adapter does not try again by itself"


async def test_words_are_changed_wherever_they_stand(stage, ada, chat):
    there = Exhibit(picture(RED))
    (beside,) = await stage.adapter.send(chat, OutgoingMessage("old", media=(exhibit(),)))
    (alone,) = await stage.adapter.send(chat, OutgoingMessage("old"))
    for id in (beside, alone):  # what was to be shown may not have been, and what was may be forgotten
        for media in ((there,), ()):
            text = f"{id} {len(media)}"
            await stage.adapter.edit(chat, id, OutgoingMessage(text, media=media))
            assert text in [line.text for line in ada.sees()]
    assert [len(line.media) for line in ada.sees()] == [1, 0]


async def test_a_picture_answers_natively(stage, ada, chat):
    asked = ada.says("show me")
    await stage.adapter.send(chat, OutgoingMessage("look", media=(exhibit(),), reply_to=str(asked)))
    [line] = ada.sees()
    assert line.reply_to == asked
