"""How somebody becomes the operator: what to scan, to open or to write."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Sequence

import segno

from bridgebot.cli.reach import Answer, Verdict
from bridgebot.cli.terminal import say_in
from bridgebot.store.keep import CLAIM_DAYS

QUIET = 4  # modules around the code: ISO/IEC 18004, 9.1
# White on black, whatever the terminal's own colours are: many a camera reads no code with its colours
# swapped. The numbers are those of the fixed cube of 256 colours, which themes leave alone.
_COLOURS, _PLAIN = "\x1b[38;5;231;48;5;16m", "\x1b[0m"


def lines(code: str, answers: Sequence[Answer], language: str) -> list[str]:
    """The ways in, for every chat network: an address with its picture, or a line to write to the bot."""
    found: list[str] = []
    for one in answers:
        if one.verdict is Verdict.REACHED:
            found += [f"{one.title} ({one.name}): {one.words}", *opening(one.words, language), ""]
        elif one.verdict is not Verdict.UNASKED:
            found += [say_in(language, "online-wrong", name=one.name, problem=one.words), ""]
    if all(one.verdict is Verdict.REACHED for one in answers):
        return found[:-1]
    return [*found, say_in(language, "claim-write", command=f"/start {code}", days=CLAIM_DAYS)]


def opening(address: str, language: str) -> list[str]:
    """The picture of an address where there is room for it, and what to do with either."""
    picture = qr(address)
    words = say_in(language, "claim-scan" if picture else "claim-open", days=CLAIM_DAYS)
    return [*picture, words]


def qr(address: str) -> list[str]:
    """`address` as a QR code of half blocks; nothing where no person looks or it would be torn."""
    code = segno.make_qr(address)
    width, _ = code.symbol_size(border=QUIET)
    if not sys.stdout.isatty() or shutil.get_terminal_size().columns < width or not _has_blocks():
        return []
    drawn = io.StringIO()
    code.terminal(out=drawn, border=QUIET, compact=True)
    rows = drawn.getvalue().splitlines()
    if os.environ.get("TERM") == "dumb":
        return rows
    return [f"{_COLOURS}{row}{_PLAIN}" for row in rows]


def _has_blocks() -> bool:
    try:
        "█▀▄".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
