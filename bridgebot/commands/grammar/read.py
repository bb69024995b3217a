"""Reading a text. The rules are the answer to what every older bot got wrong: publishing a command
that was mistyped, and swallowing a post that began like one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import regex

from bridgebot.commands.grammar.secrets import Secret, secret
from bridgebot.commands.grammar.words import ELSEWHERE, LONGER, Shape, Vocabulary, Word, slips
from bridgebot.render.codes import is_short_id


@dataclass(frozen=True, slots=True)
class Command:
    """A prefix and a known word: run it."""

    name: str
    argument: str  # exactly as typed, after the word and one separator


@dataclass(frozen=True, slots=True)
class Near:
    """A prefix and a word that is nearly a command, or one with what it does not take: say so."""

    name: str  # the command that was probably meant
    typed: str  # the word as typed
    argument: str


@dataclass(frozen=True, slots=True)
class Words:
    """No prefix, but in full it reads as a command: ask."""

    name: str
    argument: str


@dataclass(frozen=True, slots=True)
class Greeting:
    """Nothing but a greeting or thanks, most likely meant for the bot: ask."""


@dataclass(frozen=True, slots=True)
class Text:
    """A post to be."""

    text: str  # as typed; of `//…` one slash is left


Reading = Command | Near | Words | Greeting | Secret | Text

# Full-width forms stand 0xFEE0 above ASCII. One character for one: places in both texts agree.
_FOLD = {code + 0xFEE0: code for code in range(0x21, 0x7F)} | {0x3000: 0x20, 0x00A0: 0x20}
_WORD = regex.compile(r"[A-Za-z][A-Za-z0-9_-]*")
# `/post@some_bot`, as Telegram writes it: names of bots end so (core.telegram.org/bots/features).
_BOT = regex.compile(r"@[A-Za-z0-9_]*bot(?=\s|$)", regex.IGNORECASE)
_HAN = regex.compile(r"\p{Han}+")
_GLUED = regex.compile(r"([a-z]+)([2-9].*)")  # `/fav7k2`
_MARKS = regex.compile(r"\p{P}*")
_NO_WORDS = regex.compile(r"[^\p{L}\p{N}]+")
_HANDLE = regex.compile(r"@?[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?(?:@[\p{L}\p{N}.-]+)?")
_ADDRESS = regex.compile(r"https?://\S+", regex.IGNORECASE)
_GREETINGS = frozenset(
    phrase.strip()
    for phrase in """
    hi / hello / hey / hey there / hi there / hello there / hello bot / hi bot / yo / ping / test
    are you there / anybody there / good morning / good afternoon / good evening / good night / morning
    thanks / thank you / thank you very much / thank you so much / thanks a lot / thx / ty / cheers
    ok / okay / k / yes / no / please / bye / goodbye
    你好 / 您好 / 你好啊 / 你好呀 / 嗨 / 哈喽 / 哈罗 / 喂 / 在 / 在吗 / 在么 / 在不在 / 有人吗 / 测试
    早 / 早安 / 早上好 / 上午好 / 中午好 / 下午好 / 晚上好 / 晚安
    谢谢 / 谢谢你 / 谢谢您 / 多谢 / 谢了 / 谢谢啦 / 感谢 / 好 / 好的 / 好吧 / 行 / 可以 / 嗯 / 嗯嗯 / 收到
    是 / 是的 / 不 / 不是 / 再见 / 拜拜
    """.replace("\n", "/").split("/")
    if phrase.strip()
)
_LONGEST_GREETING = 60  # code points, with whatever marks stand around it


def read(text: str, vocabulary: Vocabulary) -> Reading:
    """What a typed text is. Matching folds case, full-width forms and U+3000; what is posted does not."""
    folded = text if text.isascii() else text.translate(_FOLD)
    start = len(folded) - len(folded.lstrip())
    if folded.startswith("//", start):
        return secret(text) or Text(text[start + 1 :])
    prefixed = (
        _prefixed(text, folded, start + 1, vocabulary) if folded[start : start + 1] in ("/", "!") else None
    )
    if isinstance(prefixed, Command):
        return prefixed
    return secret(text) or prefixed or _greeting(folded) or _words(text, folded, vocabulary) or Text(text)


# --- with a prefix -----------------------------------------------------------------------------


def _prefixed(text: str, folded: str, start: int, vocabulary: Vocabulary) -> Command | Near | None:
    """The command directly behind the prefix, at `start`; None: it is a post that begins so."""
    found = _WORD.match(folded, start)
    if found is None:
        return _chinese(text, folded, start, vocabulary)
    if folded[found.end() : found.end() + 1] in ("/", "\\"):
        return None  # a path: `/etc/passwd`
    bot = _BOT.match(folded, found.end())
    end = bot.end() if bot else found.end()
    return _latin(text, folded, found.group(), end, vocabulary)


def _latin(text: str, folded: str, typed: str, end: int, vocabulary: Vocabulary) -> Command | Near | None:
    word = vocabulary.named(typed)
    if word is not None:
        return _known(word, typed, text, folded, end)
    argument = _behind(text, end)
    glued = _GLUED.fullmatch(typed.lower())
    if glued and (word := vocabulary.named(glued.group(1))) and is_short_id(glued.group(2)):
        return Near(word.name, typed, f"{glued.group(2)} {argument}".strip())
    if typed.lower() in ELSEWHERE:
        return Near("help", typed, argument)
    near = vocabulary.near(typed, sure=_is_about(typed, argument.strip()))
    return Near(near.name, typed, argument) if near else None


def _is_about(typed: str, argument: str) -> bool:
    """Whether it is hardly anything but a command: with a post's id behind it (`/bosot 7k2`), or, where it
    is two letters only, a post or somebody: `/er 7k2 yes`, `/dn @ada what only she is to read`.
    """
    if len(typed) > 2:
        return is_short_id(argument.lower().removeprefix("#"))
    about = argument.partition(" ")[0].lower()
    return about.startswith("@") or is_short_id(about.removeprefix("#"))


def _known(word: Word, typed: str, text: str, folded: str, end: int) -> Command | Near:
    """A known word ends at `end`: with a separator or Chinese behind it, it is the command."""
    behind = folded[end:]
    if _MARKS.fullmatch(behind):
        return Command(word.name, "")  # `/undo`, `/undo!`, `/help?`
    separated = behind[:1].isspace() or ord(behind[0]) > 0x2E7F
    argument = _behind(text, end)
    if not separated or (word.shape is Shape.NOTHING and argument.strip()):
        return Near(word.name, typed, argument)
    return Command(word.name, argument)


def _chinese(text: str, folded: str, start: int, vocabulary: Vocabulary) -> Command | Near | None:
    """Chinese aliases need no space, so what follows must fit unless the command takes any text."""
    found = vocabulary.chinese(folded[start:])
    if found is None:
        return _nearly_chinese(text, folded, start, vocabulary)
    alias, word = found
    end = start + len(alias)
    argument = _behind(text, end)
    glued = not folded[end : end + 1].isspace()
    if LONGER.match(folded, start) or (glued and not _fits(word, argument.translate(_FOLD).strip())):
        return Near(word.name, alias, argument)
    if word.shape is Shape.NOTHING and _NO_WORDS.sub("", argument):
        return Near(word.name, alias, argument)
    return Command(word.name, argument if _NO_WORDS.sub("", argument) or word.shape is Shape.TEXT else "")


def _nearly_chinese(text: str, folded: str, start: int, vocabulary: Vocabulary) -> Near | None:
    """Only behind a slash and as a word of its own: `！加油` is no mistyped `/加入`."""
    typed = _HAN.match(folded, start)
    word = vocabulary.near_chinese(typed.group()) if typed and folded[start - 1] == "/" else None
    return Near(word.name, typed.group(), _behind(text, typed.end())) if typed and word else None


def _fits(word: Word, argument: str) -> bool:
    """Whether an argument that directly follows a Chinese alias can be meant as one."""
    first = argument.partition(" ")[0]
    match word.shape:
        case Shape.POST | Shape.POST_AND_TEXT:
            return not _NO_WORDS.sub("", argument) or _is_post(first)
        case Shape.PERSON:
            return not _NO_WORDS.sub("", argument) or _is_post(first) or is_handle(first)
        case _:
            return True


def _behind(text: str, end: int) -> str:
    """What follows a word, after one separator if there is one."""
    return text[end + 1 :] if text[end : end + 1].isspace() else text[end:]


# --- without a prefix --------------------------------------------------------------------------


def _greeting(folded: str) -> Greeting | None:
    if len(folded) > _LONGEST_GREETING:
        return None
    words = _NO_WORDS.sub(" ", folded, concurrent=False).strip().lower()
    return Greeting() if words in _GREETINGS else None


def _words(text: str, folded: str, vocabulary: Vocabulary) -> Words | None:
    """`undo`, `fav 7k2`, `follow ada@example.social`; "on the way home" is simply a post."""
    bare = folded.strip()
    typed = bare.partition(" ")[0]
    word = vocabulary.named(typed.rstrip(".:!?。"))
    if word is None and (found := vocabulary.chinese(bare)):
        # `赞7k2`, `关注@lin`; without a space any other text is simply a longer word: `记得吃饭`
        typed, word = found[0], replace(found[1], plain="")
    if word is None:
        return None
    if len(bare) == 1 and bare.isascii():
        return None  # one letter says too little
    argument = _behind(text.strip(), len(typed)).strip()
    return Words(word.name, argument) if _reads_as(word, argument.translate(_FOLD)) else None


def _reads_as(word: Word, argument: str) -> bool:
    """Whether this, behind the word and without a prefix, can hardly be anything but the command."""
    first, _, rest = argument.partition(" ")
    if not argument:
        return True
    if word.plain and regex.fullmatch(word.plain, argument, regex.IGNORECASE):
        return True
    match word.shape:
        case Shape.POST:
            return not rest and _is_post(first)
        case Shape.POST_AND_TEXT:
            return bool(rest) and _is_post(first)
        case Shape.PERSON:
            return not rest and (_is_post(first) or (is_handle(first) and "@" in first))
        case _:
            return False


# --- words of arguments ------------------------------------------------------------------------


def _is_post(word: str) -> bool:
    word = word.lstrip("#[").rstrip("]")
    return is_short_id(word.lower()) or _ADDRESS.fullmatch(word) is not None


def is_handle(word: str) -> bool:
    """Whether a word can name a person: `@lin`, `lin`, `ada@example.social`, `@ada@example.social`."""
    return _HANDLE.fullmatch(word.strip()) is not None


def may_name_targets(text: str) -> bool:
    """Whether a text begins as one with targets in front. Pure."""
    return text.lstrip()[:1] in _SIGNS


def plain(word: str) -> str:
    """A word in small letters, where it is of plain ones: K, the sign for kelvin, is no k."""
    return word.lower() if word.isascii() else word


def targets(text: str, names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """`+name` and `-name` in front of a text, exact names only: (added, left out, the rest as typed)."""
    known = {name.lower(): name for name in names}
    add: list[str] = []
    remove: list[str] = []
    rest = text
    while (found := _TARGET.match(rest.translate(_FOLD))) and (name := known.get(plain(found.group(2)))):
        (add if found.group(1) == "+" else remove).append(name)
        rest = rest[found.end() :]
    return tuple(add), tuple(remove), rest


def is_misnamed(text: str, names: Iterable[str]) -> bool:
    """Whether a text begins with `+` or `-` and a word that is a slip away from one of the names: what was to
    choose accounts would be posted, and everywhere. Pure.
    """
    found = _TARGET.match(text.translate(_FOLD))
    typed = plain(found.group(2)) if found else ""
    return len(typed) >= _LONG_NAME and any(slips(typed, name.lower()) == 1 for name in names)


_LONG_NAME = 4  # letters: shorter ones are a slip away from too many words
_SIGNS = frozenset("+-＋－")
_TARGET = regex.compile(r"\s*([+-])(\S+)(?:\s+|$)")
