"""What a server lets through and slixmpp does not like: the stream goes on, or ends in peace."""

import asyncio
import contextlib
import gc

import pytest

from adapters import xmpp
from bridgebot.errors import Temporary
from bridgebot.testing.context import house
from tests.fuzz.xmpp_script import LIMIT, serving

HELLO = "<message type='chat' from='ada@localhost/x' id='m1'><body>hello</body></message>"


@contextlib.asynccontextmanager
async def connected():
    """A scripted server, the run of an adapter on it, and what that handed in."""
    heard = []

    async def receive(thing, *, state=None):
        heard.append(thing)

    async with serving() as script, house(xmpp) as context:
        options = {"host": "127.0.0.1", "port": script.port, "tls": False}
        adapter = xmpp.Adapter(xmpp.Config(jid="bot@localhost", password="x", **options), context)
        run = asyncio.create_task(adapter.run(receive))
        try:
            await script.ready.wait()
            yield script, run, heard
        finally:
            run.cancel()
            await asyncio.gather(run, return_exceptions=True)


@pytest.mark.parametrize(
    "stanza",
    [
        "<iq type='set' id='q' from='@localhost'><query xmlns='jabber:iq:roster'/></iq>",
        "<iq type='get' id='q' from='@'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
        "<presence from='a@b@c' type='subscribe'/>",
        "<message type='chat' from='@' id='m0'><body>from nowhere</body></message>",
    ],
)
async def test_an_address_that_cannot_be_read_does_not_end_the_stream(stanza, caplog):
    async with connected() as (script, run, heard):
        await script.says(stanza, HELLO)
        async with asyncio.timeout(LIMIT):
            while "hello" not in [thing.text for thing in heard]:
                await asyncio.sleep(0.01)
        assert script.connections == 1
        assert not run.done()
    gc.collect()  # a task that failed where nobody looks says so when it is gone
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("text", ["<a b=c>", "<!DOCTYPE x [<!ENTITY e 'x'>]>", "</stream:stream>"])
async def test_what_is_no_stream_ends_the_run_and_nothing_else(text, caplog):
    async with connected() as (script, run, _):
        await script.breaks(text)
        with pytest.raises(Temporary):
            await run
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
