"""Names in posts: on each network they call whom they mean, or nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.bluesky import facets, places
from adapters.mastodon.public import ADDRESSES
from adapters.plaza import markup
from bridgebot import flow
from bridgebot.flow import Met, Target
from bridgebot.flow.names import Names, Side
from bridgebot.model import Audience, Author, Chat
from bridgebot.render import Rich, renamed, unpinged
from bridgebot.store import people, routes
from bridgebot.store.posts import Spot
from bridgebot.testing.fakes import MemorySocial
from bridgebot.testing.social_side import EVERYTHING
from tests.house import TestHouse

TOWN = Side(
    ("town.example", "api.town.example"), "@ada@town.example", True, tuple(a.pattern for a in ADDRESSES)
)
SKY = Side(("pds.sky.example",), "@ada.sky.example", patterns=tuple(a.pattern for a in places.ADDRESSES))
PLAZA = Side(("plaza.example",), "@ada")
ALL = (TOWN, SKY, PLAZA)
"""A server of a federation, a network that calls people by domains, and one that knows no servers."""


def written(text: str, there: Side, origin: Side | None, **more) -> str:
    names = Names(there, origin, **({"mine": ALL} | more))
    return renamed(Rich(text), names.write)[0].text.replace("\u2060", "·")


@pytest.mark.parametrize(
    ("text", "town", "sky", "plaza"),
    [
        ("hi @lin", "hi @lin", "hi @·lin", "hi @·lin"),
        ("@lin@far.example!", "@lin@far.example!", "@·lin@far.example!", "@·lin@far.example!"),
        ("@lin.sky.example:", "@·lin.sky.example:", "@lin.sky.example:", "@·lin.sky.example:"),
        ("@lin@plaza.example", "@·lin@plaza.example", "@·lin@plaza.example", "@lin"),
        (
            "@lin@API.town.example",
            "@lin@API.town.example",
            "@·lin@API.town.example",
            "@·lin@API.town.example",
        ),
        ("me: @ada", "me: @ada", "me: @ada.sky.example", "me: @ada"),
        ("me: @ada.sky.example", "me: @ada@town.example", "me: @ada.sky.example", "me: @ada"),
        ("谢谢@lin你好", "谢谢@lin你好", "谢谢@·lin你好", "谢谢@·lin你好"),
        ("＠lin", "＠lin", "＠·lin", "＠·lin"),
        ("https://far.example/@lin", *["https://far.example/@lin"] * 3),
        ("lin@far.example", *["lin@far.example"] * 3),
    ],
)
def test_a_name_typed_for_the_first_network_calls_nobody_else_on_others(text, town, sky, plaza):
    assert [written(text, there, TOWN) for there in ALL] == [town, sky, plaza]


def test_who_was_said_to_be_one_person_is_called_as_they_are_called_there():
    lin = frozenset({"@lin@far.example", "@lin.sky.example", "@stone@plaza.example"})
    said = [written("@Lin@far.example", there, TOWN, same=(lin,)) for there in ALL]
    assert said == ["@Lin@far.example", "@lin.sky.example", "@stone"]
    said = [written("@stone", there, PLAZA, same=(lin,)) for there in ALL]
    assert said == ["@lin@far.example", "@lin.sky.example", "@stone"]


def test_of_ones_own_accounts_only_the_one_that_posts_is_named():
    other = replace(SKY, own="@aaa.sky.example")
    assert written("me: @ada@town.example", SKY, TOWN, mine=(*ALL, other)) == "me: @ada.sky.example"


def test_a_private_message_gets_no_reader_whom_its_words_do_not_name():
    lin = frozenset({"@lin@far.example", "@lin.sky.example"})
    more = {"same": (lin,), "elsewhere": False}
    assert written("@lin.sky.example, @ada.sky.example", TOWN, TOWN, **more) == (
        "@·lin.sky.example, @·ada.sky.example"
    )


def test_a_rule_does_not_call_again_whoever_heard_at_the_origin():
    other = replace(TOWN, servers=("far.example",), own="@ada@far.example")
    assert written("@lin@town.example", other, TOWN, first=False) == "@·lin@town.example"
    assert written("@lin.sky.example", SKY, TOWN, first=False) == "@lin.sky.example"
    assert written("@lin@far.example", TOWN, TOWN, first=False) == "@lin@far.example"


# --- never a stranger ---------------------------------------------------------------------------

_MASTODON = regex.compile(  # app/models/account.rb, MENTION_RE
    r"(?<![=/\w])@(([a-z0-9_]+(?:[a-z0-9_.-]+[a-z0-9_]+)?)(?:@[\w.-]+\w+)?)", regex.IGNORECASE
)


def called(text: str, side: Side) -> list[str]:
    """Whom a text calls there, as the network's own reader has it: as whole handles."""
    if side is SKY:
        return [f"@{one.value.lower()}" for one in facets.found_in(text) if one.kind == "mention"]
    if side is PLAZA:
        names = [one.value for one in markup.segments(text) if one.kind == "mention"]
        return [f"@{name}@plaza.example" for name in names]
    found = [match[1].lower() for match in _MASTODON.finditer(text)]
    return [f"@{name}" if "@" in name else f"@{name}@town.example" for name in found]


PIECES = (
    "@lin", "@ada", "@lin@far.example", "@lin@town.example", "@lin@plaza.example", "@lin.sky.example",
    "@ada.sky.example", "＠lin", "@", "@@", "lin", ".", "-", "_", "/", "=", " ", "\n", "你好", "é", "https://x.example/",
    "路", "#", "@lin.", "a@b.example", "\u2060", "\u0301", "@LIN",
)  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


@example("https://x.example/路@lin")
@example("谢谢@lin")
@example("https://x.example/@@lin")
@given(texts)
def test_a_name_without_calls_calls_nobody_anywhere(text):
    assert [called(unpinged(text), side) for side in ALL] == [[], [], []]


@given(texts, st.sampled_from(ALL), st.sampled_from(ALL), st.booleans())
def test_nobody_is_called_on_a_network_where_the_words_do_not_mean_them(text, there, origin, first):
    """Whoever is called is oneself, named in full, or whom the text means where it stands first."""
    new = renamed(Rich(text), Names(there, origin, ALL, first=first).write)[0].text
    mine = {"@ada@town.example", "@ada.sky.example", "@ada@plaza.example"}
    named = [
        one
        for letters in (r"\w", "[A-Za-z0-9_]")
        for one in regex.findall(rf"@[\w.-]+@(?:{letters}|[.-])*{letters}", text, overlapped=True)
    ]
    named += regex.findall(r"@(?:[\w-]+\.)+[\w-]*\w", text, overlapped=True)
    meant = {*called(text, origin), *called(text, SKY), *(one.lower() for one in named)}
    strangers = [who for who in called(new, there) if who not in mine | meant]
    assert there == origin or strangers == []


# --- in a house ---------------------------------------------------------------------------------

APART = replace(EVERYTHING, federated=False)


@pytest.fixture
async def house(tmp_path):
    """Two networks that know nothing of each other."""
    socials = tuple(MemorySocial(name=name, capabilities=APART) for name in ("north", "south"))
    async with TestHouse(tmp_path, socials=socials) as house:
        await house.user("ada", "north", "south")
        yield house


def texts_of(house) -> list[str]:
    return [
        post.text.replace("\u2060", "·") for name in ("north", "south") for post in house.social(name).posts
    ]


async def test_a_name_stays_on_its_own_network_and_calls_nobody_on_the_other(house):
    await house.says("thanks @lin@south.example and @max")
    await house.wait(2)
    assert texts_of(house) == [
        "thanks @·lin@south.example and @max",
        "thanks @lin@south.example and @·max",
    ]
    assert "North, South: somebody whom you name is not called there" in house.chat.last()


async def test_an_alias_is_used_and_an_edit_keeps_it(house):
    await house.says("/alias @lin@north.example = @stone@south")
    assert house.chat.last().startswith("✓ @lin@north.example and @stone@south.example are one person")
    line = await house.says("thanks @lin@north.example")
    await house.wait(2)
    assert texts_of(house) == ["thanks @lin@north.example", "thanks @stone@south.example"]
    assert "not called" not in house.chat.last()
    house.chat.edit_line(line, "thank you @lin@north.example")
    await house.settle()
    await house.wait(2)
    assert texts_of(house) == ["thank you @lin@north.example", "thank you @stone@south.example"]


async def test_what_somebody_else_said_of_who_is_who_is_never_used(house):
    await house.user("bo", "north", "south")
    await house.says("/alias @lin@north.example = @stone@south.example", sender="bo")
    await house.says("thanks @lin@north.example and @bo@north.example")
    await house.wait(2)
    assert texts_of(house)[1] == "thanks @·lin@north.example and @·bo@north.example"


async def test_a_rule_writes_names_that_call_nobody_but_whom_an_alias_names(house):
    await house.says("/alias @lin@north.example = @stone@south.example")
    await house.says("/sync north to south")
    await house.poll()
    await house.wait(1)
    house.social("north").add_post("ada", "with @lin@north.example and @max@north.example")
    await house.poll()
    await house.wait(2)
    assert texts_of(house)[1] == "with @stone@south.example and @·max@north.example"


async def test_aliases_are_listed_and_taken_back(house):
    await house.says("/别名 @lin@north.example=@stone@south.example")
    await house.says("/alias @stone@south.example @pebble.example.org")
    await house.says("/alias")
    assert house.chat.last().endswith("\n  @lin@north.example = @stone@south.example = @pebble.example.org")
    await house.says("/alias @lin@north.example off")
    await house.says("/alias @stone@south off")
    await house.says("/alias")
    assert house.chat.last().startswith("You have not said")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("/alias @lin = @stone@south.example", "On which network is @lin?"),
        ("/alias @lin@north.example", "/alias @lin@example.social = "),
        ("/alias @a@b.example = @a@B.example", "/alias @lin@example.social = "),
        ("/alias @a@b.example off", "You have said nothing of @a@b.example."),
    ],
)
async def test_what_is_no_alias_is_said_to_be_none(house, typed, answer):
    await house.says(typed)
    assert house.chat.last().startswith(answer)


async def test_what_others_may_have_written_calls_nobody(house):
    """In a channel `@lin` is somebody on the chat's own network."""

    def carried(tx, now):
        channel = people.chat(tx, "chat", Chat("news", direct=False), None)
        account = people.account_named(tx, 1, "north")
        [route] = routes.of_account(tx, account.id)
        spot = Spot(channel.realm, "1", "chat", chat_id=channel.id)
        met = Met(spot, Author("1", ""), "by @lin and @max@north.example", Audience.PUBLIC, now, user_id=1)
        flow.accept(tx, now, met, house.house.networks, targets=[Target(account, route.id)])

    await house.store.run(carried)
    await house.wait(2)
    assert texts_of(house) == ["by @·lin and @·max@north.example"]
