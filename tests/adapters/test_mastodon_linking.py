"""Linking an account: which server, a client for this one attempt, the pasted code, the proof."""

import contextlib
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from adapters import mastodon
from adapters.mastodon import linking
from adapters.mastodon.entities import Instance
from adapters.mastodon.wire import Wire
from bridgebot.errors import Rejected, Temporary
from bridgebot.model import Account, Browser, Consent, Question, Redirect
from bridgebot.testing.context import house
from bridgebot.testing.shelf import LANGUAGES
from tests.servers.mastodon import Fault, serve

OWNER = "Telegram 4711"


@contextlib.asynccontextmanager
async def stage(**servers):
    """The adapter and a Mastodon; `servers`: other things that answer at a name."""
    async with serve() as server, house(mastodon) as context:
        known = {server.domain: server.url, **{name.replace("_", "."): url for name, url in servers.items()}}
        yield mastodon.Adapter(mastodon.Config(servers=known), context), server


@contextlib.asynccontextmanager
async def answering(handler):
    """A web server that is something else."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def refused(adapter, progress, answer):
    with pytest.raises(Rejected) as info:
        await adapter.link(progress, answer, owner=OWNER)
    for language in LANGUAGES:
        if info.value.key.startswith("mastodon-"):
            assert adapter.context.texts(language, info.value.key, **info.value.arguments)
    return info.value.key


# --- which server ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "host"),
    [
        ("example.social", "example.social"),
        ("  Example.SOCIAL \n", "example.social"),
        ("https://example.social/", "example.social"),
        ("https://example.social/@ada/123?x#y", "example.social"),
        ("http://example.social", "example.social"),
        ("example.social/about", "example.social"),
        ("@ada@example.social", "example.social"),
        ("ada@example.social", "example.social"),
        ("<https://example.social>", "example.social"),
        ("example.social.", "example.social"),
        ("https://münchen.social", "xn--mnchen-3ya.social"),
        ("微博.中国", "xn--9krt00a.xn--fiqs8s"),
        ("own-network", "own-network"),
    ],
)
def test_a_server_may_be_named_as(answer, host):
    assert linking.server_of(answer, Wire(None, None, {"own-network": "http://10.0.0.1"})) == host


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("", "wrong"),
        ("hello there", "wrong"),
        ("localhost", "wrong"),
        ("a b.social", "wrong"),
        ("ftp://example.social", "wrong"),
        ("https://ada:word@example.social/", "wrong"),
        ("https://ada@example.social/", "wrong"),
        ("exa_mple.social", "wrong"),
        ("-example.social", "wrong"),
        ("example..social", "wrong"),
        ("@ada", "wrong"),
        ("https://[", "wrong"),
        ("x" * 300 + ".social", "wrong"),
        ("10.0.0.1", "number"),
        ("https://127.0.0.1/", "number"),
        ("https://[::1]/", "number"),
        ("2130706433", "number"),
        ("0x7f.1", "number"),
        ("example.social:8443", "port"),
        ("https://example.social:443", "port"),
        ("https://example.social:99999", "wrong"),
    ],
)
def test_a_server_may_not_be_named_as(answer, key):
    with pytest.raises(Rejected) as info:
        linking.server_of(answer, Wire(None, None, {}))
    assert info.value.key == f"mastodon-server-{key}"


async def test_nobody_listens():
    async with stage(away_example="http://127.0.0.1:1") as (adapter, _):
        assert await refused(adapter, None, "away.example") == "mastodon-server-unreachable"


async def page(request):
    return web.Response(text="<html>Welcome to nginx!</html>", content_type="text/html")


async def missing(request):
    return web.json_response({"error": "Not Found"}, status=404)


async def other(request):
    return web.json_response({"hello": "world"})


async def shut(request):
    return web.Response(text="no", status=403)


@pytest.mark.parametrize("handler", [page, missing, other, shut])
async def test_another_kind_of_server(handler):
    async with answering(handler) as url, stage(blog_example=url) as (adapter, _):
        assert await refused(adapter, None, "blog.example") == "mastodon-server-other"


async def test_a_server_that_takes_no_clients():
    async def half(request):
        return web.json_response({"version": "9"}) if "instance" in request.path else await missing(request)

    async with answering(half) as url, stage(half_example=url) as (adapter, _):
        assert await refused(adapter, None, "half.example") == "mastodon-server-other"


@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.CUT_BEFORE, Fault.RATE])
@pytest.mark.parametrize("path", ["/instance", "/apps"])
async def test_a_server_that_is_down_can_be_named_again(fault, path):
    async with stage() as (adapter, server):
        server.fail(fault, path=path, times=2 if fault is Fault.CUT_BEFORE else 1)
        assert await refused(adapter, None, server.domain) == "mastodon-server-down"
        await server.heal()
        assert isinstance(await adapter.link(None, server.domain), Browser)


async def test_an_older_server_has_only_the_first_instance_address():
    async def old(request):
        if request.path == "/api/v1/instance":
            return web.json_response({"uri": "old.example", "version": "2.7.2 (compatible; Pleroma 2.5.0)"})
        if request.path == "/api/v1/apps":
            return web.json_response({"client_id": "a", "client_secret": "b"})
        return await missing(request)

    async with answering(old) as url, stage(old_example=url) as (adapter, _):
        assert isinstance(await adapter.link(None, "old.example"), Browser)


async def test_the_guard_lets_people_name_no_private_address():
    from bridgebot.http import policy, session

    async with house(mastodon) as context, session(policy({})) as guarded:
        wire = Wire(guarded, context.clock, {"trap.example": "http://127.0.0.1:9"})
        with pytest.raises(Rejected) as info:
            await linking.instance_of(wire, "trap.example")
        assert info.value.key == "http-address-refused"


# --- the client and the consent page -----------------------------------------------------------


async def test_each_attempt_has_its_own_client_that_names_the_owner():
    async with stage() as (adapter, server):
        first = await adapter.link(None, server.domain, owner=OWNER)
        second = await adapter.link(None, server.domain, owner="XMPP lin@example.org")
        assert [app["name"] for app in server.apps.values()] == [
            f"bridgebot for {OWNER}",
            "bridgebot for XMPP lin@example.org",
        ]
        one, two = (parse_qs(urlsplit(step.url).query) for step in (first, second))
        assert one["client_id"] != two["client_id"]
        assert one["code_challenge"] != two["code_challenge"]
        assert one["code_challenge_method"] == ["S256"]
        assert one["scope"] == [linking.NARROW]
        assert one["redirect_uri"] == ["urn:ietf:wg:oauth:2.0:oob"]
        assert first.key == "mastodon-code"
        secret = json.loads(first.progress)
        assert secret["verifier"] not in first.url
        assert secret["client_secret"] not in first.url
        assert secret["verifier"] not in repr(first)


@pytest.mark.parametrize(
    ("site", "shown"),
    [
        ("https://bot.example.org/", True),
        ("http://bot.example.org/", False),
        ("https://127.0.0.1:8790/", False),
        ("https://localhost/", False),
    ],
)
async def test_the_website_is_told_only_if_it_is_public(site, shown):
    async with stage() as (adapter, server):
        adapter.context.routes.url = lambda path: site
        await adapter.link(None, server.domain, owner=OWNER)
        assert next(iter(server.apps.values()))["website"] == (site if shown else None)


async def test_the_question_comes_first():
    async with stage() as (adapter, _):
        step = await adapter.link(None, None)
        assert isinstance(step, Question)
        assert step.key == "mastodon-server"


# --- the code ----------------------------------------------------------------------------------


async def test_a_code_with_spaces_around_and_inside_is_taken():
    async with stage() as (adapter, server):
        step = await adapter.link(None, server.domain, owner=OWNER)
        code = await server.person("ada").consents(step.url)
        account = await adapter.link(step.progress, f"  {code[:20]}\n {code[20:]} ")
        assert isinstance(account, Account)
        assert account.handle == f"@ada@{server.domain}"
        assert account.server == server.domain
        assert account.name == "Ada"
        assert not {one for one in server.secrets if one in repr(account)}


@pytest.mark.parametrize("code", ["", "   ", "not the code!", "not-the-code-at-all", "x" * 4000, "你好你好"])
async def test_a_wrong_code_is_asked_for_again(code):
    async with stage() as (adapter, server):
        step = await adapter.link(None, server.domain, owner=OWNER)
        assert await refused(adapter, step.progress, code) == "mastodon-code-wrong"
        right = await server.person("ada").consents(step.url)
        assert isinstance(await adapter.link(step.progress, right), Account)


async def test_a_code_serves_once_and_the_same_address_gives_a_new_one():
    async with stage() as (adapter, server):
        step = await adapter.link(None, server.domain, owner=OWNER)
        code = await server.person("ada").consents(step.url)
        await adapter.link(step.progress, code)
        assert await refused(adapter, step.progress, code) == "mastodon-code-wrong"
        assert isinstance(
            await adapter.link(step.progress, await server.person("ada").consents(step.url)), Account
        )


async def test_an_old_code_is_refused():
    async with stage() as (adapter, server):
        step = await adapter.link(None, server.domain, owner=OWNER)
        code = await server.person("ada").consents(step.url)
        server.advance(3600)
        assert await refused(adapter, step.progress, code) == "mastodon-code-wrong"


async def test_a_code_of_another_attempt_is_refused():
    """PKCE and the client: a code that somebody else asked for is of no use here."""
    async with stage() as (adapter, server):
        mine = await adapter.link(None, server.domain, owner=OWNER)
        theirs = await adapter.link(None, server.domain, owner="Telegram 666")
        code = await server.person("lin").consents(theirs.url)
        assert await refused(adapter, mine.progress, code) == "mastodon-code-wrong"


@pytest.mark.parametrize("path", ["/oauth/token", "/verify_credentials"])
@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.HTML, Fault.CUT_BEFORE])
async def test_a_server_that_goes_away_at_the_end_ends_the_attempt(path, fault):
    async with stage() as (adapter, server):
        step = await adapter.link(None, server.domain, owner=OWNER)
        code = await server.person("ada").consents(step.url)
        server.fail(fault, path=path, times=None)
        with pytest.raises(Temporary) as info:
            await adapter.link(step.progress, code)
        assert code not in str(info.value)


# --- over the web ----------------------------------------------------------------------------

BACK = Redirect("https://bot.example/l/one/back", "a-state")


async def consent(adapter, server, redirect=BACK):
    step = await adapter.link(None, server.domain, owner=OWNER, redirect=redirect)
    assert isinstance(step, Consent)
    return step


async def test_the_client_of_an_attempt_may_send_browsers_to_its_own_redirect_alone():
    async with stage() as (adapter, server):
        step = await consent(adapter, server)
        (client,) = server.apps.values()
        assert client["redirect_uris"] == [BACK.url]
        assert client["name"] == f"bridgebot for {OWNER}"
        back = await server.person("ada").visits(step.url)
        assert back.startswith(f"{BACK.url}?")
        assert parse_qs(urlsplit(back).query)["state"] == ["a-state"]


async def test_what_was_granted_is_known_of_the_account():
    async with stage() as (adapter, server):
        step = await consent(adapter, server)
        code = await server.person("ada").consents(step.url)
        account = await adapter.link(step.progress, code, redirect=BACK)
        assert (account.handle, account.scopes) == (
            f"@ada@{server.domain}",
            tuple(sorted(linking.NARROW.split())),
        )


async def test_a_code_for_another_redirect_is_refused():
    async with stage() as (adapter, server):
        mine = await consent(adapter, server)
        other = Redirect("https://bot.example/l/two/back", "b-state")
        theirs = await consent(adapter, server, other)
        code = await server.person("lin").consents(theirs.url)
        with pytest.raises(Rejected) as info:
            await adapter.link(mine.progress, code, redirect=BACK)
        assert info.value.key == "mastodon-code-refused"


@pytest.mark.parametrize(
    ("promised", "issuer"), [(False, "https://masto.example/"), (True, "https://masto.example/")]
)
async def test_who_sends_the_browser_back_is_asked_of_the_server(promised, issuer):
    async with stage() as (adapter, server):
        server.names_issuer = promised
        step = await consent(adapter, server)
        assert (step.issuer, step.names_issuer) == (issuer, promised)
        back = parse_qs(urlsplit(await server.person("ada").visits(step.url)).query)
        assert back.get("iss") == ([step.issuer] if promised else None)


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://honest.example", "authorization_response_iss_parameter_supported": True},
        {"issuer": "https://[", "authorization_response_iss_parameter_supported": True},
        {"issuer": 4, "authorization_response_iss_parameter_supported": True},
        "<html>",
    ],
)
async def test_a_server_speaks_for_nobody_else(said):
    async def answer(request):
        if "instance" in request.path:
            return web.json_response({"uri": "evil.example", "version": "4.3.0"})
        if "well-known" in request.path:
            return web.json_response(said)
        return web.json_response({"client_id": "id", "client_secret": "secret"})

    async with answering(answer) as url, stage(evil_example=url) as (adapter, _):
        step = await adapter.link(None, "evil.example", redirect=BACK)
        assert (step.issuer, step.names_issuer) == ("https://evil.example", False)


async def test_a_flavour_without_metadata_is_linked_over_the_web_too():
    async with stage() as (adapter, server):
        server.fail(Fault.ERROR, path="/.well-known", times=None)
        step = await consent(adapter, server)
        assert (step.issuer, step.names_issuer) == (f"https://{server.domain}", False)
        code = await server.person("ada").consents(step.url)
        assert isinstance(await adapter.link(step.progress, code, redirect=BACK), Account)


# --- after linking -----------------------------------------------------------------------------


async def linked(adapter, server, who="ada"):
    step = await adapter.link(None, server.domain, owner=OWNER)
    return await adapter.link(step.progress, await server.person(who).consents(step.url))


async def test_unlinking_revokes_the_token():
    async with stage() as (adapter, server):
        account = await linked(adapter, server)
        token = json.loads(account.credentials)["token"]
        await adapter.unlink(account)
        assert server.tokens[token].revoked
        await adapter.unlink(account)
        await server.refuse()
        await adapter.unlink(account)


def test_the_host_of_the_handles_may_differ_from_the_servers():
    host = linking.host_of
    assert host(Instance("4.3.0", domain="example.org"), "social.example.org") == "example.org"
    gotosocial = Instance("0.19", domain="gts.example.org", account_domain="Example.org")
    assert host(gotosocial, "gts.example.org") == "example.org"
    assert host(Instance("2.7", uri="https://old.example"), "old.example") == "old.example"
    assert host(Instance("2.7", uri="old.example"), "old.example") == "old.example"
    assert host(Instance("2.7"), "x.example") == "x.example"
    assert host(Instance("4.3.0", domain="inner.test"), "outer", trusted=True) == "inner.test"


def test_a_server_does_not_speak_for_another_one():
    for claimed in ("big.example", "https://big.example/", "il.example", "deep.evil.example"):
        assert linking.host_of(Instance("4.3.0", domain=claimed), "evil.example") == "evil.example"


async def test_an_account_is_never_that_of_another_server():
    async def evil(request):
        answers = {
            "/api/v2/instance": {"version": "4.3.0", "domain": "evil.example"},
            "/api/v1/apps": {"client_id": "a", "client_secret": "b"},
            "/oauth/token": {"access_token": "c"},
            "/api/v1/accounts/verify_credentials": {"id": "1", "acct": "famous@big.example"},
        }
        return web.json_response(answers[request.path])

    async with answering(evil) as url, stage(evil_example=url) as (adapter, _):
        step = await adapter.link(None, "evil.example")
        account = await adapter.link(step.progress, "some-code")
        assert (account.handle, account.server) == ("@famous@evil.example", "evil.example")
