"""Linking an account: whose it is, which server keeps it, the app password, the proof."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from adapters import bluesky
from adapters.bluesky import identity, session
from adapters.bluesky.wire import Wire
from bridgebot.errors import AdapterError, Rejected, TargetGone, Temporary
from bridgebot.model import Account, Question
from bridgebot.testing.context import house
from bridgebot.testing.shelf import LANGUAGES
from tests.adapters.bluesky_sky import Sky, secrets_of, sky
from tests.servers.bluesky import Fault
from tests.servers.bluesky_sessions import CODE

DID = "did:plc:" + "b" * 24


async def refused(here: Sky, progress: str | None, answer: str | None) -> str:
    """Why an answer will not do; that can be said in both languages."""
    with pytest.raises(Rejected) as told:
        await here.adapter.link(progress, answer)
    for language in LANGUAGES:
        assert here.context.texts(language, told.value.key, **told.value.arguments)
    return told.value.key


async def asked(here: Sky, answer: str) -> Question:
    step = await here.adapter.link(None, answer)
    assert isinstance(step, Question)
    assert step.key == "bluesky-password"
    assert step.secret
    return step


@contextlib.asynccontextmanager
async def answering(answers: dict[str, Any]) -> AsyncIterator[str]:
    """A web server with these answers by path: JSON, or text."""

    async def answer(request: web.Request) -> web.Response:
        said = answers.get(request.path)
        if said is None:
            return web.Response(status=404, text="<html>nothing")
        return web.Response(text=said) if isinstance(said, str) else web.json_response(said)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def document(endpoint: object, *, handle: str = "bo.sky.test", did: str = DID) -> dict[str, Any]:
    service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": endpoint}
    return {"id": did, "alsoKnownAs": [f"at://{handle}"], "service": [service]}


# --- who ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        "ada.sky.test",
        "@ada.sky.test",
        "  @Ada.Sky.Test. ",
        "\u202a@ada.sky.test\u202c",
        "at://ada.sky.test",
        "https://bsky.app/profile/ada.sky.test",
        "https://bsky.app/profile/ada.sky.test/post/3lpk5zqcwvs2x",
        "<ada.sky.test>",
    ],
)
async def test_a_handle_is_understood_as_people_write_it(answer: str) -> None:
    async with sky() as here:
        step = await asked(here, answer)
        assert step.arguments == {"handle": "@ada.sky.test"}
        account = await here.adapter.link(step.progress, here.server.person("ada").password)
        assert isinstance(account, Account)
        assert (account.id, account.handle, account.name) == (here.ada.id, "@ada.sky.test", "Ada")


async def test_the_account_is_what_the_network_says() -> None:
    async with sky() as here:
        kept = secrets_of(here.ada)
        assert (here.ada.server, here.ada.url) == ("bsky.app", f"https://bsky.app/profile/{here.ada.id}")
        assert here.ada.scopes == ("com.atproto.appPass",)
        assert kept["did"] == here.ada.id
        assert kept["pds"] == here.server.url
        assert kept["expires"] > here.context.clock.now().timestamp() + 3600
        assert here.server.person("ada").password not in here.ada.credentials
        assert kept["access"] not in repr(here.ada)


async def test_a_did_or_an_email_address_serves_as_well() -> None:
    async with sky() as here:
        for answer in (here.ada.id, "Ada@post.example"):
            step = await asked(here, answer)
            account = await here.adapter.link(step.progress, here.server.person("ada").password)
            assert isinstance(account, Account)
            assert (account.id, account.handle) == (here.ada.id, "@ada.sky.test")


async def test_a_short_name_is_one_of_the_entryway() -> None:
    async with sky(entryway="https://sky.test") as here:
        assert (await asked(here, "@ada")).arguments == {"handle": "@ada.sky.test"}


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("", "bluesky-handle-wrong"),
        ("who am I", "bluesky-handle-wrong"),
        ("@ada@example.social", "bluesky-handle-wrong"),
        ("192.168.1.1", "bluesky-handle-wrong"),
        ("localhost:80.test", "bluesky-handle-wrong"),
        ("x" * 300 + ".test", "bluesky-handle-wrong"),
        ("nobody.sky.test", "bluesky-unknown"),
        (DID, "bluesky-unknown"),
    ],
)
async def test_what_is_nobody_is_asked_for_again(answer: str, why: str) -> None:
    async with sky(servers={"nobody.sky.test": "http://127.0.0.1:9"}) as here:
        assert await refused(here, None, answer) == why


async def test_a_handle_that_only_its_own_host_knows_is_found_there() -> None:
    said = {"/.well-known/atproto-did": f"{DID}\n", f"/{DID}": document("https://pds.example")}
    async with answering(said) as url, house(bluesky) as context:
        config = bluesky.Config(appview=url, plc=url, entryway=url, servers={"bo.sky.test": url})
        adapter = bluesky.Adapter(config, context)
        step = await adapter.link(None, "bo.sky.test")
        assert isinstance(step, Question)
        kept = json.loads(step.progress)
        assert (kept["did"], kept["server"]) == (DID, "https://pds.example")


# --- where -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (document("https://pds.example", handle="other.sky.test"), "bluesky-handle-unsure"),
        (document("https://pds.example", did="did:plc:" + "c" * 24), "bluesky-unknown"),
        (document(None), "bluesky-no-server"),
        ({"id": DID, "alsoKnownAs": ["at://bo.sky.test"]}, "bluesky-no-server"),
        (document("http://pds.example"), "bluesky-server-wrong"),
        (document("https://pds.example:8443"), "bluesky-server-wrong"),
        (document("https://10.0.0.5"), "bluesky-server-wrong"),
        (document("https://me:pw@pds.example"), "bluesky-server-wrong"),
        (document("https://pds.example/path"), "bluesky-server-wrong"),
        (document("https://[::1"), "bluesky-server-wrong"),
        (document("nonsense"), "bluesky-server-wrong"),
    ],
)
async def test_a_password_is_asked_for_only_where_it_may_be_sent(said: dict[str, Any], why: str) -> None:
    answers = {"/xrpc/com.atproto.identity.resolveHandle": {"did": DID}, f"/{DID}": said}
    async with answering(answers) as url, house(bluesky) as context:
        config = bluesky.Config(appview=url, plc=url, entryway=url)
        with pytest.raises(Rejected) as told:
            await bluesky.Adapter(config, context).link(None, "bo.sky.test")
        assert told.value.key == why


async def test_a_did_of_a_web_site_is_read_there() -> None:
    did = "did:web:bo.example"
    said = {"/.well-known/did.json": document("https://pds.example", handle="bo.example", did=did)}
    async with answering(said) as url, house(bluesky) as context:
        config = bluesky.Config(appview=url, plc=url, servers={"bo.example": url})
        home = await identity.home(Wire(context.http, context.clock, config), did)
        assert home == identity.Home(did, "bo.example", "https://pds.example")


async def test_a_server_that_is_none_is_told() -> None:
    answers = {"/xrpc/com.atproto.identity.resolveHandle": {"did": DID}}
    async with answering(answers) as url, house(bluesky) as context:
        answers[f"/{DID}"] = document(url)  # type: ignore[assignment]
        adapter = bluesky.Adapter(bluesky.Config(appview=url, plc=url, entryway=url), context)
        step = await adapter.link(None, "bo.sky.test")
        assert isinstance(step, Question)
        with pytest.raises(Rejected) as told:
            await adapter.link(step.progress, "abcd-efgh-ijkl-mnop")
        assert told.value.key == "bluesky-server-other"


async def test_a_server_cannot_sign_in_somebody_else() -> None:
    async with sky() as here:
        step = await asked(here, "ada.sky.test")
        kept = json.loads(step.progress)
        kept["identifier"] = here.server.person("lin").did
        with pytest.raises(Rejected) as told:
            await here.adapter.link(json.dumps(kept), here.server.person("lin").password)
        assert told.value.key == "bluesky-server-wrong"


# --- the proof ---------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["", "wrong", "x" * 1000, "abcd-efgh-ijkl-mno"])
async def test_a_wrong_password_is_asked_for_again(answer: str) -> None:
    async with sky() as here:
        step = await asked(here, "ada.sky.test")
        assert await refused(here, step.progress, answer) == "bluesky-password-wrong"
        account = await here.adapter.link(step.progress, here.server.person("ada").password)
        assert isinstance(account, Account)


async def test_a_second_factor_is_a_further_question() -> None:
    async with sky() as here:
        here.server.person("ada").who.wants_code = True
        step = await asked(here, "ada.sky.test")
        second = await here.adapter.link(step.progress, here.server.person("ada").password)
        assert isinstance(second, Question)
        assert (second.key, second.secret) == ("bluesky-code", True)
        assert here.server.person("ada").password not in repr(second)
        for wrong in ("", "nothing"):
            assert await refused(here, second.progress, wrong) == "bluesky-code-wrong"
        account = await here.adapter.link(second.progress, f" {CODE}\n")
        assert isinstance(account, Account)
        assert account.id == here.ada.id


@pytest.mark.parametrize(
    ("state", "why"), [("takendown", "bluesky-taken-down"), ("deactivated", "bluesky-deactivated")]
)
async def test_a_closed_account_is_told_why(state: str, why: str) -> None:
    async with sky() as here:
        step = await asked(here, "ada.sky.test")
        here.server.person("ada").who.state = state
        assert await refused(here, step.progress, here.server.person("ada").password) == why


@pytest.mark.parametrize("fault", [Fault.RATE, Fault.ERROR, Fault.HTML, Fault.CUT_BEFORE])
async def test_a_server_in_trouble_is_no_wrong_password(fault: Fault) -> None:
    async with sky() as here:
        step = await asked(here, "ada.sky.test")
        here.server.fail(fault, path="createSession")
        with pytest.raises(Temporary):
            await here.adapter.link(step.progress, here.server.person("ada").password)


async def test_a_name_that_cannot_be_read_ends_no_linking() -> None:
    async with sky() as here:
        step = await asked(here, "ada.sky.test")
        here.server.fail(Fault.ERROR, path="getProfile")
        account = await here.adapter.link(step.progress, here.server.person("ada").password)
        assert isinstance(account, Account)
        assert account.name == ""


async def test_no_error_quotes_the_password() -> None:
    async with sky() as here:
        step = await asked(here, "ada.sky.test")
        for fault in Fault:
            if fault is not Fault.HANG:
                here.server.fail(fault, path="createSession")
                with contextlib.suppress(AdapterError):
                    await here.adapter.link(step.progress, "secret-password-here")
                here.server.faults.heal()
        with pytest.raises(Rejected) as told:
            await here.adapter.link(step.progress, "secret-password-here")
        assert "secret" not in f"{told.value} {told.value.arguments} {told.value.__cause__}"


@pytest.mark.parametrize(
    "token", ["", "a", "a.b", "a.!!!.c", "a.bm90IGpzb24.c", "..", "a.e30.c", "a.W10.c", "é.é.é"]
)
def test_a_token_that_says_nothing_of_itself_has_no_end(token: str) -> None:
    assert session.claims(token).exp == 0


async def test_what_is_no_did_is_nobody() -> None:
    async with (
        answering({"/xrpc/com.atproto.identity.resolveHandle": {"did": "did:key:zabc"}}) as url,
        house(bluesky) as context,
    ):
        api = Wire(context.http, context.clock, bluesky.Config(appview=url, plc=url))
        with pytest.raises(TargetGone):
            await identity.resolve(api, "bo.sky.test")
