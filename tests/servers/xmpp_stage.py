"""The contract kit's stage for XMPP: a real Prosody, two people, and a relay that can fail."""

import contextlib
from dataclasses import replace
from typing import ClassVar
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web

from adapters import xmpp
from bridgebot.testing.chat import ChatFailure, Heard
from bridgebot.testing.pictures import Seen
from tests.servers.prosody import DOMAIN, PASSWORDS, ROOMS
from tests.servers.relay import Relay
from tests.servers.xmpp_person import NS, PersonClient

BOT = f"bot@{DOMAIN}"
BLOCK = "<{0} xmlns='urn:xmpp:blocking'><item jid='{1}'/></{0}>"
REPLY = "<reply xmlns='urn:xmpp:reply:0' id='{0}'/>"
QUOTED = "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='{0}'/></fallback>"
QUOTE = "{urn:xmpp:fallback:0}fallback[@for='urn:xmpp:reply:0']/{urn:xmpp:fallback:0}body"


class XmppRemote:
    """Ada and Lin with clients of their own; the bot's connection goes through a relay."""

    failures = frozenset(
        {ChatFailure.DROP, ChatFailure.LOST_ANSWER, ChatFailure.CLOSED, ChatFailure.LOCKED_OUT}
    )
    secrets = (PASSWORDS["bot"],)

    def __init__(self, prosody, relay, people, site):
        self.site = site
        self.prosody = prosody
        self.relay = relay
        self.people = people
        self.room = f"{uuid4().hex}@{ROOMS}"
        self.met = set()
        self.failed = set()
        self.shared = {}

    async def say(self, text, *, sender="ada", group=False, reply_to=None, addressed=True):
        await self._meets(sender, group)
        parts, before = [], ""
        if reply_to is not None:
            before = "> an earlier line\n"
            parts = [REPLY.format(reply_to), QUOTED.format(len(before))]
        elif group and addressed:
            before = "bridgebot: "
        to, kind = (self.room, "groupchat") if group else (BOT, "chat")
        return f"{sender} {to} {self.people[sender].send(to, before + text, *parts, kind=kind)}"

    async def send_files(self, contents, text="", *, sender="ada", group=False):
        await self._meets(sender, group)
        url = self.site.puts(contents[0])
        shared = f"<x xmlns='jabber:x:oob'><url>{url}</url></x>"
        to, kind = (self.room, "groupchat") if group else (BOT, "chat")
        return f"{sender} {to} {self.people[sender].send(to, url, shared, kind=kind)}"

    @property
    def no_file(self):
        return f"{self.site.url}/none.png"

    async def edit(self, said, text):
        sender, to, id = said.split()
        self.people[sender].send(to, text, f"<replace xmlns='urn:xmpp:message-correct:0' id='{id}'/>")

    async def delete(self, said):
        sender, to, id = said.split()
        retract = f"<retract xmlns='urn:xmpp:message-retract:1' id='{id}'/>"
        fallback = "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/>"
        words = "This person attempted to retract a previous message."
        self.people[sender].send(to, words, retract, fallback, "<store xmlns='urn:xmpp:hints'/>")

    async def react(self, message_id, *emojis, sender="ada"):
        given = "".join(f"<reaction>{emoji}</reaction>" for emoji in emojis)
        reactions = f"<reactions xmlns='urn:xmpp:reactions:0' id='{message_id}'>{given}</reactions>"
        self.people[sender].send(BOT, None, reactions, "<store xmlns='urn:xmpp:hints'/>")

    async def heard(self, chat):
        lines = {}
        for message in self._shown_in(chat):
            shared = message.findtext("{jabber:x:oob}x/{jabber:x:oob}url")
            if shared is not None:
                line = self._line(message, chat, "")
                assert message.findtext(f"{NS}body") == shared, "only then it is shown by every client"
                lines[line.id] = replace(line, media=(Seen(await self._fetched(shared)),))
                continue
            body = message.findtext(f"{NS}body")
            change = message.find("{urn:xmpp:message-correct:0}replace")
            retraction = message.find("{urn:xmpp:message-retract:1}retract")
            if retraction is not None:
                lines.pop(retraction.get("id"), None)
            elif change is not None:
                lines[change.get("id")] = Heard(change.get("id"), body)
            elif body is not None:
                line = self._line(message, chat, body)
                lines[line.id] = line
        return list(lines.values())

    async def _fetched(self, url):
        """What a client shows, which it fetches from the person's own server."""
        assert url.startswith(self.prosody.upload_site)
        if url not in self.shared:
            async with aiohttp.ClientSession() as http, http.get(url) as answer:
                assert answer.status == 200
                self.shared[url] = await answer.read()
        return self.shared[url]

    async def fail(self, failure):
        self.relay.resume()
        self.failed.add(failure)
        match failure:
            case ChatFailure.DROP:
                self.relay.cut()
            case ChatFailure.LOST_ANSWER:
                self.relay.stall()
            case ChatFailure.CLOSED:
                await self.people["ada"].ask("", "set", BLOCK.format("block", BOT))
            case ChatFailure.LOCKED_OUT:
                self.prosody.register("bot", DOMAIN, "another one")
                self.relay.cut()

    async def mend(self):
        self.relay.resume()
        if ChatFailure.LOCKED_OUT in self.failed:
            self.prosody.register("bot", DOMAIN, PASSWORDS["bot"])
        if ChatFailure.CLOSED in self.failed:
            await self.people["ada"].ask("", "set", "<unblock xmlns='urn:xmpp:blocking'/>")

    async def _meets(self, sender, group):
        """The bot's very first start takes what is older for history: wait until it is there."""
        if (sender, group) not in self.met:
            self.met.add((sender, group))
            await self.people[sender].sees(f"{self.room}/bridgebot" if group else BOT)

    def _shown_in(self, chat):
        person = self.people[chat.id.partition("@")[0] if chat.direct else "lin"]
        sender = BOT if chat.direct else f"{self.room}/bridgebot"
        return [
            one for one in person.messages if sender in (one.get("from"), one.get("from").partition("/")[0])
        ]

    def _line(self, message, chat, body):
        given = message.find(f"{{urn:xmpp:sid:0}}stanza-id[@by='{self.room}']")
        reply = message.find("{urn:xmpp:reply:0}reply")
        quote = message.find(
            "{urn:xmpp:fallback:0}fallback[@for='urn:xmpp:reply:0']/{urn:xmpp:fallback:0}body"
        )
        id = message.get("id") if chat.direct else given.get("id")
        text = body if quote is None else body[int(quote.get("end")) :]
        return Heard(id, text, None if reply is None else reply.get("id"))


class FileSite:
    """Where a server keeps what people upload (XEP-0363): whoever knows the address may fetch it."""

    def __init__(self):
        self.files = {}
        self.url = ""

    async def __aenter__(self):
        app = web.Application()
        app.router.add_get("/{name}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_):
        await self._runner.cleanup()

    def puts(self, content, ending="png"):
        name = f"{uuid4().hex}.{ending}"
        self.files[name] = content
        return f"{self.url}/{name}"

    async def _file(self, request):
        content = self.files.get(request.match_info["name"])
        return web.Response(status=404) if content is None else web.Response(body=content)


class XmppStage:
    """Mix it into a class of the kit."""

    module = xmpp
    deadline = 10.0
    albums = False
    captions = False
    options: ClassVar[dict[str, object]] = {}  # of the adapter, besides those that lead to the server

    @pytest.fixture(autouse=True)
    def server(self, prosody):
        self.prosody = prosody

    @contextlib.asynccontextmanager
    async def remote(self):
        async with contextlib.AsyncExitStack() as stack:
            relay = await stack.enter_async_context(Relay(self.prosody.port))
            people = {
                name: await stack.enter_async_context(PersonClient(self.prosody, name))
                for name in ("ada", "lin")
            }
            site = await stack.enter_async_context(FileSite())
            remote = XmppRemote(self.prosody, relay, people, site)
            for person in people.values():
                person.subscribe(BOT)
                await person.enter(remote.room)
            yield remote
            await remote.mend()

    def config(self, remote):
        return {
            "jid": BOT,
            "password": PASSWORDS["bot"],
            "host": "127.0.0.1",
            "port": remote.relay.port,
            "ca_file": str(self.prosody.ca_file),
            "rooms": [remote.room],
            **self.options,
        }

    def adapter(self, context, remote):
        adapter = super().adapter(context, remote)
        adapter.patience = 1.0
        return adapter
