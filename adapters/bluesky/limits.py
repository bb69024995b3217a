"""What fits into a post, how much a server lets through, and what its answers say is left of that.

Sources: lexicons/app/bsky/feed/post.json, lexicons/app/bsky/embed/images.json and
packages/pds/src/rate-limits.ts of bluesky-social/atproto; docs.bsky.app, "Rate Limits".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from adapters.bluesky.facets import SHOWN
from adapters.bluesky.records import WARNING_FRAME
from bridgebot.adapter import Per, Rate, Rates
from bridgebot.http import Response
from bridgebot.http.retry import Left, left
from bridgebot.model import Account, FileLimits, Limits

GRAPHEMES, BYTES = 300, 3000  # of a post; both count
IMAGES, IMAGE_BYTES, ALT = (
    4,
    2_000_000,
    2000,
)  # 1,000,000 bytes until April 2026; the app's limit of alt texts

POINTS_AN_HOUR, POINTS_A_DAY, UPLOADS_A_DAY = 5000, 35000, 1000
POINTS_OF_A_WRITE = 3  # making a record; changing one takes 2, deleting one 1
FILES: Final = FileLimits(
    count=IMAGES,
    types=frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"}),
    image_bytes=IMAGE_BYTES,
    alt_length=ALT,
)
POST: Final = Limits(
    GRAPHEMES, "graphemes", url_most=SHOWN, max_bytes=BYTES, warning_frame=WARNING_FRAME, files=FILES
)
WRITTEN: Final = replace(POST, url_most=None)  # of the text as it stands in the record
_WRITES = frozenset(
    {"publish", "edit", "delete", "favourite", "unfavourite", "boost", "unboost"}
    | {"follow", "unfollow", "block", "unblock"}
)
# The network counts these calls by the address that they come from, which the accounts of one server share.
# They are counted by account here: else one server could stop the people of all others.
CALLS: Final = Rate("calls", Per.ACCOUNT, 3000, 300, burst=1000)
WRITES: Final = Rate(
    "writes", Per.ACCOUNT, POINTS_AN_HOUR // POINTS_OF_A_WRITE, 3600, burst=400, operations=_WRITES
)
WRITES_A_DAY: Final = Rate(
    "writes-a-day", Per.ACCOUNT, POINTS_A_DAY // POINTS_OF_A_WRITE, 86400, burst=2000, operations=_WRITES
)
UPLOADS: Final = Rate(
    "uploads", Per.ACCOUNT, UPLOADS_A_DAY, 86400, burst=100, operations=frozenset({"upload"})
)
NAMELESS: Final = Rate("nameless", Per.SERVER, 3000, 300, burst=1000)
RATES: Final = (CALLS, WRITES, WRITES_A_DAY, UPLOADS, NAMELESS)


def tell(rates: Rates, got: Response, account: Account | None, server: str, now: datetime) -> None:
    """Hand on what an answer says is left. It names the limit that is nearest by its size only."""
    said = left(got.headers, now)
    if said is None:
        return
    if account is None:
        rates.heard(NAMELESS.name, None, said, server=server)
        return
    points = {POINTS_AN_HOUR: WRITES, POINTS_A_DAY: WRITES_A_DAY}.get(said.limit)
    if points is None:
        rate = UPLOADS if said.limit == UPLOADS_A_DAY else CALLS
        rates.heard(rate.name, account, said, server=server)
        return
    each = POINTS_OF_A_WRITE
    rates.heard(
        points.name, account, Left(said.limit // each, said.remaining // each, said.seconds), server=server
    )
