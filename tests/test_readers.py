"""With whose accounts timelines are read: asked for together, kept until they change."""

import asyncio

import pytest

from bridgebot.errors import StoreError
from bridgebot.readers import Readers
from bridgebot.store import people
from tests.house import TestHouse


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        for name in ("ada", "lin", "eve"):
            await house.user(name, "north")
            await house.says("/home on north")
        await house.poll()
        yield house


@pytest.fixture
def asked(house, monkeypatch):
    """Who was asked for together."""
    asked, many = [], people.native_accounts
    monkeypatch.setattr(people, "native_accounts", lambda tx, ids: asked.append(set(ids)) or many(tx, ids))
    return asked


def timelines(house):
    return list(house.poller._known.values())


class Counted:
    """The store, as only these readers ask it: the house that runs beside them asks, too."""

    def __init__(self, store) -> None:
        self.store, self.reads = store, 0

    async def read(self, unit):
        self.reads += 1
        return await self.store.read(unit)


async def test_many_are_asked_for_at_once_and_never_again(house, asked):
    store = Counted(house.store)
    readers, wanted = Readers(store), timelines(house)
    assert not readers.knows(wanted)
    readers.meet(wanted)
    readers.meet(wanted)
    found = await asyncio.gather(*map(readers.of, wanted))
    assert [one.credentials != "" for one in found] == [True] * len(wanted)
    assert (store.reads, {one.account_id for one in wanted} in asked) == (1, True)
    assert readers.knows(wanted)
    assert [readers.known(one) for one in wanted] == found


async def test_whoever_is_forgotten_is_asked_for_anew_even_while_being_asked_for(house):
    store = Counted(house.store)
    readers, (first, *_) = Readers(store), timelines(house)
    readers.meet([first])
    readers.forget(first)
    assert await readers.of(first) is not None
    readers.forget(first)
    await readers.of(first)
    assert store.reads == 3, "once together, given up, and twice alone"


async def test_where_the_store_fails_each_asks_for_its_own_and_says_so(house, monkeypatch):
    readers, (first, *_) = Readers(house.store), timelines(house)

    async def fails(unit):
        raise StoreError("The disk is full.")

    monkeypatch.setattr(house.store, "read", fails)
    readers.meet([first])
    with pytest.raises(StoreError):
        await readers.of(first)
