"""What happened to an account and is no post: told as few lines, each person once.

Who liked one post, or boosted it, stands in one line, which changes where it stands; where a chat's
messages cannot change, a line waits for a while and tells of all at once. What it tells stands in rows:
a restart neither loses nor repeats anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bridgebot import dialog, model
from bridgebot.dialog import House
from bridgebot.render import called, short_id
from bridgebot.store import Tx, deliveries, happenings, muting, people, posts, routes, talk
from bridgebot.store.deliveries import MIRRORED
from bridgebot.store.happenings import About, Doer
from bridgebot.store.rows import Chat, Copy, Delivery, Timeline
from bridgebot.texts import listed

ACTION = "happening"
COLLECTED = timedelta(minutes=5)  # how long a line waits for more people where it cannot change afterwards
ENOUGH = 10  # people in such a line: it waits no longer
MOMENT = timedelta(seconds=10)  # from one change of a line to the next
GROWS = timedelta(days=1)  # as long a line takes in more people
REQUEST = "follow-request"
REQUEST_LIFE = timedelta(days=30)  # of the buttons of a request; /requests shows it for ever


def tell(tx: Tx, now: datetime, house: House, timeline: Timeline, told: model.Notification) -> None:
    """Something happened to the account that reads this timeline: a line, or a change of one, in each chat
    of its user that the account's mentions come into.
    """
    copy = posts.copy_at(tx, timeline.server, told.post) if told.post else None
    if copy is not None:
        posts.note_met(tx, now, copy.id)
    for route in routes.from_timeline(tx, timeline.id):
        if route.chat_id is None or route.since > told.at:
            continue
        chat = people.chat_by_id(tx, route.chat_id)
        mine = chat.direct and people.owner_of(tx, chat) == route.user_id  # a group is told nothing of it
        if mine and not _is_nothing(tx, timeline, told.by, route.user_id):
            _tell_in(tx, now, house, timeline, told, copy, chat, route.user_id)


def _is_nothing(tx: Tx, timeline: Timeline, by: model.Author, user_id: int) -> bool:
    """Whether the user did it with an account of their own, or has muted who did."""
    own = any(account.user_id == user_id for account in people.is_own(tx, timeline.server, by.id))
    return own or muting.is_off(tx, user_id, timeline.server, by.id)


def _tell_in(
    tx: Tx,
    now: datetime,
    house: House,
    timeline: Timeline,
    told: model.Notification,
    copy: Copy | None,
    chat: Chat,
    user_id: int,
) -> None:
    what = About(chat.id, told.kind, _about(timeline, told, copy))
    number = happenings.note(tx, now, what, user_id, told.by, timeline.server, timeline.adapter)
    if number is None:
        return
    doer = Doer(told.by.handle, told.by.name, timeline.adapter)
    if told.kind == REQUEST:
        line_id = _ask(tx, now, house, chat, user_id, timeline, doer)
    else:
        line_id = _line(tx, now, house, chat, user_id, what, doer, copy)
    if line_id is not None:
        happenings.tell(tx, number, line_id)


def _about(timeline: Timeline, told: model.Notification, copy: Copy | None) -> str:
    """What one line is about: a post wherever it stands, or an account; a request is its own line."""
    if told.kind == REQUEST:
        return f"{timeline.id}:{told.id}"
    if copy is not None:
        return f"post:{copy.post_id}"
    return f"{timeline.server}/{told.post}" if told.post else f"timeline:{timeline.id}"


# --- lines -------------------------------------------------------------------------------------


def _line(
    tx: Tx, now: datetime, house: House, chat: Chat, user_id: int, what: About, doer: Doer, copy: Copy | None
) -> int | None:
    """The line that tells of somebody more: the last one where it can, else a new one."""
    language = dialog.language_in(tx, house, chat, user_id)
    code = short_id(posts.number(tx, chat.id, copy.post_id)) if copy is not None else ""
    before = _growing(tx, now, happenings.line(tx, what))
    if before is not None:
        doers = [*happenings.doers(tx, before.id), doer]
        text = words(house, language, what.kind, doers, code)
        if dialog.retell(tx, house, before, text, _due(tx, now, before, len(doers)), now):
            return before.id
    text = words(house, language, what.kind, [doer], code)
    due = now if _changes(house, chat) else now + COLLECTED
    return dialog.notice(
        tx, now, chat, text, language, user_id=user_id, urgency=MIRRORED, action=ACTION, due_at=due
    )


def _growing(tx: Tx, now: datetime, line_id: int | None) -> Delivery | None:
    """The line, if it takes in more."""
    line = deliveries.delivery(tx, line_id) if line_id is not None else None
    over = line is None or line.state in ("failed", "cancelled") or line.created_at + GROWS < now
    return None if over else line


def _due(tx: Tx, now: datetime, line: Delivery, number: int) -> datetime:
    """When the line says so: before it left, when it was to leave, or at once if it tells of enough people;
    afterwards a moment after its last change, so that many who come together make one.
    """
    if dialog.unsaid(tx, line):
        return now if number >= ENOUGH else line.due_at
    changes = deliveries.after(tx, line.id)
    waiting = [change for change in changes if dialog.unsaid(tx, change)]
    if waiting:
        return waiting[0].due_at
    return max(now, max(one.created_at for one in (line, *changes)) + MOMENT)


def _changes(house: House, chat: Chat) -> bool:
    network = house.network(chat.adapter)
    return network is not None and network.chat is not None and network.chat.edit


def words(house: House, language: str, kind: str, doers: Sequence[Doer], code: str) -> str:
    """`★ @lin (Lin) and 3 others like 7k2 (North)`: the last who did it is named, the others are counted."""
    last = doers[-1]
    return house.texts(
        language,
        f"happening-{kind}",
        who=called(last.by_handle, last.by_name),
        others=len(doers) - 1,
        what=code or house.texts(language, "happening-some-post"),
        network=listed(language, dict.fromkeys(house.title(doer.adapter) for doer in doers)),
    )


# --- requests ----------------------------------------------------------------------------------


def _ask(
    tx: Tx, now: datetime, house: House, chat: Chat, user_id: int, timeline: Timeline, doer: Doer
) -> int | None:
    """Somebody wants to follow: a line for each, with [Approve] [Reject]; its words name the commands."""
    exchange = dialog.on_its_own(tx, now, house, chat, user_id)
    who, network = called(doer.by_handle, ""), house.title(doer.adapter)
    question_id = talk.ask(
        tx,
        now,
        chat_id=chat.id,
        user_id=user_id,
        kind=REQUEST,
        arguments={"account": timeline.account_id, "handle": doer.by_handle},
        options=("approve", "reject"),
        cause_id=None,
        life=REQUEST_LIFE,
    )
    return dialog.notice(
        tx,
        now,
        chat,
        exchange.text("happening-follow-request", who=who, network=network),
        exchange.language,
        user_id=user_id,
        question_id=question_id,
        hint=False,
        urgency=MIRRORED,
        action=ACTION,
    )
