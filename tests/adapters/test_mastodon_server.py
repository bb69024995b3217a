"""The fake Mastodon keeps the rules of the servers that it stands for."""

import asyncio
import base64
import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest

from tests.servers.mastodon import Fault
from tests.servers.mastodon_caller import town
from tests.servers.mastodon_faults import RETRY_AFTER

OOB = "urn:ietf:wg:oauth:2.0:oob"


# --- the door ---


async def test_who_has_no_token_or_too_narrow_a_one_is_turned_away():
    async with town(scopes="read:statuses profile") as (server, ada):
        home, own = "/api/v1/timelines/home", "/api/v1/accounts/verify_credentials"
        assert await ada.refused("GET", home, token=None) == (401, "The access token is invalid")
        assert await ada.refused("GET", home, token="no") == (401, "The access token is invalid")
        assert (await ada("GET", home))[0] == (await ada("GET", own))[0] == 200
        for method, path in (("GET", "/api/v1/notifications"), ("POST", "/api/v1/statuses")):
            assert await ada.refused(method, path) == (403, "This action is outside the authorized scopes")
        server.expire("ada")
        assert await ada.refused("GET", home) == (401, "The access token was revoked")


async def register(ada, **more):
    app = {"client_name": "bridgebot for Ada <b>", "redirect_uris": OOB, "scopes": "read write", **more}
    return (await ada("POST", "/api/v1/apps", token=None, json=app))[1]


def page_of(server, app, **more):
    asked = {"response_type": "code", "client_id": app["client_id"], "redirect_uri": OOB, **more}
    return f"https://{server.domain}/oauth/authorize?{urlencode(asked)}"


def client_of(app, **more):
    return {"client_id": app["client_id"], "client_secret": app["client_secret"], "redirect_uri": OOB, **more}


async def test_a_code_is_good_once_for_ten_minutes_with_its_verifier():
    verifier = "v" * 50
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    async with town() as (server, ada):
        app = await register(ada)
        page = page_of(server, app, scope="read", code_challenge=digest, code_challenge_method="S256")
        code = await server.person("lin").consents(page)
        grant = client_of(app, grant_type="authorization_code", code=code)
        for wrong in ({}, {"code_verifier": "w" * 50}, {"code_verifier": verifier, "redirect_uri": "x:y"}):
            said = await ada.refused("POST", "/oauth/token", data={**grant, **wrong})
            assert said == (400, "invalid_grant")
        bad = {**grant, "client_secret": "no"}
        assert await ada.refused("POST", "/oauth/token", data=bad) == (401, "invalid_client")
        good = {**grant, "code_verifier": verifier}
        status, token, _ = await ada("POST", "/oauth/token", data=good)
        assert (status, token["scope"], token["token_type"]) == (200, "read", "Bearer")
        assert await ada.refused("POST", "/oauth/token", data=good) == (400, "invalid_grant")
        ada.token = token["access_token"]
        assert (await ada("GET", "/api/v1/accounts/verify_credentials"))[1]["acct"] == "lin"
        late = client_of(app, grant_type="authorization_code")
        late["code"] = await server.person("lin").consents(page_of(server, app))
        server.advance(601)
        assert await ada.refused("POST", "/oauth/token", data=late) == (400, "invalid_grant")


async def test_the_consent_page_names_the_app_and_sends_back_what_was_decided():
    back = "https://bridgebot.example/link"
    async with town() as (server, ada):
        app = await register(ada, redirect_uris=[OOB, back])
        page = page_of(server, app, redirect_uri=back, state="s", scope="read")
        for agree, key in ((True, "code"), (False, "error")):
            address = await server.person("ada").visits(page, agree=agree)
            assert address.startswith(back)
            answers = parse_qs(urlsplit(address).query)
            assert answers["state"] == ["s"]
            assert key in answers
        with pytest.raises(AssertionError, match="Invalid E-mail address or password"):
            await server.person("ada").consents(page, password="wrong")
        for wrong in ({"redirect_uri": "https://evil.example/"}, {"scope": "admin"}, {"client_id": "x"}):
            with pytest.raises(AssertionError, match="An error has occurred"):
                await server.person("ada").consents(page_of(server, app) + "&" + urlencode(wrong))
        plain = page_of(server, app, code_challenge="x", code_challenge_method="plain")
        with pytest.raises(AssertionError, match="must be S256"):
            await server.person("ada").consents(plain)


async def test_a_revoked_token_is_no_longer_taken():
    async with town() as (server, ada):
        app = await register(ada)
        code = await server.person("ada").consents(page_of(server, app, scope="read"))
        grant = client_of(app, grant_type="authorization_code", code=code)
        token = (await ada("POST", "/oauth/token", data=grant))[1]["access_token"]
        other = await register(ada)
        revoke = {
            name: value for name, value in client_of(other, token=token).items() if name != "redirect_uri"
        }
        assert await ada.refused("POST", "/oauth/revoke", data=revoke) == (403, "unauthorized_client")
        revoke |= {name: app[name] for name in ("client_id", "client_secret")}
        for _ in range(2):
            assert (await ada("POST", "/oauth/revoke", data=revoke))[0] == 200
        assert (await ada.refused("GET", "/api/v1/timelines/home", token=token))[0] == 401


async def test_a_misspelt_parameter_is_found_out():
    async with town() as (server, ada):
        status, words = await ada.refused(
            "POST", "/api/v1/statuses", json={"status": "x", "visible": "public"}
        )
        assert (status, "'visible'" in words) == (422, True)
        assert not server.world.statuses


# --- who sees what ---


async def test_a_narrow_post_is_not_there_for_others():
    async with town() as (server, ada):
        lin, me = server.person("lin"), server.person("ada")
        paths = {
            name: f"/api/v1/statuses/{lin.post(name, visibility=name).id}" for name in ("private", "direct")
        }
        for path in paths.values():
            assert await ada.refused("GET", path) == (404, "Record not found")
            assert await ada.refused("POST", f"{path}/favourite") == (404, "Record not found")
        me.follow(lin)
        assert (await ada("GET", paths["private"]))[0] == 200
        assert await ada.refused("POST", f"{paths['private']}/reblog") == (403, "This action is not allowed")
        assert await ada.refused("GET", paths["private"], token=None) == (404, "Record not found")
        assert await ada.refused("GET", paths["direct"]) == (404, "Record not found")
        named = lin.post("for @ada", visibility="direct")
        assert (await ada("GET", f"/api/v1/statuses/{named.id}"))[0] == 200
        for method in ("PUT", "DELETE"):
            assert (await ada.refused(method, f"/api/v1/statuses/{named.id}"))[0] == 404


async def test_home_shows_oneself_and_whom_one_follows():
    async with town() as (server, ada):
        lin, stranger, me = (server.person(name) for name in ("lin", "stranger", "ada"))
        me.follow(lin)
        unknown = stranger.post("unseen")
        shown = [lin.post("one"), me.post("two"), lin.boost(unknown)]
        lin.post("an answer", reply_to=unknown)
        shown.append(lin.post("to me", reply_to=shown[1]))
        assert await ada.ids("/api/v1/timelines/home") == [one.id for one in reversed(shown)]


async def test_min_id_reads_without_gaps_and_since_id_does_not():
    async with town() as (server, ada):
        posts = [server.person("ada").post(f"#tea {number}").id for number in range(6)]
        for path in ("/api/v1/timelines/home", "/api/v1/timelines/tag/tea"):
            assert await ada.ids(f"{path}?min_id={posts[0]}&limit=2") == [posts[2], posts[1]]
            assert await ada.ids(f"{path}?since_id={posts[0]}&limit=2") == [posts[5], posts[4]]
            assert await ada.ids(f"{path}?max_id={posts[2]}") == [posts[1], posts[0]]
        _, _, headers = await ada("GET", f"/api/v1/timelines/tag/tea?max_id={posts[5]}&limit=2")
        base = f"https://{server.domain}/api/v1/timelines/tag/tea?limit=2"
        after, before = f"{base}&max_id={posts[3]}", f"{base}&min_id={posts[4]}"
        assert headers["Link"] == f'<{after}>; rel="next", <{before}>; rel="prev"'


async def test_a_late_post_lands_behind_the_newest():
    async with town() as (server, ada):
        server.person("ada").follow(bo := server.person("bo@far.example"))
        new = bo.post("new")
        late = bo.post("late", at=datetime.now(UTC) - timedelta(minutes=5))
        assert await ada.ids("/api/v1/timelines/home") == [new.id, late.id]
        assert await ada.ids(f"/api/v1/timelines/home?min_id={new.id}") == []
        told = (await ada("GET", f"/api/v1/statuses/{late.id}"))[1]
        assert told["account"]["acct"] == "bo@far.example"
        assert "application" not in told


# --- writing ---


async def test_what_an_edit_leaves_out_is_taken_away_and_no_change_is_no_edit():
    async with town() as (_, ada):
        post = await ada.post("hello", spoiler_text="soft")
        path = f"/api/v1/statuses/{post['id']}"
        same = (await ada("PUT", path, json={"status": "hello", "spoiler_text": "soft"}))[1]
        assert same["edited_at"] is None
        edited = (await ada("PUT", path, json={"status": "hello"}))[1]
        assert (edited["spoiler_text"], edited["sensitive"]) == ("", False)
        assert edited["edited_at"] is not None


async def test_white_space_around_a_post_is_lost():
    async with town() as (_, ada):
        assert (await ada.post("  two in front, one behind "))["content"] == "<p>two in front, one behind</p>"
        assert (await ada.post("one\ntwo\n\nfour"))["content"] == "<p>one<br />two</p><p>four</p>"


async def test_an_answer_to_a_boost_answers_the_post():
    async with town() as (server, ada):
        post = server.person("stranger").post("a question")
        boost = server.person("lin").boost(post)
        assert (await ada.post("an answer", in_reply_to_id=boost.id))["in_reply_to_id"] == post.id
        server.person("stranger").delete(post)
        assert boost.id not in server.world.statuses
        lost = {"status": "too late", "in_reply_to_id": post.id}
        assert (await ada.refused("POST", "/api/v1/statuses", json=lost))[0] == 404


async def test_a_scheduled_post_waits_for_its_time():
    async with town() as (server, ada):
        soon = (server.world.now() + timedelta(minutes=4)).isoformat()
        assert (await ada.refused("POST", "/api/v1/statuses", json={"status": "x", "scheduled_at": soon}))[
            0
        ] == 422
        later = (server.world.now() + timedelta(minutes=6)).isoformat()
        assert "uri" not in await ada.post("x", scheduled_at=later)
        assert not server.world.statuses
        server.advance(361)
        assert [one.text for one in server.world.statuses.values()] == ["x"]


async def test_a_locked_person_is_only_asked():
    async with town() as (server, ada):
        zoe, me = server.person("zoe"), server.person("ada")
        relation = (await ada("POST", f"/api/v1/accounts/{zoe.id}/follow"))[1]
        assert (relation["following"], relation["requested"]) == (False, True)
        ada.token = zoe.token()
        assert await ada.ids("/api/v1/follow_requests") == [me.id]
        relation = (await ada("POST", f"/api/v1/follow_requests/{me.id}/authorize"))[1]
        assert relation["followed_by"]
        assert (await ada.refused("POST", f"/api/v1/follow_requests/{me.id}/reject"))[0] == 404
        assert (me.who, zoe.who) in server.world.follows


# --- limits and faults ---


async def test_the_rate_limit_is_told_and_kept():
    async with town() as (server, ada):
        path = "/api/v1/timelines/home"
        _, _, headers = await ada("GET", path)
        assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("300", "299")
        assert datetime.fromisoformat(headers["X-RateLimit-Reset"]) > datetime.now(UTC)
        server.budgets.used = dict.fromkeys(server.budgets.used, 300)
        status, _, headers = await ada("GET", path)
        assert (status, headers["X-RateLimit-Remaining"]) == (429, "0")
        server.advance(300)
        assert (await ada("GET", path))[0] == 200


@pytest.mark.parametrize("flavour", ["mastodon", "gotosocial", "takahe"])
async def test_an_ordered_429_says_when_to_come_back(flavour):
    async with town(flavour) as (server, ada):
        server.fail(Fault.RATE)
        status, _, headers = await ada("GET", "/api/v1/timelines/home")
        reset = headers["X-RateLimit-Reset"]
        assert reset.isdigit() is (flavour != "mastodon")
        then = datetime.fromtimestamp(int(reset), UTC) if reset.isdigit() else datetime.fromisoformat(reset)
        date = datetime.strptime(headers["Date"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
        assert (status, (then - date).total_seconds()) == (429, RETRY_AFTER)
        assert (await ada("GET", "/api/v1/timelines/home"))[0] == 200


async def test_a_request_that_hangs_is_let_go_by_healing():
    async with town() as (server, ada):
        server.fail(Fault.HANG, path="/statuses$")
        waiting = asyncio.create_task(ada("POST", "/api/v1/statuses", json={"status": "x"}))
        assert not (await asyncio.wait({waiting}, timeout=0.1))[0]
        await server.heal()
        with pytest.raises(aiohttp.ClientError):
            await waiting
        assert not server.world.statuses
