"""What the bot shows on XMPP: handed to the upload service of its server, and what that may answer."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import aiohttp
import pytest
from aiohttp import web

from adapters.xmpp.connection import Refused, Silent
from adapters.xmpp.files import described
from adapters.xmpp.uploads import Uploads
from adapters.xmpp.writing import shared
from bridgebot.errors import Rejected, Temporary
from bridgebot.model import Exhibit
from bridgebot.testing.pictures import picture, png, reader

RED = png((200, 30, 30))
STONE = Exhibit(picture(RED, "a red stone"), read=reader(RED))
UPLOAD = "urn:xmpp:http:upload:0"
INFO = "<query xmlns='http://jabber.org/protocol/disco#info'>{0}</query>"
ITEMS = "<query xmlns='http://jabber.org/protocol/disco#items'>{0}</query>"
TAKES = (
    f"<feature var='{UPLOAD}'/><x xmlns='jabber:x:data' type='result'>"
    f"<field var='FORM_TYPE'><value>{UPLOAD}</value></field>"
    "<field var='max-file-size'><value>{0}</value></field></x>"
)


class Server:
    """The server as questions meet it, and the place where files are put."""

    server = "example.org"

    def __init__(self):
        self.asked = []
        self.put = []
        self.most = 1_000_000
        self.status = 201
        self.refuses: Exception | None = None
        self.headers = "<header name='Authorization'>Basic\n x</header><header name='Host'>evil</header>"
        self.url = ""

    async def ask(self, to, kind, question):
        self.asked.append((to, question.tag.rpartition("}")[2]))
        if question.tag == "{http://jabber.org/protocol/disco#items}query":
            return self._answer(
                ITEMS.format("<item jid='rooms.example.org'/><item jid='files.example.org'/>")
            )
        if question.tag == "{http://jabber.org/protocol/disco#info}query":
            if to == "rooms.example.org":
                raise Refused("forbidden")
            return self._answer(INFO.format(TAKES.format(self.most) if to == "files.example.org" else ""))
        if self.refuses is not None:
            raise self.refuses
        put = f"<put url='{self.url}/put'>{self.headers}</put>"
        return self._answer(
            f"<slot xmlns='{UPLOAD}'>{put}<get url='https://files.example.org/x.png'/></slot>"
        )

    def _answer(self, inner):
        return ET.fromstring(f"<iq xmlns='jabber:client'>{inner}</iq>")

    async def take(self, request):
        self.put.append((dict(request.headers), await request.read()))
        return web.Response(status=self.status)


@pytest.fixture
async def server():
    server = Server()
    app = web.Application()
    app.router.add_put("/put", server.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as http:
        server.uploads = Uploads(server, http)
        yield server
    await runner.cleanup()


async def test_a_file_is_put_where_the_service_says(server):
    assert await server.uploads.put(STONE, "image.png") == "https://files.example.org/x.png"
    [(headers, content)] = server.put
    assert content == RED
    assert (headers["Content-Type"], headers["Content-Length"]) == ("image/png", str(len(RED)))
    assert headers["Authorization"] == "Basic x"
    assert headers["Host"] != "evil"


async def test_the_service_is_looked_for_once(server):
    for _ in range(3):
        await server.uploads.put(STONE, "image.png")
    assert [what for _, what in server.asked].count("query") == 4  # the server, its items, and two of them


async def test_a_server_without_one_takes_nothing(server):
    server.most = ""

    async def nothing(to, kind, question):
        raise Refused("service-unavailable")

    server.ask = nothing
    with pytest.raises(Rejected) as info:
        await server.uploads.put(STONE, "image.png")
    assert info.value.key == "xmpp-no-uploads"


@pytest.mark.parametrize("condition", ["not-acceptable", "resource-constraint", "forbidden"])
async def test_what_the_service_refuses_is_refused(server, condition):
    server.refuses = Refused(condition)
    with pytest.raises(Rejected) as info:
        await server.uploads.put(STONE, "image.png")
    assert info.value.arguments == {"why": condition}
    assert server.put == []


async def test_what_is_too_large_is_not_even_asked_for(server):
    large = replace(STONE, file=replace(STONE.file, size=1_000_001))
    with pytest.raises(Rejected):
        await server.uploads.put(large, "image.png")
    assert (await server.uploads.put(STONE, "image.png")).startswith("https://")


async def test_a_silent_server_is_asked_again_later(server):
    server.refuses = Silent()
    with pytest.raises(Temporary):
        await server.uploads.put(STONE, "image.png")


@pytest.mark.parametrize("status", [403, 413, 500, 302])
async def test_a_place_that_does_not_take_it_is_no_place(server, status):
    server.status = status
    with pytest.raises(Rejected) as info:
        await server.uploads.put(STONE, "image.png")
    assert server.url not in repr(info.value.arguments)


async def test_a_place_where_nobody_is_is_none(server):
    server.url = "http://127.0.0.1:1"
    with pytest.raises(Rejected) as info:
        await server.uploads.put(STONE, "image.png")
    assert info.value.__cause__ is info.value.__context__ is None, "its address may open it to others"


def test_a_file_is_told_so_that_every_client_shows_it():
    message = ET.Element("{jabber:client}message")
    message.extend(shared("https://x.example/a.png", STONE.file, "image.png", "id1"))
    [file] = described(message)
    assert (file.ref, file.type, file.size, file.alt) == (
        "https://x.example/a.png", "image/png", len(RED), "a red stone"
    )  # fmt: skip
    assert message.findtext("{jabber:client}body") == "https://x.example/a.png"
    assert message.findtext("{jabber:x:oob}x/{jabber:x:oob}url") == "https://x.example/a.png"
