"""Foreign words made harmless."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

import regex

from bridgebot.render.rich import Rich

T = TypeVar("T", str, Rich)  # plain or with emphasis, and so is what comes of it

# Marks that reorder what stands around them (UAX #9): a name with one can turn a whole line round.
_REORDERING = regex.compile("[\u202a-\u202e\u2066-\u2069]")
# Control characters but tab and line break: an escape code acts in a terminal. Half a character (a lone
# surrogate) is no text: nothing can be sent that has one.
_CONTROL = regex.compile(r"[[\p{Cc}\p{Cs}]--[\t\n]]", regex.V1)
_BREAKS = regex.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Any character of these three.
_ACTING = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# Invisible characters, but for the joiner between two parts of one emoji.
_INVISIBLE = regex.compile(
    r"(?<=\p{Extended_Pictographic}[\ufe0f\p{EMod}]?)\u200d(?=\p{Extended_Pictographic})(*SKIP)(*FAIL)"
    r"|[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]"
)
_GRAPHEME = regex.compile(r"\X")
# What chats and networks take for a name that is called; in an address of the web it is none, and must stay
# as it is. Networks differ in where an address ends (`https://x.example/路@lin`), in what of one calls people
# all the same (`https://x.example/.@lin`, with Mastodon), and in whether a name may follow Chinese without a
# space: here every doubt counts for a name. Some take the wide @ of Chinese keyboards, too.
AT = regex.compile(
    r"(?i:https?)://(?<![\p{Latin}\p{N}_@＠&/](?i:https?)://)(?<![#＃][\p{L}\p{N}\p{M}_]*(?i:https?)://)"
    r"(?:(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}|\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?"
    r"[/?#](?:[!-?A-~]|(?<=[A-Za-z0-9_=/])@|@(?![A-Za-z0-9_]))*(*SKIP)(*FAIL)"
    r"|(?<![A-Za-z0-9_])[@＠](?=[\p{L}\p{N}_])"
)
_NO_HEAD = str.maketrans("[]［］", "()（）")  # in brackets stands the short id, and nothing else

MARK = "│ "  # before every further line of foreign text: no such line can pass for the bot's
LONGEST_NAME = 64  # graphemes
LONGEST_QUOTE = 200
WORD_JOINER = "\u2060"


def foreign(text: T) -> T:
    """Somebody else's text without what acts on its surroundings: one kind of line break is left."""
    if not _ACTING.search(str(text)):
        return text
    return _sub(_REORDERING, "", _sub(_CONTROL, "", _sub(_BREAKS, "\n", text)))


def marked(text: str) -> str:
    """Foreign text as it stands behind a head of the bot: further lines bear the mark."""
    return foreign(text).strip("\n").replace("\n", f"\n{MARK}")


def clean_name(name: str) -> str:
    """A name on one line, without invisible and reordering characters, at most 64 graphemes.

    Joiners inside emoji stay, everything else that cannot be seen goes.
    """
    return one_line(seen(name), LONGEST_NAME)


def handle(name: str) -> str:
    """Somebody's handle as the bot shows it. It begins with @, whatever their server calls them, and is
    without brackets: so it is neither a line of the bot's nor the head of another post.
    """
    shown = clean_name(name).translate(_NO_HEAD)
    return shown if shown.startswith("@") else f"@{shown}"


def called(handle_: str, name: str) -> str:
    """Somebody as the bot names them: by their handle, and beside it as they call themselves."""
    who, name = handle(handle_), clean_name(name)
    return f"{who} ({name})" if name and name != who.lstrip("@") else who


def seen(text: str) -> str:
    """Foreign words on one line, without what cannot be seen."""
    return _visible(foreign(text).replace("\n", " "))


def quoted(arguments: Mapping[str, str | int]) -> dict[str, str | int]:
    """What a sentence of the bot says in a network's own words, such as why something failed."""
    return {
        name: one_line(seen(value), LONGEST_QUOTE) if isinstance(value, str) else value
        for name, value in arguments.items()
    }


def clean_url(url: str) -> str:
    """An address as a network gave it, on one line and without what cannot be seen."""
    return "".join(_visible(foreign(url)).split())


def _visible(text: str) -> str:
    return text if text.isascii() and text.isprintable() else str(_INVISIBLE.sub("", text))


def one_line(text: str, length: int) -> str:
    """Text on one line, cut to `length` graphemes with an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= length:  # a grapheme is one character or more
        return line
    graphemes = _GRAPHEME.findall(line)
    return line if len(graphemes) <= length else "".join(graphemes[: length - 1]).rstrip() + "…"


def unpinged(text: T) -> T:
    """Text in which no `@name` calls anybody: a word joiner (U+2060) stands behind each @."""
    if isinstance(text, str):
        return str(AT.sub(rf"\g<0>{WORD_JOINER}", text))
    return text.rewritten((found.end(), found.end(), WORD_JOINER) for found in AT.finditer(text.text))


def _sub(pattern: regex.Pattern[str], new: str, text: T) -> T:
    return text.sub(pattern, new) if isinstance(text, Rich) else str(pattern.sub(new, text))
