"""Whether a rule takes a post. Pure: the options of the rule, and what is known of the post.

The options stand in `route.filters`, as JSON; what does not stand there holds back nothing:

    audiences  the audiences that it takes; without it any
    boosts     False: nothing that somebody boosted
    answers    False: nothing that answers something
    media      True: only what shows files
    tags       only what has one of these hashtags
    without    nothing that has one of these hashtags
    words      only what says one of these
    not_words  nothing that says one of these
    cap        posts an hour: what is more is held back and asked about

How a post then looks (`prefix`, `suffix`, `language`, `long`) decides nothing here. After a change of options
`changed` says when that was and `before` which held until then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import regex

from bridgebot.model import Audience

Options = Mapping[str, Any]

STAY_HOME = ("local", "nosync")  # hashtags of what a sync rule never carries, unless it says which stay
LATE = timedelta(days=1)  # a post that comes later than this is judged by what holds now
_TAG = regex.compile(r"(?<![\w/&])[#＃]([\p{L}\p{N}\p{M}_]+)")
_BARE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}]")  # no spaces between words


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule asks of a post."""

    text: str  # its words, and those of its warning
    audience: Audience
    shown_at: datetime  # when it came to stand where it was met
    boosted: bool = False
    answers: bool = False
    media: bool = False


def takes(options: Options, facts: Facts, *, synced: bool) -> bool:
    """Whether a rule with these options takes the post; `synced`: it carries on what stands elsewhere
    already, so that there is a home to stay in.
    """
    held = in_force(options, facts.shown_at)
    if facts.audience not in held.get("audiences", (facts.audience,)):
        return False
    if (facts.boosted and not held.get("boosts", True)) or (facts.answers and not held.get("answers", True)):
        return False
    if held.get("media") and not facts.media:
        return False
    return _by_tags(held, facts.text, synced=synced) and _by_words(held, facts.text)


def in_force(options: Options, at: datetime) -> Options:
    """The options that held when a post was written: so a change of them brings nothing old, and of what is
    on its way meanwhile nothing is lost.
    """
    while "changed" in options and at < datetime.fromisoformat(options["changed"]):
        options = options["before"]
    return options


def changed(before: Options, fresh: Options, now: datetime) -> dict[str, Any]:
    """Other options from now on, with those that hold for what was written before."""
    known = dict(before)
    if "changed" in known and datetime.fromisoformat(known["changed"]) < now - LATE:
        known = {key: value for key, value in known.items() if key not in ("changed", "before")}
    return {**fresh, "changed": now.isoformat(), "before": known}


def tags(text: str) -> frozenset[str]:
    """The hashtags of a text, in small letters."""
    return (
        frozenset(found.casefold() for found in _TAG.findall(text)) if "#" in text or "＃" in text else _NONE
    )


_NONE: frozenset[str] = frozenset()


def _by_tags(held: Options, text: str, *, synced: bool) -> bool:
    only, without = held.get("tags"), held.get("without", STAY_HOME if synced else ())
    if not only and not without:
        return True
    there = tags(text)
    return there.isdisjoint(without) and (not only or not there.isdisjoint(only))


def _by_words(held: Options, text: str) -> bool:
    only, without = held.get("words"), held.get("not_words")
    return (not only or _says(text, only)) and not (without and _says(text, without))


def _says(text: str, words: Iterable[str]) -> bool:
    """Whether a text says one of these: as a word of its own, where its script has spaces between words."""
    folded = text.casefold()
    return any(_is_said(folded, word.casefold()) for word in words)


def _is_said(text: str, word: str) -> bool:
    if word not in text or _BARE.search(word):
        return word in text
    return regex.search(rf"(?<!\w){regex.escape(word)}(?!\w)", text) is not None
