"""Who comes in, by every way there is; invitations, claims, guesses; when an operator is none any more."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from bridgebot.commands import access
from bridgebot.model import Chat, Deletion, Edit, Message, Person, Press, Reaction
from bridgebot.store import invites, keep, people, strangers
from bridgebot.store import tables as t
from bridgebot.testing.fakes import MemoryChat
from tests.house import TestHouse

CODE = re.compile(r"[a-z0-9]{4}(?:-[a-z0-9]{4}){3}")
DAY = 24 * 3600


async def rows(house, table, *where):
    return await house.store.read(
        lambda tx, now: [dict(r) for r in tx.connection.execute(sa.select(table).where(*where)).mappings()]
    )


async def code_for(house, role: str = "user", **more) -> str:
    return await house.store.run(lambda tx, now: keep.new_invite(tx, now, role, **more))


# --- every way in ------------------------------------------------------------------------------


def things(now) -> list[object]:
    """All that somebody can do, in their direct chat and in a group."""
    who, direct, group = Person("eve"), Chat("eve", True), Chat("den", False)
    return [
        *(
            Message(f"m{n}{place.id}", place, who, f"line{n}{place.id}", text, now, addressed=True)
            for place in (direct, group)
            for n, text in enumerate(("hello", "/post mine", "/admin users", "/start", "yes", "1", "/me"))
        ),
        *(Edit(f"e{place.id}", place, who, "line1", "/post mine") for place in (direct, group)),
        *(Deletion(f"d{place.id}", place, who, "line1") for place in (direct, group)),
        *(Reaction(f"r{place.id}", place, who, "line1", ("⭐",)) for place in (direct, group)),
        *(Press(f"p{place.id}", place, who, "line1", "abc:0") for place in (direct, group)),
    ]


@pytest.mark.parametrize("mode", ["invite", "allowlist"])
@pytest.mark.parametrize("again", [False, True], ids=["at first", "after it was answered"])
async def test_a_stranger_comes_in_by_no_way(tmp_path, mode, again):
    async with TestHouse(tmp_path, access=mode, allow=frozenset({"chat:ada"})) as house:
        await house.user("ada", "north")
        if again:
            await house.says("hello", sender="eve")
        told = len(house.chat.lines("eve"))
        for number, thing in enumerate(things(house.clock.now())):
            await house.inbox.receive("chat", thing)
            await house.settle()
            assert len(await rows(house, t.user)) == 1, f"{number}: {thing}"
        assert len(house.chat.lines("eve")) == 1, "one answer in all"
        assert told == int(again)
        assert house.social("north").posts == []
        assert house.chat.lines("den") == []


@pytest.mark.parametrize("mode", ["open", "invite", "allowlist"])
async def test_only_a_message_in_a_direct_chat_makes_a_user_of_whom_access_allows(tmp_path, mode):
    async with TestHouse(
        tmp_path, access=mode, allow=frozenset({"chat:eve"} if mode != "open" else ())
    ) as house:
        first = next(one for one in things(house.clock.now()) if isinstance(one, Message))
        for thing in things(house.clock.now()):
            if not (isinstance(thing, Message) and thing.chat.direct):
                await house.inbox.receive("chat", thing)
        assert await rows(house, t.user) == []
        if mode != "invite":
            await house.inbox.receive("chat", first)
            assert len(await rows(house, t.user)) == 1


async def test_a_weak_name_never_redeems_a_code(tmp_path):
    async with TestHouse(tmp_path, access="invite") as house:
        code = await code_for(house, "operator")
        house.chat.person("nick", weak=True)
        await house.says(code, sender="nick")
        assert await rows(house, t.user) == []


# --- invitations -------------------------------------------------------------------------------


@pytest.fixture
async def ruled(tmp_path):
    """Boss runs the bot, which is by invitation."""
    async with TestHouse(tmp_path, access="invite", operators=frozenset({"chat:boss"})) as house:
        await house.says("/start", sender="boss")
        yield house


async def restarted(house, **more) -> TestHouse:
    """The same people and the same database, after a restart with another configuration."""
    await house.__aexit__()
    chat = MemoryChat(name="chat", network=house.chat.network)
    return TestHouse(house.folder, chat=chat, clock=house.clock, **more)


async def test_codes_have_more_than_64_bits_and_stand_nowhere(ruled):
    await ruled.says("/admin invite 3 5", sender="boss")
    codes = CODE.findall(ruled.chat.last("boss"))
    assert len(set(codes)) == 3
    alphabet, letters = 32, len(codes[0].replace("-", ""))
    assert alphabet**letters >= 2**64
    stored = str([await rows(ruled, table) for table in (t.invite, t.audit)])
    assert not any(code in stored for code in codes)


async def test_the_words_that_handed_a_code_over_are_not_kept(ruled):
    await ruled.says("/admin invite 2 7", sender="boss")
    codes = CODE.findall(ruled.chat.last("boss"))
    await ruled.says("/admin invite", sender="boss")
    codes += CODE.findall(ruled.chat.last("boss"))
    await ruled.store.run(keep.wipe_handed)
    stored = str([await rows(ruled, table) for table in (t.delivery, t.part, t.question, t.inbox)])
    assert len(codes) == 3
    assert not any(code in stored for code in codes)
    await ruled.says(codes[0], sender="ada")
    assert len(await rows(ruled, t.user)) == 2


async def test_an_invitation_works_once_for_one_person_until_it_ends(ruled):
    await ruled.says("/admin invite 2 1", sender="boss")
    one, other = CODE.findall(ruled.chat.last("boss"))
    await ruled.says(one, sender="ada")
    await ruled.says(one, sender="bo")
    assert len(await rows(ruled, t.user)) == 2
    [used] = await rows(ruled, t.invite, t.invite.c.used_by.is_not(None))
    assert (used["made_by"], used["used_by"]) == (1, 2), "who invited whom is known"
    await ruled.wait(DAY + 1)
    await ruled.says(other, sender="bo")
    assert len(await rows(ruled, t.user)) == 2


async def test_invitations_are_listed_by_names_that_are_no_codes_and_taken_back(ruled):
    await ruled.says("/admin invite 2 7", sender="boss")
    codes = CODE.findall(ruled.chat.last("boss"))
    await ruled.says("/admin invites", sender="boss")
    listed = ruled.chat.last("boss")
    assert not any(code in listed for code in codes)
    name = re.findall(r"^([0-9a-f]{6})  for: user · by user 1", listed, re.MULTILINE)[0]
    await ruled.says(f"/admin invite revoke {name}", sender="boss")
    assert ruled.chat.last("boss") == "Taken back: one invitation."
    for number, code in enumerate(codes):
        await ruled.says(code, sender=f"new{number}")
    assert len(await rows(ruled, t.user)) == 2, "one of them works still"
    await ruled.says(f"/admin invite revoke {name}", sender="boss")
    assert ruled.chat.last("boss").startswith("There is no open invitation of that name.")


async def test_an_operator_has_so_many_open_invitations_at_most(ruled):
    await ruled.says("/admin invite 10 7", sender="boss")
    ruled.inbox.use(house_with(ruled, invites_per_operator=12))
    await ruled.says("/admin invite 3 7", sender="boss")
    assert ruled.chat.last("boss").startswith("10 of your invitations are open and 12 may be.")
    await ruled.says("/admin invite 2 7", sender="boss")
    assert len(await rows(ruled, t.invite)) == 12


def house_with(house, **more):
    from dataclasses import replace

    return replace(house.house, **more)


@pytest.mark.parametrize("typed", ["0 7", "11 7", "1 0", "1 91", "many", "1 2 3", "-1"])
async def test_no_invitation_is_made_of_wrong_numbers(ruled, typed):
    await ruled.says(f"/admin invite {typed}", sender="boss")
    assert ruled.chat.last("boss").startswith("/admin invite, /admin invite NUMBER DAYS")
    assert await rows(ruled, t.invite) == []


async def test_people_invite_only_where_the_operator_lets_them_and_so_many(ruled):
    await ruled.says(await code_for(ruled), sender="ada")
    await ruled.says("/invite")
    assert ruled.chat.last() == "Only operators invite people here."
    ruled.inbox.use(house_with(ruled, invites_per_user=2))
    for _ in range(2):
        await ruled.says("/invite")
        assert CODE.search(ruled.chat.last())
    await ruled.says("/invite")
    told = ruled.chat.last()
    assert told.startswith("You can invite 2 people in 30 days")
    name = re.search(r"^[0-9a-f]{6}", told, re.MULTILINE)[0]
    await ruled.says("/admin invite 1 7", sender="boss")
    await ruled.says("/admin invites", sender="boss")
    foreign = re.search(r"^([0-9a-f]{6})  for: user · by user 1", ruled.chat.last("boss"), re.MULTILINE)[1]
    await ruled.says(f"/invite revoke {foreign}")
    assert ruled.chat.last().startswith("There is no open invitation"), "another's is not theirs to take back"
    await ruled.says(f"/invite revoke {name}")
    await ruled.says("/invite")
    assert CODE.search(ruled.chat.last())


async def test_where_a_list_decides_an_invitation_lets_nobody_in_but_a_claim_does(tmp_path):
    async with TestHouse(tmp_path, access="allowlist") as house:
        await house.says(await code_for(house), sender="ada")
        assert await rows(house, t.user) == []
        await house.says(await code_for(house, "operator"), sender="bo")
        assert [user["role"] for user in await rows(house, t.user)] == ["operator"]


# --- guesses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "all_together", "heard"),
    [(0, 0, True), (4, 99, True), (5, 5, False), (0, 100, True), (1, 100, False), (0, 1000, False)],
)
def test_wrong_codes_slow_down_for_one_person_and_for_all(own, all_together, heard):
    assert invites.is_heard(own, all_together) is heard


WRONG = "aaaa-aaaa-aaaa-aaa{}"


@pytest.mark.parametrize("form", ["{}", "/start {}", "here it is: {}"])
async def test_after_five_wrong_codes_the_right_one_waits_a_day(tmp_path, form):
    async with TestHouse(tmp_path, access="invite") as house:
        code = await code_for(house, days=30)
        for number in range(7):
            await house.says(form.format(WRONG.format(number)), sender="eve")
        assert len(await rows(house, t.guess)) == 5, "no more are looked at"
        await house.says(code, sender="eve")
        assert await rows(house, t.user) == []
        await house.says(code, sender="ada")
        assert len(await rows(house, t.user)) == 1, "others are not slowed by it"
        again = await code_for(house)
        await house.wait(DAY + 1)
        await house.says(again, sender="eve")
        assert len(await rows(house, t.user)) == 2


async def test_a_user_who_guesses_at_the_operators_claim_is_slowed_as_well(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("eve", "north")
        for number in range(6):
            await house.says(f"/start {WRONG.format(number)}", sender="eve")
        await house.says(f"/start {await code_for(house, 'operator')}", sender="eve")
        assert [user["role"] for user in await rows(house, t.user)] == ["user"]


async def test_many_guesses_of_many_people_are_told_once(tmp_path):
    async with TestHouse(tmp_path, access="invite") as house:
        told = []
        house.store.listen(invites.GUESSING, lambda: told.append(house.clock.now()))
        for number in range(invites.SLOW + 5):
            await house.says(WRONG.format(number % 10), sender=f"eve{number}")
        assert len(told) == 1
        await house.says(await code_for(house), sender="ada")
        assert len(await rows(house, t.user)) == 1, "who tries for the first time is heard"


# --- roles -------------------------------------------------------------------------------------


async def test_an_operators_rights_end_with_the_list_that_gave_them(ruled):
    async with await restarted(ruled, access="invite") as house:
        await house.says("/admin users", sender="boss")
        assert house.chat.last("boss") == "Only operators of this bot can do that."
        [role] = await rows(house, t.audit, t.audit.c.action == "role")
        assert role["target"] == "1 user"


async def test_the_list_counts_at_once_also_for_who_says_nothing(ruled):
    house = house_with(ruled, operators=frozenset())
    await ruled.store.run(lambda tx, now: access.settle(tx, now, house))
    assert [user["role"] for user in await rows(ruled, t.user)] == ["user"]


async def test_who_was_made_operator_by_a_claim_stays_one_until_demoted(ruled):
    await ruled.says(await code_for(ruled, "operator"), sender="ada")
    async with await restarted(ruled, access="invite", operators=frozenset({"chat:boss"})) as house:
        await house.store.run(lambda tx, now: access.settle(tx, now, house.house))
        await house.says("/admin users")
        assert "chat:ada  operator" in house.chat.last()
        await house.says("/admin demote 2", sender="boss")
        assert house.chat.last("boss") == "User 2: user"
        await house.says("/admin users")
        assert house.chat.last() == "Only operators of this bot can do that."


async def test_whom_the_configuration_lists_is_not_demoted_and_nobody_demotes_themselves(ruled):
    await ruled.says(await code_for(ruled, "operator"), sender="ada")
    await ruled.says("/admin demote 1")
    assert ruled.chat.last() == (
        "User 1 is listed in the configuration: take them off the list, and the role ends."
    )
    await ruled.says("/admin demote 2")
    assert (
        ruled.chat.last()
        == "There is no user 2 whom that could be done to. /admin users shows their numbers and addresses."
    )
    await ruled.says("/admin block 1")
    assert [user["role"] for user in await rows(ruled, t.user)] == ["operator", "operator"]


async def test_an_operator_is_known_by_id_and_never_by_name(ruled):
    ruled.chat.person("mallory", name="boss")
    await ruled.says(await code_for(ruled), sender="mallory")
    await ruled.says("/admin users", sender="mallory")
    assert ruled.chat.last("mallory") == "Only operators of this bot can do that."


async def test_an_operator_by_another_of_their_addresses_is_one_as_long_as_any_is_listed(ruled):
    await ruled.store.run(lambda tx, now: _also(tx, 1, "boss-elsewhere"))
    await ruled.says("/admin invites", sender="boss-elsewhere")
    assert ruled.chat.last("boss-elsewhere") == "No invitation is open."
    ruled.inbox.use(house_with(ruled, operators=frozenset()))
    await ruled.says("/admin invites", sender="boss-elsewhere")
    assert ruled.chat.last("boss-elsewhere") == "Only operators of this bot can do that."


def _also(tx, user_id: int, native_id: str) -> None:
    person = people.person(tx, "chat", Person(native_id))
    people.set_person(tx, person.id, user_id=user_id)


async def test_who_is_blocked_stays_so_under_every_address_and_whatever_they_try(ruled):
    await ruled.says(await code_for(ruled), sender="ada")
    await ruled.store.run(lambda tx, now: _also(tx, 2, "ada-elsewhere"))
    await ruled.says("/admin block 2", sender="boss")
    ruled.chat.group("den")
    before, came = (ruled.chat.lines("ada"), ruled.chat.lines("den")), len(await rows(ruled, t.inbox))
    for code in (await code_for(ruled), await code_for(ruled, "operator")):
        for sender in ("ada", "ada-elsewhere"):
            await ruled.says(f"/start {code}", sender=sender)
            await ruled.says(f"/start {code}", sender=sender, chat="den")
            await ruled.says("/help", sender=sender)
    assert len(await rows(ruled, t.inbox)) == came, "nothing is kept of it"
    ruled.inbox.use(house_with(ruled, access="open", operators=frozenset({"chat:ada", "chat:boss"})))
    await ruled.says("/admin unblock 2", sender="ada")
    assert (ruled.chat.lines("ada"), ruled.chat.lines("den")) == before
    assert ruled.chat.lines("ada-elsewhere") == []
    assert (await rows(ruled, t.user, t.user.c.id == 2))[0]["role"] == "blocked"
    assert all(one["used_by"] in (None, 2) for one in await rows(ruled, t.invite))


async def test_somebody_is_blocked_by_address_before_they_ever_came(ruled):
    await ruled.says("/admin block chat:eve", sender="boss")
    assert ruled.chat.last("boss") == "User 2: blocked"
    ruled.inbox.use(house_with(ruled, access="open"))
    await ruled.says("hello?", sender="eve")
    assert ruled.chat.lines("eve") == []
    await ruled.says("/admin unblock chat:eve", sender="boss")
    await ruled.says("/start", sender="eve")
    assert ruled.chat.lines("eve")[0].startswith("Hi! I put your microblogs")


async def test_who_is_blocked_takes_their_invitations_along(ruled):
    await ruled.says(await code_for(ruled), sender="ada")
    ruled.inbox.use(house_with(ruled, invites_per_user=1))
    await ruled.says("/invite")
    code = CODE.search(ruled.chat.last())[0]
    await ruled.says("/admin block 2", sender="boss")
    await ruled.says(code, sender="bo")
    assert len(await rows(ruled, t.user)) == 2


# --- floods ------------------------------------------------------------------------------------


async def test_a_flood_of_strangers_is_answered_once_each_and_slows_nobody(tmp_path):
    async with TestHouse(tmp_path, access="invite", allow=frozenset({"chat:ada"})) as house:
        await house.user("ada", "north")
        for number in range(60):
            for _ in range(3):
                house.chat.say(f"let me in {number}", sender=f"stranger{number}")
        line = house.chat.say("/status", sender="ada")
        await house.chat.settled()
        order = await rows(house, t.delivery, t.delivery.c.state == "queued")
        mine = next(one for one in order if one["user_id"] == 1)
        others = [one for one in order if one["user_id"] is None]
        assert len(others) == 60, "once each"
        assert all(one["urgency"] > mine["urgency"] for one in others), "behind what is said to users"
        await house.settle()
        assert line
        assert all(len(house.chat.lines(f"stranger{number}")) == 1 for number in range(60))
        assert len(await rows(house, t.inbox, t.inbox.c.user_id.is_(None))) == 60, "no row for the rest"


async def test_open_doors_let_in_so_many_a_day_and_tell_the_others(tmp_path):
    async with TestHouse(tmp_path, allow=frozenset({"chat:ada"})) as house:
        house.inbox.use(house_with(house, newcomers_per_day=3))
        for number in range(6):
            for _ in range(3):
                await house.says("/start", sender=f"new{number}")
        assert len(await rows(house, t.user)) == 3
        assert house.chat.lines("new5") == [
            "Hi! As many people came today as this bot lets in. Write to me again tomorrow."
        ]
        await house.says("/start", sender="ada")
        assert len(await rows(house, t.user)) == 4, "whom the operator names may always come"
        await house.wait(DAY + 1)
        await house.says("/start", sender="new5")
        assert house.chat.last("new5").startswith("Hi! I put your microblogs")


async def test_what_is_kept_of_strangers_goes_after_a_while_and_users_stay(tmp_path):
    async with TestHouse(tmp_path, access="invite", allow=frozenset({"chat:ada"})) as house:
        await house.user("ada", "north")
        house.chat.group("den")
        for number in range(5):
            await house.says("hello", sender=f"stranger{number}")
            await house.says("hello all", sender=f"stranger{number}", chat="den")
        await house.says(WRONG.format(1), sender="stranger0")
        kept = len(await rows(house, t.inbox, t.inbox.c.user_id.is_not(None)))
        await house.wait(31 * DAY)
        while await house.store.run(strangers.forget_old):
            pass
        assert [one["native_id"] for one in await rows(house, t.person)] == ["ada"]
        assert len(await rows(house, t.inbox)) == kept
        assert "stranger" not in str([await rows(house, table) for table in (t.chat, t.delivery, t.lane)])
        assert await rows(house, t.guess) == []
        await house.says("hello again", sender="stranger1")
        assert house.chat.last("stranger1").startswith("Hi! This bot is by invitation.")


async def test_somebody_who_talks_in_a_group_leaves_no_row_of_a_person(tmp_path):
    async with TestHouse(tmp_path, access="open") as house:
        house.chat.group("den")
        await house.says("hi all", sender="eve", chat="den")
        assert await rows(house, t.person) == []
