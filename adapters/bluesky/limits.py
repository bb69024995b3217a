"""What fits into a post, how much a server lets through, and what its answers say is left of that.

Sources: lexicons/app/bsky/feed/post.json, lexicons/app/bsky/embed/images.json and video.json and
packages/pds/src/rate-limits.ts of bluesky-social/atproto; docs.bsky.app, "Rate Limits" and "Uploading Video";
src/lib/constants.ts of bluesky-social/social-app.
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
# The lexicon takes 300 MB since August 2026; it was 100 before, and not every server that checks by it is as
# new. Longer films stand in a repository, but nobody is shown them.
FILM_BYTES, FILM_SECONDS = 100_000_000, 600

POINTS_AN_HOUR, POINTS_A_DAY, UPLOADS_A_DAY = 5000, 35000, 1000
RESERVE = 5  # one part of so many: with less left, what somebody does is slowed down as well
# Making a record, by the network's own page; changing one takes 2, deleting one 1. Its own server counts 2
# for every `putRecord`, which is all that is called here; others may not. This is never too little.
POINTS_OF_A_WRITE = 3
FILES: Final = FileLimits(
    count=IMAGES,
    types=frozenset({"image/jpeg", "image/png", "image/webp", "video/mp4"}),  # of a GIF only a film moves
    image_bytes=IMAGE_BYTES,
    video_bytes=FILM_BYTES,
    video_seconds=FILM_SECONDS,
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
# The network counts calls by the address that they come from, at each of its servers: so all who are read
# there share one budget. What somebody does is counted by account: else one person could stop the others.
THERE: Final = Rate("calls-there", Per.HOST, 3000, 300, burst=100)
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
RATES: Final = (THERE, CALLS, WRITES, WRITES_A_DAY, UPLOADS, NAMELESS)


def tell(rates: Rates, got: Response, account: Account | None, server: str, now: datetime) -> None:
    """Hand on what an answer says is left. It names the limit that is nearest by its size only. `server`:
    where the call went, as `THERE` counts it; without an account the network, as `NAMELESS` does.
    """
    said = left(got.headers, now)
    if said is None:
        return
    if account is None:
        rates.heard(NAMELESS.name, None, said, server=server)
        return
    points = {POINTS_AN_HOUR: WRITES, POINTS_A_DAY: WRITES_A_DAY}.get(said.limit)
    if said.limit == UPLOADS_A_DAY:
        rates.heard(UPLOADS.name, account, said)
        return
    if points is None:
        rates.heard(THERE.name, None, said, server=server)
        if said.remaining <= said.limit // RESERVE:  # else everybody's word would be kept, to the same effect
            rates.heard(CALLS.name, account, said)
        return
    each = POINTS_OF_A_WRITE
    rates.heard(points.name, account, Left(said.limit // each, said.remaining // each, said.seconds))
