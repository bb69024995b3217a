"""Mastodon keeps the contract of every social network, whatever software the server runs.

Pixelfed and snac cannot carry what the kit posts (words alone, text that is no markup): what is different
with them stands in `test_mastodon_more.py`, `test_mastodon_kept.py` and `test_mastodon_servers.py`.
"""

import contextlib
from dataclasses import replace

import pytest

from adapters import mastodon
from adapters.mastodon.servers import _LACKING
from bridgebot.testing.contract import TEXTS
from bridgebot.testing.social import SocialAdapterContract
from tests.servers.mastodon_stage import remote

# The servers themselves strip a post (mastodon, app/models/status.rb), so white space around it is lost.
KEPT = tuple(text for text in TEXTS if text == text.strip())


class MastodonContract(SocialAdapterContract):
    module = mastodon
    flavour = "mastodon"
    texts = KEPT
    notifies = frozenset({"favourite", "boost", "follow"})

    @contextlib.asynccontextmanager
    async def remote(self):
        async with remote(self.flavour) as stage:
            stage.server.budgets.enforced = False
            yield stage

    def config(self, remote):
        return {"servers": {remote.server.domain: remote.server.url}}


class TestMastodon(MastodonContract):
    pass


class TestGoToSocial(MastodonContract):
    """ULIDs, no key, websockets alone, pages with repetitions, nothing without an account."""

    flavour = "gotosocial"

    def adapter(self, context, remote):
        adapter = super().adapter(context, remote)
        nothing = {"anonymous": frozenset(), "addresses": (), "openly": frozenset(), "quotes": False}
        adapter.capabilities = replace(adapter.capabilities, **nothing)
        return adapter


class TestPleroma(MastodonContract):
    """FlakeIDs, websockets alone, its own word and shape for quotes, files that are accepted."""

    flavour = "pleroma"


@pytest.mark.nightly
class TestAkkoma(TestPleroma):
    """The same, but for the shape of a quote, and limits in other places."""

    flavour = "akkoma"


class TestTakahe(MastodonContract):
    """No key, no streams."""

    flavour = "takahe"

    def adapter(self, context, remote):
        adapter = super().adapter(context, remote)
        assert "listen" in _LACKING["takahe"]
        adapter.capabilities = replace(adapter.capabilities, listen=False, quotes=False)
        return adapter
