"""Rows made into what `render` shows: mirrored items, and receipts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bridgebot import flow, render
from bridgebot.dialog import House
from bridgebot.flow import holding
from bridgebot.model import ANYBODY, Audience
from bridgebot.outbox import carried, exhibits, states
from bridgebot.outbox.losses import losses
from bridgebot.render import Item, Outcome, Quote, Receipt, Rich, Written
from bridgebot.store import Tx, buttons, deliveries, faces, people, posts, versions
from bridgebot.store.posts import MIRROR, ORIGINAL
from bridgebot.store.rows import Account, Chat, Copy, Delivery, Post

_WRONG = ("failed", "held", "unconfirmed")  # states of which trying again may be the mending
MOST_VOTES = 8  # choices with a button of their own; /vote knows them all
ABILITIES = {"reply": "replies", "favourite": "favourite", "boost": "boost"}  # button: what it takes


def code(tx: Tx, post: Post, chat: Chat) -> str:
    """The post's short id in this chat."""
    return render.short_id(posts.number(tx, chat.id, post.id))


# --- somebody's post ---------------------------------------------------------------------------


def item(
    tx: Tx,
    house: House,
    post: Post,
    chat: Chat,
    language: str,
    *,
    boosted_by: str | None = None,
    route_id: int | None = None,
) -> tuple[Rich, Rich]:
    """The post as the chat is shown it: beside its pictures, and in words alone. Mostly that is the same. In
    a channel what its own administrator lets in is the channel's word, and says nothing of where it is from.
    """
    words, rule = _item(tx, house, post, chat, boosted_by), carried.rule_of(tx, post, route_id)
    own = rule is not None and carried.is_the_chats_own(post, chat, rule, boosted_by)
    words = words if rule is None else carried.shaped(words, rule)
    network = house.network(chat.adapter)
    seen = exhibits.going(post, chat, network.chat if network is not None else None)
    told = render.said(words) if own else render.mirror(words, language, house.texts)
    if not seen:
        return told, told
    beside = replace(words, exhibited=frozenset(seen))
    return render.said(beside) if own else render.mirror(beside, language, house.texts), told


Rows = list[list[str]]  # of buttons: data and label


def item_buttons(tx: Tx, house: House, post: Post, chat: Chat, language: str) -> Rows:
    """What a button can do with somebody's post: only what its network can, in a chat of one's own, or in a
    group whose administrators allow it.
    """
    if not chat.direct:
        return _marks_in_group(tx, house, post, chat, language)
    owner = people.owner_of(tx, chat) if chat.direct and post.deleted_at is None else None
    account, copy = flow.actor(tx, post, owner) if owner is not None else (None, None)
    if account is None or copy is None:
        return []
    able = {what for what in ABILITIES if flow.able(account, house.network(account.adapter), ABILITIES[what])}
    if post.seen_by not in ANYBODY:
        able.discard("boost")
    token = buttons.token(tx, chat.id, post.id, buttons.ITEM)
    return [
        *_vote_buttons(tx, house, post, account, copy, token),
        *([f"{token}:{what}", house.texts(language, f"button-{what}")] for what in ABILITIES if what in able),
    ]


def _vote_buttons(tx: Tx, house: House, post: Post, account: Account, copy: Copy, token: str) -> Rows:
    """[1] [2] …: while one may still vote, and no more than a row of buttons has room for."""
    poll = post.votable
    if poll is None or poll.closed or not _takes_votes(tx, house, account, copy):
        return []
    if flow.chosen(tx, post, account.user_id) or post.user_id == account.user_id:
        return []
    return [[f"{token}:vote-{n}", str(n)] for n in range(1, min(len(poll.choices), MOST_VOTES) + 1)]


def _marks_in_group(tx: Tx, house: House, post: Post, chat: Chat, language: str) -> Rows:
    """Marks alone, for whoever presses: an answer is written as one, for words may be meant for others."""
    network = house.network(post.adapter)
    if chat.replies_at is None or post.deleted_at is not None or post.seen_by not in ANYBODY:
        return []
    social = network.social if network is not None else None
    able = [
        what for what in ("favourite", "boost") if social is not None and getattr(social, ABILITIES[what])
    ]
    token = buttons.token(tx, chat.id, post.id, buttons.ITEM) if able else ""
    return [[f"{token}:{what}", house.texts(language, f"button-{what}")] for what in able]


def struck(tx: Tx, house: House, post: Post, chat: Chat, language: str) -> str:
    """What is left, in a chat whose messages cannot be deleted, of a post that is deleted or not for the chat
    any more.
    """
    gone = replace(_item(tx, house, post, chat, None), deleted=True)
    return render.mirror(gone, language, house.texts).text


def _item(tx: Tx, house: House, post: Post, chat: Chat, boosted_by: str | None) -> Item:
    face, network = faces.face(tx, post, chat), house.network(chat.adapter)
    return Item(
        code=code(tx, post, chat),
        network=house.title(face.adapter),
        handle=face.handle or carried.called(tx, post, chat),
        text=post.text,
        audience=post.seen_by,
        warning=post.warning,
        url=render.clean_url(face.url) if face.url else None,
        boosted_by=boosted_by,
        quote=_quote(tx, post, chat),
        edited=post.version > 0,
        deleted=post.deleted_at is not None,
        spans=post.emphasis,
        media=exhibits.attachments(post),
        markup=network.chat.markup if network is not None and network.chat is not None else frozenset(),
        shows=_shows(tx, post, chat),
        **_poll(tx, house, post, chat),
    )


def _poll(tx: Tx, house: House, post: Post, chat: Chat) -> dict[str, Any]:
    """The fields of an item that has a poll: it ends by the clock of whoever reads it."""
    poll, network = post.votable, house.network(chat.adapter)
    if poll is None:
        return {}
    owner = people.owner_of(tx, chat) if chat.direct else None
    zone = people.user(tx, owner).timezone if owner is not None else None
    chosen = flow.chosen(tx, post, owner) if owner is not None else ()
    buttons = network is not None and network.chat is not None and network.chat.buttons
    return {
        "poll": poll,
        "chosen": chosen,
        "poll_ends": render.moment(poll.ends_at, zone or house.timezone) if poll.ends_at else "",
        "vote_hint": not (chosen or poll.closed or buttons) and _may_vote(tx, house, post, owner),
    }


def _may_vote(tx: Tx, house: House, post: Post, owner: int | None) -> bool:
    account, copy = flow.actor(tx, post, owner) if owner is not None else (None, None)
    return account is not None and copy is not None and _takes_votes(tx, house, account, copy)


def _takes_votes(tx: Tx, house: House, account: Account, copy: Copy) -> bool:
    """Whether the poll itself stands there, and not its words alone."""
    return flow.able(account, house.network(account.adapter), "polls") and flow.has_poll(tx, copy)


def _shows(tx: Tx, post: Post, chat: Chat) -> Quote | None:
    """One line of the post that it shows. Of what is not known here a chat that others read is told where it
    is, and no word of it.
    """
    shown = post.shows
    known = posts.known(tx, post.shown_id) if post.shown_id is not None else None
    if shown is None:
        return None
    url = render.clean_url(shown.url)
    if known is None:
        return Quote(shown.handle, shown.text if chat.direct else "", url=url)
    if known.deleted_at is not None or not _may_quote(tx, known, chat):
        return Quote(shown.handle, "", url=url)
    who, words = _known_as(tx, known, chat, post)
    return Quote(who, words.text, words.warning, words.emphasis, url) if words else Quote(who, "", url=url)


def _quote(tx: Tx, post: Post, chat: Chat) -> Quote | None:
    """One line of what it answers, unless that was written in this very chat a line above."""
    parent = posts.post(tx, post.parent_id) if post.parent_id is not None else None
    if parent is None or parent.deleted_at is not None or not _may_quote(tx, parent, chat):
        return None
    own = any(copy.role == ORIGINAL and copy.chat_id == chat.id for copy in posts.copies(tx, parent.id))
    if own:
        return None
    handle, words = _known_as(tx, parent, chat, post)
    return Quote(handle, words.text, words.warning, words.emphasis) if words else None


def _known_as(tx: Tx, post: Post, chat: Chat, under: Post) -> tuple[str, Post | None]:
    """A post that is named here: whose it is, and as it stands where the chat knows it from, if it still
    does; its writer's own chats have the newest words.
    """
    face = faces.face(tx, post, chat, under=under)
    if face.copy is None or people.owner_of(tx, chat) == post.user_id:
        return face.handle, post
    if face.copy.gone_at is not None:
        return face.handle, None
    return face.handle, versions.as_of(tx, post, flow.version_of(post, face.copy))


def _may_quote(tx: Tx, parent: Post, chat: Chat) -> bool:
    """A chat that others read is shown public words only; a person's own also what they were shown."""
    if parent.seen_by is Audience.PUBLIC:
        return True
    owner = people.owner_of(tx, chat)
    if not chat.direct or owner is None:
        return False
    if parent.user_id == owner:
        return True
    if parent.seen_by in ANYBODY:
        return faces.is_brought(tx, parent, chat, owner)
    return posts.reader_of(tx, parent.id, owner) is not None  # with an account of their own


# --- one's own post ----------------------------------------------------------------------------


def receipt(
    tx: Tx,
    house: House,
    post: Post,
    chat: Chat,
    copies: Sequence[Copy],
    language: str,
    *,
    where: bool = False,
) -> tuple[str, Rows]:
    """What became of a post, from the rows as they stand now, and the buttons under it; `copies` are all of
    the post's, those that are gone too. `where`: the buttons say where else it can go.
    """
    told, origin = _told(tx, house, post, chat, copies, language), carried.elsewhere(copies, chat)
    buttons = _receipt_buttons(tx, house, post, chat, told, origin is not None, language, where=where)
    if origin is None:
        return render.receipt(told, language, house.texts), buttons
    known = _known_as(tx, post, chat, post)[1]
    words = known.text if known is not None else ""
    written = Written(carried.source(tx, house, origin, language), words, carried.name_of(tx, origin))
    return render.synced(told, written, language, house.texts), buttons


def _receipt_buttons(
    tx: Tx,
    house: House,
    post: Post,
    chat: Chat,
    told: Receipt,
    elsewhere: bool,
    language: str,
    *,
    where: bool,
) -> Rows:
    """[Undo]; of what rules carried on [Undo copies] and [Stop this rule]; [Retry] where that can help; and
    [Where…], behind which stand the accounts.
    """
    network = house.network(chat.adapter)
    if network is None or network.chat is None or not network.chat.buttons or not _is_whose(tx, post, chat):
        return []
    actions: list[str] = []
    if render.can_be_undone(told):
        actions += ["undo-copies", "stop"] if elsewhere else ["undo"]
    if told.retry:
        actions.append("retry-carry" if told.withheld else "retry")
    if told.withheld and "stop" not in actions:
        actions.append("stop")
    if carried.is_movable(tx, post, chat):
        actions.append("where")
    if not actions:
        return []
    token = buttons.token(tx, chat.id, post.id, buttons.RECEIPT)
    if where and "where" in actions:
        return carried.where_buttons(tx, house, post, token, language)
    return [[f"{token}:{one.partition('-')[0]}", house.texts(language, f"button-{one}")] for one in actions]


def _told(tx: Tx, house: House, post: Post, chat: Chat, copies: Sequence[Copy], language: str) -> Receipt:
    network, work = house.network(chat.adapter), deliveries.work_on(tx, post.id)
    made = deliveries.latest(one for one in work if one.action == "create")
    creates = [create for create in made if _is_told(tx, create, chat)]
    shown = chat.direct or post.seen_by in ANYBODY  # others read a group: no address of what is not theirs
    outcomes = tuple(_outcome(tx, house, create, work, copies, language, shown=shown) for create in creates)
    wrong = any(outcome.state in _WRONG or outcome.reason for outcome in outcomes)
    return Receipt(
        code=code(tx, post, chat),
        audience=post.seen_by,
        outcomes=outcomes,
        losses=() if post.deleted_at else losses(tx, house, post, carried.into_accounts(creates), language),
        retry=wrong and bool(flow.failed_parts(tx, house.networks, post)),
        withheld=_was_withheld(creates),
        reply_to=_answered(tx, post, chat),
        memo=post.memo,
        deleted=post.deleted_at is not None,
        undo=network is not None
        and network.chat is not None
        and not network.chat.buttons
        and _is_whose(tx, post, chat),
    )


def _was_withheld(creates: Sequence[Delivery]) -> bool:
    """Whether what did not come about only was not carried on. Pure."""
    failed = [create.error or {} for create in creates if create.state == "failed"]
    return bool(failed) and all(error.get("key") in flow.WITHHELD for error in failed)


def _is_whose(tx: Tx, post: Post, chat: Chat) -> bool:
    """Whether a receipt stands where its post can be taken back: with its owner, or where it was written."""
    return not chat.direct or people.owner_of(tx, chat) == post.user_id


def _is_told(tx: Tx, create: Delivery, chat: Chat) -> bool:
    """A person is told of their own accounts alone; a group of what was posted from it, and not of where
    somebody's own rules carried that.
    """
    if not chat.direct:
        return create.route_id is None
    return create.user_id in (None, people.owner_of(tx, chat))


def _answered(tx: Tx, post: Post, chat: Chat) -> str | None:
    """Whom a reply answers; one's own thread is no reply to somebody."""
    if post.parent_id is None:
        return None
    parent = posts.post(tx, post.parent_id)
    return render.handle(faces.face(tx, parent, chat).handle) if parent.user_id != post.user_id else None


def _outcome(
    tx: Tx,
    house: House,
    create: Delivery,
    work: list[Delivery],
    copies: Sequence[Copy],
    language: str,
    *,
    shown: bool = True,
) -> Outcome:
    made = _brought(copies, create)
    later = _last_change(create, work)
    waits_for = holding.why(tx, later or create)
    state = states.state(create, later, waits_for is not None, bool(made))
    failed = later if later is not None and later.state in ("failed", "parked") else create
    title, name = carried.place(tx, house, create, language)
    about = states.about_audience(create, later, state)
    reason = about and house.texts(language, about)
    return Outcome(
        title=title,
        state=state,
        url=render.clean_url(made[0].url) if made and made[0].url and shown else None,
        reason=reason or states.reason(tx, house, failed, state, language, name, waits_for),
        parts=max(len(made), 1) if create.account_id is not None else 1,
    )


def _brought(copies: Sequence[Copy], create: Delivery) -> list[Copy]:
    """What deliveries brought to an account or a chat and what stands there, in the order of its parts."""
    there = (copy for copy in copies if copy.gone_at is None and copy.role == MIRROR)
    made = [copy for copy in there if copy.delivery_id is not None and _is_there(copy, create)]
    return sorted(made, key=lambda copy: (copy.delivery_id or 0, copy.part))


def _is_there(one: Copy | Delivery, create: Delivery) -> bool:
    """Whether it is in the same place."""
    return (one.account_id, one.chat_id) == (create.account_id, create.chat_id)


def _last_change(create: Delivery, work: list[Delivery]) -> Delivery | None:
    """The last edit or deletion of what this delivery brought there, or what an older one still owes."""
    changes = [
        one
        for one in work
        if one.action != "create"
        and _is_there(one, create)
        and one.state != "cancelled"
        and (one.id > create.id or one.state != "sent")
    ]
    return max(changes, key=lambda change: change.id, default=None)
