"""Which of a post's files go to a network, and how a publication names them.

A publication with files is frozen as uploads, one part for each file, and then the posts; the first of these
takes what the uploads brought, and where that is more than a post shows, the next ones of a thread the rest.
What is frozen never changes, and a retry goes on at the part that is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from bridgebot import flow, render
from bridgebot.adapter import Network
from bridgebot.dialog import House
from bridgebot.errors import Rejected
from bridgebot.files import films
from bridgebot.files.kinds import megabytes
from bridgebot.model import Attachment, Draft, Enclosure, FileLimits, Uploaded
from bridgebot.render import Rich
from bridgebot.store import Tx, deliveries
from bridgebot.store.deliveries import UPLOAD
from bridgebot.store.rows import Account, Delivery, Part, Post, plain

Payload = dict[str, Any]
U = TypeVar("U")
_SLOWEST = 128 * 1024  # bytes in a second that a line may carry
_LONGEST = 600.0  # seconds
_LARGE = 32 * 1024 * 1024  # bytes of what nobody told the size of
_GUESS = {"image": 2 * 1024 * 1024}
# Pictures that can be made into what a network takes.
_OPENED = frozenset({"", "image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})


def limits(account: Account, network: Network | None) -> FileLimits | None:
    """Which files an account's server takes; None: it takes none."""
    if network is None or network.social is None or not flow.able(account, network, "uploads"):
        return None
    return account.fits.files or network.social.limits.files


def carried(files: Sequence[Enclosure], limits: FileLimits | None, posts: int = 1) -> tuple[int, ...]:
    """Which of these a network takes with so many posts, by what is told of them: the first of them decides
    whether they are pictures or one film. Pure.
    """
    if limits is None:
        return ()
    fitting = [number for number, file in enumerate(files) if fits(file, limits, making=True)]
    if not limits.mixed and fitting:
        pictures = files[fitting[0]].kind == "image"
        fitting = [number for number in fitting if files[number].kind == "image"] if pictures else fitting[:1]
    return tuple(fitting[: limits.count * posts])


def fits(file: Enclosure, limits: FileLimits, *, making: bool = False) -> bool:
    """Whether it may be taken, by what is told of it: a picture is made to fit; a film or sound fits or does
    not, or is made to fit where that is worth it (`making`) and can be. What nobody told is found out later.
    """
    if file.kind == "image":
        return file.type in _OPENED
    if file.kind == "file" or limits.video_bytes <= 0:
        return False
    known = file.type in limits.types or not file.type
    size = file.size or 0
    return (known and size <= limits.video_bytes) or (making and films.wanted(file.type, size, limits))


def sources(post: Post) -> tuple[Enclosure, ...]:
    """The files of a post, as its writer put them beside it; of one that came from a network, its media."""
    if post.files:
        return post.enclosed
    return tuple(Enclosure(one.kind, one.url, alt=one.alt) for one in post.attachments)


def going(post: Post, account: Account, network: Network | None, posts: int = 1) -> tuple[int, ...]:
    """Which of them go to an account as files, with so many posts. Those that came from a network may turn
    out not to be there to be fetched: then their addresses must have room in the text.
    """
    if not post.files and not post.media:
        return ()
    if flow.ballot(post, account, network) is not None:
        return ()  # no network that has both shows both
    if _covered(post) and (network is None or network.social is None or not network.social.warnings):
        return ()  # it would show to everybody what its author covered
    if post.files:
        return carried(sources(post), limits(account, network), posts)
    numbers = carried(sources(post), limits(account, network))
    if not numbers:
        return numbers
    whole = "\n".join([post.text, *(_line(post, number) for number in range(len(post.attachments)))])
    return numbers if account.fits.fits(whole) else ()


def warning(house: House, language: str, post: Post, network: Network | None) -> str | None:
    """For a post whose pictures are covered, on a network that covers them by a warning alone."""
    if not _covered(post) or network is None or network.social is None or not network.social.warnings:
        return None
    return house.texts(language, "warning-pictures")


def _covered(post: Post) -> bool:
    return bool(post.media) and not post.warning and any(one.hidden for one in post.attachments)


def standing(post: Post, made: Sequence[Part]) -> tuple[int, ...]:
    """Which of a post's files are there, as it was brought with these parts."""
    known = [(file.ref.partition("?")[0], number) for number, file in enumerate(sources(post))]
    sent = {part.payload["file"]["ref"].partition("?")[0] for part in _uploads(made) if part.native_ids}
    return tuple(number for ref, number in known if ref in sent)


def in_words(
    tx: Tx, delivery: Delivery, post: Post, account: Account, network: Network | None
) -> list[Attachment]:
    """The media of a post that stand in its text, since they do not stand there as files."""
    if not post.media:
        return []
    if delivery.action == "create":
        there = going(post, account, network)
    else:
        there = standing(post, deliveries.parts(tx, flow.target(delivery) or 0))
    return [one for number, one in enumerate(post.attachments) if number not in there]


def with_uploads(
    post: Post, account: Account, network: Network | None, publications: list[Payload]
) -> list[Payload]:
    """The calls of a publication with those before it that bring its files. Raises Rejected if the network
    takes none, and there is nothing else in the post.
    """
    if not post.files and not post.media:
        return publications
    files, taken = sources(post), limits(account, network)
    numbers = going(post, account, network, len(publications))
    if taken is not None and not taken.mixed and len(numbers) > 1:
        taken = replace(taken, video_bytes=0)  # pictures beside each other: none of them becomes a film
    uploads: list[Payload] = [
        {"op": UPLOAD, "file": plain(files[number]), "limits": plain(taken)}
        | ({} if post.files else {"line": _line(post, number)})
        for number in numbers
    ]
    if not uploads and post.files and not post.text:
        raise _refusal(files, taken)
    each = taken.count if taken is not None else 0
    return [*uploads, *(_taking(one, each * n, uploads, each) for n, one in enumerate(publications))]


def _refusal(files: Sequence[Enclosure], limits: FileLimits | None) -> Rejected:
    """Why a network takes none of these, with what would go there."""
    most = limits.video_bytes if limits is not None else 0
    if most and any(file.kind in ("video", "audio") and (file.size or 0) > most for file in files):
        return Rejected("file-too-large", most=megabytes(most))
    return Rejected("skip-files")


def _taking(publication: Payload, first: int, uploads: Sequence[Payload], each: int) -> Payload:
    """A post with which of the uploads it takes, if any are left for it."""
    return publication | {"takes": [first, first + each]} if first < len(uploads) else publication


def with_known(
    post: Post, made: Sequence[Part], publications: list[Payload], old: Sequence[str]
) -> list[Payload]:
    """The posts of an edit: each that changes one which stands (`old`, their ids) names the files with which
    that was brought, described as they are now.
    """
    uploads = _uploads(made)
    took = {
        id: part.payload["takes"] for part in made if "takes" in part.payload for id in part.native_ids or ()
    }
    changed = [
        one | {"draft": one["draft"] | {"files": _named(post, _among(uploads, took[id]))}}
        if id in took
        else one
        for one, id in zip(publications, old, strict=False)
    ]
    return [*changed, *publications[len(old) :]]


def _named(post: Post, uploads: Sequence[Part]) -> list[Payload]:
    alts = {file.ref.partition("?")[0]: file.alt for file in sources(post)}
    sent = [(part.payload["file"]["ref"].partition("?")[0], part.native_ids) for part in uploads]
    return [plain(_uploaded(alts[ref], ids)) for ref, ids in sent if ids and ref in alts]


def _among(uploads: Sequence[U], takes: bool | Sequence[int]) -> Sequence[U]:
    """Those that a post takes; all, where an older version froze it."""
    return uploads if isinstance(takes, bool) else uploads[takes[0] : takes[1]]


def patience(payload: Mapping[str, Any]) -> float:
    """How many seconds more than others a call may take that carries files, here and on from here. Pure."""
    if payload["op"] == UPLOAD:
        files = [payload["file"]]
    elif "instead" in payload:
        files = [item["file"] for item in payload["message"]["media"]]
    else:
        return 0.0
    size = sum(file["size"] or _GUESS.get(file["kind"], _LARGE) for file in files)
    making = films.LONGEST if any(file["kind"] == "video" for file in files) else 0.0
    return min(2 * size / _SLOWEST, _LONGEST) + making


def filled(payload: Payload, before: Sequence[tuple[Payload, Sequence[str]]]) -> Payload:
    """A post that takes what the uploads before it brought, each with the ids that it gave; of what could not
    be fetched it names the address. Pure.
    """
    if not payload.get("takes"):
        return payload
    brought, draft = [(call, ids) for call, ids in before if call["op"] == UPLOAD], payload["draft"]
    uploads = _among(brought, payload["takes"])
    files = [plain(_uploaded(call["file"]["alt"], ids)) for call, ids in uploads if ids]
    lines = [call["line"] for call, ids in uploads if not ids and "line" in call]
    text = "\n".join([*([draft["text"]] if draft["text"] else []), *lines])
    return payload | {"draft": draft | {"files": files, "text": text}}


def _line(post: Post, number: int) -> str:
    """An attachment in words. It calls nobody: its description is somebody's."""
    return str(render.unpinged(Rich(render.media_lines([post.attachments[number]])[0])))


def _uploads(parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part.payload["op"] == UPLOAD]


def _uploaded(alt: str, ids: Sequence[str]) -> Uploaded:
    """`ids` are what the network calls the file, and its size in points: `800x600`, or nothing."""
    width, _, height = ids[1].partition("x")
    return Uploaded(ids[0], alt, int(width) if width else None, int(height) if height else None)


def lost(tx: Tx, create: Delivery, post: Post, account: Account, network: Network | None) -> bool:
    """Whether an account gets fewer files than there are."""
    whole = len(sources(post))
    if len(going(post, account, network)) == whole:
        return False
    return not post.files or len(going(post, account, network, _posts(tx, create, post, account))) < whole


def _posts(tx: Tx, create: Delivery, post: Post, account: Account) -> int:
    """As how many posts it stands there; before it is frozen, as how many it would by its text."""
    frozen = [part for part in deliveries.parts(tx, create.id) if part.payload["op"] == "publish"]
    return len(frozen) or len(render.thread(Draft(post.text, warning=post.warning), account.fits))


def posts_before(parts: Sequence[tuple[Mapping[str, Any], Sequence[str]]]) -> list[str]:
    """The last id of each part that is a post. Pure."""
    return [ids[-1] for payload, ids in parts if ids and payload["op"] != UPLOAD]
