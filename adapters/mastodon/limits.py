"""How much a server lets through, and what its answers say is left of it.

config/initializers/rack_attack.rb of Mastodon: 300 calls in 5 minutes for each token, and for each
address that calls without one; in 30 minutes 30 deletions or boosts taken back and 30 files for each account.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bridgebot.adapter import Per, Rate, Rates
from bridgebot.http import Response
from bridgebot.http.retry import left
from bridgebot.model import Account

# Servers count in fixed spans, so half of a span's calls may come at once.
CALLS: Final = Rate("calls", Per.ACCOUNT, 300, 300, burst=150)
TAKING_BACK: Final = Rate(
    "taking-back", Per.ACCOUNT, 30, 1800, burst=15, operations=frozenset({"delete", "unboost"})
)
FILES: Final = Rate("files", Per.ACCOUNT, 30, 1800, burst=15, operations=frozenset({"upload"}))
NAMELESS: Final = Rate("nameless", Per.SERVER, 300, 300, burst=150)
RATES: Final = (CALLS, TAKING_BACK, FILES, NAMELESS)


def tell(rates: Rates, got: Response, account: Account | None, server: str, path: str, now: datetime) -> None:
    """Hand on what an answer says. A server names the limit that is nearest by its size only."""
    said = left(got.headers, now)
    if said is None:
        return
    narrow = FILES if path.endswith("/media") else TAKING_BACK
    rate = NAMELESS if account is None else narrow if said.limit == narrow.amount else CALLS
    rates.heard(rate.name, account, said, server=server)
