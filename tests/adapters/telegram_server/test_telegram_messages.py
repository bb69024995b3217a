"""Messages of the bot on the pretend Telegram: edited, deleted, answering, pressed; and its commands."""

import pytest

from tests.servers.telegram_errors import NOT_MODIFIED, OLD_QUERY

BUTTONS = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}


async def test_edits_are_checked(bot, ada):
    said, id = ada.says("mine"), (await bot.says(ada.id, reply_markup=BUTTONS))["message_id"]
    place = {"chat_id": ada.id, "message_id": id}
    same = await bot.refusal("editMessageText", **place, text="hello", reply_markup=BUTTONS)
    assert same == f"400 Bad Request: {NOT_MODIFIED}"
    edited = await bot.gets("editMessageText", **place, text="hello")
    assert "reply_markup" not in edited
    assert edited["edit_date"] >= edited["date"]
    told = await bot.refusal("editMessageText", chat_id=ada.id, message_id=id + 99, text="x")
    assert told == "400 Bad Request: message to edit not found"
    told = await bot.refusal("editMessageText", chat_id=ada.id, message_id=said, text="x")
    assert told == "400 Bad Request: message can't be edited"
    told = await bot.refusal("editMessageText", chat_id=ada.id, text="x")
    assert told == "400 Bad Request: message identifier is not specified"
    assert (await bot.gets("editMessageReplyMarkup", **place, reply_markup=BUTTONS))[
        "reply_markup"
    ] == BUTTONS
    force = {"force_reply": True}
    told = await bot.refusal("editMessageReplyMarkup", **place, reply_markup=force)
    assert told == "400 Bad Request: inline keyboard expected"
    assert [(one.text, one.history) for one in ada.sees()] == [("hello", ("hello",))]


async def test_deletions_are_checked(bot, ada, server):
    ids = [(await bot.says(ada.id, text))["message_id"] for text in ("one", "two", "three", "four")]
    assert await bot.gets("deleteMessage", chat_id=ada.id, message_id=ids[0])
    told = await bot.refusal("deleteMessage", chat_id=ada.id, message_id=ids[0])
    assert told == "400 Bad Request: message to delete not found"
    assert await bot.gets("deleteMessages", chat_id=ada.id, message_ids=ids[:2])
    told = await bot.refusal("deleteMessages", chat_id=ada.id, message_ids=[])
    assert told == "400 Bad Request: message identifiers are not specified"
    ada.direct.messages[ids[2]].json["date"] -= 49 * 3600
    told = await bot.refusal("deleteMessage", chat_id=ada.id, message_id=ids[2])
    assert told == "400 Bad Request: message can't be deleted for everyone"
    group = server.group("Stones", ada)
    said = ada.says("mine", where=group.chat)
    told = await bot.refusal("deleteMessage", chat_id=group.id, message_id=said)
    assert told == "400 Bad Request: message can't be deleted"
    assert [one.text for one in ada.sees()] == ["three", "four"]
    assert [one.text for one in ada.sees(deleted=True) if one.deleted] == ["one", "two"]


async def test_replies_name_what_they_answer(bot, ada):
    said = ada.says("a question")
    sent = await bot.says(ada.id, "an answer", reply_parameters={"message_id": said})
    assert sent["reply_to_message"]["text"] == "a question"
    lenient = {"message_id": 99999, "allow_sending_without_reply": True}
    assert "reply_to_message" not in await bot.says(ada.id, "to nobody", reply_parameters=lenient)
    ada.says("and another", reply_to=sent["message_id"])
    heard = (await bot.hears())[-1]["message"]["reply_to_message"]
    assert heard["text"] == "an answer"
    assert "reply_to_message" not in heard


async def test_a_press_is_answered_once_and_in_time(bot, ada):
    id = (await bot.says(ada.id, reply_markup=BUTTONS))["message_id"]
    with pytest.raises(LookupError):
        ada.presses(id, "no such button")
    press = ada.presses(id, "yes")
    query = (await bot.hears())[-1]["callback_query"]
    assert (query["data"], query["message"]["message_id"], query["from"]["id"]) == ("yes", id, ada.id)
    told = await bot.refusal("answerCallbackQuery", callback_query_id=query["id"], text="x" * 201)
    assert told == "400 Bad Request: MESSAGE_TOO_LONG"
    assert not press.answered
    assert await bot.gets("answerCallbackQuery", callback_query_id=query["id"], text="x" * 200)
    assert press.answered
    told = await bot.refusal("answerCallbackQuery", callback_query_id=query["id"])
    assert told == f"400 Bad Request: {OLD_QUERY}"
    late = ada.presses(id, "yes")
    bot.server.forgets_presses()
    assert await bot.refusal("answerCallbackQuery", callback_query_id=late.id) == told


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ([{"command": "Post", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "/post", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "p" * 33, "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "post", "description": ""}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "post", "description": "x" * 257}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "post", "description": "x"}] * 101, "BOT_COMMANDS_TOO_MUCH"),
        ([{"description": "x"}], "can't parse BotCommand: Can't find field \"command\""),
    ],
)
async def test_wrong_commands_are_refused(bot, commands, words):
    assert await bot.refusal("setMyCommands", commands=commands) == f"400 Bad Request: {words}"


async def test_wrong_places_for_commands_are_refused(bot):
    for more, words in (
        ({"language_code": "zh-CN"}, "invalid language code specified"),
        ({"scope": {"type": "everywhere"}}, "can't parse BotCommandScope: Unsupported type specified"),
        ({"scope": {"type": "chat"}}, "can't parse BotCommandScope: missing or unknown field"),
        ({"scope": {"type": "chat", "chat_id": 5}}, "chat not found"),
    ):
        told = await bot.refusal("setMyCommands", commands=[], **more)
        assert told == f"400 Bad Request: {words}"
    told = await bot.refusal("setMyShortDescription", short_description="x" * 121)
    assert told == "400 Bad Request: BOT_SHORT_DESCRIPTION_TOO_LONG"


async def test_commands_stand_by_scope_and_language(bot, ada):
    places = (
        {},
        {"language_code": "zh"},
        {"scope": {"type": "all_group_chats"}},
        {"scope": {"type": "chat", "chat_id": ada.id}, "language_code": "zh"},
    )
    for number, place in enumerate(places):
        await bot.gets("setMyCommands", commands=[{"command": f"c{number}", "description": "x"}], **place)
    read = [(await bot.gets("getMyCommands", **place))[0]["command"] for place in places]
    assert read == ["c0", "c1", "c2", "c3"]
    assert await bot.gets("getMyCommands", scope={"type": "all_group_chats"}, language_code="zh") == []


async def test_descriptions_fall_back_to_that_for_everybody(bot):
    await bot.gets("setMyDescription", description="everybody")
    await bot.gets("setMyDescription", description="中文", language_code="zh")
    assert await bot.gets("getMyDescription", language_code="zh") == {"description": "中文"}
    assert await bot.gets("getMyDescription", language_code="fi") == {"description": "everybody"}
    assert await bot.gets("getMyShortDescription") == {"short_description": ""}
    assert await bot.gets("getMyName") == {"name": bot.server.bot.first_name}
