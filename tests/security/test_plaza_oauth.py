"""Plaza as an OAuth server, against people who mean harm: codes, redirects, scopes, forms, sessions."""

import contextlib
import logging
import re
from urllib.parse import urlencode

import aiohttp
import pytest
import sqlalchemy as sa
from aiohttp import web

from adapters.plaza.browser.cookies import Cookies, fresh
from adapters.plaza.store.tables import metadata
from bridgebot.errors import AuthExpired, Rejected
from bridgebot.model import Account, Audience, Draft
from bridgebot.testing.clock import ManualClock
from tests.servers.plaza import town as plaza_town
from tests.servers.plaza_apps import Caller, call, challenge, introduce
from tests.servers.plaza_browser import browser

WEB = "https://app.example/done?a=1"
WRITE = "/api/v1/statuses"


class Place:
    """Plaza, its people and their browsers."""

    def __init__(self, town, stack):
        self.town, self._stack = town, stack
        self.base = town.context.routes.url("").rstrip("/")
        self.http = town.context.http

    async def window(self, name=None):
        """A browser; with a name, that person's."""
        window = await self._stack.enter_async_context(browser())
        if name is not None:
            await window.signs_in(await self.address(name))
        return window

    async def address(self, name):
        return await self.town.adapter.sign_in(await self.town.account(name))

    async def app(self, *redirects, **more):
        return await introduce(self.http, self.base, *redirects, **more)

    def caller(self, token):
        return Caller(self.http, self.base, token)

    async def lets_in(self, name, scope="read write follow"):
        app = await self.app(scopes=scope)
        return app, await app.token(await self.window(name), scope)

    async def works(self, token):
        return (await self.caller(token)("GET", "/api/v1/accounts/verify_credentials")).status == 200


@contextlib.asynccontextmanager
async def place(**options):
    async with contextlib.AsyncExitStack() as stack:
        yield Place(await stack.enter_async_context(plaza_town(**options)), stack)


@pytest.fixture
async def here():
    async with place() as made:
        yield made


# --- codes -------------------------------------------------------------------------------------


async def test_a_code_gives_one_token_and_a_second_use_takes_that_back(here):
    app, window = await here.app(), await here.window("ada")
    code = (await window.consents(app.asks())).code
    first = await app.exchanges(code)
    assert first.body["token_type"] == "Bearer"
    assert first.headers["Cache-Control"] == "no-store"
    token = first.body["access_token"]
    assert await here.works(token)
    again = await app.exchanges(code)
    assert (again.status, again.body["error"]) == (400, "invalid_grant")
    assert not await here.works(token)


async def test_a_code_lives_for_ten_minutes():
    clock = ManualClock()
    async with place(clock=clock) as here:
        app, window = await here.app(), await here.window("ada")
        code = (await window.consents(app.asks())).code
        clock.skip(601)
        assert (await app.exchanges(code)).body["error"] == "invalid_grant"


async def test_a_stolen_code_is_worth_nothing_to_another_app(here):
    app, thief, window = await here.app(), await here.app(), await here.window("ada")
    code = (await window.consents(app.asks())).code
    assert (await thief.exchanges(code, code_verifier=app.verifier)).body["error"] == "invalid_grant"
    as_app = await thief.exchanges(code, client_id=app.id, code_verifier=app.verifier)
    assert (as_app.status, as_app.body["error"]) == (401, "invalid_client")
    assert (await app.exchanges(code)).status == 200, "and the thief's tries took nothing from the owner"


async def test_a_code_that_is_put_into_another_attempt_does_not_fit_it(here):
    app, window = await here.app(), await here.window("ada")
    code = (await window.consents(app.asks())).code
    app.verifier = "another-attempt-of-the-same-app-with-a-verifier"
    assert (await app.exchanges(code)).body["error"] == "invalid_grant"


@pytest.mark.parametrize("wrong", [None, "", "short", "x" * 43])
async def test_a_code_that_began_with_a_challenge_needs_its_verifier(here, wrong):
    app, window = await here.app(), await here.window("ada")
    code = (await window.consents(app.asks())).code
    assert (await app.exchanges(code, code_verifier=wrong)).body["error"] == "invalid_grant"


async def test_a_verifier_without_a_challenge_is_a_downgrade(here):
    """Somebody took the challenge out of the request on its way."""
    app, window = await here.app(), await here.window("ada")
    code = (await window.consents(app.asks(proof=False))).code
    assert (await app.exchanges(code)).body["error"] == "invalid_grant"


async def test_an_app_without_a_secret_needs_a_challenge(here):
    app, window = await here.app(), await here.window("ada")
    bare = (await window.consents(app.asks(proof=False))).code
    refused = await app.exchanges(bare, client_secret=None, code_verifier=None)
    assert refused.body["error"] == "invalid_grant"
    proven = (await window.consents(app.asks())).code
    assert (await app.exchanges(proven, client_secret=None)).status == 200


@pytest.mark.parametrize("method", ["plain", "", None])
async def test_only_s256_is_a_challenge(here, method):
    app, window = await here.app(WEB), await here.window("ada")
    answer = await window.opens(app.asks(code_challenge_method=method))
    assert answer.answer()["error"] == "invalid_request"


async def test_the_redirect_of_the_code_must_be_named_again(here):
    app, window = await here.app(WEB, "https://app.example/other"), await here.window("ada")
    code = (await window.consents(app.asks())).answer()["code"]
    assert (await app.exchanges(code, redirect_uri="https://app.example/other")).status == 400
    assert (await app.exchanges(code)).status == 200


async def test_the_secret_is_shown_one_way_at_a_time(here):
    app, window = await here.app(), await here.window("ada")
    code = (await window.consents(app.asks())).code
    basic = aiohttp.BasicAuth(app.id, app.secret)
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": app.redirect,
        "code_verifier": app.verifier,
    }
    url = f"{here.base}/oauth/token"
    both = await call(here.http, "POST", url, data={**fields, "client_secret": app.secret}, auth=basic)
    assert both.body["error"] == "invalid_request"
    wrong = await call(here.http, "POST", url, data=fields, auth=aiohttp.BasicAuth(app.id, "guess"))
    assert (wrong.status, wrong.body["error"]) == (401, "invalid_client")
    assert (await call(here.http, "POST", url, data=fields, auth=basic)).status == 200


# --- where a browser is sent -------------------------------------------------------------------

BAD = [
    "http://app.example/done",
    "https://app.example/done#here",
    "https://ada@app.example/",
    "https://",
    "https:\\\\app.example",
    "https://app.example/ x",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "/done",
    "app",
    "https://app.example/\r\nSet-Cookie: a=b",
    "http://127.0.0.1.evil.example/",
    "https://[half",
    "https://app.example;sandbox/",
    "https://*/",
    "https://*.example/",
    "http://localhost;report-uri/",
]


@pytest.mark.parametrize("address", BAD)
async def test_an_app_can_name_no_address_that_harms(here, address):
    new = {"client_name": "x", "redirect_uris": [address], "scopes": "read"}
    said = await call(here.http, "POST", f"{here.base}/api/v1/apps", json=new)
    assert said.status == 422, said


@pytest.mark.parametrize(
    "address",
    [
        WEB,
        "http://127.0.0.1:8123/done",
        "http://[::1]/",
        "http://localhost/x",
        "com.example.app:/done",
        "tusky://x",
    ],
)
async def test_an_app_may_name_its_own_places(here, address):
    assert (await here.app(address)).redirect == address


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "https://app.example/done",
        "https://app.example/done?a=1&b=2",
        "https://app.example/done?a=1/../evil",
        "https://APP.example/done?a=1",
        "https://app.example.evil.example/done?a=1",
        "https://app.example:8443/done?a=1",
        "",
    ],
)
async def test_a_browser_is_sent_only_where_the_app_said_letter_by_letter(here, address):
    app, window = await here.app(WEB), await here.window("ada")
    page = await window.opens(app.asks(redirect_uri=address))
    assert (page.status, page.location, page.forms) == (400, "", [])
    signed = (await window.opens(app.asks())).form("/oauth/authorize").fields
    sent = await window.sends(
        f"{here.base}/oauth/authorize", {**signed, "redirect_uri": address, "decision": "yes"}
    )
    assert (sent.status, sent.location) == (400, "")


async def test_an_unknown_app_sends_nobody_anywhere(here):
    app, window = await here.app(WEB), await here.window("ada")
    page = await window.opens(app.asks(client_id="unknown"))
    assert (page.status, page.location) == (400, "")


async def test_the_answer_keeps_state_and_query_and_says_who_answers(here):
    app, window = await here.app(WEB), await here.window("ada")
    state = "a b&c=d%20é#?"
    for agree, key in ((True, "code"), (False, "error")):
        answer = await window.consents(app.asks(state=state), agree=agree)
        assert answer.status == 303
        told = answer.answer()
        assert (told["a"], told["state"], told["iss"]) == ("1", state, f"{here.base}/")
        assert key in told
    said = await here.caller(None).get("/.well-known/oauth-authorization-server")
    assert said["issuer"] == told["iss"]
    assert said["authorization_response_iss_parameter_supported"] is True
    assert said["code_challenge_methods_supported"] == ["S256"]


async def test_an_error_leads_nobody_away_who_is_not_signed_in(here):
    """Else anybody could introduce an app and make this site send people to it."""
    app = await here.app(WEB)
    stranger, ada = await here.window(), await here.window("ada")
    wrong = app.asks(scope="admin")
    assert (await stranger.opens(wrong)).location == ""
    told = (await ada.opens(wrong)).answer()
    assert (told["error"], told["iss"]) == ("invalid_scope", f"{here.base}/")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"scope": "read write admin:read"}, "invalid_scope"),
        ({"code_challenge": "tooshort"}, "invalid_request"),
        ({"state": "x" * 5000}, "invalid_request"),
    ],
)
async def test_a_request_that_is_wrong_is_told_by_its_word(here, change, error):
    app, window = await here.app(WEB), await here.window("ada")
    assert (await window.opens(app.asks(**change))).answer()["error"] == error


async def test_a_parameter_twice_is_refused(here):
    app, window = await here.app(WEB), await here.window("ada")
    twice = await window.opens(f"{app.asks()}&{urlencode({'scope': 'read'})}")
    assert twice.answer()["error"] == "invalid_request"
    elsewhere = await window.opens(f"{app.asks()}&{urlencode({'redirect_uri': 'https://evil.example/'})}")
    assert (elsewhere.status, elsewhere.location) == (400, "")


# --- scopes ------------------------------------------------------------------------------------


async def test_an_app_gets_no_more_than_it_said_it_would_ask_for(here):
    app, window = await here.app(WEB, scopes="read:statuses"), await here.window("ada")
    for more in ("read", "write", "read:statuses write", "read:accounts"):
        assert (await window.opens(app.asks(scope=more))).answer()["error"] == "invalid_scope"
    signed = (await window.opens(app.asks(scope="read:statuses"))).form("/oauth/authorize").fields
    sent = await window.sends(f"{here.base}/oauth/authorize", {**signed, "scope": "write", "decision": "yes"})
    assert sent.answer()["error"] == "invalid_scope"


async def test_a_token_does_only_what_its_scopes_say(here):
    _, token = await here.lets_in("ada", "read:statuses")
    ada = here.caller(token)
    assert (await ada("GET", "/api/v1/timelines/home")).status == 200
    outside = {"error": "This action is outside the authorized scopes"}
    for method, path in (
        ("POST", WRITE),
        ("GET", "/api/v1/accounts/verify_credentials"),
        ("GET", "/api/v1/notifications"),
        ("GET", "/api/v2/search?q=x"),
        ("GET", "/api/v1/follow_requests"),
        ("PATCH", "/api/v1/accounts/update_credentials"),
        ("POST", "/api/v1/accounts/1/follow"),
        ("GET", "/api/v1/accounts/lookup?acct=ada"),
    ):
        said = await ada(method, path, **({"json": {"status": "x"}} if method == "POST" else {}))
        assert (said.status, said.body) == (403, outside), path
    assert await here.town.adapter.reports() == ()
    _, profile = await here.lets_in("ada", "profile")
    assert await here.works(profile)
    assert (await here.caller(profile)("GET", "/api/v1/timelines/home")).status == 403


async def test_the_adapter_holds_a_token_to_its_scopes_and_to_its_person(here):
    """A token as the credentials of a linked account, as another bot would keep it."""
    _, token = await here.lets_in("ada", "read")
    known, lin = await here.town.account("ada"), await here.town.account("lin")
    linked = Account(known.id, known.handle, known.server, known.name, known.url, token)
    adapter = here.town.adapter
    assert (await adapter.whois(linked, "@lin")).author.id == lin.id
    for forbidden in (
        adapter.publish(linked, Draft("x"), key="k"),
        adapter.follow(linked, "@lin", True),
        adapter.lock(linked, True),
    ):
        with pytest.raises(AuthExpired):
            await forbidden
    with pytest.raises(Rejected, match="plaza-signin-key"):
        await adapter.sign_in(linked)  # no app becomes a browser
    as_lin = Account(lin.id, lin.handle, lin.server, lin.name, lin.url, token)
    with pytest.raises(AuthExpired):
        await adapter.whois(as_lin, "@ada")
    await adapter.unlink(linked)
    assert not await here.works(token)
    assert (await adapter.whois(known, "@ada")).author.id == known.id, "the account stays"


# --- forms, frames, sessions -------------------------------------------------------------------


async def test_a_form_counts_only_from_the_browser_that_was_shown_it(here):
    app, ada, mallory = await here.app(WEB), await here.window("ada"), await here.window("mallory")
    theirs = (await mallory.opens(app.asks())).form("/oauth/authorize").fields
    own = (await ada.opens(app.asks())).form("/oauth/authorize").fields
    url = f"{here.base}/oauth/authorize"
    for fields in ({**own, "sign": ""}, {**own, "sign": theirs["sign"]}, {**own, "sign": "é"}):
        sent = await ada.sends(url, {**fields, "decision": "yes"})
        assert (sent.status, sent.location) == (403, "")
    cross = await ada.sends(url, {**own, "decision": "yes"}, **{"Sec-Fetch-Site": "cross-site"})
    assert (cross.status, cross.location) == (403, "")
    stranger = await here.window()
    assert (await stranger.sends(url, {**own, "decision": "yes"})).status == 403


async def test_no_way_of_opening_a_page_changes_anything(here):
    """Prefetchers, link previews and HEAD included."""
    app, window = await here.app(WEB), await here.window("ada")
    address = await here.address("lin")
    for url in (address, f"{app.asks()}&decision=yes", f"{here.base}/plaza/apps?kind=app&id=1"):
        for method in ("GET", "HEAD"):
            async with here.http.request(method, url) as answer:
                assert answer.status in (200, 401)
    assert (await window.opens(f"{app.asks()}&decision=yes")).location == ""
    other = await here.window()
    await other.signs_in(address)  # it is still good
    assert "@lin" in (await other.opens(f"{here.base}/plaza/apps")).text


async def test_an_address_signs_in_once_and_for_ten_minutes():
    clock = ManualClock()
    async with place(clock=clock) as here:
        address = await here.address("ada")
        first, second = await here.window(), await here.window()
        await first.signs_in(address)
        assert (await second.opens(address)).status == 404
        late = await here.address("ada")
        page = await second.opens(late)
        clock.skip(601)
        assert (await second.presses(page, "/plaza/signin")).status == 404
        clock.skip(30 * 24 * 3600)
        assert (await first.opens(f"{here.base}/plaza/apps")).status == 401, "a session ends after 30 days"


async def test_addresses_are_given_so_often_and_guessed_never(here):
    account = await here.town.account("ada")
    for _ in range(20):
        await here.town.adapter.sign_in(account)
    with pytest.raises(Rejected, match="plaza-signins-spent"):
        await here.town.adapter.sign_in(account)
    window = await here.window()
    tries = [(await window.opens(f"{here.base}/plaza/signin/{'x' * 43}")).status for _ in range(61)]
    assert (tries[0], tries[-1]) == (404, 429)


async def test_signing_in_changes_the_cookie_that_somebody_may_have_prepared(here):
    window, prepared = await here.window(), "p" * 43
    window.keeps(here.base, plaza=prepared)
    address = await here.address("ada")
    page = await window.opens(address)
    assert window.cookies["plaza"] == prepared
    await window.presses(page, "/plaza/signin")
    assert window.cookies["plaza"] != prepared
    attacker = await here.window()
    attacker.keeps(here.base, plaza=prepared)
    assert (await attacker.opens(f"{here.base}/plaza/apps")).status == 401


async def test_pages_cannot_be_framed_kept_or_sent_elsewhere(here):
    app, window = await here.app(WEB), await here.window("ada")
    for url in (app.asks(), f"{here.base}/plaza/apps", await here.address("ada")):
        page = await window.opens(url)
        policy = page.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "script-src 'none'" in policy
        assert "<script" not in page.html
    policy = (await window.opens(app.asks())).headers["Content-Security-Policy"]
    assert "form-action 'self' https://app.example;" in policy
    assert (
        "app.example"
        not in (await window.opens(f"{here.base}/plaza/apps")).headers["Content-Security-Policy"]
    )


async def test_the_cookie_is_bound_to_this_host_and_out_of_reach_of_scripts(here):
    answer = web.Response()
    Cookies(secure=True).set(answer, fresh())
    cookie = answer.cookies["__Host-plaza"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (
        True,
        True,
        "Lax",
        "/",
    )
    assert cookie["domain"] == ""
    window = await here.window("ada")
    assert set(window.cookies) == {"plaza"}, "over http the prefix would be refused"


async def test_an_apps_name_is_only_words_on_the_page(here):
    name = '<img src=x onerror="alert(1)">\u202eevil\nYou are @admin'
    app, window = await here.app(WEB, client_name=name), await here.window("ada")
    page = await window.opens(app.asks())
    assert "<img" not in page.html
    assert "\u202e" not in page.html
    assert "&lt;img src=x" in page.html


async def test_signing_out_ends_the_session_and_not_only_the_cookie(here):
    window = await here.window("ada")
    cookie = window.cookies["plaza"]
    page = await window.opens(f"{here.base}/plaza/apps")
    await window.presses(page, "/plaza/signout")
    window.keeps(here.base, plaza=cookie)
    assert (await window.opens(f"{here.base}/plaza/apps")).status == 401


# --- ends --------------------------------------------------------------------------------------


async def test_a_person_sees_and_stops_their_apps_and_browsers_and_nobody_elses(here):
    _, token = await here.lets_in("ada")
    _, other = await here.lets_in("lin")
    ada, elsewhere = await here.window("ada"), await here.window("ada")
    page = await ada.opens(f"{here.base}/plaza/apps")
    assert page.text.count("A second client") == 1
    sign = page.forms[0].fields["sign"]
    for which in range(1, 10):  # ids are small numbers: lin's are among them
        await ada.sends(f"{here.base}/plaza/apps", {"sign": sign, "kind": "app", "id": str(which)})
    assert not await here.works(token)
    assert await here.works(other)
    for which in range(9, 0, -1):  # her own browser last
        await ada.sends(f"{here.base}/plaza/apps", {"sign": sign, "kind": "browser", "id": str(which)})
    assert (await elsewhere.opens(f"{here.base}/plaza/apps")).status == 401
    lin = await here.window("lin")
    assert "@lin" in (await lin.opens(f"{here.base}/plaza/apps")).text


async def test_an_app_gives_back_its_own_token_and_no_others(here):
    app, token = await here.lets_in("ada")
    thief = await here.app()
    assert (await thief.revokes(token)).body["error"] == "unauthorized_client"
    assert (await app.revokes(token, client_secret="guess")).status == 403
    assert await here.works(token)
    assert ((await app.revokes(token)).status, (await app.revokes(token)).status) == (200, 200)
    assert (await app.revokes("never was")).status == 200
    assert not await here.works(token)
    said = await here.caller(token)("GET", "/api/v1/timelines/home")
    assert (said.status, said.body) == (401, {"error": "The access token is invalid"})


async def test_suspending_ends_everything_for_good(here):
    _, token = await here.lets_in("ada")
    app, window = await here.app(), await here.window("ada")
    code, address = (await window.consents(app.asks())).code, await here.address("ada")
    await here.town.adapter.suspend("@ada", True)
    await here.town.adapter.suspend("@ada", False)
    assert not await here.works(token)
    assert (await app.exchanges(code)).body["error"] == "invalid_grant"
    assert (await window.opens(f"{here.base}/plaza/apps")).status == 401
    assert (await (await here.window()).opens(address)).status == 404


async def test_closing_the_account_ends_everything(here):
    _, token = await here.lets_in("ada")
    window = await here.window("ada")
    await here.town.adapter.unlink(await here.town.account("ada"))
    assert not await here.works(token)
    assert (await window.opens(f"{here.base}/plaza/apps")).status == 401


async def test_a_token_is_taken_from_the_header_and_from_nowhere_else(here):
    _, token = await here.lets_in("ada")
    path = "/api/v1/accounts/verify_credentials"
    assert (await here.caller(None)("GET", f"{path}?access_token={token}")).status == 401
    window = await here.window("ada")
    assert (await window.opens(f"{here.base}{path}")).status == 401, "a cookie is no token"


async def test_apps_are_introduced_only_so_often(here):
    new = {"client_name": "x", "redirect_uris": WEB, "scopes": "read"}
    url = f"{here.base}/api/v1/apps"
    statuses = [(await call(here.http, "POST", url, json=new)).status for _ in range(31)]
    assert (statuses[0], statuses[29], statuses[30]) == (200, 200, 429)


async def test_secrets_stand_in_no_log_and_in_no_table(here, caplog):
    caplog.set_level(logging.DEBUG)
    address = await here.address("ada")
    app, window = await here.app(), await here.window()
    await window.signs_in(address)
    code = (await window.consents(app.asks())).code
    token = (await app.exchanges(code)).body["access_token"]
    await here.caller(token).get("/api/v1/accounts/verify_credentials")
    await app.exchanges(code)
    secrets = [token, code, app.secret, address.rpartition("/")[2], window.cookies["plaza"], app.verifier]
    # The house of this test keeps aiohttp's access log, which the product's web server has switched off.
    kept = [record for record in caplog.records if not record.name.startswith("aiohttp.")]
    ours = "\n".join(record.getMessage() for record in kept)
    rows = await here.town.context.database.read(_everything)
    for secret in secrets:
        assert secret not in ours
        assert secret not in rows


def _everything(connection, now):
    return "\n".join(
        str(row) for table in metadata.sorted_tables for row in connection.execute(sa.select(table))
    )


# --- walls -------------------------------------------------------------------------------------

SECRET = "the cake is in the cellar"


@pytest.mark.parametrize("audience", [Audience.FOLLOWERS, Audience.DIRECT])
async def test_no_route_of_the_api_shows_what_is_for_others(here, audience):
    """Every reading route, asked with every id that there is, by a stranger and by nobody."""
    lin = here.caller((await here.lets_in("lin"))[1])
    ada = here.caller((await here.lets_in("ada"))[1])
    _, token = await here.lets_in("mallory")
    await here.town.follow("lin", "ada")
    visibility = "private" if audience is Audience.FOLLOWERS else "direct"
    secret = await ada.writes(f"@lin {SECRET} #hidden", visibility=visibility)
    assert SECRET in (await lin.get(f"/api/v1/statuses/{secret['id']}"))["content"]
    answer = await lin.writes("@ada indeed", in_reply_to_id=secret["id"], visibility=visibility)
    ids = range(1, int(answer["id"]) + 2)
    paths = [
        "/api/v1/timelines/home",
        "/api/v1/timelines/public",
        "/api/v1/timelines/tag/hidden",
        "/api/v1/notifications",
        "/api/v1/favourites",
        "/api/v2/search?q=cake",
        f"/api/v2/search?q={secret['url']}",
        *(f"/api/v1/accounts/{one}/statuses" for one in ids),
        *(f"/api/v1/accounts/{one}/statuses?tagged=hidden" for one in ids),
        *(f"/api/v1/statuses/{one}{more}" for one in ids for more in ("", "/context", "/source")),
    ]
    for caller in (here.caller(token), here.caller(None)):
        for path in paths:
            said = await caller("GET", path)
            assert SECRET not in str(said.body), path
            assert "indeed" not in str(said.body), path
    mallory = here.caller(token)
    for method, path in (
        ("POST", f"/api/v1/statuses/{secret['id']}/favourite"),
        ("POST", f"/api/v1/statuses/{secret['id']}/reblog"),
        ("PUT", f"/api/v1/statuses/{secret['id']}"),
        ("DELETE", f"/api/v1/statuses/{secret['id']}"),
    ):
        said = await mallory(method, path, **({"json": {"status": "mine"}} if method == "PUT" else {}))
        never = await mallory(method, path.replace(secret["id"], "99999"), json={"status": "mine"})
        assert (said.status, said.body) == (never.status, never.body) == (404, {"error": "Record not found"})
    said = await mallory("POST", WRITE, json={"status": "tell me", "in_reply_to_id": secret["id"]})
    assert said.status == 404
    about = {"account_id": secret["account"]["id"], "status_ids": [secret["id"]]}
    assert (await mallory("POST", "/api/v1/reports", json=about)).status == 404


async def test_counts_and_parents_tell_nothing_of_what_is_hidden(here):
    ada = here.caller((await here.lets_in("ada"))[1])
    mallory = here.caller((await here.lets_in("mallory"))[1])
    root = await ada.writes("root")
    hidden = await ada.writes("hidden", in_reply_to_id=root["id"], visibility="private")
    seen = await mallory.get(f"/api/v1/statuses/{root['id']}")
    assert (seen["replies_count"], seen["account"]["statuses_count"]) == (0, 1)
    around = await mallory.get(f"/api/v1/statuses/{root['id']}/context")
    assert around == {"ancestors": [], "descendants": []}
    assert hidden["in_reply_to_id"] == root["id"]


async def test_somebody_elses_post_is_neither_changed_nor_taken_away(here):
    ada = here.caller((await here.lets_in("ada"))[1])
    mallory = here.caller((await here.lets_in("mallory"))[1])
    post = await ada.writes("mine")
    path = f"/api/v1/statuses/{post['id']}"
    assert (await mallory("PUT", path, json={"status": "theirs"})).status == 404
    assert (await mallory("DELETE", path)).status == 404
    assert (await mallory("GET", f"{path}/source")).status == 404
    assert (await ada.get(path))["content"] == "<p>mine</p>"


async def test_a_text_is_never_markup(here):
    ada = here.caller((await here.lets_in("ada"))[1])
    nasty = '<script>alert(1)</script> https://a.example/"onmouseover="x @ada <a href="javascript:x">'
    made = await ada.writes(nasty, spoiler_text="<b>warn</b>")
    assert not re.search(r"<(?!/?(p|a|br)\b)", made["content"])
    assert "javascript:" not in re.findall(r'href="([^"]*)"', made["content"])
    assert all(re.match(r"https?://", url) for url in re.findall(r'href="([^"]*)"', made["content"]))


def test_the_challenge_of_the_standard_is_ours():
    """RFC 7636, appendix B."""
    assert (
        challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )
