"""What must hold after a bot died and came back: pure judgement of what stands where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

POSTED = re.compile(r"✓ \S+ (?:\S+ )*?(https?://\S+)")
REPORTED = re.compile(r"[?✗] ")
TAKEN_BACK = "taken back"
GONE = re.compile(rf"#\w+ {TAKEN_BACK}")


@dataclass(frozen=True)
class Wrote:
    """A post that somebody wrote in the chat."""

    message: str  # by its id there
    marker: str  # a word that stands in it and nowhere else
    text: str | None  # as it must stand in the end; None: it was taken back


@dataclass(frozen=True)
class Mirrored:
    """A post that somebody else wrote on a network."""

    marker: str
    text: str  # as it must be shown in the end


@dataclass(frozen=True)
class Line:
    """A message of the bot."""

    id: str
    first: str  # as it said at first
    now: str | None  # as it stands; None: it was taken away
    reply_to: str | None


@dataclass(frozen=True)
class Standing:
    """A post of the person's on a network."""

    url: str
    text: str


@dataclass(frozen=True)
class Begun:
    """A call that was begun when the bot died, and whose outcome was not recorded."""

    action: str  # of the delivery: create, receipt, mirror …
    text: str
    to_chat: bool
    reply_to: str | None = None


@dataclass
class Evidence:
    """Everything that was seen of one trial."""

    wrote: Sequence[Wrote] = ()  # in their order
    mirrored: Sequence[Mirrored] = ()
    answers: Sequence[str] = ()  # words of what else the bot was made to say, once each
    lines: Sequence[Line] = ()  # in the order in which they came
    places: dict[str, Sequence[Standing]] = field(default_factory=dict)  # by the start of addresses there
    begun: Sequence[Begun] = ()
    deaths: int = 0  # how often the bot ended though nobody killed it
    traces: Sequence[str] = ()  # tracebacks and errors in its log
    open: Sequence[str] = ()  # deliveries that never ended
    unheard: int = 0  # events that the chat network still holds for it


def violations(seen: Evidence) -> list[str]:
    """Every law that was broken, in words; nothing when all is well."""
    parts = (_items, _receipts, _answers, _places, _nothing_else, _at_rest)
    return [broken for part in parts for broken in part(seen)]


def arrived(seen: Evidence) -> bool:
    """Whether the chat ends as it must: what is still on its way to the bot nobody else can tell."""
    said = [(wrote, _receipt(seen, wrote)) for wrote in seen.wrote]
    ended = all(words and "…" not in words for _, words in said)
    gone = all(TAKEN_BACK in words for wrote, words in said if wrote.text is None)
    shown = (any(post.text in (line.now or "") for line in seen.lines) for post in seen.mirrored)
    return ended and gone and all(shown)


def reports(seen: Evidence) -> int:
    """How many posts were reported as unconfirmed or failed on some network."""
    return sum(1 for wrote in seen.wrote if REPORTED.search(_receipt(seen, wrote)))


def repeated(seen: Evidence) -> int:
    """How many messages came to the chat a second time."""
    known = [*(post.marker for post in seen.mirrored), *seen.answers]
    counts = [sum(1 for line in seen.lines if words in line.first) for words in known]
    counts += [len(_receipts_of(seen, wrote)) for wrote in seen.wrote]
    return sum(count - 1 for count in counts if count > 1)


# --- chats: every item, a repeat only after an unconfirmed call, in order ---------------------------


def _items(seen: Evidence) -> Iterator[str]:
    for post in seen.mirrored:
        shown = [line for line in seen.lines if post.marker in line.first]
        repeats = sum(1 for one in seen.begun if one.to_chat and post.marker in one.text)
        if not shown:
            yield f"lost: {post.marker} never came to the chat"
        elif len(shown) > 1 + repeats:
            yield f"twice: {post.marker} came {len(shown)} times after {repeats} unconfirmed calls"
        elif post.text not in (shown[-1].now or ""):
            yield f"stale: {post.marker} ends as {shown[-1].now!r}"
    unsure = [one for one in seen.begun if one.to_chat]
    markers, texts = [post.marker for post in seen.mirrored], [line.first for line in seen.lines]
    yield from _in_order("the chat", markers, texts, unsure)


def _in_order(where: str, markers: list[str], texts: list[str], unsure: list[Begun]) -> Iterator[str]:
    """What had no unconfirmed call stands in its order; an unconfirmed one lets the next ones go first."""
    free = {marker for marker in markers if any(marker in one.text for one in unsure)}
    found = [m for text in texts for m in markers if m in text and m not in free]
    once = list(dict.fromkeys(found))
    if once != [m for m in markers if m in once]:
        yield f"order: in {where} stand {once}"


# --- receipts: one for each post, true in the end ---------------------------------------------------


def _receipts(seen: Evidence) -> Iterator[str]:
    for wrote in seen.wrote:
        lines = _receipts_of(seen, wrote)
        repeats = sum(1 for one in seen.begun if one.to_chat and one.reply_to == wrote.message)
        if not lines:
            yield f"silent: {wrote.marker} has no receipt"
        elif len(lines) > 1 + repeats:
            yield f"twice: {wrote.marker} has {len(lines)} receipts after {repeats} unconfirmed calls"
        else:
            yield from _true(seen, wrote, lines[-1].now or "")


def _true(seen: Evidence, wrote: Wrote, said: str) -> Iterator[str]:
    """The receipt names each address at which the post stands, and no other."""
    urls = {one.url for there in seen.places.values() for one in there if wrote.marker in one.text}
    if wrote.text is None:
        if TAKEN_BACK not in said:
            yield f"untrue: {wrote.marker} was taken back, and its receipt says {said!r}"
        return
    named = set(POSTED.findall(said))
    if not named <= urls:
        yield f"untrue: {wrote.marker} does not stand at {sorted(named - urls)}"
    if "…" in said:
        yield f"untrue: the receipt of {wrote.marker} never ended: {said!r}"
    if not REPORTED.search(said) and named != urls:
        yield f"untrue: the receipt of {wrote.marker} says {said!r}, it stands at {sorted(urls)}"


def _receipt(seen: Evidence, wrote: Wrote) -> str:
    lines = _receipts_of(seen, wrote)
    return lines[-1].now or "" if lines else ""


def _receipts_of(seen: Evidence, wrote: Wrote) -> list[Line]:
    """They answer the message; written after it was retracted, there is nothing left to answer."""
    return [
        line
        for line in seen.lines
        if line.reply_to == wrote.message
        or (wrote.text is None and line.reply_to is None and GONE.match(line.first))
    ]


def _answers(seen: Evidence) -> Iterator[str]:
    for words in seen.answers:
        said = sum(1 for line in seen.lines if words in line.first)
        repeats = sum(1 for one in seen.begun if one.to_chat and words in one.text)
        if not 1 <= said <= 1 + repeats:
            yield f"answer: {words!r} was said {said} times after {repeats} unconfirmed calls"


# --- social networks: exactly once, or reported -----------------------------------------------------


def _places(seen: Evidence) -> Iterator[str]:
    for place, there in seen.places.items():
        for wrote in seen.wrote:
            yield from _once(seen, place, wrote, [one for one in there if wrote.marker in one.text])
        unsure = [one for one in seen.begun if not one.to_chat]
        markers = [wrote.marker for wrote in seen.wrote]
        yield from _in_order(place, markers, [one.text for one in there], unsure)


def _once(seen: Evidence, place: str, wrote: Wrote, found: Sequence[Standing]) -> Iterator[str]:
    wanted = 0 if wrote.text is None else 1
    said = _receipt(seen, wrote)
    if len(found) > 1:
        yield f"twice: {wrote.marker} stands {len(found)} times at {place}"
    elif len(found) != wanted and not REPORTED.search(said):
        yield f"{'lost' if wanted else 'left'}: {wrote.marker} at {place}, and its receipt says {said!r}"
    elif wanted and found and found[0].text != wrote.text and not REPORTED.search(said):
        yield f"stale: {wrote.marker} at {place} is {found[0].text!r}"


# --- nothing else -----------------------------------------------------------------------------------


def _nothing_else(seen: Evidence) -> Iterator[str]:
    receipts = {line.id for wrote in seen.wrote for line in _receipts_of(seen, wrote)}
    known = [*(post.marker for post in seen.mirrored), *seen.answers]
    for line in seen.lines:
        if line.id not in receipts and not any(words in line.first for words in known):
            yield f"unasked: {line.first!r}"
    for place, there in seen.places.items():
        for one in there:
            if not any(wrote.marker in one.text for wrote in seen.wrote):
                yield f"unasked: {one.text!r} at {place}"


def _at_rest(seen: Evidence) -> Iterator[str]:
    yield from (f"log: {line}" for line in seen.traces)
    if seen.deaths:
        yield f"died by itself {seen.deaths} times"
    if seen.open:
        yield f"never ended: {list(seen.open)}"
    if seen.unheard:
        yield f"unheard: {seen.unheard} events were never taken in"
