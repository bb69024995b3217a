"""A bare client of slixmpp that answers every message with the same."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import slixmpp

USER, PASSWORD, PEER = "bot@localhost", "pw", "x@peer.localhost"


async def bot(port: int) -> dict[str, Any]:
    client = slixmpp.ClientXMPP(f"{USER}/bare", PASSWORD)
    client.enable_starttls = client.enable_direct_tls = False
    client.enable_plaintext = True
    client.plugin["feature_mechanisms"].unencrypted_plain = True
    ready, ended = asyncio.Event(), asyncio.Event()

    async def start(_: object) -> None:
        client.send_presence()
        await client.get_roster()
        client.send_message(mto=PEER, mbody="ready", mtype="chat")
        ready.set()

    def echo(message: slixmpp.Message) -> None:
        if message["body"] == "end":
            ended.set()
        else:
            message.reply(f"e{message['body']}").send()

    client.add_event_handler("session_start", start)
    client.add_event_handler("message", echo)
    client.connect("127.0.0.1", port)
    await ready.wait()
    cpu = time.process_time()
    await ended.wait()
    cpu = time.process_time() - cpu
    await client.disconnect()
    return {"figures": {"CPU": cpu}, "problems": []}
