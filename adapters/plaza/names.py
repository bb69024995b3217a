"""Which names people may take: short, plain, and none that can be read as another.

A name is ASCII on purpose. Letters of other scripts would need a table of look-alikes to keep
`@аda` (Cyrillic) from passing as `@ada`, and could not be typed by every reader; what people
write stays free.
"""

from __future__ import annotations

import re
import unicodedata

from bridgebot.errors import Rejected

SHAPE = "[a-z0-9_]{2,24}"
_NAME = re.compile(SHAPE)
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "_": None})
_WORDS = """
    about abuse account accounts admin administrator all anonymous api app atom bot bridgebot contact
    everybody everyone feed feeds help here home host info legal login mail mod moderation moderator
    news nobody notice null official operator owner plaza postmaster press privacy root rss security
    service settings signup staff static status support sysop system tag tags team terms undefined
    webmaster www
"""


def skeleton(name: str) -> str:
    """What a name looks like at a glance: two names of one skeleton are never both given away."""
    return name.translate(_ALIKE).replace("rn", "m").replace("vv", "w")


_RESERVED = frozenset(skeleton(word) for word in _WORDS.split())


def folded(text: str) -> str:
    """A name as people type it (`＠Lin`, ` @lin `), as it is kept: `lin`."""
    return unicodedata.normalize("NFKC", text).strip().removeprefix("@").lower()


def wanted(answer: str) -> str:
    """The name that a person asks for.

    Raises Rejected for one that has not the shape, or that nobody may have.
    """
    name = folded(answer)
    if not _NAME.fullmatch(name) or not re.search("[a-z]", name):
        raise Rejected("plaza-name-shape")
    if skeleton(name) in _RESERVED:
        raise Rejected("plaza-name-reserved", name=name)
    return name
