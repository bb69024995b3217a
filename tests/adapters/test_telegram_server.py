"""The judge of the pretend Telegram: python-telegram-bot as it comes, with its own polling and HTTP client.

That mistakes are refused is tested in `telegram_server/`.
"""

import asyncio
import contextlib

import pytest
from telegram import BotCommand, BotCommandScopeAllPrivateChats, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import Forbidden, RetryAfter
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from tests.servers import telegram_faults as faults
from tests.servers.telegram import serve, serve_in_thread


@pytest.fixture
async def server():
    async with serve() as server:
        yield server


@pytest.fixture
def ada(server):
    return server.person("Ada", "ada_l").met()


@contextlib.asynccontextmanager
async def echo_bot(server):
    """The library's own Application with its own polling and HTTP client."""
    app = Application.builder().token(server.token).base_url(f"{server.url}/bot").build()

    async def start(update, context):
        await update.message.reply_text(f"welcome {' '.join(context.args)}".strip())

    async def echo(update, context):
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Again", callback_data="again")]])
        message = update.message
        await message.reply_text(
            message.text, entities=message.entities, reply_markup=keyboard, do_quote=True
        )

    async def edited(update, context):
        await update.effective_chat.send_message(f"now: {update.edited_message.text}")

    async def pressed(update, context):
        await update.callback_query.answer("done", show_alert=True)
        await update.callback_query.edit_message_text("pressed")

    app.add_handler(CommandHandler("start", start))
    app.add_handler(MessageHandler(filters.TEXT & filters.UpdateType.MESSAGE, echo))
    app.add_handler(MessageHandler(filters.UpdateType.EDITED_MESSAGE, edited))
    app.add_handler(CallbackQueryHandler(pressed))
    async with app:
        await app.start()
        await app.updater.start_polling(timeout=5)
        yield app
        await app.updater.stop()
        await app.stop()


async def test_the_library_echoes_text_with_its_entities(server, ada):
    async with echo_bot(server):
        bold = {"type": "bold", "offset": 3, "length": 2}
        said = ada.says("😀 hi @ada_l https://example.org/a?b=c", entities=[bold])
        shown = await ada.hears("hi")
    assert shown.text == "😀 hi @ada_l https://example.org/a?b=c"
    assert [(one["type"], one["offset"], one["length"]) for one in shown.entities] == [
        ("bold", 3, 2),
        ("mention", 6, 6),
        ("url", 13, 25),
    ]
    assert shown.reply_to == said
    assert server.updates == [], "the library confirmed what it got"


async def test_the_library_follows_a_deep_link(server):
    stranger = server.person("Stranger")
    async with echo_bot(server):
        stranger.starts("abc_123")
        assert (await stranger.hears("welcome")).text == "welcome abc_123"


async def test_the_library_answers_a_press_and_edits(server, ada):
    async with echo_bot(server):
        ada.says("hello")
        shown = await ada.hears("hello")
        assert shown.buttons == (("again", "Again"),)
        press = await ada.presses(shown.id, "again").answer()
        changed = await ada.hears("pressed")
    assert (press.text, press.alert) == ("done", True)
    assert (changed.id, changed.history, changed.buttons) == (shown.id, ("hello",), ())


async def test_the_library_hears_edits_also_those_that_change_nothing(server, ada):
    async with echo_bot(server):
        said = ada.says("helo")
        ada.edits(said, "hello")
        first = await ada.hears("now: hello")
        ada.touches(said)
        assert (await ada.hears("now: hello", after=first.id)).id > first.id


async def test_the_library_sets_commands_by_scope_and_language(server):
    async with echo_bot(server) as app:
        scope = BotCommandScopeAllPrivateChats()
        await app.bot.set_my_commands([BotCommand("post", "发一条")], scope=scope, language_code="zh")
        await app.bot.set_my_description("What I do", language_code="en")
        read = await app.bot.get_my_commands(scope=scope, language_code="zh")
        assert [(one.command, one.description) for one in read] == [("post", "发一条")]
        assert await app.bot.get_my_commands() == ()
        assert (await app.bot.get_my_description("en")).description == "What I do"
        await app.bot.delete_my_commands(scope=scope, language_code="zh")
        assert await app.bot.get_my_commands(scope=scope, language_code="zh") == ()


async def test_the_library_reads_every_answer_about_chats(server, ada):
    lin = server.person("Lin")
    group = server.group("Stones", ada, lin, bot="administrator", username="stones")
    async with echo_bot(server) as app:
        assert (await app.bot.get_me()).username == server.bot.username
        assert (await app.bot.get_chat("@stones")).id == group.id
        admins = await app.bot.get_chat_administrators(group.id)
        assert {one.user.id: one.status for one in admins} == {ada.id: "creator", app.bot.id: "administrator"}
        assert (await app.bot.get_chat_member(group.id, lin.id)).status == "member"
        assert (await app.bot.get_webhook_info()).url == ""
        assert await app.bot.send_chat_action(group.id, "typing")
        assert await app.bot.leave_chat(group.id)
        with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
            await app.bot.send_message(group.id, "still here?")


async def test_the_library_understands_refusals(server, ada):
    async with echo_bot(server) as app:
        server.faults.order(faults.slow_down(7), "sendMessage")
        with pytest.raises(RetryAfter, match="Retry in 7 seconds"):
            await app.bot.send_message(ada.id, "too fast")
        ada.blocks()
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await app.bot.send_message(ada.id, "hello?")


def test_the_server_also_lives_in_a_thread():
    with serve_in_thread() as server:
        ada = server.person("Ada").met()

        async def talk():
            async with echo_bot(server):
                ada.says("hello from another thread")
                return await ada.hears("another thread")

        assert asyncio.run(talk()).text == "hello from another thread"
