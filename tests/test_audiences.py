"""One table says what becomes of each audience elsewhere: never wider, and what is left out is named."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from bridgebot.flow.audiences import TABLE, leaves_by_rule, may_enter, on_word, refusal
from bridgebot.model import Audience, Draft, Timeline, TimelineKind, changed
from bridgebot.store import routes
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemoryChat, MemorySocial
from bridgebot.texts import LANGUAGES, Texts
from tests.house import TestHouse, _network

PUBLIC_ONLY = replace(MemorySocial().capabilities, audiences=frozenset({Audience.PUBLIC}), edit=False)
ANY = {"audiences": [audience.value for audience in Audience]}


@pytest.fixture
async def house(tmp_path):
    """North has every audience, South is public only; Ada is in a group called Den."""
    socials = (MemorySocial(name="north"), MemorySocial(name="south", capabilities=PUBLIC_ONLY))
    async with TestHouse(tmp_path, socials=socials) as house:
        await house.user("ada", "north", "south")
        house.chat.group("den", title="Den")
        await house.says("/help", chat="den")
        yield house


async def reads(house: TestHouse) -> None:
    for _ in range(2):
        await house.poll()
        await house.wait(2)


# --- the table -----------------------------------------------------------------------------------


def test_every_audience_has_its_row_and_its_reason_in_both_languages():
    assert set(TABLE) == set(Audience)
    for audience, row in TABLE.items():
        assert all(Texts()(language, row.missing) != row.missing for language in LANGUAGES)
        assert row.on_word is None or row.on_word.rank < audience.rank


def test_a_network_never_has_more_than_was_meant():
    for audience in Audience:
        for able in (PUBLIC_ONLY, MemorySocial().capabilities, replace(PUBLIC_ONLY, publish=False)):
            network = _network("north", MemorySocial(name="north", capabilities=able))
            carried = refusal(audience, False, False, network) is None
            assert carried is (able.publish and audience in able.audiences)
            if on_word(audience, network) is not None:
                assert (audience, carried) == (Audience.UNLISTED, False)


def test_rules_carry_what_is_public_what_is_asked_for_and_never_what_is_direct():
    carried = {
        audience: (leaves_by_rule(audience, {}), leaves_by_rule(audience, ANY)) for audience in Audience
    }
    assert carried == {
        Audience.PUBLIC: (True, True),
        Audience.UNLISTED: (False, True),
        Audience.FOLLOWERS: (False, True),
        Audience.DIRECT: (False, False),
    }
    assert not any(leaves_by_rule(one, ANY, own=False) for one in Audience if one is not Audience.PUBLIC)
    assert [one for one in Audience if may_enter(one, direct=False)] == [Audience.PUBLIC]


async def test_a_rule_that_says_nothing_of_audiences_carries_what_is_public(house):
    """No command makes such a rule, and none that names what is direct."""

    def add(tx, now, filters):
        account = {row.adapter: row for row in tx.connection.execute(sa.select(t.account))}
        own, north = Timeline(TimelineKind.OWN, "south.example"), account["north"]
        line = routes.timeline(tx, now, "south", own, account["south"].id, "x")
        routes.add(tx, now, north.user_id, "sync", timeline_id=line.id, account_id=north.id, filters=filters)

    await house.store.run(lambda tx, now: add(tx, now, {}))
    await reads(house)
    network = house.social("south").network
    for audience in Audience:
        network.add(network.person("ada"), Draft(f"for {audience}", audience))
    await reads(house)
    assert house.social("north").texts() == ["for public"]
    await house.store.run(lambda tx, now: tx.update(t.route, t.route.c.verb == "sync", filters=ANY))
    for audience in Audience:
        network.add(network.person("ada"), Draft(f"again {audience}", audience))
    await reads(house)
    assert set(house.social("north").texts()[1:]) == {"again public", "again unlisted", "again followers"}


# --- what its writer says of one post --------------------------------------------------------------


async def test_unlisted_is_left_out_where_there_is_none_unless_its_writer_says_so(house):
    await house.says("/vis unlisted")
    await house.says("by the way")
    await house.wait(2)
    assert house.social("south").texts() == []
    assert "✗ South: it has no unlisted posts" in house.chat.last()
    assert "/share ID to NAME public" in house.chat.last()
    await house.says("/share 2k7 to south")
    assert house.social("south").texts() == []
    await house.says("/share 2k7 to south public")
    await house.wait(2)
    assert [(post.text, post.audience) for post in house.social("south").posts] == [
        ("by the way", Audience.PUBLIC)
    ]
    assert "public there, as you said" in "\n".join(house.chat.lines())
    await house.says("/undo")
    await house.wait(2)
    assert house.social("south").texts() == []


async def test_nothing_narrower_than_unlisted_is_made_public_by_a_word(house):
    await house.says("/vis followers")
    await house.says("between us")
    await house.says("/share 2k7 to south public")
    await house.wait(2)
    assert house.social("south").count("publish") == 0


async def test_a_post_from_an_app_that_was_shared_and_taken_back_is_no_memo(house):
    await house.says("/sync north to south")
    await reads(house)
    network = house.social("north").network
    network.add(network.person("ada"), Draft("from an app"))
    await reads(house)
    await house.says("/undo 2k7")
    await house.says("/memos")
    assert "from an app" not in house.chat.last()


# --- other words, and other audiences ----------------------------------------------------------------


async def test_other_words_for_what_waits_for_its_time_are_for_nobody_else(house):
    await house.says("/vis followers")
    await house.says("/cw dinner")
    line = await house.says("/schedule in 2h we eat at six")
    house.chat.edit_line(line, "/schedule in 2h we eat at seven")
    await house.settle()
    await house.wait(7300)
    shown = [(post.text, post.audience, post.warning) for post in house.social("north").posts]
    assert shown == [("we eat at seven", Audience.FOLLOWERS, "dinner")]


async def test_other_words_for_what_is_asked_about_are_for_nobody_else(house):
    await house.says("/vis followers")
    asked = await house.says("thanks")
    await house.says("/post what used up the choice")
    house.chat.edit_line(asked, "thanks to all of you")
    await house.settle()
    if house.social("north").texts()[-1] != "thanks to all of you":
        await house.says("post")
    assert {post.audience for post in house.social("north").posts} == {Audience.FOLLOWERS}
    assert house.social("north").texts()[-1] == "thanks to all of you"


async def test_what_becomes_narrower_is_taken_back_where_it_is_too_wide(house):
    house.chat.person("ada", admin=True)
    await house.says("/mirror north own", chat="den")
    await house.says("/sync north to south")
    await reads(house)
    network = house.social("north").network
    post = network.add(network.person("ada"), Draft("for all of you"))
    await reads(house)
    assert house.social("south").texts() == ["for all of you"]
    assert "for all of you" in house.chat.last("den")
    house.clock.skip(1)
    network.standing[post.id] = changed(network.standing[post.id], audience=Audience.FOLLOWERS)
    network.change(post.id, "for some of you", None)
    await reads(house)
    assert house.social("south").texts() == []
    assert "of you" not in "\n".join(house.chat.lines("den"))
    assert "taken back, for the original is for fewer people now" in house.chat.last()


async def test_where_messages_stay_a_narrower_post_loses_its_words(tmp_path):
    bare = replace(MemoryChat().capabilities, edit=False, delete=False)
    chat = MemoryChat(name="chat", capabilities=bare)
    async with TestHouse(tmp_path, chat=chat, socials=(MemorySocial(name="north"),)) as house:
        await house.user("ada", "north")
        house.chat.group("den", title="Den")
        house.chat.person("ada", admin=True)
        await house.says("/mirror north own", chat="den")
        await reads(house)
        network = house.social("north").network
        post = network.add(network.person("ada"), Draft("for all of you"))
        await reads(house)
        house.clock.skip(1)
        network.standing[post.id] = changed(network.standing[post.id], audience=Audience.DIRECT)
        network.change(post.id, "for @lin alone", None)
        await reads(house)
        assert "alone" not in "\n".join(house.chat.lines("den"))
        assert "deleted" in house.chat.last("den")


async def test_other_words_for_few_are_shown_to_whoever_still_may_read_them(tmp_path):
    """Bo was shown the post, and follows no more; then he does again."""
    async with TestHouse(tmp_path, socials=(MemorySocial(name="north"),)) as house:
        network = house.social("north").network
        for name in ("ada", "bo"):
            await house.user(name, "north")
            await house.says("/home on north", sender=name)
            network.follows.add((network.person(name).id, network.person("lin").id))
        await reads(house)
        post = house.social("north").add_post("lin", "among us", audience=Audience.FOLLOWERS)
        await reads(house)
        assert ["among us" in house.chat.last(name) for name in ("ada", "bo")] == [True, True]
        network.follows.discard((network.person("bo").id, network.person("lin").id))
        house.clock.skip(1)
        network.change(post.id, "among those who are left", None)
        await reads(house)
        assert ["who are left" in house.chat.last(name) for name in ("ada", "bo")] == [True, False]
        network.follows.add((network.person("bo").id, network.person("lin").id))
        house.clock.skip(1)
        network.change(post.id, "among us again", None)
        await reads(house)
        assert ["among us again" in house.chat.last(name) for name in ("ada", "bo")] == [True, True]
