"""Posts and memos as a table for spreadsheets (RFC 4180). Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import regex

from bridgebot.store.mine import Record

COLUMNS = (
    "id",
    "written",
    "edited",
    "deleted",
    "kind",
    "audience",
    "language",
    "warning",
    "text",
    "addresses",
    "answers",
)
_MARK = "\ufeff"  # spreadsheets take the file for UTF-8 by it
# With one of these in front, also full-width or behind blanks, a spreadsheet calculates what it is given.
_FORMULA = regex.compile(r"\s*[=+\-@\t\r|＝＋－＠]")


def begin() -> str:
    return _MARK + _line(COLUMNS)


def lines(page: Iterable[Record]) -> str:
    return "".join(_line(_cells(post)) for post in page)


def _cells(post: Record) -> list[str]:
    addresses = dict.fromkeys(url for url in [post["url"], *(c["url"] for c in post["copies"])] if url)
    answered = post["answers"] or {}
    answers = answered.get("post") or answered.get("url") or answered.get("uri")
    kind = "memo" if post["memo"] else "post"
    told = (
        post["created_at"],
        post["edited_at"],
        post["deleted_at"],
        kind,
        post["audience"],
        post["language"],
    )
    cells = (post["id"], *told, post["warning"], post["text"], " ".join(addresses), answers)
    return [tamed("" if cell is None else str(cell)) for cell in cells]


def tamed(cell: str) -> str:
    """A cell as text, whatever it looks like."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
