"""What the bot's messages look like at Telegram, and what Telegram's refusals mean. No network."""

import json

import pytest
from telegram import MessageEntity

from adapters.telegram import Config, writing
from adapters.telegram.entities import entities, moved, spans
from adapters.telegram.failures import MessageGone, Moved, Reply, Unchanged, result
from bridgebot.errors import AuthExpired, Rejected, TargetGone, Temporary, Unconfirmed
from bridgebot.model import Button, Limits, OutgoingMessage, Span

TEXTS = ("plain", "😀", "你好 😀 a", "a" * 4095 + "字", "😀" * 2048, "字" * 4095 + "a")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("kind", ["bold", "italic", "strike", "code", "spoiler", "link"])
def test_emphasis_goes_out_and_comes_back_as_it_was(text, kind):
    url = "https://example.org/" if kind == "link" else None
    places = {(0, len(text)), (0, 1), (len(text) - 1, len(text)), (len(text) // 2, len(text))}
    wanted = tuple(Span(start, end, kind, url) for start, end in sorted(places) if start < end)
    sent = entities(text, wanted)
    assert spans(text, sent) == wanted
    units = text.encode("utf-16-le")
    for span, entity in zip(wanted, sent, strict=True):
        piece = units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")
        assert piece == text[span.start : span.end]


def test_the_longest_text_is_counted_as_telegram_counts():
    limits = Limits(4096, "utf16")
    assert limits.fits("😀" * 2048)
    assert not limits.fits("😀" * 2048 + "a")
    assert limits.fits("字" * 4096)
    last = entities("a" * 4094 + "😀", [Span(4094, 4095, "bold")])[0]
    assert (last.offset, last.length) == (4094, 2)


def test_spans_that_are_out_of_place_do_no_harm():
    found = entities(
        "😀ab", [Span(-3, 1, "bold"), Span(2, 99, "code"), Span(3, 3, "bold"), Span(9, 12, "bold")]
    )
    assert [(one.offset, one.length) for one in found] == [(0, 2), (3, 1)]
    assert entities("ab", [Span(0, 1, "link", "tg://user?id=1"), Span(0, 1, "link")]) == []


def test_taking_something_out_moves_what_stands_behind_it():
    cut = (2, 5)
    before = (
        Span(0, 2, "bold"),
        Span(1, 4, "code"),
        Span(2, 5, "italic"),
        Span(5, 7, "strike"),
        Span(0, 9, "bold"),
    )
    assert moved(before, cut) == (
        Span(0, 2, "bold"),
        Span(1, 2, "code"),
        Span(2, 4, "strike"),
        Span(0, 6, "bold"),
    )


def test_a_message_is_text_with_entities_and_no_preview():
    content = writing.content(OutgoingMessage("see <b>", spans=(Span(0, 3, "bold"),)))
    assert content["text"] == "see <b>"
    assert content["entities"] == [MessageEntity("bold", 0, 3)]
    sent = writing.form(content)
    assert json.loads(sent["link_preview_options"]) == {"is_disabled": True}
    assert json.loads(sent["entities"]) == [{"type": "bold", "offset": 0, "length": 3}]
    assert sent.keys() == {"text", "entities", "link_preview_options"}


def rows(*labels):
    keyboard = writing.keyboard([Button(str(n), label) for n, label in enumerate(labels)])
    return [[button.text for button in row] for row in keyboard.inline_keyboard]


def test_buttons_stand_beside_each_other_where_their_labels_have_room():
    assert rows("Post", "No") == [["Post", "No"]]
    assert rows("a", "b", "c", "d", "e") == [["a", "b", "c", "d"], ["e"]]
    assert rows("Post it anyway, please", "No") == [["Post it anyway, please"], ["No"]]
    assert rows("只在我说发布时", "每次都问") == [["只在我说发布时", "每次都问"]]
    assert rows("只在我说发布的时候", "每次都问") == [["只在我说发布的时候"], ["每次都问"]]
    assert writing.keyboard(()) is None


def test_a_reply_to_what_is_no_number_is_no_reply():
    assert writing.answering("12").message_id == 12
    assert writing.answering("12").allow_sending_without_reply
    assert writing.answering("xmpp-id") is None
    assert writing.answering(None) is None


@pytest.mark.parametrize("payload", ["", "a b", "x" * 65, "ключ", "a=b"])
def test_a_start_word_that_telegram_would_not_carry_is_refused(payload):
    with pytest.raises(Rejected):
        writing.start(payload)
    assert writing.start("Ab_-" * 16) == "Ab_-" * 16


# --- what answers mean -------------------------------------------------------------------------


def refusal(code, words, status=None, headers=None, **parameters):
    body = {"ok": False, "error_code": code, "description": words}
    body |= {"parameters": parameters} if parameters else {}
    return Reply(status or code, headers or {}, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (refusal(401, "Unauthorized"), AuthExpired),
        (refusal(404, "Not Found"), AuthExpired),
        (refusal(404, "Not Found: method not found"), Rejected),
        (refusal(403, "Forbidden: bot was blocked by the user"), TargetGone),
        (refusal(403, "Forbidden: bot was kicked from the supergroup chat"), TargetGone),
        (refusal(403, "Forbidden: user is deactivated"), TargetGone),
        (refusal(400, "Bad Request: chat not found"), TargetGone),
        (refusal(400, "Bad Request: message thread not found"), TargetGone),
        (refusal(400, "Bad Request: message text is empty"), Rejected),
        (refusal(400, "Bad Request: message is not modified: specified new"), Unchanged),
        (refusal(400, "Bad Request: message to edit not found"), MessageGone),
        (refusal(400, "Bad Request: message to delete not found"), MessageGone),
        (refusal(409, "Conflict: terminated by other getUpdates request"), Temporary),
        (refusal(413, "Request Entity Too Large"), Rejected),
        (refusal(500, "Internal Server Error"), Unconfirmed),
        (Reply(502, {}, b"<html>Bad Gateway</html>"), Unconfirmed),
        (Reply(200, {}, b"<html>Log in to the hotel</html>"), Unconfirmed),
        (Reply(403, {}, b"<html>The proxy says no</html>"), Unconfirmed),
        (Reply(404, {}, b"nginx"), Unconfirmed),
        (Reply(200, {}, b'{"ok": true, "result": {"mess'), Unconfirmed),
        (Reply(200, {}, b"[" * 100_000), Unconfirmed),
        (Reply(200, {}, b'{"ok": true}'), Unconfirmed),
        (Reply(200, {}, b"[]"), Unconfirmed),
        (Reply(302, {"Location": "/x"}, b""), Unconfirmed),
    ],
)
def test_an_answer_says_what_to_do_next(reply, kind):
    with pytest.raises(kind) as info:
        result(reply, "sendMessage")
    assert type(info.value) is kind


@pytest.mark.parametrize("method", ["getUpdates", "editMessageText", "deleteMessage", "answerCallbackQuery"])
@pytest.mark.parametrize("reply", [Reply(502, {}, b"<html>"), Reply(200, {}, b'{"ok'), refusal(500, "Oops")])
def test_what_may_be_repeated_is_never_unconfirmed(reply, method):
    with pytest.raises(Temporary):
        result(reply, method)


@pytest.mark.parametrize(
    ("reply", "wait"),
    [
        (refusal(429, "Too Many Requests: retry after 7", retry_after=7), 7),
        (refusal(429, "Too Many Requests", headers={"Retry-After": "9"}), 9),
        (Reply(429, {"Retry-After": "11"}, b"<html>slow down</html>"), 11),
        (refusal(429, "Too Many Requests", retry_after=10**9), 86400),
        (refusal(429, "Too Many Requests", retry_after="soon"), None),
    ],
)
def test_a_wait_is_as_long_as_telegram_says(reply, wait):
    with pytest.raises(Temporary) as info:
        result(reply, "sendMessage")
    assert info.value.retry_after == wait


def test_a_group_that_moved_says_where_to():
    with pytest.raises(Moved) as info:
        result(refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1001), "sendMessage")
    assert info.value.moved_to == "-1001"


def test_telegrams_words_are_shown_on_one_line():
    with pytest.raises(Rejected) as info:
        result(refusal(400, "Bad\nRequest:\u202e \x07" + "x" * 500), "sendMessage")
    assert info.value.arguments["words"].startswith("Bad Request: xxx")
    assert len(info.value.arguments["words"]) == 200


# --- options -----------------------------------------------------------------------------------

TOKEN = "123456:" + "A" * 35


@pytest.mark.parametrize(
    "options",
    [
        {"token": "no token"},
        {"token": TOKEN + "\n"},
        {"token": TOKEN, "api": "ftp://example.org"},
        {"token": TOKEN, "api": "https://user@example.org"},
        {"token": TOKEN, "api": "example.org"},
        {"token": TOKEN, "poll_timeout": 0},
        {"token": TOKEN, "poll_timeout": 51},
        {"token": TOKEN, "tokn": "x"},
    ],
)
def test_options_that_cannot_work_are_refused(options):
    with pytest.raises(ValueError) as info:
        Config(**options)
    assert TOKEN not in str(info.value)
    assert "no token" not in str(info.value)


def test_the_token_is_all_that_must_be_said():
    config = Config(token=TOKEN)
    assert (config.api, config.poll_timeout) == ("https://api.telegram.org", 50)
    assert TOKEN not in repr(config)
    assert Config(token=TOKEN, api="http://127.0.0.1:8081/").api == "http://127.0.0.1:8081"
