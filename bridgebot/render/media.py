"""Pictures, films and sounds of a post, as lines of text."""

from __future__ import annotations

from collections.abc import Container, Sequence

import regex

from bridgebot.model import Attachment
from bridgebot.render.plain import clean_url, one_line, seen

SHOWN = 4  # of the media of one post; the others are counted
DESCRIBED = 120  # graphemes of a description
BESIDE = 400  # of one that belongs to a picture that is shown
_SIGNS = {"image": "🖼", "video": "🎬", "audio": "🔊", "file": "📎"}
_WEB = regex.compile(r"https?://.+", regex.IGNORECASE)


def media_lines(media: Sequence[Attachment], exhibited: Container[int] = ()) -> list[str]:
    """`🖼 a cat asleep: https://…`, one line each; `… +3` for what is not told. Of what can be seen itself
    (`exhibited`, by their numbers) the description alone stands there, if there is one.
    """
    if not media:
        return []
    seen_ones = [one for number, one in enumerate(media) if number in exhibited and one.alt]
    others = [one for number, one in enumerate(media) if number not in exhibited]
    lines = [_line(one, "", BESIDE) for one in seen_ones]
    lines += [_line(one, clean_url(one.url), DESCRIBED) for one in others[:SHOWN]]
    return [*lines, f"… +{len(others) - SHOWN}"] if len(others) > SHOWN else lines


def _line(attachment: Attachment, url: str, longest: int) -> str:
    """An address that is none of the web's is left out."""
    parts = (one_line(seen(attachment.alt), longest), url if _WEB.fullmatch(url) else "")
    return f"{_SIGNS[attachment.kind]} {': '.join(part for part in parts if part)}".rstrip()
