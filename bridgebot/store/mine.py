"""Everything of one user, to be taken along: what is theirs, in words and addresses, and nothing of others.

Read in pages beside the writer. Secrets are not among it: no credentials, no tokens, nothing encrypted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bridgebot.adapter import KeptFiles
from bridgebot.model import Audience
from bridgebot.store import scheduled
from bridgebot.store import tables as t
from bridgebot.store.columns import metadata
from bridgebot.store.grants import grants
from bridgebot.store.leavings import leaving, own_chats
from bridgebot.store.tx import Tx
from bridgebot.store.versions import version

Record = dict[str, Any]

PAGE = 100  # posts that are read at once: they are made into records in the loop, which others need too
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OPEN_TO_ALL = (Audience.PUBLIC.value, Audience.UNLISTED.value)
# What proves, opens or recognises something, by the words in a column's name: left out wherever it stands.
_SECRET = re.compile(
    r"token|secret|digest|hash|credential|passphrase|password|verifier|progress|fingerprint|code|cookie|csrf"
    r"|nonce|begun_with|kept|arguments|payload|result|(^|_)key$"
)
# Tables that have a section of their own here, or hold nothing but the ways of the house.
_SHOWN = frozenset({t.user, t.person, t.account, t.post, t.route, t.delivery, t.question, leaving})


def when(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def _rows(tx: Tx, query: sa.Select[Any]) -> list[Record]:
    return [
        {name: _plain(value) for name, value in row.items()}
        for row in tx.connection.execute(query).mappings()
    ]


def _plain(value: Any) -> Any:
    return when(value) if isinstance(value, datetime) else value


def _of(table: sa.Table, *names: str) -> list[sa.Column[Any]]:
    return [table.c[name] for name in names]


# --- the short sections ------------------------------------------------------------------------


def user(tx: Tx, user_id: int) -> Record:
    """Their settings. Raises LookupError."""
    columns = [c for c in t.user.c if not _SECRET.search(c.name)]
    found = _rows(tx, sa.select(*columns).where(t.user.c.id == user_id))
    if not found:
        raise LookupError(f"user {user_id}")
    return found[0]


def sections(tx: Tx, user_id: int) -> dict[str, list[Record]]:
    """What there is little of."""
    return {
        "persons": _rows(tx, _persons(user_id)),
        "chats": _rows(tx, _chats(user_id)),
        "accounts": _rows(tx, _accounts(user_id)),
        "grants": _rows(tx, _grants(user_id)),
        "routes": _rows(tx, _routes(user_id)),
        "questions": _rows(tx, _questions(user_id)),
        "waiting": _rows(tx, _waiting(user_id)),
        "scheduled": _scheduled(tx, user_id),
    }


def _persons(user_id: int) -> sa.Select[Any]:
    columns = _of(t.person, "adapter", "native_id", "name", "language")
    return sa.select(*columns).where(t.person.c.user_id == user_id).order_by(t.person.c.id)


def _chats(user_id: int) -> sa.Select[Any]:
    columns = _of(t.chat, "id", "adapter", "native_id", "topic", "title", "open", "off_at")
    return sa.select(*columns).where(t.chat.c.id.in_(own_chats(user_id))).order_by(t.chat.c.id)


def _accounts(user_id: int) -> sa.Select[Any]:
    columns = [c for c in t.account.c if c.name != "user_id" and not _SECRET.search(c.name)]
    return sa.select(*columns).where(t.account.c.user_id == user_id).order_by(t.account.c.id)


def _grants(user_id: int) -> sa.Select[Any]:
    """Groups that may post with an account of theirs."""
    of = grants.join(t.account, t.account.c.id == grants.c.account_id).join(
        t.chat, t.chat.c.id == grants.c.chat_id
    )
    columns = (
        t.account.c.name.label("account"),
        t.chat.c.adapter,
        t.chat.c.title,
        grants.c.role,
        grants.c.lent,
    )
    return sa.select(*columns).select_from(of).where(t.account.c.user_id == user_id)


def _routes(user_id: int) -> sa.Select[Any]:
    """Default targets, follows, mirrors and sync rules, from where to where."""
    source, target, account = t.chat.alias("source"), t.chat.alias("target"), t.account.alias("into")
    of = (
        t.route.outerjoin(t.timeline, t.timeline.c.id == t.route.c.timeline_id)
        .outerjoin(source, source.c.id == t.route.c.source_chat_id)
        .outerjoin(target, target.c.id == t.route.c.chat_id)
        .outerjoin(account, account.c.id == t.route.c.account_id)
    )
    timeline = [
        t.timeline.c[name].label(f"from_{name}")
        for name in ("adapter", "server", "kind", "argument", "title")
    ]
    places = [
        source.c.id.label("from_chat"),
        target.c.id.label("to_chat"),
        account.c.name.label("to_account"),
    ]
    own = _of(t.route, "id", "verb", "filters", "since", "state")
    query = sa.select(*own, *timeline, *places).select_from(of)
    return query.where(t.route.c.user_id == user_id).order_by(t.route.c.id)


def _questions(user_id: int) -> sa.Select[Any]:
    """What is open; its arguments may hold a step of linking, and are left out."""
    columns = _of(t.question, "kind", "chat_id", "options", "expires_at")
    mine = (t.question.c.user_id == user_id, t.question.c.state == "open")
    return sa.select(*columns).where(*mine).order_by(t.question.c.id)


def _waiting(user_id: int) -> sa.Select[Any]:
    """What has not ended on its way to a network. Its post stands under `posts`, where it is one's own."""
    account = t.account.c.name.label("account")
    own = sa.case((t.post.c.user_id == user_id, t.post.c.id)).label("post")
    of = t.delivery.join(t.account, t.account.c.id == t.delivery.c.account_id).outerjoin(
        t.post, t.post.c.id == t.delivery.c.post_id
    )
    mine = (t.delivery.c.user_id == user_id, t.delivery.c.ended_at.is_(None), t.account.c.user_id == user_id)
    columns = _of(t.delivery, "action", "state", "attempts", "created_at", "due_at")
    return sa.select(*columns, account, own).select_from(of).where(*mine).order_by(t.delivery.c.id)


def _scheduled(tx: Tx, user_id: int) -> list[Record]:
    """What is no post yet, for its time has not come."""
    return [
        {"due_at": when(one.due_at), "text": one.arguments["wish"]["text"]}
        for one in scheduled.of_user(tx, user_id)
    ]


# --- posts -------------------------------------------------------------------------------------


def posts(tx: Tx, user_id: int, after: int, limit: int = PAGE) -> list[Record]:
    """The user's posts and memos behind this id, the oldest first, each with what belongs to it."""
    columns = [
        c for c in t.post.c if c.name not in ("user_id", "version", "spans", "media", "parent_id", "awaits")
    ]
    query = sa.select(*columns, t.post.c.spans, t.post.c.media, t.post.c.parent_id)
    mine = (t.post.c.user_id == user_id, t.post.c.id > after)
    found = _rows(tx, query.where(*mine).order_by(t.post.c.id).limit(limit))
    ids = [post["id"] for post in found]
    parents = _parents(tx, user_id, {post["parent_id"] for post in found} - {None})
    belonging = {
        "copies": _copies(tx, user_id, ids),
        "edits": _edits(tx, ids),
        "names": _names(tx, user_id, ids),
    }
    return [_dressed(post, parents, belonging) for post in found]


def _dressed(
    post: Record, parents: dict[int, Record], belonging: dict[str, dict[int, list[Record]]]
) -> Record:
    parent = post.pop("parent_id")
    spans, media = post.pop("spans") or [], post.pop("media") or []
    quote, files = post.pop("quote"), post.pop("files") or []
    return post | {
        "answers": parents.get(parent),
        "shows": quote["url"] if quote else None,
        "emphasis": [dict(zip(("start", "end", "kind", "url"), span, strict=False)) for span in spans],
        # Where a file is opens it to whoever has that.
        "files": [{name: one[name] for name in ("kind", "type", "name", "alt")} for one in files],
        "media": [dict(zip(("kind", "url", "description"), one, strict=False)) for one in media],
        **{name: found.get(post["id"], []) for name, found in belonging.items()},
    }


def _parents(tx: Tx, user_id: int, ids: Iterable[int]) -> dict[int, Record]:
    """What was answered: one's own by its id, a public one of others by its address, another not at all."""
    query = sa.select(t.post.c.id, t.post.c.user_id, t.post.c.audience, t.post.c.uri, t.post.c.url)
    found = {}
    for id, owner, audience, uri, url in tx.connection.execute(query.where(t.post.c.id.in_(list(ids)))):
        if owner == user_id:
            found[id] = {"post": id}
        else:
            shown = audience in _OPEN_TO_ALL
            found[id] = {"uri": uri if shown else None, "url": url if shown else None}
    return found


def _grouped(rows: Iterable[Record]) -> dict[int, list[Record]]:
    found: dict[int, list[Record]] = {}
    for row in rows:
        found.setdefault(row.pop("post_id"), []).append(row)
    return found


def _copies(tx: Tx, user_id: int, ids: list[int]) -> dict[int, list[Record]]:
    """Where it stands: with one's own accounts and in one's own chats, not in those of others."""
    of = t.copy.outerjoin(t.account, t.account.c.id == t.copy.c.account_id)
    mine = sa.or_(t.account.c.user_id == user_id, t.copy.c.chat_id.in_(own_chats(user_id)))
    columns = _of(t.copy, "post_id", "role", "adapter", "native_id", "url", "chat_id", "gone_at")
    query = sa.select(*columns, t.account.c.name.label("account")).select_from(of)
    return _grouped(_rows(tx, query.where(t.copy.c.post_id.in_(ids), mine).order_by(t.copy.c.id)))


def _edits(tx: Tx, ids: list[int]) -> dict[int, list[Record]]:
    """What it said before, as long as that is kept."""
    query = sa.select(*_of(version, "post_id", "number", "text", "warning", "at"))
    return _grouped(_rows(tx, query.where(version.c.post_id.in_(ids)).order_by(version.c.number)))


def _names(tx: Tx, user_id: int, ids: list[int]) -> dict[int, list[Record]]:
    """Its numbers in one's own chats, from which its short ids are made."""
    mine = (t.short_id.c.post_id.in_(ids), t.short_id.c.chat_id.in_(own_chats(user_id)))
    return _grouped(_rows(tx, sa.select(*_of(t.short_id, "post_id", "chat_id", "n")).where(*mine)))


# --- whatever else is kept under the user ------------------------------------------------------


def other_tables() -> list[tuple[sa.Table, list[sa.Column[Any]]]]:
    """Every further table whose rows say whose they are, also one that is added later, with the columns that
    do: the one that must, else each that may.
    """
    found = [(t.audit, [t.audit.c.user_id])]  # without a reference: its lines outlive a user
    for table in metadata.sorted_tables:
        owners = [key.parent for key in table.foreign_keys if key.column.table is t.user]
        if owners and table not in _SHOWN:
            found.append((table, [one for one in owners if not one.nullable] or owners))
    return sorted(found, key=lambda one: one[0].name)


def records(tx: Tx, user_id: int, number: int, after: Any, limit: int = PAGE) -> tuple[list[Record], Any]:
    """A page of the rows of `other_tables()[number]`, without what points elsewhere or proves something, and
    where the next page begins; None: that was the last.
    """
    table, owners = other_tables()[number]
    kept = [
        c
        for c in table.c
        if all(c is not owner for owner in owners) and not c.foreign_keys and not _SECRET.search(c.name)
    ]
    keys = list(table.primary_key)
    columns = [*kept, *(key.label(f"_{key.name}") for key in keys)]
    mine = sa.or_(*(owner == user_id for owner in owners))
    query = sa.select(*columns).where(mine).order_by(*keys).limit(limit)
    if after is not None:
        query = query.where(sa.tuple_(*keys) > sa.tuple_(*(sa.literal(one) for one in after)))
    found = _rows(tx, query)
    last = [found[-1][f"_{key.name}"] for key in keys] if len(found) == limit else None
    return [{name: row[name] for name in row if not name.startswith("_")} for row in found], last


def kept_by_adapter(
    tx: Tx, user_id: int, adapter: str, table: str, column: str, offset: int, limit: int = PAGE
) -> list[Record]:
    """A page of what an adapter keeps in a table of its own about the user's accounts. The names of table and
    column are the adapter's own words (`SocialCapabilities.keeps`), not a person's.
    """
    ids = _accounts_at(tx, user_id, adapter)
    there = sa.table(table, sa.column(column))
    query = sa.select(sa.text("*")).select_from(there).where(there.c[column].in_(ids))
    rows = tx.connection.execute(query.order_by(sa.text("1, 2")).limit(limit).offset(offset)).mappings()
    return [_without_ties(dict(row)) for row in rows]


def files_of_adapter(tx: Tx, user_id: int, adapter: str, where: KeptFiles) -> list[str]:
    """The names of the files of the user's accounts that lie with an adapter."""
    there, name, _ = _files_at(where)
    mine = there.c[where.owner].in_(_accounts_at(tx, user_id, adapter))
    return [str(one) for one in tx.scalars(sa.select(name).where(mine).order_by(name))]


def file_of_adapter(tx: Tx, user_id: int, adapter: str, where: KeptFiles, name: str) -> bytes | None:
    """What one of them holds; None: it is gone, or not the user's."""
    there, named, content = _files_at(where)
    mine = there.c[where.owner].in_(_accounts_at(tx, user_id, adapter))
    found = tx.scalar(sa.select(content).where(mine, named == name))
    return None if found is None else bytes(found)


def _files_at(where: KeptFiles) -> tuple[sa.TableClause, sa.ColumnClause[Any], sa.ColumnClause[Any]]:
    there = sa.table(where.table, *(sa.column(one) for one in (where.owner, where.name, where.content)))
    return there, there.c[where.name], there.c[where.content]


def _accounts_at(tx: Tx, user_id: int, adapter: str) -> list[str]:
    mine = (t.account.c.user_id == user_id, t.account.c.adapter == adapter)
    return tx.scalars(sa.select(t.account.c.native_id).where(*mine))


def _without_ties(row: Mapping[str, Any]) -> Record:
    return {
        name: when(_EPOCH + timedelta(microseconds=value)) if _is_time(name, value) else value
        for name, value in row.items()
        if not name.endswith("_id") and not _SECRET.search(name)
    }


def _is_time(name: str, value: Any) -> bool:
    """Whether it counts microseconds since 1970, as all times in tables do. Pure."""
    return isinstance(value, int) and (name == "at" or name.endswith("_at"))
