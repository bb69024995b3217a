"""People and groups on the pretend Telegram, and what the bot learns of them."""

import pytest

from tests.servers.telegram_errors import UPGRADED


async def test_a_bot_cannot_write_first(bot, server):
    stranger = server.person("Stranger")
    told = await bot.refusal("sendMessage", chat_id=stranger.id, text="hello")
    assert told == "403 Forbidden: bot can't initiate conversation with a user"
    with pytest.raises(PermissionError):
        stranger.says("hello")
    with pytest.raises(ValueError, match="deep link"):
        stranger.starts("no spaces")
    stranger.starts("pay-load")
    message = (await bot.hears())[-1]["message"]
    assert message["text"] == "/start pay-load"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    await bot.says(stranger.id)


async def test_a_blocked_bot_is_told_so(bot, ada):
    ada.blocks()
    change = (await bot.hears())[-1]["my_chat_member"]
    assert (change["old_chat_member"]["status"], change["new_chat_member"]["status"]) == ("member", "kicked")
    told = await bot.refusal("sendMessage", chat_id=ada.id, text="hello")
    assert told == "403 Forbidden: bot was blocked by the user"
    with pytest.raises(PermissionError):
        ada.says("hello")
    ada.unblocks()
    assert (await bot.hears())[-1]["my_chat_member"]["new_chat_member"]["status"] == "member"
    await bot.says(ada.id)


async def test_privacy_mode_lets_through_what_is_meant_for_the_bot(bot, server, ada, lin):
    chat = server.group("Stones", ada, lin).chat
    sent = await bot.says(chat.id, "I am here")
    theirs = ada.says("between us", where=chat)
    for text in ("/post x", f"/post@{server.bot.username} x", "/post@another_bot x", "1/2"):
        ada.says(text, where=chat)
    ada.says(f"hey @{server.bot.username.upper()}", where=chat)
    ada.says("hey @another_bot", where=chat)
    ada.says("an answer", where=chat, reply_to=sent["message_id"])
    lin.says("an answer to ada", where=chat, reply_to=theirs)
    lin.edits(lin.says("changed my mind", where=chat), "/post y", where=chat)
    heard = [one.get("message") or one.get("edited_message") for one in await bot.hears()]
    assert [one["text"] for one in heard if one and "text" in one] == [
        "/post x",
        f"/post@{server.bot.username} x",
        f"hey @{server.bot.username.upper()}",
        "an answer",
        "/post y",
    ]


async def test_an_administrator_hears_everything(bot, server, ada):
    group = server.group("Stones", ada)
    ada.says("unheard", where=group.chat)
    group.promotes_bot()
    ada.says("heard", where=group.chat)
    group.demotes_bot()
    ada.says("unheard again", where=group.chat)
    texts = [one["message"].get("text") for one in await bot.hears() if "message" in one]
    assert [text for text in texts if text] == ["heard"]


async def test_coming_and_going_is_told(bot, server, ada):
    group = server.group("Stones", ada)
    joined, service = await bot.hears()
    assert joined["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert service["message"]["new_chat_members"][0]["id"] == server.bot.id
    group.removes_bot()
    assert (await bot.hears())[-1]["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    told = await bot.refusal("sendMessage", chat_id=group.id, text="still here?")
    assert told == "403 Forbidden: bot was kicked from the supergroup chat"
    other = server.group("Never seen", ada, bot=None)
    assert await bot.refusal("getChat", chat_id=other.id) == "400 Bad Request: chat not found"


async def test_a_group_moves(bot, server, ada):
    old = server.group("Stones", ada, kind="group", bot="administrator")
    new = old.migrates()
    told = await bot.asks("sendMessage", chat_id=old.id, text="where are you?")
    assert told["description"] == f"Bad Request: {UPGRADED}"
    assert told["parameters"] == {"migrate_to_chat_id": new.id}
    there, here = (one["message"] for one in (await bot.hears())[-2:])
    assert (there["chat"]["id"], there["migrate_to_chat_id"]) == (old.id, new.id)
    assert (here["chat"]["id"], here["migrate_from_chat_id"]) == (new.id, old.id)
    ada.says("here", where=new.chat)
    assert (await bot.hears())[-1]["message"]["chat"] == {
        "id": new.id,
        "type": "supergroup",
        "title": "Stones",
    }
    await bot.says(new.id)


async def test_what_is_no_plain_text_arrives_as_telegram_sends_it(bot, server, ada):
    group = server.group("Stones", ada, bot="administrator", forum=True)
    group.hides_creator()
    topic = group.opens_topic("Pebbles")
    ada.says("anonymous", where=group.chat, topic=topic)
    channel = server.group("News", ada, kind="channel", bot="administrator")
    ada.says("read all about it", where=channel.chat)
    ada.forwards("somebody else's words")
    ada.shows_photo("a /caption")
    ada.shows_sticker()
    ada.rolls()
    *_, hidden, _, post, forward, photo, sticker, dice = await bot.hears()
    assert hidden["message"]["sender_chat"]["id"] == group.id
    assert (hidden["message"]["message_thread_id"], hidden["message"]["is_topic_message"]) == (topic, True)
    assert hidden["message"]["reply_to_message"]["forum_topic_created"]["name"] == "Pebbles"
    assert post["channel_post"]["text"] == "read all about it"
    assert forward["message"]["forward_origin"]["type"] == "hidden_user"
    assert photo["message"]["caption_entities"][0]["type"] == "bot_command"
    assert "text" not in sticker["message"]
    assert 1 <= dice["message"]["dice"]["value"] <= 6
    sent = await bot.says(group.id, "in the topic", message_thread_id=topic)
    assert sent["message_thread_id"] == topic


async def test_what_a_bot_may_ask_about_chats(bot, server, ada, lin):
    group = server.group("Stones", ada, bot="administrator")
    assert (await bot.gets("getChatMember", chat_id=group.id, user_id=lin.id))["status"] == "left"
    group.promotes(lin, anonymous=True)
    member = await bot.gets("getChatMember", chat_id=group.id, user_id=lin.id)
    assert (member["status"], member["is_anonymous"]) == ("administrator", True)
    told = await bot.refusal("getChatMember", chat_id=group.id, user_id=5)
    assert told == "400 Bad Request: invalid user_id specified"
    ada.blocks()
    assert (await bot.gets("getChat", chat_id=ada.id))["first_name"] == "Ada"
    told = await bot.refusal("getChatAdministrators", chat_id=ada.id)
    assert told == "400 Bad Request: there are no administrators in the private chat"
    told = await bot.refusal("sendChatAction", chat_id=group.id, action="dancing")
    assert told == "400 Bad Request: wrong parameter action in request"
    group.removes_bot()
    told = await bot.refusal("getChat", chat_id=group.id)
    assert told == "403 Forbidden: bot was kicked from the supergroup chat"


async def test_people_do_only_what_their_clients_let_them(bot, server, ada, lin):
    group = server.group("Stones", ada)
    with pytest.raises(PermissionError):
        lin.says("let me in", where=group.chat)
    with pytest.raises(PermissionError):
        group.opens_topic("no forum")
    with pytest.raises(PermissionError):
        group.migrates()
    theirs = (await bot.says(ada.id))["message_id"]
    with pytest.raises(LookupError):
        ada.edits(theirs, "not mine")
    mine = ada.says("mine")
    ada.deletes(mine)
    with pytest.raises(LookupError):
        ada.says("an answer to nothing", reply_to=mine)
    told = await bot.refusal("sendMessage", chat_id=ada.id, text="x", reply_parameters={"message_id": mine})
    assert told == "400 Bad Request: message to be replied not found"
