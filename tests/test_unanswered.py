"""What had no answer may be out: a change, a deletion or an undo that comes meanwhile must not forget it."""

from __future__ import annotations

import pytest

from bridgebot.errors import StoreError, Temporary, Unconfirmed
from tests.house import TestHouse


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north")
        yield house


async def unanswered(house, text: str) -> str:
    """A post that is there, though its network never said so; it will be repeated with its key."""
    house.social("north").fail("publish", Unconfirmed(), acted=True)
    return await house.says(text)


async def test_an_edit_meanwhile_does_not_post_it_twice(house):
    line = await unanswered(house, "good dya")
    house.chat.edit_line(line, "good day")
    await house.settle()
    await house.wait(10)
    assert house.social("north").texts() == ["good day"]


async def test_a_deletion_meanwhile_takes_it_away(house):
    line = await unanswered(house, "better not")
    house.chat.delete_line(line)
    await house.settle()
    await house.wait(10)
    assert house.social("north").texts() == []


async def test_an_undo_meanwhile_takes_back_a_favourite(house):
    social = house.social("north")
    social.network.follows.add((social.network.person("ada").id, social.network.person("lin").id))
    await house.says("/home on north")
    await house.poll()
    await house.wait(1)
    social.add_post("lin", "like this one")
    await house.poll()
    social.fail("favourite", Unconfirmed(), acted=True)
    await house.says("/fav 2k7")
    await house.says("/undo")
    await house.wait(10)
    assert [call.arguments[-1] for call in social.calls if call.name == "favourite"] == [True, True, False]


async def test_a_receipt_that_waited_tells_what_is_true_when_it_leaves(house):
    house.social("north").fail("publish", Temporary(retry_after=6))
    await house.says("slowly, slowly")
    house.chat.fail("send", Temporary(retry_after=8))  # the first attempt, while the post still waits
    for _ in range(12):
        await house.wait(1)
    assert house.social("north").texts() == ["slowly, slowly"]
    assert [line for line in house.chat.lines() if line.startswith("#2k7")] == [house.chat.last()]
    assert "✓ North" in house.chat.last()


async def test_wrong_sql_is_a_bug_and_no_failing_store(house):
    def wrong(tx, now):
        tx.connection.exec_driver_sql("UPDATE nothing SET")

    with pytest.raises(Exception, match=r"syntax|incomplete") as raised:
        await house.store.run(wrong)
    assert not isinstance(raised.value, StoreError)
