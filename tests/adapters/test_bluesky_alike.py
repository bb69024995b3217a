"""The fake of Bluesky's servers answers as a real PDS does, call by call: status and name of each error."""

import contextlib

import aiohttp
import pytest

from tests.servers import bluesky as fake
from tests.servers.bluesky_real import serve
from tests.servers.bluesky_world import FOLLOW, LIKE, POST

NOW, KEY = "2026-11-27T10:00:00.000Z", "3kh5mlyz2ks2a"
NO_FILE = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
REPO, SERVER = "com.atproto.repo.", "com.atproto.server."


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    with serve(tmp_path_factory.mktemp("bluesky"), whole=False) as real:
        yield real


class Caller:
    """Somebody who is signed in with an app password, and what was answered."""

    def __init__(self, url, handle, password, other):
        self.url, self.handle, self.password, self.other = url, handle, password, other
        self.did = self.access = self.refresh = ""
        self.heard = []

    async def call(self, what, nsid, *, token=None, params=None, **sent):
        """Ask, and note what came of it: the status, and the error's name."""
        token = self.access if token is None else token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        method = "POST" if sent else "GET"
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.request(method, f"{self.url}/xrpc/{nsid}", params=params, **sent) as answer,
        ):
            said = await answer.json(content_type=None) if await answer.read() else {}
            self.heard.append((what, answer.status, said.get("error", "")))
            return said

    async def signs_in(self):
        wrong = {"identifier": self.handle, "password": "aaaa-bbbb-cccc-dddd"}
        await self.call("a wrong password", f"{SERVER}createSession", token="", json=wrong)
        nobody = {"identifier": "nobody.test", "password": self.password}
        await self.call("nobody", f"{SERVER}createSession", token="", json=nobody)
        right = {"identifier": self.handle, "password": self.password}
        made = await self.call("signing in", f"{SERVER}createSession", token="", json=right)
        self.did, self.access, self.refresh = made["did"], made["accessJwt"], made["refreshJwt"]

    async def writes(self, what, record, *, procedure="createRecord", collection=POST, token=None, **more):
        body = {"repo": self.did, "collection": collection, "record": record, **more}
        return await self.call(what, REPO + procedure, token=token, json=body)


async def sessions(ada):
    await ada.call("who am I", f"{SERVER}getSession")
    await ada.call("no token", f"{SERVER}getSession", token="")
    await ada.call("a token of nobody's", f"{SERVER}getSession", token=f"{ada.access[:-4]}AAAA")
    await ada.call("a token that renews", f"{SERVER}getSession", token=ada.refresh)
    await ada.call("renewing with another", f"{SERVER}refreshSession", data=b"")
    renewed = await ada.call("renewing", f"{SERVER}refreshSession", token=ada.refresh, data=b"")
    await ada.call("renewing twice", f"{SERVER}refreshSession", token=ada.refresh, data=b"")
    ada.heard.append(("another token", renewed["refreshJwt"] != ada.refresh, ""))
    await ada.call("leaving", f"{SERVER}deleteSession", token=renewed["refreshJwt"], data=b"")
    await ada.call("after that", f"{SERVER}refreshSession", token=renewed["refreshJwt"], data=b"")


async def standing(ada):
    """A record stands once, under the key that was chosen, and goes once."""
    post = {"$type": POST, "text": "one", "createdAt": NOW}
    other = {**post, "text": "two"}
    new = {"procedure": "putRecord", "rkey": KEY, "swapRecord": None}
    first = await ada.writes("new", post, **new)
    again = await ada.writes("again", post, **new)
    same = (first["uri"], first["cid"], "commit" in again) == (again["uri"], again["cid"], False)
    ada.heard.append(("nothing changed", same, ""))
    ada.heard.append(("its name follows from its bytes", first["cid"], ""))
    await ada.writes("other bytes", other, **new)
    await ada.writes("another one expected", other, **{**new, "swapRecord": first["cid"][:-1] + "a"})
    changed = await ada.writes("the right one expected", other, **{**new, "swapRecord": first["cid"]})
    ada.heard.append(("it changed", changed["cid"] != first["cid"], ""))
    where = {"repo": ada.did, "collection": POST, "rkey": KEY}
    await ada.call("reading", f"{REPO}getRecord", params=where, token="")
    await ada.call("deleting", f"{REPO}deleteRecord", json=where)
    await ada.call("deleting again", f"{REPO}deleteRecord", json=where)
    await ada.call("reading what is gone", f"{REPO}getRecord", params=where, token="")
    listed = await ada.call("all", f"{REPO}listRecords", params={"repo": ada.did, "collection": POST})
    ada.heard.append(("none", listed["records"], ""))


async def refusals(ada):
    """What no lexicon allows is not written, nor what is somebody else's."""
    for what, record in {
        "no time": {"text": "hi"},
        "too many characters": {"text": "x" * 301, "createdAt": NOW},
        "too many bytes": {"text": "👩‍👩‍👧‍👦" * 130, "createdAt": NOW},
        "a time that is none": {"text": "hi", "createdAt": "yesterday"},
        "a language that is none": {"text": "hi", "createdAt": NOW, "langs": ["not a language"]},
        "half an answer": {"text": "hi", "createdAt": NOW, "reply": {"root": {"uri": "at://x"}}},
        "another type": {"$type": LIKE, "text": "hi", "createdAt": NOW},
    }.items():
        await ada.writes(what, record)
    await ada.writes("a follow of no DID", {"subject": "ada", "createdAt": NOW}, collection=FOLLOW)
    await ada.writes("a key that is none", {"text": "hi", "createdAt": NOW}, rkey="not a key")
    await ada.writes("nobody's", {"text": "hi", "createdAt": NOW}, repo="did:plc:" + "a" * 24)
    await ada.writes("somebody else's", {"text": "hi", "createdAt": NOW}, repo=ada.other)
    await ada.writes("nobody's own", {"text": "hi", "createdAt": NOW}, token="")
    await ada.call("no body", f"{REPO}createRecord", json={})
    await ada.call("no record asked for", f"{REPO}getRecord", params={"repo": ada.did})


async def files(ada):
    """A file must be there before the post that shows it."""
    kind = {"Content-Type": "image/png"}
    made = await ada.call("a file", f"{REPO}uploadBlob", data=b"\x89PNG\r\n\x1a\n" + bytes(64), headers=kind)
    blob = made["blob"]
    ada.heard.append(("the file", blob["ref"]["$link"], blob["mimeType"]))

    async def shows(what, **changed):
        images = [{"alt": "a stone", "image": {**blob, **changed}}]
        embed = {"$type": "app.bsky.embed.images", "images": images}
        await ada.writes(what, {"text": "seen", "createdAt": NOW, "embed": embed})

    await shows("one that nobody brought", ref={"$link": NO_FILE})
    await shows("another kind", mimeType="image/gif")
    await shows("another size", size=1)
    await shows("shown")


@contextlib.asynccontextmanager
async def both(real):
    """Ada at a PDS and at the fake, signed in at each; and how she leaves for a while."""
    member, other = await real.join("ada"), await real.join("lin")
    there = Caller(real.pds, member.handle, member.password, other.did)
    async with fake.serve() as server:
        person = server.person("ada")
        here = Caller(server.url, person.who.handle, person.password, server.person("lin").did)

        async def leaves():
            await real.call(f"{SERVER}deactivateAccount", {}, member.token)
            person.who.state = "deactivated"

        for ada in (there, here):
            await ada.signs_in()
        yield there, here, leaves


@pytest.mark.parametrize("tells", [sessions, standing, refusals, files], ids=lambda tells: tells.__name__)
async def test_the_fake_answers_as_the_server_does(real, tells):
    async with both(real) as (there, here, _):
        for ada in (there, here):
            await tells(ada)
    assert here.heard == there.heard


async def test_of_an_account_that_is_deactivated_both_say_the_same(real):
    async with both(real) as (there, here, leaves):
        await leaves()
        for ada in (there, here):
            await ada.writes("a post", {"text": "hi", "createdAt": NOW})
            where = {"repo": ada.did, "collection": POST, "rkey": KEY}
            await ada.call("a deletion", f"{REPO}deleteRecord", json=where)
            await ada.call("who am I", f"{SERVER}getSession")
            await ada.call("renewing", f"{SERVER}refreshSession", token=ada.refresh, data=b"")
            await ada.signs_in()
    assert here.heard == there.heard
