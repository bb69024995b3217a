"""Pages of 40 statuses: one written for this, and one of what a real server answered.

The written page is as people's timelines are: paragraphs, mentions, tags, long links with their hidden
halves, pictures, boosts, a warning, other languages. The recorded one is real JSON, but its texts are short:
it was recorded for the tests of Mastodon.py, and is there only where those recordings are
(`python -m tests.servers.recorded` fetches them).
"""

from __future__ import annotations

import json
from typing import Any

from benchmarks.runner import Comparison, Figures, Side, Void
from tests.servers.recorded import ARCHIVE, MISSING, recorded

PAGE = 40
_LINK = (
    '<a href="https://example.org/2026/11/a-rather-long-address-of-a-page" target="_blank" '
    'rel="nofollow noopener" translate="no"><span class="invisible">https://</span>'
    '<span class="ellipsis">example.org/2026/11/a-rather-lo</span>'
    '<span class="invisible">ng-address-of-a-page</span></a>'
)
_MENTION = (
    '<span class="h-card" translate="no"><a href="https://example.net/@lin" class="u-url mention">'
    "@<span>lin</span></a></span>"
)
_TAG = '<a href="https://example.social/tags/bikes" class="mention hashtag" rel="tag">#<span>bikes</span></a>'
_TEXTS = (
    "<p>Good morning from the train. The river is high again, and somebody forgot an umbrella.</p>",
    f"<p>{_MENTION} I think you are right, but the second paragraph does not say so:</p><p>{_LINK}</p>",
    f"<p>New tyres!<br>They are <strong>loud</strong> &amp; they are green.</p><p>{_TAG} {_TAG}</p>",
    "<p>今天的天气真好，去河边走了一圈，看到了很多鸟。</p><p>晚上再写。</p>",
    f"<p>Three things that I learned this week:</p><p>1. Read the manual.<br />2. Twice.<br />3. {_LINK}</p>"
    "<p>It&#39;s all in there, only not where one looks first. I wrote down what I found for those who come "
    f"after me, and for myself in a year, when I will have forgotten everything about it. {_TAG}</p>",
)


def _account(number: int) -> dict[str, Any]:
    name = f"user{number}"
    home = f"https://example.net/@{name}"
    picture = "https://files.example.net/accounts/avatars/original/0123456789abcdef.png"
    return {
        "id": str(10**17 + number), "username": name, "acct": f"{name}@example.net", "locked": False,
        "display_name": f"User {number} 🚲", "bot": False, "discoverable": True, "group": False,
        "created_at": "2022-11-05T00:00:00.000Z", "note": f"<p>I ride, read and write. {_TAG} {_LINK}</p>",
        "url": home, "uri": f"https://example.net/users/{name}", "avatar": picture, "avatar_static": picture,
        "header": picture, "header_static": picture, "followers_count": 310, "following_count": 280,
        "statuses_count": 4100, "last_status_at": "2026-11-23", "emojis": [], "roles": [],
        "fields": [{"name": "Site", "value": _LINK, "verified_at": None}] * 2,
    }  # fmt: skip


def _picture(number: int) -> dict[str, Any]:
    address = f"https://files.example.net/media_attachments/files/{number}/original/0123456789abcdef.jpg"
    size = {"width": 1200, "height": 800, "size": "1200x800", "aspect": 1.5}
    return {
        "id": str(number), "type": "image", "url": address, "preview_url": address, "remote_url": None,
        "meta": {"original": size, "small": size}, "description": "A green bicycle at a wall, in the sun",
        "blurhash": "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH",
    }  # fmt: skip


def status(number: int, *, boost: bool = True) -> dict[str, Any]:
    """One of the written page: every fourth is a boost, every third has a picture, every tenth a warning."""
    author, text = _account(number), _TEXTS[number % len(_TEXTS)]
    mention = {"id": "5", "username": "lin", "url": "https://example.net/@lin", "acct": "lin@example.net"}
    return {
        "id": str(10**17 + number), "created_at": f"2026-11-23T10:{number:02}:00.000Z", "account": author,
        "in_reply_to_id": None, "in_reply_to_account_id": None, "sensitive": number % 10 == 0,
        "spoiler_text": "food" if number % 10 == 0 else "", "visibility": "public", "language": "en",
        "uri": f"{author['uri']}/statuses/{number}", "url": f"{author['url']}/{number}", "replies_count": 1,
        "reblogs_count": 2, "favourites_count": 3, "edited_at": None, "content": text,
        "reblog": status(number + 1, boost=False) if boost and number % 4 == 0 else None,
        "application": {"name": "Web", "website": None},
        "media_attachments": [_picture(number)] if number % 3 == 0 else [],
        "mentions": [mention] if _MENTION in text else [], "emojis": [], "card": None, "poll": None,
        "tags": [{"name": "bikes", "url": "https://example.social/tags/bikes"}] if _TAG in text else [],
    }  # fmt: skip


def written() -> bytes:
    """The written page, as a server sends it."""
    return json.dumps([status(number) for number in range(PAGE)], ensure_ascii=False).encode()


def from_recordings() -> bytes:
    """40 statuses that the newest of the recorded servers sent in timelines."""
    answers = recorded("GET", r"/api/v1/(timelines/.*|accounts/[^/]+/statuses)", newest=True)
    found = {one["id"]: one for answer in answers if answer.status == 200 for one in answer.json or ()}
    page = (list(found.values()) * PAGE)[:PAGE]
    return json.dumps(page, ensure_ascii=False).encode()


def pages() -> dict[str, bytes]:
    """Every page that is here, by its name."""
    return {"written": written(), **({"recorded": from_recordings()} if ARCHIVE.exists() else {})}


def absent(benchmark: str) -> list[Comparison]:
    """What cannot be compared without the recordings: it is void, and says how to get them."""
    return [] if ARCHIVE.exists() else [Comparison(f"{benchmark}, recorded", Side("nothing", _missing))]


def _missing() -> Figures:
    raise Void(MISSING)
