"""How much there is of it."""

from __future__ import annotations

from tests.fuzz import test_fuzz_telegram, test_fuzz_xmpp


def test_an_ordinary_run_takes_twenty_thousand_updates_and_stanzas() -> None:
    updates = test_fuzz_telegram.UPDATES + test_fuzz_telegram.READ
    stanzas = test_fuzz_xmpp.SENT + test_fuzz_xmpp.READ
    assert updates + stanzas >= 20_000
