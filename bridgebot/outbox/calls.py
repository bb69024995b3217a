"""The frozen calls of a delivery, and the one place where the outbox calls adapters.

A part is one call: an operation with its arguments as plain JSON, and a key. What a retry sends is
what was frozen, to the letter.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from bridgebot import model
from bridgebot.adapter import ChatAdapter, SocialAdapter
from bridgebot.errors import AdapterError, Rejected, TargetGone, Temporary, Unsupported
from bridgebot.model import (
    Button,
    Made,
    OutgoingMessage,
    Profile,
    TimelineKind,
    fresh,
)
from bridgebot.outbox import exhibits, kept, lookups, unless
from bridgebot.outbox.lookups import line as line_of
from bridgebot.outbox.lookups import profile as profile_of
from bridgebot.outbox.payloads import as_draft, spans_of
from bridgebot.render import sound
from bridgebot.store.rows import plain

AnyAdapter = ChatAdapter[Any] | SocialAdapter[Any]


class Aim(Made, frozen=True, gc=True):
    """Where a call goes: an adapter, and the chat or account as it knows them."""

    adapter: AnyAdapter | None  # None: it is not configured now, or was set aside
    chat: model.Chat | None = None
    account: model.Account | None = None


class Done(Made, frozen=True, gc=True):
    """What a call brought."""

    ids: tuple[str, ...] = ()
    url: str | None = None
    data: dict[str, Any] = fresh(dict)
    account: model.Account | None = None  # with fresh credentials: never in `data`


async def perform(aim: Aim, key: str, payload: dict[str, Any]) -> Done:
    """Make one frozen call. Raises what the adapter raises."""
    operation = payload["op"]
    if operation == "found":  # known without asking: where it stands, or that there is nothing to find
        return Done((payload["id"],) if payload["id"] else (), payload["url"])
    if aim.adapter is None:
        raise Temporary("error-not-configured", retry_after=300)
    if isinstance(aim.adapter, ChatAdapter):
        if aim.chat is None:
            raise Unsupported()
        return await _CHAT[operation](aim.adapter, aim.chat, payload)
    return await _SOCIAL[operation](aim.adapter, aim.account, key, payload)


# --- chat networks ---


def outgoing(payload: dict[str, Any]) -> OutgoingMessage:
    """The message of a call as it was frozen; of what it shows it only says that it is there."""
    fields = payload["message"]
    buttons = tuple(Button(data, label) for data, label in fields["buttons"])
    reply_to, language = payload.get("reply_to"), fields["language"]
    media = tuple(exhibits.stated(one) for one in fields.get("media", ()))
    return OutgoingMessage(fields["text"], reply_to, buttons, language, spans_of(fields), media)


async def _send(adapter: ChatAdapter[Any], chat: model.Chat, payload: dict[str, Any]) -> Done:
    return Done(await adapter.send(chat, outgoing(payload)))


async def _edit_message(adapter: ChatAdapter[Any], chat: model.Chat, payload: dict[str, Any]) -> Done:
    await adapter.edit(chat, payload["id"], outgoing(payload))
    return Done()


async def _delete_message(adapter: ChatAdapter[Any], chat: model.Chat, payload: dict[str, Any]) -> Done:
    await adapter.delete(chat, payload["id"])
    return Done()


async def _standing(adapter: ChatAdapter[Any], chat: model.Chat, payload: dict[str, Any]) -> Done:
    """Whether somebody administers a group or channel. One that is closed to the bot says nothing."""
    try:
        return Done(data={"administers": await adapter.administers(chat, payload["person"])})
    except (TargetGone, Rejected):
        return Done(data={"administers": False})


_CHAT: dict[str, Callable[[ChatAdapter[Any], model.Chat, dict[str, Any]], Awaitable[Done]]] = {
    "send": _send,
    "edit-message": _edit_message,
    "delete-message": _delete_message,
    "standing": _standing,
}


# --- social networks ---

Social = SocialAdapter[Any]


def _must(account: model.Account | None) -> model.Account:
    if account is None:
        raise Unsupported()
    return account


async def _publish(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    post = await adapter.publish(_must(account), as_draft(payload), key=key)
    return Done((post.id,), post.url, {"poll": plain(post.poll)} if post.poll else {})


async def _absent(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    await unless.is_absent(adapter, _must(account), payload)
    return Done()


async def _edit(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    post = await adapter.edit(_must(account), payload["id"], as_draft(payload))
    return Done((), post.url)


async def _edit_original(
    adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]
) -> Done:
    post = await adapter.edit(_must(account), payload["id"], as_draft(payload))
    return Done((), post.url, {"post": plain(sound(post))})


async def _typed(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    return Done(data={"text": sound(await adapter.typed(_must(account), payload["id"]))})


async def _delete(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    await adapter.delete(_must(account), payload["id"])
    return Done()


async def _unanswered(
    adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]
) -> Done:
    """Raises Rejected if somebody has answered one of these posts. The first is asked about: what answers one
    of them stands below it, while networks leave out of a thread what branches off above a post.
    """
    ours = set(payload["ids"])
    thread = await adapter.thread(account, payload["ids"][0])
    if any(post.reply_to in ours and post.id not in ours for post in thread):
        raise Rejected("edit-answered")
    return Done()


async def _vote(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    poll = await adapter.vote(_must(account), payload["id"], tuple(payload["choices"]))
    return Done(data={"poll": plain(poll)})


async def _voted(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    """Whether one has voted, as the network shows it."""
    poll = (await adapter.get(account, payload["id"])).poll
    return Done(("voted",), data={"poll": plain(poll)}) if poll is not None and poll.voted else Done()


async def _poll_end(
    adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]
) -> Done:
    poll = (await adapter.get(account, payload["id"])).poll
    if poll is None:
        raise TargetGone()
    return Done(data={"poll": plain(poll)})


async def _favourite(
    adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]
) -> Done:
    await adapter.favourite(_must(account), payload["id"], payload["on"])
    return Done()


async def _boost(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    await adapter.boost(_must(account), payload["id"], payload["on"])
    return Done()


async def _bookmark(
    adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]
) -> Done:
    await adapter.bookmark(_must(account), payload["id"], payload["on"])
    return Done()


async def _follow(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    profile = await adapter.follow(_must(account), payload["handle"], payload["on"])
    cursor = await _end(adapter, _must(account), profile, account) if payload["on"] else None
    return Done(data={"profile": profile_of(profile), "cursor": cursor})


async def _mirror(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    """Look somebody up whose posts will be read: without an account where the network can."""
    profile = await adapter.whois(account, payload["handle"])
    reader = None if TimelineKind.PERSON in adapter.capabilities.anonymous else account
    cursor = await _end(adapter, _must(account), profile, reader)
    return Done(data={"profile": profile_of(profile), "cursor": cursor})


async def _end(
    adapter: Social, account: model.Account, profile: Profile, reader: model.Account | None
) -> str | None:
    """Where a person's timeline ends before anybody is told that it is read: what comes from then on is
    not missed. None where that cannot be said now: the first poll finds it.
    """
    if TimelineKind.PERSON not in adapter.capabilities.timelines:
        return None
    timeline = model.Timeline(TimelineKind.PERSON, account.server, profile.author.id)
    return await _cursor(adapter, timeline, reader)


async def _cursor(adapter: Social, timeline: model.Timeline, reader: model.Account | None) -> str | None:
    try:
        return (await adapter.fetch(timeline, reader, None)).cursor
    except AdapterError:
        return None


async def _apart(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    keep_off = adapter.mute if payload["op"] == "mute" else adapter.block
    return Done(
        data={"profile": profile_of(await keep_off(_must(account), payload["handle"], payload["on"]))}
    )


async def _bookmarks(
    adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]
) -> Done:
    timeline = model.Timeline(TimelineKind.BOOKMARKS, _must(account).server)
    page = await adapter.fetch(timeline, account, None)
    return Done(data={"posts": [plain(sound(post)) for post in page.posts[-kept.SHOWN :]]})


async def _lock(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    await adapter.lock(_must(account), payload["on"])
    return Done()


async def _requests(
    adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]
) -> Done:
    profiles = await adapter.requests(_must(account))
    return Done(data={"profiles": [profile_of(profile) for profile in profiles]})


async def _approve(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    profile = await adapter.approve(_must(account), payload["handle"], payload["on"])
    return Done(data={"profile": profile_of(profile)})


async def _report(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    await adapter.report(_must(account), payload["id"], payload["comment"])
    return Done()


async def _reports(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    found = await adapter.reports()
    return Done(
        data={
            "reports": [
                {
                    "id": r.post.id,
                    "url": r.post.url,
                    "by": r.by.handle,
                    "of": r.post.author.handle,
                    "why": r.comment,
                }
                for r in found
            ]
        }
    )


async def _remove(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    await adapter.remove(payload["id"])
    return Done()


async def _suspend(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    await adapter.suspend(payload["handle"], payload["on"])
    return Done()


async def _whois(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    return Done(data={"profile": profile_of(await adapter.whois(account, payload["handle"]))})


async def _sources(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    return Done(data=await lookups.sources(adapter, payload))


async def _latest(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    return Done(data=await lookups.latest(adapter, account, payload))


async def _thread(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    found = await adapter.thread(account, payload["id"])
    return Done(data={"posts": [line_of(post) for post in found]})


async def _search(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    found = await adapter.search(account, payload["words"])
    return Done(data={"posts": [line_of(post) for post in found]})


async def _list(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    """The lists there are; of the one that is named, where its timeline ends now."""
    lists = await adapter.lists(_must(account))
    data: dict[str, Any] = {"lists": [one.title for one in lists], "found": None}
    wanted = next((one for one in lists if one.title.casefold() == payload["title"].casefold()), None)
    if wanted is not None:
        timeline = model.Timeline(TimelineKind.LIST, _must(account).server, wanted.id)
        data["found"] = {"id": wanted.id, "title": wanted.title}
        data["cursor"] = await _cursor(adapter, timeline, account)
    return Done(data=data)


async def _find(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    since, but = datetime.fromisoformat(payload["since"]), frozenset(payload["but"])
    post = await adapter.find(_must(account), payload["key"], as_draft(payload), since=since, but=but)
    return Done((post.id,), post.url) if post else Done()


async def _sign_in(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    return Done(data={"url": await adapter.sign_in(_must(account))})


async def _revoke(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    await adapter.unlink(_must(account))
    return Done()


async def _renew(adapter: Social, account: model.Account | None, key: str, payload: dict[str, Any]) -> Done:
    return Done(account=await adapter.refresh(_must(account)))


_SOCIAL: dict[str, Callable[[Social, model.Account | None, str, dict[str, Any]], Awaitable[Done]]] = {
    "publish": _publish,
    "absent": _absent,
    "edit": _edit,
    "edit-original": _edit_original,
    "typed": _typed,
    "delete": _delete,
    "unanswered": _unanswered,
    "vote": _vote,
    "voted": _voted,
    "poll-end": _poll_end,
    "favourite": _favourite,
    "boost": _boost,
    "bookmark": _bookmark,
    "bookmarks": _bookmarks,
    "mute": _apart,
    "block": _apart,
    "follow": _follow,
    "lock": _lock,
    "requests": _requests,
    "approve": _approve,
    "report": _report,
    "reports": _reports,
    "remove": _remove,
    "suspend": _suspend,
    "whois": _whois,
    "mirror": _mirror,
    "search": _search,
    "sources": _sources,
    "latest": _latest,
    "list": _list,
    "thread": _thread,
    "find": _find,
    "sign-in": _sign_in,
    "unlink": _revoke,
    "renew": _renew,
}

# Asked again these do nothing new, so an answer that never came equals one that said "later".
HARMLESS = frozenset(_SOCIAL) - {"publish", "vote"} | frozenset(_CHAT) - {"send"} | {"upload", "outline"}
