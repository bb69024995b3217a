"""A closed account on Plaza: nothing tells whose it was, and what others have stays whole."""

from __future__ import annotations

import pytest
import pytest_asyncio
import sqlalchemy as sa

from adapters.plaza.store.closing import tombstone
from adapters.plaza.store.tables import metadata, person
from bridgebot.errors import Rejected
from bridgebot.model import Draft, Uploaded
from bridgebot.testing.clock import ManualClock
from bridgebot.testing.pictures import picture, png, reader
from tests.servers.plaza import town as make_town

MARK = "canarymark"
# Where others have something of the person: see `adapters.plaza.store.closing`.
STAYS = {("plaza_post", "person_id"), ("plaza_mention", "person_id"), ("plaza_boost", "person_id")}


@pytest_asyncio.fixture
async def town():
    async with make_town(ManualClock(), posts_per_hour=1000) as town:
        yield town


async def rows(town, table) -> list[dict]:
    query = sa.select(table)
    return await town.context.database.run(
        lambda connection, now: [dict(row) for row in connection.execute(query).mappings()]
    )


async def lived(town):
    """Somebody with a mark in everything, whom Lin knows; their account and Lin's answer."""
    me, lin = await town.account(MARK), await town.account("lin")
    await town.post("lin", f"a word about @{MARK}")
    mine = await town.post(MARK, f"{MARK} says #{MARK} to @lin", warning=f"warned by {MARK}")
    answer = await town.post("lin", "my answer", reply_to=mine.id)
    for number in range(2):
        file = picture(png((number, 0, 0)), f"described by {MARK}")
        await town.adapter.upload(me, file, reader(png((number, 0, 0))), key=f"{MARK} {number}")
    shown = Uploaded("1", f"described by {MARK}")  # the other one waits
    await town.adapter.publish(me, Draft("", files=(shown,)), key="pictures")
    await town.adapter.follow(lin, f"@{MARK}", True)
    await town.adapter.follow(me, "@lin", True)
    await town.adapter.favourite(me, answer.id, True)
    await town.adapter.boost(me, answer.id, True)
    await town.adapter.favourite(lin, mine.id, True)
    await town.adapter.report(me, answer.id, f"complained {MARK}")
    await town.adapter.report(lin, mine.id, f"about {MARK}")
    return me, lin, answer


async def test_nothing_tells_whose_it_was(town):
    me, lin, answer = await lived(town)
    await town.adapter.unlink(me)
    for table in metadata.sorted_tables:
        left = [row for row in await rows(town, table) if MARK in str(row)]
        assert [row for row in left if row.get("text") != f"a word about @{MARK}"] == [], table.name
    assert town.context.name  # it is still there for others
    thread = await town.adapter.thread(lin, answer.id)
    assert [post.text for post in thread] == ["my answer"]


async def test_rows_of_every_table_go_that_are_not_for_others(town):
    me, *_ = await lived(town)
    await town.adapter.unlink(me)
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table is person and (table.name, key.parent.name) not in STAYS:
                mine = [row for row in await rows(town, table) if row[key.parent.name] == int(me.id)]
                what = f"{table.name}.{key.parent.name}"
                assert mine == [] or what == "plaza_follow.target_id", what


async def test_the_name_stays_taken_and_cannot_be_read(town):
    me = await town.account(MARK)
    await town.adapter.unlink(me)
    await town.adapter.unlink(me)  # a closed account stays closed
    for name in (MARK, MARK.upper(), "canary_mark", "canarymarl"[:-1] + "k"):
        with pytest.raises(Rejected) as refused:
            await town.adapter.link(None, name)
        assert refused.value.key == "plaza-name-taken"
    [row] = await rows(town, person)
    assert row["name"] == row["skeleton"]
    assert row["name"] not in (tombstone("", MARK), tombstone("salt", MARK))  # nobody can try names out
    assert (row["token"], row["posts"]) == (None, 0)


async def test_another_name_is_free(town):
    await town.adapter.unlink(await town.account(MARK))
    assert (await town.adapter.link(None, "somebody")).handle == "@somebody"
