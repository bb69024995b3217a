"""Pictures, films and sounds of a post, as lines of text."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from bridgebot.model import Attachment
from bridgebot.render.plain import clean_url, one_line, seen

SHOWN = 4  # of the media of one post; the others are counted
DESCRIBED = 120  # graphemes of a description
_SIGNS = {"image": "🖼", "video": "🎬", "audio": "🔊", "file": "📎"}
_WEB = regex.compile(r"https?://.+", regex.IGNORECASE)


def media_lines(media: Sequence[Attachment]) -> list[str]:
    """`🖼 a cat asleep: https://…`, one line each; `… +3` for what is not shown."""
    lines = [_line(attachment) for attachment in media[:SHOWN]]
    return [*lines, f"… +{len(media) - SHOWN}"] if len(media) > SHOWN else lines


def _line(attachment: Attachment) -> str:
    """An address that is none of the web's is left out."""
    url = clean_url(attachment.url)
    parts = (one_line(seen(attachment.alt), DESCRIBED), url if _WEB.fullmatch(url) else "")
    return f"{_SIGNS[attachment.kind]} {': '.join(part for part in parts if part)}".rstrip()
