"""Who is who, as a user said: handles on several networks that are one person's."""

from __future__ import annotations

import sqlalchemy as sa

from bridgebot.store import tables as t
from bridgebot.store.prepared import Statement
from bridgebot.store.tx import Tx

_A = t.alias.c
_OF_USER = Statement(
    lambda user_id: sa.select(_A.person, _A.handle).where(_A.user_id == user_id).order_by(_A.person, _A.id)
)


def of_user(tx: Tx, user_id: int) -> tuple[frozenset[str], ...]:
    """The handles of each person of whom the user said anything."""
    return tuple(frozenset(one) for one in listed(tx, user_id))


def listed(tx: Tx, user_id: int) -> list[list[str]]:
    """The same in the order in which they were said."""
    persons: dict[int, list[str]] = {}
    for person, handle in _OF_USER.known_rows(tx, user_id):
        persons.setdefault(person, []).append(handle)
    return list(persons.values())


def note(tx: Tx, user_id: int, handles: tuple[str, str]) -> None:
    """These two, in lower case, are one person, and so is whoever either of them was said to be."""
    rows = _OF_USER.rows(tx, user_id)
    known = [person for person, handle in rows if handle in handles]
    person = min(known, default=max((number for number, _ in rows), default=0) + 1)
    tx.update(t.alias, _A.user_id == user_id, _A.person.in_(known), person=person)
    for handle in handles:
        tx.insert_or_ignore(t.alias, {"user_id": user_id, "person": person, "handle": handle})


def drop(tx: Tx, user_id: int, handle: str) -> bool:
    """This handle is nobody else's any more; False: nothing was said of it. One handle alone says nothing."""
    rows = _OF_USER.rows(tx, user_id)
    person = next((number for number, one in rows if one == handle), None)
    if person is None:
        return False
    left = [one for number, one in rows if number == person and one != handle]
    gone = [handle] if len(left) > 1 else [handle, *left]
    tx.connection.execute(sa.delete(t.alias).where(_A.user_id == user_id, _A.handle.in_(gone)))
    return True
