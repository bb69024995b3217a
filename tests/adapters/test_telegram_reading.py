"""What Telegram's updates mean: text, emphasis, groups, presses, and what is not for the bot."""

import json
from datetime import UTC, datetime

import pytest

from adapters.telegram.albums import Albums
from adapters.telegram.naming import Me
from adapters.telegram.reading import read
from bridgebot.model import (
    Chat,
    ChatChanged,
    Edit,
    Media,
    Message,
    Origin,
    Person,
    Press,
    Reaction,
    Span,
    Unreadable,
)

ME = Me(99, "my_bot")
ADA = {"id": 7, "is_bot": False, "first_name": "Ada", "last_name": "L.", "language_code": "zh-hans"}
BOT = {"id": 99, "is_bot": True, "first_name": "Bot", "username": "my_bot"}
DIRECT = {"id": 7, "type": "private", "first_name": "Ada"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Tea"}


def message(text=None, *, chat=DIRECT, sender=ADA, **more):
    body = {"message_id": 3, "date": 1_700_000_000, "chat": chat, "from": sender, **more}
    return body if text is None else {**body, "text": text}


def update(body, kind="message", number=500):
    return {"update_id": number, kind: body}


def said(text, entities=(), *, chat=GROUP, **more):
    return read(update(message(text, chat=chat, entities=list(entities), **more)), ME).thing


def mark(kind, offset, length, **more):
    return {"type": kind, "offset": offset, "length": length, **more}


# --- a message ---------------------------------------------------------------------------------


def test_a_message_says_who_where_and_when():
    assert read(update(message("  hello\n")), ME).thing == Message(
        event="500:7:3",
        chat=Chat("7", direct=True),
        sender=Person("7", "Ada L.", language="zh-CN"),
        id="3",
        text="  hello\n",
        sent_at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
    )


def test_the_same_number_a_week_later_is_another_event():
    first = read(update(message("one")), ME).thing
    second = read(update(message("two", message_id=4)), ME).thing
    assert first.event != second.event


def test_emphasis_is_counted_in_code_points():
    text = "👩‍👩‍👧 好 bold"
    start = len("👩‍👩‍👧 好 ".encode("utf-16-le")) // 2
    assert said(text, [mark("bold", start, 4)]).spans == (Span(text.index("bold"), len(text), "bold"),)


def test_every_kind_of_emphasis_comes_in():
    kinds = (
        "bold",
        "italic",
        "strikethrough",
        "code",
        "pre",
        "spoiler",
        "underline",
        "mention_of_a_later_day",
    )
    text = "abcdefgh"
    spans = said(text, [mark(kind, n, 1) for n, kind in enumerate(kinds)]).spans
    assert [span.kind for span in spans] == ["bold", "italic", "strike", "code", "code", "spoiler"]
    link = said(text, [mark("text_link", 0, 2, url="https://example.org/")]).spans
    assert link == (Span(0, 2, "link", "https://example.org/"),)
    assert said(text, [mark("text_link", 0, 2, url="javascript:alert(1)")]).spans == ()


@pytest.mark.parametrize(
    ("offset", "length", "spans"),
    [
        (1, 2, (Span(0, 2, "bold"),)),  # begins inside of the emoji
        (0, 1, (Span(0, 1, "bold"),)),  # ends inside of it
        (2, 99, (Span(1, 3, "bold"),)),  # beyond the end
        (50, 3, ()),
        (-5, 6, (Span(0, 1, "bold"),)),
        (0, 0, ()),
        (0, -3, ()),
    ],
)
def test_entities_that_are_out_of_place_do_no_harm(offset, length, spans):
    assert said("😀ab", [mark("bold", offset, length)]).spans == spans


def test_half_a_surrogate_pair_becomes_a_mark_of_the_same_length():
    text = json.loads('"\\ud83d ab"')
    thing = said(text, [mark("bold", 2, 1)])
    assert thing.text == "\ufffd ab"
    assert thing.spans == (Span(2, 3, "bold"),)
    thing.text.encode()


def test_a_native_reply_names_what_it_answers():
    answered = message("sure?", sender=BOT, message_id=2)
    assert said("yes", chat=DIRECT, reply_to_message=answered).reply_to == "2"


def test_in_a_topic_the_message_that_opened_it_is_not_answered():
    root = message(None, chat=GROUP, message_id=10, forum_topic_created={"name": "T", "icon_color": 1})
    topic = {"message_thread_id": 10, "is_topic_message": True}
    plain = said("hi", **topic, reply_to_message=root)
    assert (plain.reply_to, plain.chat.topic) == (None, "10")
    answer = said("hi", **topic, reply_to_message=message("?", sender=BOT, chat=GROUP, message_id=12))
    assert (answer.reply_to, answer.addressed) == ("12", True)


def test_a_thread_of_replies_is_no_topic():
    assert said("hi", message_thread_id=10).chat.topic == ""


# --- groups ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "entities", "seen", "addressed"),
    [
        ("hello", [], "hello", False),
        ("/post hi", [mark("bot_command", 0, 5)], "/post hi", True),
        ("/post@My_Bot hi", [mark("bot_command", 0, 12)], "/post hi", True),
        ("@my_bot hello", [mark("mention", 0, 7)], "hello", True),
        ("@MY_BOT: hello", [mark("mention", 0, 7)], "hello", True),
        ("@my_bot", [mark("mention", 0, 7)], "", True),
        ("@my_bot  two", [mark("mention", 0, 7)], " two", True),
        ("hello @my_bot!", [mark("mention", 6, 7)], "hello @my_bot!", True),
        ("hello @other", [mark("mention", 6, 6)], "hello @other", False),
        ("@my_bot hello", [], "@my_bot hello", False),  # in code, where it is no mention
        ("see /post", [mark("bot_command", 4, 5)], "see /post", False),
        ("Bot, hello", [mark("text_mention", 0, 3, user=BOT)], "Bot, hello", True),
        ("Ada, hello", [mark("text_mention", 0, 3, user=ADA)], "Ada, hello", False),
    ],
)
def test_in_a_group_the_bot_knows_whether_it_is_meant(text, entities, seen, addressed):
    thing = said(text, entities)
    assert (thing.text, thing.addressed) == (seen, addressed)


def test_a_command_for_another_bot_is_nothing():
    entities = [mark("bot_command", 0, 11)]
    assert said("/post@other hi", entities) is None
    assert said("/post@other hi", entities, chat=DIRECT).text == "/post@other hi"


def test_emphasis_follows_when_the_name_is_taken_out():
    thing = said("@my_bot 😀 bold", [mark("mention", 0, 7), mark("bold", 11, 4), mark("italic", 0, 15)])
    assert thing.text == "😀 bold"
    assert thing.spans == (Span(2, 6, "bold"), Span(0, 6, "italic"))
    command = said("/post@my_bot *hi*", [mark("bot_command", 0, 12), mark("code", 13, 4)])
    assert (command.text, command.spans) == ("/post *hi*", (Span(6, 10, "code"),))


def test_a_reply_to_the_bot_is_meant_for_it_and_one_to_others_is_not():
    assert said("yes", reply_to_message=message("?", sender=BOT, chat=GROUP, message_id=2)).addressed
    assert not said("yes", reply_to_message=message("?", sender=ADA, chat=GROUP, message_id=2)).addressed


# --- edits, presses, comings and goings --------------------------------------------------------


def test_an_edit_bears_the_id_of_the_original():
    body = message(
        "/post@my_bot new", chat=GROUP, entities=[mark("bot_command", 0, 12)], edit_date=1_700_000_009
    )
    thing = read(update(body, "edited_message"), ME).thing
    assert isinstance(thing, Edit)
    assert (thing.id, thing.text, thing.chat.id) == ("3", "/post new", "-1001")


def test_an_edited_caption_is_nothing():
    assert read(update(message(None, caption="x", photo=[]), "edited_message"), ME).thing is None


def press(**more):
    return {"id": "4711", "from": ADA, "chat_instance": "1", "data": "yes:1", **more}


def test_a_press_says_who_where_and_what():
    found = read(update(press(message=message("sure?", sender=BOT, chat=GROUP)), "callback_query"), ME)
    person = Person("7", "Ada L.", language="zh-CN")
    assert found.thing == Press("500:4711", Chat("-1001", False, title="Tea"), person, "3", "yes:1")
    assert found.query == "4711"


def test_a_press_on_a_message_that_is_too_old_to_be_shown_still_counts():
    old = {"chat": GROUP, "message_id": 3, "date": 0}
    assert read(update(press(message=old), "callback_query"), ME).thing.id == "3"


def test_a_press_without_a_message_is_answered_only():
    found = read(update(press(inline_message_id="x"), "callback_query"), ME)
    assert (found.thing, found.query) == (None, "4711")


MEMBER = {"user": BOT, "status": "member"}
BANNED = {"user": BOT, "status": "kicked", "until_date": 0}


@pytest.mark.parametrize(
    ("chat", "new", "change"),
    [
        (DIRECT, BANNED, "gone"),
        (DIRECT, MEMBER, "joined"),
        (GROUP, {"user": BOT, "status": "left"}, "gone"),
        (GROUP, MEMBER, "joined"),
    ],
)
def test_the_bot_knows_when_it_comes_and_goes(chat, new, change):
    body = {
        "chat": chat,
        "from": ADA,
        "date": 1_700_000_000,
        "old_chat_member": MEMBER,
        "new_chat_member": new,
    }
    thing = read(update(body, "my_chat_member"), ME).thing
    assert isinstance(thing, ChatChanged)
    assert (thing.chat.id, thing.change) == (str(chat["id"]), change)


OWN_DRAWING = {"type": "custom_emoji", "custom_emoji_id": "5368324170671202286"}
REACTION = {"chat": DIRECT, "message_id": 5, "user": ADA, "date": 1_700_000_000}


def reaction(*new, **more):
    old = [{"type": "emoji", "emoji": "🔥"}]
    body = {**REACTION, "old_reaction": old, "new_reaction": list(new), **more}
    return read(update(body, "message_reaction"), ME).thing


def test_a_reaction_says_all_emoji_that_it_is_now():
    hearts = ({"type": "emoji", "emoji": "❤"}, OWN_DRAWING, {"type": "emoji", "emoji": "👍"})
    assert reaction(*hearts) == Reaction(
        event="500:7:5",
        chat=Chat("7", direct=True),
        sender=Person("7", "Ada L.", language="zh-CN"),
        id="5",
        emojis=("❤", "👍"),
        at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
    )
    assert reaction(OWN_DRAWING, {"type": "paid"}, {"type": "of a later day"}).emojis == ()
    assert reaction().emojis == ()


def test_reactions_in_groups_and_of_nobody_are_passed_over():
    heart = {"type": "emoji", "emoji": "❤"}
    assert reaction(heart, chat=GROUP) is None
    assert reaction(heart, chat=GROUP, user=None, actor_chat=GROUP) is None
    assert reaction(heart, user=None) is None


@pytest.mark.parametrize(
    "more",
    [{"new_reaction": None}, {"new_reaction": [{"type": "emoji"}]}, {"message_id": "5"}, {"date": None}],
)
def test_a_reaction_that_makes_no_sense_is_kept_aside(more):
    assert isinstance(reaction(**more), Unreadable)


CHANNEL = {"id": -1009, "type": "channel", "title": "News"}


@pytest.mark.parametrize(("status", "change"), [("administrator", "joined"), ("member", "gone")])
def test_a_bot_is_in_a_channel_that_it_administers(status, change):
    new = {"user": BOT, "status": status}
    body = {"chat": CHANNEL, "from": ADA, "date": 1, "old_chat_member": BANNED, "new_chat_member": new}
    thing = read(update(body, "my_chat_member"), ME).thing
    assert (thing.chat, thing.change) == (Chat("-1009", False, "", "News", broadcast=True), change)


@pytest.mark.parametrize("kind", ["channel_post", "edited_channel_post"])
def test_what_a_channel_posts_is_of_no_person(kind):
    body = message("news 新闻", chat=CHANNEL, sender=None, sender_chat=CHANNEL)
    thing = read(update(body, kind), ME).thing
    assert isinstance(thing, Message if kind == "channel_post" else Edit)
    assert (thing.text, thing.chat.broadcast, thing.sender.weak) == ("news 新闻", True, True)
    assert thing.sender.id == thing.chat.id == "-1009"
    assert read(update(body | {"via_bot": BOT}, kind), ME).thing is None


STONES = {"id": -1007, "type": "channel", "title": "Stones 石头"}
FORWARDED = [
    ({"type": "user", "sender_user": {**ADA, "last_name": "Lovelace"}}, Origin("Ada Lovelace", "7")),
    ({"type": "hidden_user", "sender_user_name": "Lin"}, Origin("Lin")),
    ({"type": "chat", "sender_chat": {**STONES, "username": "stones"}}, Origin("Stones 石头", "-1007")),
    ({"type": "channel", "chat": STONES, "message_id": 5}, Origin("Stones 石头", "-1007")),
    (
        {"type": "channel", "chat": {**STONES, "username": "stones"}, "message_id": 5},
        Origin("Stones 石头", "-1007", "https://t.me/stones/5"),
    ),
    ({"type": "of a later day"}, Origin()),
]


@pytest.mark.parametrize(("told", "origin"), FORWARDED)
def test_what_a_channel_forwards_says_whose_it_is(told, origin):
    body = message("news 新闻", chat=CHANNEL, sender=None, forward_origin={"date": 1, **told})
    thing = read(update(body, "channel_post"), ME).thing
    assert (thing.text, thing.origin) == ("news 新闻", origin)
    assert read(update(body, "edited_channel_post"), ME).thing is None


def test_an_album_that_is_forwarded_says_it_as_one():
    more = {"photo": PHOTO, "media_group_id": "7", "forward_origin": FORWARDED[1][0]}
    parts = [message(None, chat=CHANNEL, sender=None, **more) | {"message_id": id} for id in (3, 4)]
    readings = [read(update(part, "channel_post"), ME) for part in parts]
    [whole] = Albums().sort(readings, over=True).ready
    assert (len(whole.thing.media), whole.thing.origin) == (2, Origin("Lin"))


def test_a_picture_in_a_channel_comes_with_its_words_and_its_album():
    photo = [{"file_id": "x", "file_unique_id": "y", "width": 9, "height": 9, "file_size": 5}]
    more = {"photo": photo, "caption": "a stone", "media_group_id": "7"}
    reading = read(update(message(None, chat=CHANNEL, sender=None, **more), "channel_post"), ME)
    assert (reading.thing.text, len(reading.thing.media), reading.album) == ("a stone", 1, "7")


def test_a_line_of_telegrams_own_in_a_channel_is_nothing():
    body = message(None, chat=CHANNEL, sender=None, new_chat_title="Olds")
    assert read(update(body, "channel_post"), ME).thing is None


def test_a_group_that_became_a_supergroup_has_moved():
    old = {"id": -5, "type": "group", "title": "Tea"}
    thing = read(update(message(None, chat=old, migrate_to_chat_id=-1001)), ME).thing
    assert thing == ChatChanged("moved:-5:-1001", Chat("-5", False), "moved", "-1001")
    assert read(update(message(None, chat=GROUP, migrate_from_chat_id=-5)), ME).thing is None


# --- what is no post ---------------------------------------------------------------------------

ORIGIN = {"type": "hidden_user", "date": 1, "sender_user_name": "Lin"}
PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (message(None, sticker=PHOTO[0], emoji="🐈"), "media"),
        (message(None, location={"latitude": 1.0, "longitude": 2.0}), "media"),
        (message(None, something_of_a_later_day={"x": 1}), "media"),
        (message("mine?", forward_origin=ORIGIN), "forwarded"),
        (message(None, photo=PHOTO, forward_origin=ORIGIN), "forwarded"),
    ],
)
def test_what_cannot_be_a_post_says_so_and_bears_no_words(body, why):
    thing = read(update(body), ME).thing
    assert (thing.unfit, thing.id, thing.text, thing.sender.language) == (why, "3", "", "zh-CN")
    assert read(update({**body, "chat": GROUP}), ME).thing is None


def test_a_part_of_an_album_bears_the_same_event_each_time():
    part = message(
        None, photo=PHOTO, media_group_id="7", caption="*a* cat", caption_entities=[mark("bold", 0, 3)]
    )
    one, again = (read(update(part, number=n), ME) for n in (1, 2))
    assert one.thing.event == again.thing.event == "album:7:7:3"
    assert (one.album, one.parts) == ("7", ("3",))
    assert (one.thing.text, one.thing.spans) == ("*a* cat", (Span(0, 3, "bold"),))
    assert read(update(message(None, photo=PHOTO)), ME).album is None


@pytest.mark.parametrize("photo", ["x", [{}], [{**PHOTO[0], "file_id": 5}], [{**PHOTO[0], "file_size": "1"}]])
def test_a_picture_that_makes_no_sense_is_kept_aside(photo):
    assert isinstance(read(update(message(None, photo=photo)), ME).thing, Unreadable)


def test_of_a_picture_the_largest_is_taken():
    large = {"file_id": "g", "file_unique_id": "v", "width": 9, "height": 9, "file_size": 7}
    assert read(update(message(None, photo=[large, *PHOTO])), ME).thing.media == (
        Media("image", "g", "image/jpeg", 7),
    )


@pytest.mark.parametrize(
    "body",
    [
        message("beep", sender={**ADA, "is_bot": True}, chat=GROUP),
        message(
            "as the group", sender={"id": 1087968824, "is_bot": True, "first_name": "G"}, sender_chat=GROUP
        ),
        message("by @gif", via_bot={"id": 5, "is_bot": True, "first_name": "gif"}),
        message(None, pinned_message=message("old")),
        message(None, chat=GROUP, new_chat_members=[ADA]),
        {key: value for key, value in message("nobody").items() if key != "from"},
    ],
)
def test_what_is_not_from_a_person_is_nothing(body):
    found = read(update(body), ME)
    assert found.thing is None


# --- what makes no sense -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 5, "message": {"text": "no chat"}},
        {"update_id": 5, "message": "a text"},
        {"update_id": 5, "message": {}},
        {"update_id": 5, "message": message(123)},
        {"update_id": 5, "message": message("x", chat={**DIRECT, "id": "seven"})},
        {"update_id": 5, "message": message("x", entities=[{"type": "bold"}])},
        {"update_id": 5, "message": message("x", entities=[mark("bold", "0", 1)])},
        {"update_id": 5, "message": message("x", date="yesterday")},
        {"update_id": 5, "callback_query": {"id": "1"}},
        {"update_id": 5, "thing_of_a_later_day": {}},
        {"message": message("without a number")},
        {"update_id": "5", "message": message("x")},
        {"update_id": True, "message": message("x")},
        ["no", "object"],
        None,
        json.loads('{"update_id": 5, "message": {"text": "\\ud83d"}}'),
    ],
)
def test_what_makes_no_sense_is_kept_as_it_came(raw):
    thing = read(raw, ME).thing
    assert isinstance(thing, Unreadable)
    assert json.loads(thing.raw) == raw
    thing.raw.encode()
    assert read(raw, ME).thing == thing, "the event of a repetition is the same"


def test_two_that_make_no_sense_are_two_events():
    first, second = ({"update_id": 5, "message": {"text": text}} for text in "ab")
    assert read(first, ME).thing.event != read(second, ME).thing.event


def test_a_message_that_does_not_say_when_is_kept_aside():
    for body in (message("hello"), message(dice={"emoji": "🎲", "value": 3})):
        del body["date"]
        assert isinstance(read(update(body), ME).thing, Unreadable)


@pytest.mark.parametrize(
    ("member", "standing"),
    [
        ({"status": "creator"}, (True, False)),
        ({"status": "administrator"}, (True, False)),
        ({"status": "member"}, (False, False)),
        ({"status": "restricted", "is_member": True}, (False, False)),
        ({"status": "restricted", "is_member": False}, (False, True)),
        ({"status": "restricted"}, (False, True)),
        ({"status": "left"}, (False, True)),
        ({"status": "kicked"}, (False, True)),
        ({"status": "something new"}, (False, True)),
        ({}, (False, True)),
        ("creator", (False, True)),
    ],
)
def test_of_whom_nobody_knows_what_they_are_in_a_group_nothing_is_believed(member, standing):
    from adapters.telegram.reading import standing as of

    assert of(member) == standing


@pytest.mark.parametrize(
    ("hidden", "admin"), [(GROUP, True), ({"id": -100777, "type": "channel", "title": "News"}, False)]
)
def test_who_writes_in_the_name_of_a_group_or_a_channel_is_nobody(hidden, admin):
    body = message(
        "/off", chat=GROUP, sender={"id": 1, "is_bot": True, "first_name": "G"}, sender_chat=hidden
    )
    sender = read(update(body), ME).thing.sender
    assert (sender.id, sender.weak, sender.admin) == (str(hidden["id"]), True, admin)
    assert read(update(body | {"is_automatic_forward": True}), ME).thing is None
