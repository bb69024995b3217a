"""Pictures, films and sounds as a chat is shown them: which of a post's, in which messages, and beside what.

One picture stands above its item where the words have room there. Several, or one beside longer words,
follow the words in messages of their own, since nowhere do buttons stand under several. Each message is one
part, and has beside it what it says where they cannot be shown: then their addresses stand there. Pure but
for `standing`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bridgebot import flow, render
from bridgebot.adapter import ChatCapabilities, Shows
from bridgebot.model import Attachment, Enclosure, Exhibit, File, Limits
from bridgebot.outbox import enclosed
from bridgebot.render import Rich
from bridgebot.store import Tx, deliveries
from bridgebot.store import parts as frozen_parts
from bridgebot.store.rows import Chat, Copy, Delivery, Part, Post, noun, plain

Payload = dict[str, Any]
Say = Callable[[str | Rich, Limits], list[Payload]]  # words as the calls that send them, in messages so long

MOST = 4  # of a post's pictures, where each is a message of its own
_ALONE = frozenset({"image/gif"})  # it moves, and stands beside nothing


# --- which -------------------------------------------------------------------------------------


def going(post: Post, chat: Chat, able: ChatCapabilities | None) -> tuple[int, ...]:
    """Which of a post's media are shown in a chat, by their numbers; the others are told by addresses."""
    shows = able.shows if able is not None else None
    if shows is None or chat.pictures is False or post.deleted_at is not None:
        return ()
    if not post.files and not post.attachments:
        return ()
    most = max(shows.files.count, MOST)
    found = enumerate(enclosed.sources(post))
    return tuple(number for number, file in found if _may_go(post, number, file, shows))[:most]


def _may_go(post: Post, number: int, file: Enclosure, shows: Shows) -> bool:
    return enclosed.fits(file, shows.files) and (shows.hides or not _is_hidden(post, number))


def _is_hidden(post: Post, number: int) -> bool:
    """Whether it is behind a warning, or covered by whoever posted it."""
    return bool(post.warning) or (not post.files and post.attachments[number].hidden)


def attachments(post: Post) -> tuple[Attachment, ...]:
    """A post's media as they are told; of what was put into a chat nobody has an address."""
    return post.attachments or tuple(Attachment(one.kind, "", one.alt) for one in post.enclosed)


def of_post(post: Post, chat: Chat, able: ChatCapabilities) -> list[Payload]:
    """What a chat is shown of a post, as parts keep it."""
    files = enclosed.sources(post)
    return [
        {"file": plain(files[number]), "hidden": _is_hidden(post, number)}
        for number in going(post, chat, able)
    ]


def of_address(url: str, chat: Chat, able: ChatCapabilities) -> list[Payload]:
    """The same of one picture at an address."""
    if able.shows is None or chat.pictures is False:
        return []
    return [{"file": plain(Enclosure("image", url)), "hidden": False}]


def stated(kept: Payload) -> Exhibit:
    """One of these as something that stands there: without its content."""
    file: Enclosure = noun(kept["file"], Enclosure)
    return Exhibit(File(file.kind, file.type, 0, file.alt), hidden=kept["hidden"])


# --- in which messages -------------------------------------------------------------------------


def laid_out(
    text: str | Rich, told: str | Rich, items: Sequence[Payload], able: ChatCapabilities, say: Say
) -> list[Payload]:
    """The calls that send a text and show what belongs to it. `told` is the text where nothing is shown."""
    if able.shows is None or not items:
        return say(told, able.limits)
    groups = albums(items, able.shows.files.count)
    if len(groups) == 1 and (captioned := _captioned(text, told, groups[0], able, say)) is not None:
        return [captioned]
    return [*say(text, able.limits), *(_by_itself(group, able, say) for group in groups)]


def albums(items: Iterable[Payload], most: int) -> list[list[Payload]]:
    """What stands together: pictures and films beside each other; what sounds, or moves by itself, alone."""
    groups: list[list[Payload]] = []
    open_ = False
    for item in items:
        together = item["file"]["kind"] in ("image", "video") and item["file"]["type"] not in _ALONE
        if together and open_ and len(groups[-1]) < most:
            groups[-1].append(item)
        else:
            groups.append([item])
        open_ = together
    return groups


def _captioned(
    text: str | Rich, told: str | Rich, group: list[Payload], able: ChatCapabilities, say: Say
) -> Payload | None:
    """One message with the words in it; None where there is no room for them, or none for its buttons."""
    shows = able.shows
    if shows is None or shows.caption is None:
        return None
    parts, instead = say(text, shows.caption), say(told, able.limits)
    if len(parts) > 1 or len(instead) > 1:
        return None
    if parts[0]["message"]["buttons"] and not (shows.buttons and len(group) == 1):
        return None
    return _showing(parts[0], group, instead[0])


def _by_itself(group: list[Payload], able: ChatCapabilities, say: Say) -> Payload:
    """A message without words behind them."""
    files: list[Enclosure] = [noun(item["file"], Enclosure) for item in group]
    lines = render.media_lines([Attachment(one.kind, _address(one), one.alt) for one in files])
    part = say("\n".join(lines), able.limits)[0]
    words = {"op": "send", "message": part["message"] | {"buttons": []}}
    silent = words | {"message": words["message"] | {"text": "", "spans": []}}
    return _showing(silent, group, words)


def _address(file: Enclosure) -> str:
    """What may be told of where it is: what opens a file of a chat is nobody's business."""
    return "" if file.adapter else file.ref


def _showing(part: Payload, group: list[Payload], instead: Payload) -> Payload:
    return part | {"message": part["message"] | {"media": group}, "instead": instead["message"]}


def in_words(part: Payload) -> Payload:
    """The same call where nothing can be shown."""
    return {name: value for name, value in part.items() if name != "instead"} | {"message": part["instead"]}


def any_in(parts: Iterable[Payload]) -> bool:
    """Whether anything is shown by these calls."""
    return any(_media(part) for part in parts)


def _media(part: Payload) -> list[Payload]:
    media: list[Payload] = part.get("message", {}).get("media", [])
    return media


# --- changing what stands there ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """A message of an item, or several that were sent as one."""

    ids: list[str]
    media: list[Payload]
    worded: bool  # there are words in it


def standing(tx: Tx, delivery: Delivery, copies: Sequence[Copy]) -> list[Standing]:
    """What an item consists of, in the order in which it was sent; `copies` are its messages."""
    made_by = flow.target(delivery) or 0
    edits = deliveries.of_post(tx, delivery.post_id or 0, "edit")
    changes = [one.id for one in edits if one.chat_id == delivery.chat_id and one.id > made_by]
    sent = [part for parts in frozen_parts.of_all(tx, [made_by, *changes]).values() for part in parts]
    by_id = {id: part for part in sent if part.payload.get("op") == "send" for id in part.native_ids or ()}
    return _grouped(copies, by_id)


def _grouped(copies: Sequence[Copy], by_id: dict[str, Part]) -> list[Standing]:
    found: list[Standing] = []
    before: Part | None = None
    for copy in copies:
        part = by_id.get(copy.native_id)
        if part is not None and part is before:
            found[-1].ids.append(copy.native_id)
        else:
            found.append(_stands(copy, part.payload if part is not None else {}))
        before = part
    return found


def _stands(copy: Copy, payload: Payload) -> Standing:
    """Of what is not remembered any more it is taken that it has words, and shows nothing."""
    message = payload.get("message", {"text": "?"})
    return Standing([copy.native_id], _media(payload), bool(message["text"]))


def over(fresh: Sequence[Payload], old: Sequence[Standing], remove: str | None) -> list[Payload]:
    """Lay new parts over what stands there. What shows the same stays and has its words changed; what shows
    something else goes, and what is new is added.
    """
    left, parts = list(old), list[Payload]()
    for part in fresh:
        worded = bool(part["message"]["text"])
        stays = next((one for one in left if one.worded is worded and _same(one.media, _media(part))), None)
        if stays is None:
            parts.append(part)
            continue
        left.remove(stays)
        if worded:
            parts.append({"op": "edit-message", "id": stays.ids[0], "message": part["message"]})
    gone = [id for one in left for id in one.ids] if remove is not None else []
    return [*parts, *({"op": remove, "id": id} for id in gone)]


def _same(old: Sequence[Payload], new: Sequence[Payload]) -> bool:
    """Descriptions may differ: they stand in the words."""
    return [_what(one) for one in old] == [_what(one) for one in new]


def _what(item: Payload) -> tuple[str, bool]:
    # Some networks sign addresses anew each time: what stands behind the question mark says nothing.
    return str(item["file"]["ref"]).partition("?")[0], bool(item["hidden"])
