"""Who may use the bot, who runs it, and the codes that make one such.

Operators are listed by stable ids, or made by a claim or a promotion. Whom the list made loses the role
with the list; the others when somebody says so.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bridgebot import dialog
from bridgebot.dialog import House
from bridgebot.model import Message
from bridgebot.store import Tx, invites, keep, people, strangers
from bridgebot.store.deliveries import MIRRORED
from bridgebot.store.rows import Chat, Person, User

STRANGERS_ANSWERED = timedelta(days=1)
DAY = timedelta(days=1)
BY_LIST, BY_CLAIM, BY_PROMOTION = "list", "claim", "promotion"  # what made an operator one
_CODE = re.compile(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}")  # the form of a code


def address(person: Person) -> str:
    """How the configuration names somebody."""
    return f"{person.adapter}:{person.native_id}"


# --- operators ---------------------------------------------------------------------------------


def as_listed(tx: Tx, now: datetime, house: House, person: Person, user: User) -> User:
    """The user with the role that the list gives or takes: it may be another one since."""
    listed = address(person) in house.operators
    if user.role == "user" and listed:
        return set_role(tx, now, user, "operator", BY_LIST)
    by_list = user.role == "operator" and user.role_by == BY_LIST
    if by_list and not listed and not is_listed(tx, house, user):
        return set_role(tx, now, user, "user", None)
    return user


def settle(tx: Tx, now: datetime, house: House) -> None:
    """The same for everybody: the list was read anew."""
    for user in people.operators(tx):
        persons = people.persons_of(tx, user.id)
        if persons:
            as_listed(tx, now, house, persons[0], user)


def is_listed(tx: Tx, house: House, user: User) -> bool:
    """Whether the configuration makes this user an operator, by whichever person they are."""
    return any(address(person) in house.operators for person in people.persons_of(tx, user.id))


def set_role(tx: Tx, now: datetime, user: User, role: str, by: str | None, actor: int | None = None) -> User:
    """Give a role, with a line in the audit log; `actor` is who said so, None the user or the list."""
    people.set_user(tx, user.id, role=role, role_by=by)
    keep.audit(tx, now, actor or user.id, "role", f"{user.id} {role}", by or "ok")
    return people.user(tx, user.id)


# --- who comes in ------------------------------------------------------------------------------


def is_ignored(
    tx: Tx, now: datetime, house: House, person: Person | None, chat: Chat | None, text: str
) -> bool:
    """Whether nothing follows from what a stranger writes, so that not even a row need say that it came:
    they were answered today, and nothing is different now.
    """
    if person is None or chat is None or not _was_answered(person, now) or is_code(text):
        return False
    return not _is_welcome(house, person) or _is_full(tx, now, house, person)


def admit(tx: Tx, now: datetime, house: House, person: Person, chat: Chat, message: Message) -> User | None:
    """A stranger becomes a user where access allows, or is told how, once a day."""
    invited = redeem(tx, now, house, person.id, message.text)
    if invited is None and not _is_welcome(house, person):
        _turn_away(tx, now, house, person, chat, "stranger")
        return None
    if invited is None and _is_full(tx, now, house, person):
        _turn_away(tx, now, house, person, chat, "stranger-full")
        return None
    listed = address(person) in house.operators
    role = "operator" if invited == "operator" or listed else "user"
    by = {"user": None, "operator": BY_LIST if listed else BY_CLAIM}[role]
    user = people.new_user(tx, now, role, role_by=by)
    people.set_person(tx, person.id, user_id=user.id)
    if invited is not None:
        keep.mark_redeemed(tx, code(message.text), user.id)
    keep.audit(tx, now, user.id, "admitted", address(person), role)
    return user


def _is_welcome(house: House, person: Person) -> bool:
    named = address(person)
    return house.access == "open" or named in house.operators or named in house.allow


def _is_full(tx: Tx, now: datetime, house: House, person: Person) -> bool:
    """Whether as many came as open doors let in within a day; whom the operator names may always come."""
    named = address(person)
    if named in house.operators or named in house.allow:
        return False
    return strangers.came_since(tx, now - DAY) >= house.newcomers_per_day


def _was_answered(person: Person, now: datetime) -> bool:
    return person.answered_at is not None and person.answered_at > now - STRANGERS_ANSWERED


def _turn_away(tx: Tx, now: datetime, house: House, person: Person, chat: Chat, key: str) -> None:
    """Behind all that is said to users: strangers may be thousands."""
    if _was_answered(person, now):
        return
    people.set_person(tx, person.id, answered_at=now)
    language = dialog.spoken(house, None, person)
    once = strangers.once(person.id, now)
    text = house.texts(language, key)
    dialog.notice(tx, now, chat, text, language, user_id=None, once=once, urgency=MIRRORED)


# --- codes -------------------------------------------------------------------------------------


def code(text: str) -> str:
    """The code in a message: it is all of it, or its last word, as in `/start CODE`."""
    last = text.rsplit(maxsplit=1)[-1:]
    return last[0].lower() if last else ""


def is_code(text: str) -> bool:
    """Whether a message has a word of the form of a code where one stands."""
    return _CODE.fullmatch(code(text)) is not None


def redeem(tx: Tx, now: datetime, house: House, person_id: int | None, text: str) -> str | None:
    """The role that the code in a message gives, if it has one; wrong ones are counted, and many are not
    looked at any more. Where only a list lets people in, an invitation does not.
    """
    if person_id is None or not is_code(text) or not invites.may_try(tx, now, person_id):
        return None
    role = keep.redeem(tx, now, code(text))
    if role is None:
        invites.note_wrong(tx, now, person_id)
    return None if role == "user" and house.access == "allowlist" else role
