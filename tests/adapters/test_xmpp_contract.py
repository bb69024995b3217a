"""XMPP keeps the contract, with a real Prosody as the network."""

import pytest

from bridgebot.testing.chat import ChatAdapterContract
from tests.servers.xmpp_stage import XmppStage


@pytest.mark.prosody
class TestXmpp(XmppStage, ChatAdapterContract):
    pass
