"""What marks the bot's own words, and so what somebody else's may never look like.

A line is the bot's own unless it says whose it is: a mirrored post begins with its author's handle (`@lin on
Plaza [3bd]: …`), each further line of theirs bears the mark `│ `, and what else stands under it begins with a
sign of its own: ↩ quotes, ↗ leads to the post, a picture's sign names a picture, … counts what is not shown.
"""

from __future__ import annotations

import re

from bridgebot.render import MARK

ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
LIVE_PING = re.compile(r"(?<!\w)@\w")
ADDRESS = re.compile(
    r"(?i:https?)://(?:(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}|\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?[/?#]\S*"
)
UNDER_AN_ITEM = re.compile(r"│ .*|↩ @.*|↗ https?://\S+|(?:🖼|🎬|🔊|📎)(?: .*)?|… \+\d+", re.DOTALL)


def acts_on_nothing(text: str) -> None:
    """No control character, no half character, nothing that turns a line round."""
    assert not ACTING.search(text), ascii(text)
    assert not REORDERING.search(text), ascii(text)


def is_somebodys(text: str, network: str, code: str) -> None:
    """Every line of a mirrored post says whose it is."""
    first, *further = text.split("\n")
    assert first.startswith("@"), first
    head, bracket, _ = first.partition("[")
    assert bracket, first
    assert head.endswith(f" on {network} "), first  # no bracket before the bot's own
    assert first[len(head) :].startswith(f"[{code}]"), first
    for line in further:
        assert UNDER_AN_ITEM.fullmatch(line), line


def is_marked(lines: list[str]) -> None:
    for line in lines:
        assert line.startswith(MARK), line


def calls_nobody(text: str) -> None:
    """No name in it is a live ping: those in addresses of the web are none."""
    left = ADDRESS.sub(" ", text)
    assert not LIVE_PING.search(left), left


def is_a_name(text: str) -> None:
    """One line, nothing unseen, not too long."""
    acts_on_nothing(text)
    assert "\n" not in text
    assert "\t" not in text
    assert not re.search("[\u200b\u200c\u200e\u200f\u2060\ufeff\u00ad\u061c\ue000-\uf8ff]", text), ascii(text)
