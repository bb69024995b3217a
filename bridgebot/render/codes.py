"""Short ids: `7k2` for the seventh-or-so post of a chat.

Lower case, no vowels, nothing that looks like another character (0 o 1 l); the first character is
a digit, so an id is never a word. Neighbours look different, because people mistype neighbours.
"""

from __future__ import annotations

import regex

# The order is fixed for ever: stored numbers are shown through it.
_SYMBOLS = "c7fgkh3jnb5pdqm4rsv6wx8t2z9"
_FIRST = "23456789"
_SHORTEST = 2  # symbols after the first digit
_ID = regex.compile(f"[{_FIRST}][{_SYMBOLS}]{{{_SHORTEST},6}}")


def short_id(number: int) -> str:
    """The short id of post `number` (from 1) of a chat: 3 characters for the first 5832, then 4, …"""
    if number < 1:
        raise ValueError(f"posts are counted from 1, not {number}")
    index, count = number - 1, _SHORTEST
    while index >= (block := len(_FIRST) * _size(count)):
        index, count = index - block, count + 1
    size = _size(count)
    step, start = _spread(size)
    return _FIRST[index % len(_FIRST)] + _written((step * index + start) % size, count)


def short_number(code: str) -> int | None:
    """The number that `short_id` wrote as `code`; None for what is no short id."""
    if not is_short_id(code):
        return None
    count = len(code) - 1
    size = _size(count)
    step, start = _spread(size)
    value = 0
    for symbol in code[1:]:
        value = value * len(_SYMBOLS) + _SYMBOLS.index(symbol)
    rest = (value - start) * _inverse(step, size) % size
    # The first digit is the index modulo 8, the others give it modulo 27^n: coprime, so both fix it.
    turns = (_FIRST.index(code[0]) - rest) * _inverse(size, len(_FIRST)) % len(_FIRST)
    before = sum(len(_FIRST) * _size(shorter) for shorter in range(_SHORTEST, count))
    return before + rest + size * turns + 1


def is_short_id(word: str) -> bool:
    """Whether a word has the form of a short id; lower case only."""
    return _ID.fullmatch(word) is not None


def _spread(size: int) -> tuple[int, int]:
    """Step and start of the affine map over `size` values (a power of 27): about a fifth each time."""
    step = (size + 2) // 5
    return (step if step % 3 else step + 1), 3 * size // 20


def _size(count: int) -> int:
    """How many texts `count` symbols can make."""
    return int(len(_SYMBOLS) ** count)


def _inverse(number: int, modulus: int) -> int:
    return int(pow(number, -1, modulus))


def _written(value: int, count: int) -> str:
    symbols = ""
    for _ in range(count):
        value, digit = divmod(value, len(_SYMBOLS))
        symbols = _SYMBOLS[digit] + symbols
    return symbols
