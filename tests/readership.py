"""Who may read what, remembered apart from the house: every text has a mark that stands nowhere else.

`Readers` knows what people wrote, for whom and where, and by that judges each call that an adapter was
asked for: it reads no table of the house and asks nothing of its code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bridgebot.model import Audience, Chat, Draft, names
from bridgebot.testing.fakes import Call, MemoryChat, MemorySocial

MARK = re.compile(r"zq\d+x")
CALLS = ("publish", "edit", "find", "upload", "send")
RANKS = {audience: number for number, audience in enumerate(Audience)}  # the widest first


@dataclass
class Words:
    """Words that somebody wrote, by their mark."""

    mark: str
    by: str
    audience: Audience
    said_in: str | None = None  # the chat where a person wrote it
    home: str | None = None  # the network where it was written in an app
    warned: bool = False
    targets: set[str] = field(default_factory=set)  # networks to which its writer sent it by hand
    wider: bool = False  # its writer said that it may be public where there is no unlisted
    readers: set[str] = field(default_factory=set)  # who else may read it, by name
    stands: set[str] = field(default_factory=set)  # networks that were asked to show it


class Readers:
    """What may stand where."""

    def __init__(self) -> None:
        self.words: dict[str, Words] = {}
        self.opted: dict[str, set[Audience]] = {}  # by network: what rules into it may carry besides public
        self.followers: set[tuple[str, str, str]] = set()  # who follows whom, and on which network
        self.wrong: list[str] = []

    def write(self, by: str, audience: Audience, **more: Any) -> Words:
        made = Words(f"zq{len(self.words)}x", by, audience, **more)
        self.words[made.mark] = made
        return made

    # --- calls ---

    def see_social(self, social: MemorySocial, call: Call) -> None:
        """One call of a social network's adapter."""
        drafts = [one for one in call.arguments if isinstance(one, Draft)]
        if call.name in ("publish", "edit", "find"):
            for mark in marks(call.arguments):
                self._judge(social, call, drafts[0], self.words[mark])
            if call.name == "publish":
                self._judge_answer(social, call, drafts[0])
        elif (
            call.name == "upload"
        ):  # nobody sees a file before a post names it, but what describes it has left
            for mark in marks(call.arguments):
                words, name = self.words[mark], social.context.name
                can = words.wider or words.audience in social.capabilities.audiences
                self._must(can and self._goes_to(name, words), name, call, words)
        else:
            self._must(not marks(call.arguments), social.context.name, call)

    def see_chat(self, chat: MemoryChat, call: Call) -> None:
        """One call of a chat network's adapter."""
        places = [one for one in call.arguments if isinstance(one, Chat)]
        for mark in marks(call.arguments[1:] if call.name in ("send", "edit") else ()):
            words, where = self.words[mark], f"{chat.context.name} {places[0].id}"
            self._must(self.may_read(places[0], words), where, call, words)

    def may_read(self, place: Chat, words: Words) -> bool:
        """Whether words may stand in a chat."""
        where = {home for home in (*words.stands, words.home) if home is not None}
        if words.said_in == place.id or (words.audience is Audience.PUBLIC and where):
            return True
        if not place.direct:
            return False  # others read there
        if place.id == words.by or place.id in words.readers:
            return True
        follows = any((place.id, words.by, home) in self.followers for home in where)
        return follows and words.audience is not Audience.DIRECT

    def _judge(self, social: MemorySocial, call: Call, draft: Draft, words: Words) -> None:
        """Words in what is asked for on a network."""
        name, account = social.context.name, call.arguments[0]
        wider = words.wider and words.audience is Audience.UNLISTED
        kept = RANKS[draft.audience] >= RANKS[words.audience] or wider
        own = account.handle.startswith(f"@{words.by}@")
        credited = draft.text.startswith("🔁 @\u2060lin@")  # boosted, and carried by a rule
        own = own or (words.by == "lin" and words.audience is Audience.PUBLIC and credited)
        warned = draft.warning is not None or not words.warned
        can = draft.audience in social.capabilities.audiences
        self._must(kept and self._goes_to(name, words) and own and warned and can, name, call, words)
        words.stands.add(name)

    def _goes_to(self, name: str, words: Words) -> bool:
        """By hand, or as far as rules may take it; an answer keeps a warning where what it answers stands."""
        if name in {*words.targets, *words.stands, words.home} or words.audience is Audience.PUBLIC:
            return True
        return words.audience is not Audience.DIRECT and words.audience in self.opted.get(name, set())

    def _judge_answer(self, social: MemorySocial, call: Call, draft: Draft) -> None:
        """What is answered or shown there is for no fewer people, and its warning is kept."""
        above = social.network.standing.get(draft.reply_to or "")
        if above is not None:
            kept = RANKS[draft.audience] >= RANKS[above.audience]
            self._must(kept and (above.warning is None or draft.warning is not None), "answer", call)
        shown = social.network.standing.get(draft.quote or "")
        if shown is not None and RANKS[shown.audience] > RANKS[Audience.UNLISTED]:
            self._must(RANKS[draft.audience] >= RANKS[shown.audience], "quote", call)

    def _must(self, right: bool, where: str, call: Call, words: Words | None = None) -> None:
        if not right:
            self.wrong.append(f"{where}: {call.name} {call.arguments[1:]} with {words}")


def marks(value: Any) -> set[str]:
    """The marks in all that a value holds, however deep."""
    return {mark for text in _texts(value) for mark in MARK.findall(text)}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode("latin-1")
    elif fields := names(value):
        for name in fields:
            yield from _texts(getattr(value, name))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _texts(inner)
