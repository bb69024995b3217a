"""Connecting two chat networks: only the named identity, both sides, and never two people's things mixed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot.model import Chat, Message, Person
from bridgebot.store import forgetting, people, posts
from bridgebot.store import tables as t
from bridgebot.store.connections import connect_request
from bridgebot.store.folding import _of_users
from bridgebot.testing.fakes import MemoryChat
from tests.house import TestHouse

CODE = re.compile(r"/connect ([a-z0-9]{4}(?:-[a-z0-9]{4}){3})")


class Two(TestHouse):
    """A house with two chat networks: `chat`, and Jabber beside it."""

    def __init__(self, folder, **more) -> None:
        self.jabber = MemoryChat(name="jabber")
        super().__init__(folder, chats=(self.jabber,), **more)

    async def writes(self, text: str, sender: str = "ada@example.org", **more) -> str:
        """Somebody writes on Jabber; the bot's last words there."""
        self.jabber.say(text, sender=sender, **more)
        await self.settle()
        return self.jabber.last(more.get("chat") or sender)

    async def asks(self, id: str = "ada@example.org", sender: str = "ada") -> str:
        """Ada asks on `chat` to be this identity on Jabber, too: the code."""
        await self.says(f"/connect jabber {id}", sender=sender)
        return CODE.search(self.chat.last(sender))[1]

    async def presses(self, adapter: MemoryChat, label: str, sender: str) -> None:
        adapter.press(label, sender=sender)
        await self.settle()

    async def connects(self, id: str = "ada@example.org", sender: str = "ada") -> None:
        """All the way."""
        await self.writes(f"/connect {await self.asks(id, sender)}", id)
        await self.presses(self.jabber, "Connect", id)
        await self.presses(self.chat, "Connect", sender)

    async def user_of(self, adapter: str, id: str) -> int | None:
        person = await self.store.read(lambda tx, now: people.find_person(tx, adapter, Person(id)))
        return person.user_id if person else None

    async def count(self, table, *where) -> int:
        query = sa.select(sa.func.count()).select_from(table).where(*where)
        return await self.store.read(lambda tx, now: tx.scalar(query))


@pytest.fixture
async def house(tmp_path):
    """Ada has an account on North and is known on `chat`; the bot is by invitation only."""
    async with Two(tmp_path, access="invite", allow=frozenset({"chat:ada", "chat:bo"})) as house:
        await house.user("ada", "north")
        await house.user("bo", "south")
        yield house


def heard(adapter: MemoryChat, words: str, chat: str) -> list[str]:
    return [line for line in adapter.lines(chat) if words in line]


# --- as it is meant ----------------------------------------------------------------------------


async def test_a_stranger_with_the_code_becomes_the_same_user_when_both_say_yes(house):
    await house.writes(f"/connect {await house.asks()}")
    [asked] = heard(house.jabber, "are the same person", "ada@example.org")
    assert "Chat ada says that you, Jabber ada@example.org" in asked
    assert await house.user_of("jabber", "ada@example.org") is None
    await house.presses(house.jabber, "Connect", "ada@example.org")
    assert await house.user_of("jabber", "ada@example.org") is None
    assert heard(house.chat, "Jabber ada@example.org used your code. Are you, Chat ada", "ada")
    await house.presses(house.chat, "Connect", "ada")
    assert await house.user_of("jabber", "ada@example.org") == await house.user_of("chat", "ada")
    assert heard(house.chat, "Jabber ada@example.org is connected with you (Chat ada) now", "ada")
    assert heard(
        house.jabber, "This chat (Jabber ada@example.org) is connected with Chat ada", "ada@example.org"
    )


async def test_commands_and_posts_of_both_chats_act_for_one_user(house):
    await house.connects()
    await house.writes("from over there")
    await house.wait(2)
    await house.says("and from here")
    await house.wait(2)
    assert house.social("north").texts("ada") == ["from over there", "and from here"]
    assert heard(house.jabber, "public", "ada@example.org")  # each receipt where the post was written
    assert not heard(house.chat, "from over there", "ada")
    assert "north" in await house.writes("/accounts")
    await house.writes("/pause")
    await house.says("/status")
    assert "paused" in house.chat.last("ada").lower()


async def test_words_do_where_there_are_no_buttons(tmp_path):
    bare = replace(MemoryChat().capabilities, buttons=False)
    async with Two(tmp_path, access="invite", allow=frozenset({"chat:ada"})) as house:
        house.jabber.capabilities = bare
        await house.user("ada", "north")
        await house.writes(f"/connect {await house.asks()}")
        await house.writes("connect")
        await house.says("connect")
        assert await house.user_of("jabber", "ada@example.org") == 1


async def test_one_learns_ones_id_also_as_a_stranger(house):
    assert "You are Jabber eve@example.org here" in await house.writes("/connect", "eve@example.org")
    await house.says("/connect")
    assert house.chat.last("ada").startswith("You are Chat ada here.")
    assert await house.user_of("jabber", "eve@example.org") is None


async def test_a_code_alone_is_understood_and_never_posted(house):
    await house.connects()
    code = await house.asks("third@example.org")
    await house.writes(code)
    assert house.social("north").texts("ada") == []
    assert "made for somebody else" in house.jabber.last("ada@example.org")
    await house.writes(code, "third@example.org")
    assert heard(house.jabber, "are the same person", "third@example.org")


# --- those who mean harm -----------------------------------------------------------------------


async def test_someone_else_cannot_redeem(house):
    code = await house.asks()
    said = await house.writes(f"/connect {code}", "eve@example.org")
    assert "made for somebody else" in said
    assert "You are eve@example.org here" in said
    assert "ada" not in said  # whom it names is not told
    await house.says(f"/connect {code}", sender="bo")
    assert "made for somebody else" in house.chat.last("bo")
    assert await house.user_of("jabber", "eve@example.org") is None
    await house.writes(f"/connect {code}")  # and it still works for whom it was made
    assert heard(house.jabber, "are the same person", "ada@example.org")


@pytest.mark.parametrize(
    "named",
    ["Ada@example.org", "ada@example.org/phone", "аda@example.org", "ada@example.org.", "4711"],
    ids=["capital", "resource", "cyrillic", "dot", "another"],
)
async def test_an_id_that_looks_like_another_is_another(house, named):
    code = await house.asks(named)
    assert "made for somebody else" in await house.writes(f"/connect {code}")
    assert await house.user_of("jabber", "ada@example.org") is None


async def test_a_name_is_no_id(house):
    house.jabber.person("4711", name="Ada")
    await house.says("/connect jabber @ada")
    assert "names can change hands" in house.chat.last("ada")
    await house.says("/connect jabber Ada Lovelace")
    assert "names can change hands" in house.chat.last("ada")
    code = await house.asks("Ada")  # a name that looks like an id: nobody has that
    assert "made for somebody else" in await house.writes(f"/connect {code}", "4711")


async def test_a_code_works_once(house):
    code = await house.asks()
    await house.writes(f"/connect {code}")
    await house.presses(house.jabber, "Connect", "ada@example.org")
    assert "used already" in await house.writes(f"/connect {code}")
    await house.presses(house.chat, "Connect", "ada")
    assert "used already" in await house.writes(f"/connect {code}")
    assert "made for somebody else" in await house.writes(f"/connect {code}", "eve@example.org")
    assert await house.count(t.user) == 2


async def test_the_same_answer_twice_counts_once(house):
    await house.writes(f"/connect {await house.asks()}")
    line = house.jabber.messages("ada@example.org")[-1]
    for _ in range(2):
        house.jabber.network.press(line.id, line.buttons[0].data, sender="ada@example.org")
    await house.settle()
    assert len(heard(house.chat, "used your code", "ada")) == 1


async def test_a_code_is_good_for_ten_minutes(house):
    code = await house.asks()
    await house.wait(601)
    assert "too old" in await house.writes(f"/connect {code}")
    assert await house.user_of("jabber", "ada@example.org") is None


async def test_each_question_is_good_for_ten_minutes(house):
    await house.writes(f"/connect {await house.asks()}")
    await house.presses(house.jabber, "Connect", "ada@example.org")
    button = house.chat.messages("ada")[-1].buttons[0]
    await house.wait(601)
    house.chat.network.press(house.chat.messages("ada")[-1].id, button.data, sender="ada")
    await house.settle()
    assert await house.user_of("jabber", "ada@example.org") is None


async def test_guessing_ends_after_five_and_the_right_code_waits_a_day(house):
    code = await house.asks()
    wrong = [f"aaaa-bbbb-cccc-{number:04}" for number in range(8)]
    for guess in wrong:
        await house.writes(f"/connect {guess}")
    assert len(heard(house.jabber, "no such code", "ada@example.org")) == 5
    await house.writes(f"/connect {code}")
    assert not heard(house.jabber, "are the same person", "ada@example.org")
    for guess in wrong:
        await house.says(f"/connect {guess}", sender="bo")
    assert len(heard(house.chat, "Too many codes", "bo")) == 3
    await house.wait(24 * 3600 + 1)
    await house.writes(f"/connect {await house.asks()}")
    assert heard(house.jabber, "are the same person", "ada@example.org")


async def test_codes_are_long_and_only_their_digest_is_kept(house):
    code = await house.asks()
    assert len(code.replace("-", "")) * 5 >= 64  # bits: each character is one of 32
    rows = await house.store.read(
        lambda tx, now: repr(tx.connection.execute(sa.select(connect_request)).all())
    )
    assert code not in rows
    assert code not in repr(await house.store.read(lambda tx, now: tx.scalars(sa.select(t.audit.c.target))))


async def test_a_new_code_ends_the_one_before(house):
    first, second = await house.asks(), await house.asks()
    assert "used already" in await house.writes(f"/connect {first}")
    await house.writes(f"/connect {second}")
    assert heard(house.jabber, "are the same person", "ada@example.org")


async def test_two_who_both_own_something_are_never_merged(house):
    await house.says("/connect chat bo")
    code = CODE.search(house.chat.last("ada"))[1]
    await house.says(f"/connect {code}", sender="bo")
    assert "I never mix two people's things" in house.chat.last("bo")
    assert "export" in house.chat.last("bo")
    assert await house.user_of("chat", "ada") != await house.user_of("chat", "bo")


@pytest.mark.parametrize("what", ["/memo only mine", "/tag cats on south", "posted"])
async def test_what_came_to_be_between_the_two_answers_counts(tmp_path, what):
    """The redeemer owned nothing when they redeemed."""
    async with Two(tmp_path, access="open") as house:
        await house.user("ada", "north")
        await house.writes("/help")
        await house.writes(f"/connect {await house.asks()}")
        await house.presses(house.jabber, "Connect", "ada@example.org")
        if what == "posted":
            them = await house.user_of("jabber", "ada@example.org")
            await house.store.run(lambda tx, now: tx.update(t.account, user_id=them, native_id="theirs"))
            await house.says("/memo mine")
        else:
            await house.writes(what) if what.startswith("/memo") else await house.says("/status")
            them = await house.user_of("jabber", "ada@example.org")
            await house.store.run(lambda tx, now: _owns_a_memo(tx, now, them))
        await house.presses(house.chat, "Connect", "ada")
        assert "I never mix two people's things" in house.chat.last("ada")
        assert await house.user_of("jabber", "ada@example.org") != await house.user_of("chat", "ada")


def _owns_a_memo(tx, now, user_id: int) -> None:
    tx.update(t.post, user_id=user_id)
    if tx.scalar(sa.select(sa.func.count()).select_from(t.post)) == 0:
        tx.insert(
            t.post,
            {
                "user_id": user_id, "adapter": "jabber", "author_id": "x", "author_handle": "x",
                "author_name": "x", "text": "x", "audience": "direct", "memo": True, "version": 0,
                "created_at": now,
            },
        )  # fmt: skip


async def test_a_user_without_anything_is_folded_in_and_loses_nothing(tmp_path):
    async with Two(tmp_path, access="open") as house:
        await house.user("ada", "north")
        await house.writes("/help")
        await house.writes("/language 中文")
        await house.writes("/timezone Asia/Shanghai")
        await house.writes("/pause")
        gone = await house.user_of("jabber", "ada@example.org")
        await house.connects_zh()
        stays = await house.user_of("chat", "ada")
        assert await house.user_of("jabber", "ada@example.org") == stays
        user = await house.store.read(lambda tx, now: people.user(tx, stays))
        assert (user.language, user.timezone) == ("zh-CN", "Asia/Shanghai")
        assert user.paused_at is not None
        for column in _of_users():
            assert await house.count(column.table, column == gone) == 0, column
        assert await house.count(t.user) == 1


async def _connects_zh(self) -> None:
    await self.writes(f"/connect {await self.asks()}")
    await self.presses(self.jabber, "连接", "ada@example.org")
    await self.presses(self.chat, "Connect", "ada")


Two.connects_zh = _connects_zh


async def test_who_owns_nothing_and_asks_is_folded_into_the_other(tmp_path):
    """The code was asked for by the side that has nothing: the account stays where it is."""
    async with Two(tmp_path, access="open") as other:
        await other.user("ada")
        await other.writes("/help")
        them = await other.user_of("jabber", "ada@example.org")
        account = other.social("north").account("ada")
        await other.store.run(lambda tx, now: _links(tx, now, them, account))
        await other.connects()
        assert await other.user_of("chat", "ada") == them
        await other.store.run(lambda tx, now: people.set_user(tx, them, plain="post", asks_left=0))
        await other.says("posted by the newcomer")
        await other.wait(2)
        assert other.social("north").texts("ada") == ["posted by the newcomer"]
        # Now Jabber was there first: the side that asked cannot turn it out.
        await other.says("/disconnect jabber ada@example.org")
        assert "was here before this chat" in other.chat.last("ada")


def _links(tx, now, user_id: int, account) -> None:
    from bridgebot.model import Limits
    from bridgebot.store import routes

    row = people.link(tx, now, user_id, "north", account, Limits(500))
    chat = people.direct_chat(tx, user_id)
    routes.add(tx, now, user_id, "default", source_chat_id=chat.id, account_id=row.id)


async def test_no_on_either_side_is_the_end(house):
    await house.writes(f"/connect {await house.asks()}")
    await house.presses(house.jabber, "No", "ada@example.org")
    assert heard(house.chat, "does not want to be connected", "ada")
    await house.writes(f"/connect {await house.asks()}")
    await house.presses(house.jabber, "Connect", "ada@example.org")
    await house.presses(house.chat, "No", "ada")
    assert await house.user_of("jabber", "ada@example.org") is None


async def test_nothing_of_it_is_done_in_a_group(house):
    code = await house.asks()
    house.jabber.group("room")
    said = await house.writes(f"/connect {code}", "ada@example.org", chat="room")
    assert "are the same person" not in said
    house.chat.group("here")
    await house.says("/connect jabber ada@example.org", chat="here")
    assert not CODE.search(house.chat.last("here"))
    await house.writes(f"/connect {code}")
    house.jabber.say("connect", chat="room", sender="ada@example.org")
    await house.settle()
    assert not heard(house.chat, "used your code", "ada")


async def test_a_weak_identity_neither_asks_nor_redeems(house):
    nick = Person("room@muc/ada", weak=True)
    code = await house.asks("room@muc/ada")
    for number, text in enumerate((f"/connect {code}", "/connect", "/connect chat ada", "/disconnect here")):
        message = Message(
            f"w{number}", Chat("room@muc/ada", direct=True), nick, f"m{number}", text, house.clock.now()
        )
        await house.inbox.receive("jabber", message)
    await house.settle()
    assert house.jabber.lines("room@muc/ada") == []
    assert await house.count(t.person, t.person.c.native_id == "room@muc/ada") == 0


async def test_a_button_answers_only_for_whom_it_asks(house):
    await house.writes(f"/connect {await house.asks()}")
    line = house.jabber.messages("ada@example.org")[-1]
    await house.writes("/connect", "eve@example.org")
    chat = house.jabber.network.chat("eve@example.org")
    eve = house.jabber.network.person("eve@example.org")
    from bridgebot.model import Press

    await house.inbox.receive("jabber", Press("p1", chat, eve, line.id, line.buttons[0].data))
    await house.settle()
    assert not heard(house.chat, "used your code", "ada")


async def test_a_blocked_user_connects_nobody(house):
    code = await house.asks()
    await house.store.run(lambda tx, now: tx.update(t.user, t.user.c.id == 1, role="blocked"))
    assert "too old" in await house.writes(f"/connect {code}")
    assert await house.user_of("jabber", "ada@example.org") is None


async def test_becoming_an_operator_by_it_is_said_before(tmp_path):
    operators = frozenset({"jabber:ada@example.org"})
    async with Two(tmp_path, access="open", operators=operators) as house:
        await house.user("ada", "north")
        await house.writes("/help")
        await house.writes(f"/connect {await house.asks()}")
        assert "both chats are the operator's" in house.jabber.last("ada@example.org")
        await house.presses(house.jabber, "Connect", "ada@example.org")
        assert "both chats are the operator's" in house.chat.last("ada")
        await house.presses(house.chat, "Connect", "ada")
        user_id = await house.user_of("chat", "ada")
        assert (await house.store.read(lambda tx, now: people.user(tx, user_id))).role == "operator"
        await house.says("/disconnect jabber ada@example.org")
        assert (await house.store.read(lambda tx, now: people.user(tx, user_id))).role == "user"


# --- disconnecting -----------------------------------------------------------------------------


async def test_the_older_chat_disconnects_by_its_button(house):
    await house.connects()
    await house.says("/home on north")
    await house.writes("/home on north")
    await house.presses(house.chat, "Disconnect", "ada")
    assert await house.user_of("jabber", "ada@example.org") is None
    assert heard(house.jabber, "no longer connected", "ada@example.org")
    await house.writes("this is nobody's")
    await house.writes("/accounts")
    assert house.social("north").texts("ada") == []
    assert not heard(house.jabber, "@ada@north.example", "ada@example.org")


async def test_the_newer_chat_cannot_turn_out_the_older(house):
    await house.connects()
    await house.writes("/disconnect chat ada")
    assert "was here before this chat" in house.jabber.last("ada@example.org")
    assert await house.user_of("chat", "ada") == 1
    await house.presses(house.jabber, "Disconnect", "ada@example.org")  # it may go itself
    assert await house.user_of("jabber", "ada@example.org") is None
    assert await house.user_of("chat", "ada") == 1


async def test_every_older_chat_is_told_and_has_the_button(house):
    await house.connects()
    await house.says("/connect jabber third@example.org")
    code = CODE.search(house.chat.last("ada"))[1]
    await house.writes(f"/connect {code}", "third@example.org")
    await house.presses(house.jabber, "Connect", "third@example.org")
    await house.presses(house.chat, "Connect", "ada")
    told = heard(house.jabber, "Jabber third@example.org is connected with you", "ada@example.org")
    assert len(told) == 1
    await house.presses(house.jabber, "Disconnect", "ada@example.org")
    assert await house.user_of("jabber", "third@example.org") is None
    assert await house.user_of("jabber", "ada@example.org") == 1


async def test_nothing_comes_into_a_chat_that_was_disconnected(house):
    await house.connects()
    await house.writes("/home on north")
    await house.poll()
    north = house.social("north")
    north.network.follows.add((north.network.person("ada").id, north.network.person("lin").id))
    shown = north.add_post("lin", "seen by her")
    await house.poll()
    await house.wait(1)
    assert heard(house.jabber, "seen by her", "ada@example.org")
    await house.says("/disconnect jabber ada@example.org")
    lines = house.jabber.lines("ada@example.org")
    north.edit_post(shown.id, "changed afterwards")
    north.add_post("lin", "written afterwards")
    await house.poll()
    await house.wait(60)
    await house.poll()
    assert house.jabber.lines("ada@example.org") == lines


async def test_what_becomes_of_a_post_is_told_no_more_where_it_was_written(house):
    await house.connects()
    await house.writes("written over there")
    await house.wait(2)
    [post] = house.social("north").posts
    await house.says(f"/edit {post.url} changed from here")
    await house.wait(5)
    assert house.social("north").texts("ada") == ["changed from here"]
    await house.says(f"/url {post.url}", sender="bo")
    assert "no post" in house.chat.last("bo")
    await house.says("/disconnect jabber ada@example.org")
    lines = house.jabber.lines("ada@example.org")
    await house.store.run(lambda tx, now: posts.number(tx, 1, 1))  # as when it was shown here, too
    await house.says(f"/del {post.url}")
    await house.wait(5)
    assert house.social("north").texts("ada") == []
    assert house.jabber.lines("ada@example.org") == lines


async def test_who_was_parted_takes_back_nothing_that_was_written_there(house):
    await house.connects()
    house.jabber.say("written over there", sender="ada@example.org")
    await house.settle()
    await house.wait(2)
    own = house.jabber.network.lines("ada@example.org", sender="ada@example.org")[-1].id
    await house.says("/disconnect jabber ada@example.org")
    house.jabber.edit_line(own, "changed by a stranger")
    await house.settle()
    house.jabber.delete_line(own)
    await house.settle()
    await house.writes("/undo")
    await house.wait(5)
    assert house.social("north").texts("ada") == ["written over there"]


async def test_where_a_list_lets_people_in_only_those_on_it_are_connected(tmp_path):
    allow = frozenset({"chat:ada", "jabber:listed@example.org"})
    async with Two(tmp_path, access="allowlist", allow=allow) as house:
        await house.user("ada", "north")
        said = await house.writes(f"/connect {await house.asks()}")
        assert "list jabber:ada@example.org" in said
        assert await house.user_of("jabber", "ada@example.org") is None
        await house.connects("listed@example.org")
        assert await house.user_of("jabber", "listed@example.org") == 1


async def test_strangers_that_ask_again_and_again_are_not_even_noted(house):
    for _ in range(5):
        await house.writes("/connect", "eve@example.org")
    told = len(house.jabber.lines("eve@example.org"))
    noted = await house.count(t.inbox)
    for _ in range(20):
        await house.writes("/connect", "eve@example.org")
    assert len(house.jabber.lines("eve@example.org")) <= told + 1  # and the one answer a day
    assert await house.count(t.inbox) <= noted + 1


async def test_who_asked_and_is_forgotten_leaves_no_code(house):
    code = await house.asks()
    await house.store.run(lambda tx, now: forgetting.erase(tx, 1))
    assert "no such code" in await house.writes(f"/connect {code}")


async def test_who_is_two_is_forgotten_as_one(house):
    await house.connects()
    await house.says("/devices here")
    await house.store.run(lambda tx, now: forgetting.erase(tx, 1))
    assert await house.user_of("jabber", "ada@example.org") is None
    assert await house.user_of("chat", "ada") is None


async def test_the_only_chat_is_not_disconnected(house):
    await house.says("/disconnect here")
    assert "only chat" in house.chat.last("ada")
    assert await house.user_of("chat", "ada") == 1


async def test_a_button_of_another_time_does_nothing(house):
    await house.connects()
    line = next(line for line in reversed(house.chat.messages("ada")) if line.buttons)
    await house.says("/disconnect jabber ada@example.org")
    house.chat.network.press(line.id, line.buttons[0].data, sender="ada")
    await house.settle()
    assert await house.user_of("chat", "ada") == 1


# --- at the same time --------------------------------------------------------------------------


async def test_both_sides_at_once(tmp_path):
    """Each names the other before either redeems: they end as one user, whichever is first."""
    async with Two(tmp_path, access="open") as house:
        await house.user("ada", "north")
        await house.writes("/help")
        mine = await house.asks()
        theirs = CODE.search(await house.writes("/connect chat ada"))[1]
        house.chat.say(f"/connect {theirs}")
        house.jabber.say(f"/connect {mine}", sender="ada@example.org")
        await house.settle()
        pressed = 0
        sides = [(house.jabber, "ada@example.org"), (house.chat, "ada")]
        while shown := [one for one in sides if any(line.buttons for line in one[0].messages(one[1]))]:
            adapter, sender = shown[pressed % len(shown)]
            if not any(b.label == "Connect" for line in adapter.messages(sender) for b in line.buttons):
                break
            pressed += 1
            await house.presses(adapter, "Connect", sender)
        assert await house.user_of("jabber", "ada@example.org") == await house.user_of("chat", "ada") == 1
        assert await house.count(t.user) == 1
        open_ = connect_request.c.state.in_(("open", "redeemed", "agreed"))
        assert await house.count(connect_request, open_) == 0


async def test_a_restart_in_the_middle_changes_nothing(tmp_path):
    allow = frozenset({"chat:ada"})
    async with Two(tmp_path, access="invite", allow=allow) as house:
        await house.user("ada", "north")
        code = await house.asks()
        chats = house.chat, house.jabber
    for step in ("redeem", "agree", "confirm"):
        house = Two(tmp_path, access="invite", allow=allow, chat=chats[0], clock=house.clock)
        house.jabber.network = chats[1].network
        async with house:
            if step == "redeem":
                await house.writes(f"/connect {code}")
            elif step == "agree":
                await house.presses(house.jabber, "Connect", "ada@example.org")
            else:
                await house.presses(house.chat, "Connect", "ada")
                assert await house.user_of("jabber", "ada@example.org") == 1


# --- where the bot speaks ----------------------------------------------------------------------


async def test_the_bot_speaks_where_one_was_last(house):
    await house.connects()
    await house.wait(60)
    await house.writes("/status")
    house.social("north").expire(house.social("north").account("ada"))
    await house.says("/mentions on north")
    await house.wait(60)
    await house.writes("/status")
    await house.poll()
    assert heard(house.jabber, "no longer accepts", "ada@example.org")
    assert not heard(house.chat, "no longer accepts", "ada")


async def test_a_question_about_a_post_comes_where_it_was_written(house):
    from bridgebot.errors import Temporary

    await house.connects()
    house.social("north").fail("publish", Temporary(), times=100)
    await house.writes("never comes through")
    await house.wait(60)
    await house.says("/status")
    for _ in range(40):
        await house.wait(400)
    assert heard(house.jabber, "never comes through", "ada@example.org")
    assert not heard(house.chat, "never comes through", "ada")
