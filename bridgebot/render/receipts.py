"""What became of a post: one line that names audience, networks and losses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bridgebot.model import Audience
from bridgebot.texts import Texts, spaced

# What a network's part in a post has come to. `held`: it waits for a person (the reason says for
# what); `deleting`: it is out and being taken back; `deleted`: it was out and is not any more;
# `cancelled`: it never went out and will not.
State = Literal[
    "queued", "sending", "posted", "unconfirmed", "failed", "held", "deleting", "deleted", "cancelled"
]
_MARKS: dict[State, str] = {
    "queued": "…",
    "sending": "…",
    "posted": "✓",
    "unconfirmed": "?",
    "failed": "✗",
    "held": "✗",
    "deleting": "…",
    "deleted": "–",
    "cancelled": "–",
}
_TAKEN_BACK = ("deleted", "cancelled")
_OPEN = ("queued", "sending", "posted", "unconfirmed", "held")  # what an undo still means something for
GAP = " " * 8  # sets the hint apart from what is reported


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a post on one network."""

    title: str  # the network's name as people read it
    state: State
    url: str | None = None  # where it can be seen
    reason: str = ""  # a sentence or its beginning: why it failed or waits, or what went wrong after it
    parts: int = 1  # of how many posts the thread consists that it became there


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the writer of a post is told."""

    code: str  # short id in this chat
    audience: Audience
    outcomes: tuple[Outcome, ...] = ()
    reply_to: str | None = None  # handle of whoever wrote the post that this answers
    memo: bool = False
    deleted: bool = False  # its writer took it back
    losses: tuple[str, ...] = ()  # sentences: what could not be carried as it was
    undo: bool = False  # True: say how to undo or to try again, because the chat has no buttons
    retry: bool = False  # True: something failed that can be tried again
    withheld: bool = False  # True: nothing else failed than what rules did not carry on


def receipt(told: Receipt, language: str, texts: Texts) -> str:
    """`#2k7 public ✓ Plaza https://… ✓ Pebble        undo: /undo`; a line for each loss follows."""
    head = _head(told, language, texts)
    line = " ".join([head, *outcome_words(told, language, texts)])
    if hints := _hints(told, language, texts):
        line = f"{line}{GAP}{' · '.join(hints)}"
    return "\n".join([line, *(f"  {loss}" for loss in told.losses)])


def _hints(told: Receipt, language: str, texts: Texts) -> list[str]:
    """What buttons would offer, in words."""
    hints = []
    if told.undo and not told.memo and told.reply_to is None and can_be_undone(told):
        hints.append(texts(language, "receipt-undo"))
    if told.undo and told.retry:
        hints.append(texts(language, "receipt-retry", code=told.code))
    return hints


def can_be_undone(told: Receipt) -> bool:
    """Whether something of the post is left that its writer could take back."""
    if told.deleted:
        return False
    return told.memo or any(outcome.state in _OPEN for outcome in told.outcomes)


def _head(told: Receipt, language: str, texts: Texts) -> str:
    code = f"#{told.code}"
    if told.memo:
        return texts(language, "receipt-memo-gone" if told.deleted else "receipt-memo", code=code)
    if told.deleted:
        return texts(language, "receipt-taken-back", code=code)
    if _is_plain_reply(told):
        network = told.outcomes[0].title
        return texts(language, "receipt-replied", code=code, who=told.reply_to or "", network=network)
    audience = texts(language, f"receipt-{told.audience.value}")
    if told.reply_to is not None:
        return texts(language, "receipt-reply", code=code, who=told.reply_to, audience=audience)
    return f"{code} {audience}"


def _is_plain_reply(told: Receipt) -> bool:
    """A reply that went where it belongs needs no more words than that."""
    if told.reply_to is None or len(told.outcomes) != 1:
        return False
    only = told.outcomes[0]
    return only.state == "posted" and not only.reason and only.parts == 1


def outcome_words(told: Receipt, language: str, texts: Texts) -> list[str]:
    """One entry for each network: mark, name, address, reason."""
    if told.memo or (not told.deleted and _is_plain_reply(told)):
        return []
    return [_outcome(outcome, language, texts) for outcome in told.outcomes]


def _outcome(outcome: Outcome, language: str, texts: Texts) -> str:
    parts = texts(language, "receipt-parts", parts=outcome.parts) if outcome.parts > 1 else ""
    url = (outcome.url or "") if outcome.state == "posted" else ""
    words = spaced(_MARKS[outcome.state], outcome.title, parts, url)
    reason = outcome.reason or _usual_reason(outcome.state, language, texts)
    return texts(language, "receipt-because", outcome=words, reason=reason) if reason else words


def _usual_reason(state: State, language: str, texts: Texts) -> str:
    """States that say too little by their mark alone."""
    if state in ("posted", "queued", "sending", "deleted"):
        return ""
    return texts(language, f"receipt-{state}")
