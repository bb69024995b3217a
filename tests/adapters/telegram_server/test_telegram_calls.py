"""Calls to the pretend Telegram: tokens, parameters, and messages that it does not take."""

import json

import aiohttp
import pytest

BUTTONS = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}


async def ask_at(bot, path, **more):
    async with bot.session.post(f"{bot.server.url}/{path}", **more) as answer:
        return answer.status, (await answer.json())["description"]


async def test_a_wrong_token_is_unauthorized_and_no_token_is_not_found(bot):
    assert await ask_at(bot, f"bot{bot.server.bot.id}:{'x' * 35}/getMe") == (401, "Unauthorized")
    assert await ask_at(bot, "botnonsense/getMe") == (404, "Not Found")
    bot.server.revokes_token()
    assert await bot.refusal("getMe") == "401 Unauthorized"


async def test_methods_are_known_in_any_case_and_others_are_not_found(bot):
    assert (await bot.gets("GETME"))["id"] == bot.server.bot.id
    assert await bot.refusal("sendTelegram") == "404 Not Found: method not found"


@pytest.mark.parametrize("way", ["json", "form", "query", "multipart", "get"])
async def test_parameters_come_in_every_way(bot, ada, way):
    url = f"{bot.server.url}/bot{bot.server.token}/sendMessage"
    given = {"chat_id": str(ada.id), "text": "hello", "reply_markup": json.dumps(BUTTONS)}
    multipart = aiohttp.FormData(given, default_to_multipart=True)
    more = {
        "json": {"json": {**given, "reply_markup": BUTTONS}},
        "form": {"data": given},
        "multipart": {"data": multipart},
    }.get(way, {"params": given})
    async with bot.session.request("GET" if way == "get" else "POST", url, **more) as answer:
        assert answer.status == 200
    assert [(one.text, one.buttons) for one in ada.sees()] == [("hello", (("yes", "Yes"),))]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"text": None}, "message text is empty"),
        ({"text": ""}, "message text is empty"),
        ({"text": " \n\u200b "}, "text must be non-empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2048 + "x"}, "message is too long"),
        ({"chat_id": None}, "chat_id is empty"),
        ({"chat_id": 12345}, "chat not found"),
        ({"chat_id": "@nobody"}, "chat not found"),
        ({"text": 5}, 'parameter "text" must be of type String'),
        ({"disable_notification": "yes"}, 'parameter "disable_notification" must be of type Boolean'),
        ({"reply_markup": []}, 'parameter "reply_markup" must be of type Object'),
        ({"entities": "{}"}, 'parameter "entities" must be of type Array'),
        ({"message_thread_id": "1"}, 'parameter "message_thread_id" must be of type Integer'),
        ({"message_thread_id": 77}, "message thread not found"),
        ({"disable_web_page_preview": True}, 'unknown parameter "disable_web_page_preview"'),
        ({"parse_mode": "MarkdownV2"}, "unsupported parse_mode"),
        ({"reply_parameters": {"message_id": 99999}}, "message to be replied not found"),
        ({"link_preview_options": {"disabled": True}}, "can't parse link preview options: unknown field "),
        ({"link_preview_options": {"is_disabled": 1}}, "can't parse link preview options: Field "),
    ],
)
async def test_a_wrong_message_is_refused(bot, ada, given, words):
    told = await bot.refusal("sendMessage", **{"chat_id": ada.id, "text": "hello", **given})
    assert told.startswith(f"400 Bad Request: {words}")
    assert ada.sees() == []


@pytest.mark.parametrize(
    ("entity", "words"),
    [
        ({"type": "sparkle"}, "can't parse MessageEntity: Unsupported type specified"),
        ({"offset": -1}, "receive an entity with incorrect offset -1"),
        ({"length": 0}, "receive an entity with incorrect length 0"),
        ({"offset": 100}, "entity begins after the end of the text at UTF-16 offset 100"),
        (
            {"length": 9},
            "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 9",
        ),
        ({"offset": 6}, "entity begins in a middle of a UTF-16 symbol at offset 6"),
        ({"length": 6}, "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol"),
        ({"length": "1"}, 'can\'t parse MessageEntity: Field "length" must be of type int'),
        ({"type": "text_link"}, "can't parse MessageEntity: Can't find field \"url\""),
        ({"type": "text_link", "url": "not a url"}, "entity URL 'not a url' is invalid: Wrong HTTP URL"),
        ({"colour": "red"}, 'can\'t parse MessageEntity: unknown field "colour"'),
    ],
)
async def test_a_wrong_entity_is_refused(bot, ada, entity, words):
    given = {"type": "bold", "offset": 0, "length": 1, **entity}
    told = await bot.refusal("sendMessage", chat_id=ada.id, text="hello😀", entities=[given])
    assert told == f"400 Bad Request: {words}"


async def test_more_than_a_hundred_entities_are_refused(bot, ada):
    bold = {"type": "bold", "offset": 0, "length": 1}
    assert len((await bot.says(ada.id, entities=[bold] * 100))["entities"]) == 100
    told = await bot.refusal("sendMessage", chat_id=ada.id, text="hello", entities=[bold] * 101)
    assert told == "400 Bad Request: ENTITIES_TOO_LONG"


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ({"callback_data": "x" * 65}, "BUTTON_DATA_INVALID"),
        ({"callback_data": "字" * 22}, "BUTTON_DATA_INVALID"),
        (
            {"callback_data": ""},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline",
        ),
        ({}, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        ({"callback_data": "x", "text": " "}, "inline keyboard button text must be non-empty"),
        (
            {"callback_data": "x", "text": None},
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        ({"callback_data": "x", "label": "x"}, 'can\'t parse inline keyboard button: unknown field "label"'),
        (
            {"callback_data": "x", "url": "https://a.example"},
            "can't parse inline keyboard button: exactly one",
        ),
        ({"url": "nowhere"}, "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL"),
    ],
)
async def test_a_wrong_button_is_refused(bot, ada, button, words):
    markup = {"inline_keyboard": [[{"text": "Yes", **button}]]}
    told = await bot.refusal("sendMessage", chat_id=ada.id, text="sure?", reply_markup=markup)
    assert told.startswith(f"400 Bad Request: {words}")


@pytest.mark.parametrize("markup", [{}, {"inline_keyboard": {}}, {"force_reply": False}, {"keyboard": []}])
async def test_a_wrong_markup_is_refused(bot, ada, markup):
    told = await bot.refusal("sendMessage", chat_id=ada.id, text="sure?", reply_markup=markup)
    assert told.startswith("400 Bad Request: ")


async def test_what_is_just_allowed_goes_through(bot, ada):
    data = "字" * 21 + "x"  # 64 bytes
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": data}]]}
    await bot.says(ada.id, "😀" * 2048, reply_markup=markup)
    await bot.says(ada.id, "x" * 4096 + "  ")
    await bot.says(ada.id, "what?", reply_markup={"force_reply": True, "input_field_placeholder": "a name"})
    assert [(len(one.text), one.buttons) for one in ada.sees()] == [
        (2048, ((data, "Yes"),)),
        (4096, ()),
        (5, ()),
    ]


async def test_edges_are_trimmed_and_entities_move_along(bot, ada):
    entities = [{"type": "bold", "offset": 3, "length": 4}]
    sent = await bot.says(ada.id, "\n  two\u202e \t", entities=entities)
    assert (sent["text"], sent["entities"]) == ("two", [{"type": "bold", "offset": 0, "length": 3}])
    ada.says("  in and out \n")
    assert (await bot.hears())[-1]["message"]["text"] == "in and out"


async def test_html_is_parsed_or_refused(bot, ada):
    html = '<b>1 &lt; <i>2</i></b> &amp; <a href="https://a.example/">😀</a>'
    sent = await bot.says(ada.id, html, parse_mode="HTML")
    assert sent["text"] == "1 < 2 & 😀"
    marks = [(one["type"], one["offset"], one["length"]) for one in sent["entities"]]
    assert marks == [("bold", 0, 5), ("italic", 4, 1), ("text_link", 8, 2)]
    for wrong, words in (
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<blink>x</blink>", 'Unsupported start tag "blink" at byte offset 0'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b><i>x</b></i>", "Unmatched end tag at byte offset 7"),
    ):
        told = await bot.refusal("sendMessage", chat_id=ada.id, text=wrong, parse_mode="HTML")
        assert told.startswith(f"400 Bad Request: can't parse entities: {words}")
