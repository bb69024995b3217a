"""Mutants of the Telegram adapter: each breaks one promise, and the kit or a test of ours must see it."""

import asyncio
import importlib
import inspect
import shutil
import sys
import warnings
from pathlib import Path

import pytest

from adapters import telegram
from bridgebot.model import Chat
from bridgebot.testing.verdicts import verdicts
from tests.adapters import test_telegram_failures as failures
from tests.adapters import test_telegram_people as people
from tests.adapters import test_telegram_polling as polling
from tests.adapters import test_telegram_sending as sending
from tests.adapters import test_telegram_showing as showing
from tests.sampled import one_in
from tests.servers.telegram_bot import TelegramContract, staged

SOURCE = Path(telegram.__file__).parent
HAND_IN = "            await self._hand_in(found)\n"

KIT = {  # what it does wrong -> (file, what stands there, what the mutant has instead)
    "does not wait for the commit": (
        "session.py",
        HAND_IN,
        '            self._errands.start("x", self._hand_in(found))\n',
    ),
    "swallows a failing commit": (
        "session.py",
        HAND_IN,
        "            await asyncio.gather(self._hand_in(found), return_exceptions=True)\n",
    ),
    "swallows a failing batch": (
        "session.py",
        "            if error is not None:\n",
        "            if False:\n",
    ),
    "mixes up what was written in a chat": (
        "session.py",
        "        for found in batch:\n",
        "        for found in reversed(list(batch)):\n",
    ),
    "confirms on arrival": (
        "polling.py",
        "        return updates\n",
        "        if updates:\n"
        '            last = str(updates[-1]["update_id"] + 1)\n'
        '            await self._wire.call("getUpdates", {"offset": last, "timeout": "0"})\n'
        "        return updates\n",
    ),
    "forgets the words beside a picture": (
        "showing.py",
        '"caption": message.text or None,',
        '"caption": None,',
    ),
    "covers nothing": ("showing.py", "return True if exhibit.hidden", "return None if exhibit.hidden"),
    "turns an album around": ("showing.py", "    album[0] |=", "    album.reverse()\n    album[0] |="),
    "one id for an album": (
        "failures.py",
        "return tuple(sent_id(one, method) for one in result)",
        "return (sent_id(result[0], method),)",
    ),
    "never confirms": ("polling.py", "self._next = known + 1", "self._next = known"),
    "begins at the end": ("polling.py", "self._next: int | None = None", "self._next: int | None = -1"),
    "swallows the cancellation": (
        "session.py",
        "        finally:\n            await self._errands.close()",
        "        except asyncio.CancelledError:\n            return\n"
        "        finally:\n            await self._errands.close()",
    ),
    "one event for all": (
        "reading.py",
        'return ":".join(str(part) for part in (update_id, *parts))',
        'return "e"',
    ),
    "an event of its own each time": (
        "reading.py",
        "for part in (update_id, *parts))",
        "for part in (id(parts), *parts))",
    ),
    "an edit with an id of its own": (
        "reading.py",
        "Edit(_event(update_id, chat.id, id), chat, sender, id",
        "Edit(_event(update_id, chat.id, id), chat, sender, str(update_id)",
    ),
    "an edit is nothing": (
        "reading.py",
        'if (edited := update.get("edited_message")) is not None:',
        "if False:",
    ),
    "asks for no reactions": ("reading.py", '"message_reaction",', ""),
    "takes the reaction before for the one now": ("reading.py", '["new_reaction"]', '["old_reaction"]'),
    "knows one reaction alone": (
        "reading.py",
        "id, emojis, at)",
        "id, emojis[:1], at)",
    ),
    "answers nothing": ("reading.py", '    return _id(answered["message_id"])', "    return None"),
    "one sender for all": ("reading.py", 'Person(_id(user["id"])', 'Person("1"'),
    "a group is a direct chat": (
        "reading.py",
        "(TelegramChat.PRIVATE, TelegramChat.CHANNEL)",
        '(chat["type"], "")',
    ),
    "always meant": ("reading.py", "addressed = chat.direct or", "addressed = True or"),
    "never meant": ("naming.py", "named=True)", "named=False)"),
    "leaves its name in the text": ("naming.py", "text[:start] + text[end:]", "text"),
    "does not notice that it is put out": ("reading.py", '"gone" if out else "joined"', '"joined"'),
    "does not say how long to wait": (
        "failures.py",
        "return min(max(float(seconds), 0.0), LONGEST)",
        "return None",
    ),
    "takes no answer for nothing happened": ("failures.py", "if method in REPEATABLE:", "if True:"),
    "takes a refusal for a pause": (
        "failures.py",
        'return Rejected("telegram-rejected"',
        'return Temporary("telegram-rejected"',
    ),
    "takes being blocked for a refusal": ("failures.py", "if code == 403:", "if False:"),
    "tries a refused token again": ("failures.py", "return AuthExpired(", "return Temporary("),
    "deleting twice is an error": ("__init__.py", "suppress(MessageGone)", "suppress()"),
    "tries again by itself": (
        "request.py",
        "        return self._result(reply, method)\n",
        "        if isinstance(reply, AdapterError):\n"
        "            reply = await self._exchange(method, _form(parameters or {}), _FORM, 5)\n"
        "        return self._result(reply, method)\n",
    ),
    "markup in a text acts": (
        "writing.py",
        '"text": message.text,',
        '"text": message.text, "parse_mode": "HTML",',
    ),
    "cuts what is too long": (
        "__init__.py",
        "        limits = self.capabilities.limits\n",
        "        message = OutgoingMessage(message.text[:4096])\n        limits = self.capabilities.limits\n",
    ),
    "replies to nothing": (
        "writing.py",
        "    return ReplyParameters(",
        "    return None and ReplyParameters(",
    ),
    "takes the label for the data": ("writing.py", "callback_data=button.data", "callback_data=button.label"),
    "edits leave the buttons": (
        "writing.py",
        "    if not buttons:\n",
        '    if not buttons:\n        buttons = (Button("no", "No"),)\n    if not buttons:\n',
    ),
    "shows its token": (
        "__init__.py",
        "    async def run(",
        "    def __repr__(self):\n"
        "        return f'{self.context.name} {self.config.token.get_secret_value()}'\n\n"
        "    async def run(",
    ),
    "a key without a text": ("failures.py", '"telegram-busy"', '"telegram-bussy"'),
}

OURS = {  # … -> (the test of ours that sees it, file, what stands there, what the mutant has instead)
    "the emphasis that comes in is lost": (
        people.test_emphasis_comes_in,
        "entities.py",
        "    return Span(start, end, kind",
        "    return None and Span(start, end, kind",
    ),
    "counts entities in code points": (
        people.test_emphasis_comes_in,
        "entities.py",
        'accumulate(2 if character > "\\uffff" else 1',
        'accumulate(1 if character > "\\uffff" else 1',
    ),
    "the emphasis that goes out is lost": (
        sending.test_emphasis_goes_out_in_telegrams_counting,
        "writing.py",
        '"entities": entities(message.text, message.spans) or None,',
        "",
    ),
    "sends entities in code points": (
        sending.test_emphasis_goes_out_in_telegrams_counting,
        "entities.py",
        "MessageEntity(_TYPES[span.kind], places[start], length",
        "MessageEntity(_TYPES[span.kind], start, end - start",
    ),
    "one bad update takes the others with it": (
        polling.test_an_update_that_makes_no_sense_is_kept_aside_and_the_rest_goes_on,
        "reading.py",
        "    except Exception:  # anything may stand anywhere: neither Telegram nor the library checks it\n",
        "    except ZeroDivisionError:\n",
    ),
    "drops what it cannot read": (
        polling.test_an_update_that_makes_no_sense_is_kept_aside_and_the_rest_goes_on,
        "reading.py",
        'return Reading(Unreadable(f"{number(raw)}:{digest}", text))',
        "return Reading()",
    ),
    "leaves a press without an answer": (
        people.test_every_press_is_answered_after_its_commit,
        "session.py",
        "        if found.query is not None:",
        "        if False:",
    ),
    "answers a press before its commit": (
        people.test_every_press_is_answered_after_its_commit,
        "session.py",
        "        if found.thing is not None:\n",
        "        if found.query is not None:\n"
        "            await told(self._bot.answer_callback_query(found.query))\n"
        "        if found.thing is not None:\n",
    ),
    "posts an album in pieces": (
        people.test_an_album_grows_as_long_as_its_parts_come,
        "albums.py",
        "            if found.album is not None and not over and self._grew(found):\n",
        "            if False:\n",
    ),
    "posts a late part of an album by itself": (
        people.test_a_part_that_comes_when_its_album_was_handed_in_is_no_post_of_its_own,
        "albums.py",
        "                found.append(_late(one, self._given[album][0]))\n",
        "                found.append(one)\n",
    ),
    "lets a text overtake an album": (
        people.test_two_albums_at_a_time_are_two_messages_and_order_holds_in_each_chat,
        "albums.py",
        "            if chat in waiting:\n",
        "            if False:\n",
    ),
    "hears pictures that are not for it": (
        people.test_in_a_group_a_picture_is_heard_with_a_command_beside_it_only,
        "reading.py",
        "beside = not chat.direct and shown is not None and not _is_for_the_bot(said, message, me)",
        "beside = False",
    ),
    "loses what stands beside a command in a group": (
        people.test_an_album_for_the_bot_in_a_group_is_whole_and_one_that_is_not_is_nothing,
        "reading.py",
        "said.elsewhere or (beside and album is None)",
        "said.elsewhere or beside",
    ),
    "hears albums that are not for it": (
        people.test_an_album_for_the_bot_in_a_group_is_whole_and_one_that_is_not_is_nothing,
        "albums.py",
        "[Reading() if one.beside else one for one in found]",
        "found",
    ),
    "posts what is forwarded": (
        people.test_what_is_forwarded_is_not_posted,
        "reading.py",
        '    if message.get("forward_origin") is not None:\n        return _unfit',
        "    if False:\n        return _unfit",
    ),
    "takes the group for a person": (
        people.test_an_administrator_without_a_name_is_not_somebody,
        "reading.py",
        "    if hidden is not None:\n",
        "    if False:\n",
    ),
    "everybody administers": (
        people.test_who_administers_a_group_is_asked_at_that_moment,
        "session.py",
        "return reading.standing(member)",
        "return True, False",
    ),
    "nobody administers": (
        people.test_who_administers_a_group_is_asked_at_that_moment,
        "session.py",
        "sender=replace(thing.sender, admin=admin, outside",
        "sender=replace(thing.sender, admin=False, outside",
    ),
    "shows the menu at every start": (
        polling.test_the_menu_is_shown_again_only_when_it_changed,
        "menu.py",
        "    if await context.state.get(KEY) == digest:",
        "    if False:",
    ),
    "the menu is English only": (
        polling.test_the_menu_is_shown_in_both_languages,
        "menu.py",
        '(("", "en"), ("zh", "zh-CN"))',
        '(("", "en"),)',
    ),
    "drops what waits for a webhook": (
        polling.test_a_webhook_is_taken_away_and_what_waits_for_it_is_kept,
        "session.py",
        "drop_pending_updates=False",
        "drop_pending_updates=True",
    ),
    "writes beside the topic": (
        people.test_topics_are_chats_of_their_own,
        "writing.py",
        "native(chat.topic) if chat.topic else None",
        "None",
    ),
    "an edit that changes nothing fails": (
        sending.test_an_edit_that_changes_nothing_is_none,
        "__init__.py",
        "suppress(Unchanged)",
        "suppress()",
    ),
    "does not tell that a group moved": (
        sending.test_a_group_that_moved_is_tried_again_also_while_nobody_listens,
        "failures.py",
        "class Moved(Temporary):",
        "class Moved(Rejected):",
    ),
    "the token is in an error": (
        failures.test_where_nobody_listens_nothing_was_sent,
        "request.py",
        'host=URL(self._api).host or ""',
        "host=str(self._address(method))",
    ),
    "the library knows the token": (
        failures.test_where_nobody_listens_nothing_was_sent,
        "request.py",
        "return Bot(STAND_IN,",
        "return Bot(wire._token.get_secret_value(),",
    ),
    "counts characters": (
        sending.test_the_longest_text_fits_and_one_unit_more_is_refused,
        "__init__.py",
        'Limits(4096, "utf16")',
        "Limits(4096)",
    ),
    "looks for words in one place only": (
        showing.test_words_are_changed_wherever_they_stand,
        "__init__.py",
        "except WordsElsewhere:",
        "except ZeroDivisionError:",
    ),
    "makes previews": (
        sending.test_no_preview_is_made_and_no_markup_acts,
        "writing.py",
        "LinkPreviewOptions(is_disabled=True)",
        "LinkPreviewOptions(is_disabled=False)",
    ),
}


@pytest.fixture
def born(tmp_path, monkeypatch):
    """Makes the package anew, under another name, with one change."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: None)  # mutants forget to await
    warnings.simplefilter("ignore", RuntimeWarning)

    def make(file="__init__.py", old="", new=""):
        shutil.copytree(
            SOURCE, tmp_path / "mutants" / "telegram", ignore=shutil.ignore_patterns("__pycache__")
        )
        for path in (tmp_path / "mutants" / "telegram").glob("*.py"):
            source = path.read_text("utf-8").replace("adapters.telegram", "mutants.telegram")
            if path.name == file and old:
                assert old in source, f"{old} stands no longer there"
                source = source.replace(old, new)
            path.write_text(source, "utf-8")
        importlib.invalidate_caches()
        return importlib.import_module("mutants.telegram")

    yield make
    for name in [name for name in sys.modules if name.partition(".")[0] == "mutants"]:
        del sys.modules[name]


async def kit_breaks(module, deadline):
    contract = type("Mutant", (TelegramContract,), {"module": module, "deadline": deadline})
    async for verdict in verdicts(contract, limit=10 * deadline):
        if verdict.outcome == "broken":
            return True
    return False


async def breaks(test, module, limit):
    async with staged(module) as stage:
        ada = stage.remote.people["ada"]
        there = {"stage": stage, "ada": ada, "chat": Chat(str(ada.id), direct=True), "text": "😀" * 2048}
        try:
            async with asyncio.timeout(limit):
                await test(**{name: there[name] for name in inspect.signature(test).parameters})
        except (Exception, pytest.fail.Exception):
            return True
    return False


@pytest.mark.shows_secrets("mutants leak them on purpose")
@pytest.mark.parametrize("what", one_in(8, KIT))
async def test_the_kit_sees_an_adapter_that(what, born):
    assert await kit_breaks(born(*KIT[what]), 0.5)


@pytest.mark.shows_secrets("mutants leak them on purpose")
@pytest.mark.parametrize("what", one_in(8, OURS))
async def test_a_test_of_ours_sees_that(what, born):
    test, *change = OURS[what]
    assert await breaks(test, born(*change), 3)


async def test_without_a_change_all_is_well(born):
    module = born()
    assert not await kit_breaks(module, 5)
    for test in {test for test, *_ in OURS.values()}:
        assert not await breaks(test, module, 10), test.__name__
