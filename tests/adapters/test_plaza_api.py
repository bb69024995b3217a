"""The Mastodon client API on Plaza, call by call."""

import contextlib
import re

import pytest
from aiohttp.test_utils import make_mocked_request

from adapters.plaza.api import door
from adapters.plaza.browser.speaking import called
from adapters.plaza.throttle import Cap, caller
from bridgebot.model import Audience
from tests.servers.plaza import town as plaza_town
from tests.servers.plaza_apps import Caller, introduce
from tests.servers.plaza_browser import browser


class Place:
    """Plaza with people who have apps."""

    def __init__(self, town):
        self.town = town
        self.base = town.context.routes.url("").rstrip("/")
        self.http = town.context.http
        self.anybody = Caller(self.http, self.base, None)

    async def app(self, name, scopes="read write follow"):
        account = await self.town.account(name)
        known = await introduce(self.http, self.base, scopes=scopes)
        async with browser() as window:
            await window.signs_in(await self.town.adapter.sign_in(account))
            return Caller(self.http, self.base, await known.token(window, scopes))


@contextlib.asynccontextmanager
async def place(**options):
    async with plaza_town(**options) as town:
        yield Place(town)


@pytest.fixture
async def here():
    async with place() as made:
        yield made


async def test_an_app_learns_whose_token_it_has(here):
    ada = await here.app("ada")
    me = await ada.get("/api/v1/accounts/verify_credentials")
    assert (me["acct"], me["username"], me["url"]) == ("ada", "ada", f"{here.base}/@ada")
    assert me["source"]["follow_requests_count"] == 0


async def test_a_post_is_written_read_changed_and_taken_away(here):
    ada = await here.app("ada")
    made = await ada.writes("hello <b>#tea</b> https://a.example/x?y&z", spoiler_text="hot", language="en")
    assert made["content"] == (
        f'<p>hello &lt;b&gt;<a href="{here.base}/tags/tea" rel="tag">#tea</a>&lt;/b&gt; '
        '<a href="https://a.example/x?y&amp;z" rel="nofollow ugc noopener">https://a.example/x?y&amp;z</a></p>'
    )
    assert (made["spoiler_text"], made["sensitive"], made["language"]) == ("hot", True, "en")
    assert (made["visibility"], made["url"]) == ("public", f"{here.base}/@ada/1")
    path = f"/api/v1/statuses/{made['id']}"
    edited = (await ada("PUT", path, json={"status": "bye"})).body
    assert (edited["content"], edited["spoiler_text"], edited["language"]) == ("<p>bye</p>", "", "en")
    assert edited["edited_at"]
    assert (await ada.get(f"{path}/source"))["text"] == "bye"
    gone = await ada("DELETE", path)
    assert (gone.status, gone.body["text"]) == (200, "bye")
    assert (await ada("GET", path)).status == 404
    assert (await ada("DELETE", path)).status == 404


async def test_the_same_key_again_is_the_same_post(here):
    ada, lin = await here.app("ada"), await here.app("lin")
    key = {"Idempotency-Key": "a key"}
    first = await ada("POST", "/api/v1/statuses", json={"status": "once"}, headers=key)
    again = await ada("POST", "/api/v1/statuses", json={"status": "once"}, headers=key)
    other = await lin("POST", "/api/v1/statuses", json={"status": "mine"}, headers=key)
    assert first.body["id"] == again.body["id"] != other.body["id"]
    assert len(await ada.ids("/api/v1/timelines/public")) == 2
    await ada("DELETE", f"/api/v1/statuses/{first.body['id']}")
    assert (await ada("POST", "/api/v1/statuses", json={"status": "once"}, headers=key)).status == 404


async def test_an_answer_stands_in_its_thread(here):
    ada, lin = await here.app("ada"), await here.app("lin")
    root = await ada.writes("root")
    answer = await lin.writes("@ada answer", in_reply_to_id=root["id"])
    deeper = await ada.writes("deeper", in_reply_to_id=answer["id"])
    await lin.writes("aside", in_reply_to_id=root["id"])
    assert (answer["in_reply_to_id"], answer["in_reply_to_account_id"]) == (root["id"], root["account"]["id"])
    assert [one["acct"] for one in answer["mentions"]] == ["ada"]
    around = await here.anybody.get(f"/api/v1/statuses/{answer['id']}/context")
    assert [one["id"] for one in around["ancestors"]] == [root["id"]]
    assert [one["id"] for one in around["descendants"]] == [deeper["id"]]
    below = (await ada.get(f"/api/v1/statuses/{root['id']}/context"))["descendants"]
    assert [one["content"] for one in below][1:] == ["<p>deeper</p>", "<p>aside</p>"]
    assert (await ada.get(f"/api/v1/statuses/{root['id']}"))["replies_count"] == 2


async def test_an_answer_is_refused_where_it_would_be_for_more_people(here):
    ada = await here.app("ada")
    root = await ada.writes("for followers", visibility="private")
    said = await ada("POST", "/api/v1/statuses", json={"status": "x", "in_reply_to_id": root["id"]})
    assert said.status == 422
    assert "cannot be seen by more people" in said.body["error"]
    nowhere = await ada("POST", "/api/v1/statuses", json={"status": "x", "in_reply_to_id": "99999"})
    assert nowhere.status == 404


async def test_whoever_is_followed_stands_in_the_home_timeline_with_their_boosts(here):
    ada, lin, mei = [await here.app(name) for name in ("ada", "lin", "mei")]
    lin_id = (await ada.get("/api/v1/accounts/lookup?acct=lin"))["id"]
    stands = await ada.post(f"/api/v1/accounts/{lin_id}/follow")
    assert stands["following"] is True
    theirs = await lin.writes("by lin")
    strange = await mei.writes("by mei")
    own = await ada.writes("by ada")
    boost = await lin.post(f"/api/v1/statuses/{strange['id']}/reblog")
    assert (boost["reblog"]["id"], boost["account"]["acct"]) == (strange["id"], "lin")
    home = await ada.get("/api/v1/timelines/home")
    assert [one["id"] for one in home] == [boost["id"], own["id"], theirs["id"]]
    assert home[0]["reblog"]["account"]["acct"] == "mei"
    assert (await ada.get(f"/api/v1/statuses/{boost['id']}"))["reblog"]["id"] == strange["id"]
    back = await lin.post(f"/api/v1/statuses/{strange['id']}/unreblog")
    assert (back["id"], back["reblogged"]) == (strange["id"], False)
    assert await ada.ids("/api/v1/timelines/home") == [own["id"], theirs["id"]]
    assert (await ada.post(f"/api/v1/accounts/{lin_id}/unfollow"))["following"] is False
    assert await ada.ids("/api/v1/timelines/home") == [own["id"]]


async def test_a_boost_is_taken_back_by_its_own_id_too(here):
    ada, lin = await here.app("ada"), await here.app("lin")
    post = await ada.writes("look")
    boost = await lin.post(f"/api/v1/statuses/{post['id']}/reblog")
    assert (await ada("DELETE", f"/api/v1/statuses/{boost['id']}")).status == 404
    assert (await lin("DELETE", f"/api/v1/statuses/{boost['id']}")).status == 200
    assert (await lin.get(f"/api/v1/statuses/{post['id']}"))["reblogs_count"] == 0


async def test_a_favourite_is_told_and_counted(here):
    ada, lin = await here.app("ada"), await here.app("lin")
    post = await ada.writes("like me")
    for _ in range(2):
        marked = await lin.post(f"/api/v1/statuses/{post['id']}/favourite")
        assert (marked["favourited"], marked["favourites_count"]) == (True, 1)
    assert await lin.ids("/api/v1/favourites") == [post["id"]]
    [told] = await ada.get("/api/v1/notifications")
    assert (told["type"], told["account"]["acct"], told["status"]["id"]) == ("favourite", "lin", post["id"])
    unmarked = await lin.post(f"/api/v1/statuses/{post['id']}/unfavourite")
    assert (unmarked["favourited"], unmarked["favourites_count"]) == (False, 0)


async def test_a_bookmark_is_ones_own_business(here):
    ada, lin = await here.app("ada"), await here.app("lin")
    post = await ada.writes("keep me")
    assert (await lin.post(f"/api/v1/statuses/{post['id']}/bookmark"))["bookmarked"] is True
    assert await lin.ids("/api/v1/bookmarks") == [post["id"]]
    assert (await ada.get(f"/api/v1/statuses/{post['id']}"))["bookmarked"] is False
    assert await ada.get("/api/v1/notifications") == []
    assert (await lin.post(f"/api/v1/statuses/{post['id']}/unbookmark"))["bookmarked"] is False
    assert await lin.ids("/api/v1/bookmarks") == []


async def test_mentions_follows_and_boosts_are_told_in_one_order(here):
    ada, lin = await here.app("ada"), await here.app("lin")
    post = await ada.writes("by ada")
    ada_id = post["account"]["id"]
    await lin.post(f"/api/v1/accounts/{ada_id}/follow")
    named = await lin.writes("hi @ada")
    await lin.post(f"/api/v1/statuses/{post['id']}/reblog")
    told = await ada.get("/api/v1/notifications")
    assert [one["type"] for one in told] == ["reblog", "mention", "follow"]
    assert told[1]["status"]["id"] == named["id"]
    assert [one["type"] for one in await ada.get("/api/v1/notifications?types[]=mention")] == ["mention"]
    without = await ada.get("/api/v1/notifications?exclude_types[]=mention&exclude_types[]=follow")
    assert [one["type"] for one in without] == ["reblog"]
    assert await lin.get("/api/v1/notifications") == []


async def test_follows_of_a_locked_account_wait(here):
    ada, lin = await here.app("ada"), await here.app("lin")
    locked = await ada("PATCH", "/api/v1/accounts/update_credentials", json={"locked": True})
    assert locked.body["locked"] is True
    ada_id = locked.body["id"]
    lin_id = (await ada.get("/api/v1/accounts/lookup?acct=lin"))["id"]
    asked = await lin.post(f"/api/v1/accounts/{ada_id}/follow")
    assert (asked["following"], asked["requested"]) == (False, True)
    assert [one["acct"] for one in await ada.get("/api/v1/follow_requests")] == ["lin"]
    [stands] = await ada.get(f"/api/v1/accounts/relationships?id[]={lin_id}")
    assert stands["requested_by"] is True
    refused = await ada.post(f"/api/v1/follow_requests/{lin_id}/reject")
    assert refused["requested_by"] is False
    assert (await ada("POST", f"/api/v1/follow_requests/{lin_id}/authorize")).status == 404
    await lin.post(f"/api/v1/accounts/{ada_id}/follow")
    let_in = await ada.post(f"/api/v1/follow_requests/{lin_id}/authorize")
    assert let_in["followed_by"] is True
    assert (await ada("POST", f"/api/v1/follow_requests/{lin_id}/reject")).status == 404, "a follower stays"
    assert (await ada.get(f"/api/v1/accounts/relationships?id={lin_id}"))[0]["followed_by"] is True


async def test_nobody_follows_themselves(here):
    ada = await here.app("ada")
    me = await ada.get("/api/v1/accounts/verify_credentials")
    assert (await ada("POST", f"/api/v1/accounts/{me['id']}/follow")).status == 403


async def test_pages_lead_on_in_both_directions(here):
    ada = await here.app("ada")
    ids = [(await ada.writes(f"post {number}"))["id"] for number in range(7)]
    first = await ada("GET", "/api/v1/timelines/public?limit=3")
    assert [one["id"] for one in first.body] == ids[:3:-1]
    links = {rel: url for url, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', first.headers["Link"])}
    older = links["next"].removeprefix(here.base)
    assert await ada.ids(older) == ids[3:0:-1]
    newer = links["prev"].removeprefix(here.base)
    assert await ada.ids(newer) == []
    assert await ada.ids(f"/api/v1/timelines/public?min_id={ids[1]}&limit=2") == [ids[3], ids[2]]
    assert await ada.ids(f"/api/v1/timelines/public?since_id={ids[1]}&limit=2") == [ids[6], ids[5]]
    assert (await ada("GET", "/api/v1/timelines/public?limit=0")).status == 400


async def test_somebodys_posts_are_listed_with_filters(here):
    ada, lin = await here.app("ada"), await here.app("lin")
    root = await lin.writes("lin's")
    plain = await ada.writes("plain #tea")
    answer = await ada.writes("answer", in_reply_to_id=root["id"])
    boost = await ada.post(f"/api/v1/statuses/{root['id']}/reblog")
    path = f"/api/v1/accounts/{plain['account']['id']}/statuses"
    assert await here.anybody.ids(path) == [boost["id"], answer["id"], plain["id"]]
    assert await lin.ids(f"{path}?exclude_reblogs=true") == [answer["id"], plain["id"]]
    assert await lin.ids(f"{path}?exclude_replies=1&exclude_reblogs=1") == [plain["id"]]
    assert await lin.ids(f"{path}?tagged=Tea") == [plain["id"]]
    assert await lin.ids(f"{path}?only_media=true") == []
    assert (await lin("GET", "/api/v1/accounts/4711/statuses")).status == 404


async def test_people_and_posts_are_found(here):
    ada, lin = await here.app("ada"), await here.app("lin")
    post = await lin.writes("Green tea, 100%")
    await lin.writes("black coffee")
    found = await ada.get("/api/v2/search?q=green%20TEA")
    assert [one["id"] for one in found["statuses"]] == [post["id"]]
    assert (await ada.get("/api/v2/search?q=%25&type=statuses"))["statuses"][0]["id"] == post["id"]
    assert [one["acct"] for one in (await ada.get("/api/v2/search?q=li"))["accounts"]] == ["lin"]
    by_url = await ada.get(f"/api/v2/search?q={post['url']}&resolve=true")
    assert [one["id"] for one in by_url["statuses"]] == [post["id"]]
    assert [one["acct"] for one in (await ada.get(f"/api/v2/search?q={here.base}/@lin"))["accounts"]] == [
        "lin"
    ]
    assert [one["acct"] for one in await ada.get("/api/v1/accounts/search?q=@lin")] == ["lin"]
    assert (await ada.get("/api/v1/accounts/search?q=lin@elsewhere.example")) == []
    assert (await ada("GET", "/api/v2/search?q=")).status == 400


async def test_a_handle_with_this_sites_host_is_a_mention(here):
    ada, lin = await here.app("ada"), await here.app("lin")
    host = here.base.partition("://")[2]
    made = await ada.writes(f"hi @lin@{host} and @lin@elsewhere.example")
    assert [one["acct"] for one in made["mentions"]] == ["lin"]
    assert (await ada.get(f"/api/v1/statuses/{made['id']}/source"))[
        "text"
    ] == "hi @lin and @lin@elsewhere.example"
    assert (await lin.get("/api/v1/notifications"))[0]["type"] == "mention"
    assert (await ada.get(f"/api/v1/accounts/lookup?acct=lin@{host}"))["acct"] == "lin"
    assert (await ada("GET", "/api/v1/accounts/lookup?acct=lin@elsewhere.example")).status == 404


async def test_a_complaint_reaches_those_who_moderate(here):
    ada, lin = await here.app("ada"), await here.app("lin")
    post = await lin.writes("spam")
    about = {"account_id": post["account"]["id"], "status_ids": [post["id"]], "comment": "it is spam"}
    made = await ada.post("/api/v1/reports", **about)
    assert made["target_account"]["acct"] == "lin"
    [report] = await here.town.adapter.reports()
    assert (report.by.name, report.comment) == ("ada", "it is spam")
    assert (await ada("POST", "/api/v1/reports", json={**about, "account_id": "4711"})).status == 404
    assert (await ada("POST", "/api/v1/reports", json={"account_id": "1"})).status == 422


async def test_what_plaza_has_not_is_refused_and_not_swallowed(here):
    ada = await here.app("ada")
    for more in (
        {"media_ids": ["1"]},
        {"poll": {"options": ["a", "b"]}},
        {"scheduled_at": "2030-01-01T00:00:00Z"},
    ):
        said = await ada("POST", "/api/v1/statuses", json={"status": "x", **more})
        assert said.status == 422, more
    assert (await ada("PATCH", "/api/v1/accounts/update_credentials", json={"note": "me"})).status == 422
    assert await ada.get("/api/v1/lists") == []
    assert await ada.ids("/api/v1/timelines/public") == []


async def test_an_empty_or_too_long_post_is_refused_by_what_apps_count():
    async with place(limit=30) as here:
        ada = await here.app("ada")
        assert (await ada("POST", "/api/v1/statuses", json={"status": " "})).status == 422
        said = await ada("POST", "/api/v1/statuses", json={"status": "x" * 31})
        assert (said.status, "31 characters" in said.body["error"]) == (422, True)
        address = f"https://a.example/{'x' * 40}"
        assert (await ada.writes(f"seven: {address}"))["id"], "an address counts for 23"


async def test_every_answer_says_what_is_left_and_too_many_calls_are_429(here, monkeypatch):
    monkeypatch.setattr(door, "TOKEN", Cap("token", 2, door.TOKEN.span))
    ada = await here.app("ada")
    for left in ("1", "0"):
        said = await ada("GET", "/api/v1/timelines/home")
        assert (said.status, said.headers["X-RateLimit-Remaining"]) == (200, left)
    refused = await ada("GET", "/api/v1/timelines/home")
    assert (refused.status, refused.body) == (429, {"error": "Too many requests"})
    assert refused.headers["X-RateLimit-Limit"] == "2"
    assert refused.headers["X-RateLimit-Reset"].endswith("Z")


async def test_the_quota_of_posts_is_a_429_with_its_own_numbers():
    async with place(posts_per_hour=1) as here:
        ada = await here.app("ada")
        await ada.writes("one")
        said = await ada("POST", "/api/v1/statuses", json={"status": "two"})
        numbers = (said.headers["X-RateLimit-Limit"], said.headers["X-RateLimit-Remaining"])
        assert (said.status, *numbers) == (429, "1", "0")


async def test_forms_and_queries_say_the_same_as_json(here):
    ada = await here.app("ada")
    form = await ada("POST", "/api/v1/statuses", data={"status": "by form", "visibility": "unlisted"})
    query = await ada("POST", "/api/v1/statuses?status=by%20query")
    assert (form.body["visibility"], query.body["content"]) == ("unlisted", "<p>by query</p>")
    broken = await ada("POST", "/api/v1/statuses", data=b"{", headers={"Content-Type": "application/json"})
    assert broken.status == 400


async def test_the_site_tells_what_it_is(here):
    second = await here.anybody.get("/api/v2/instance")
    assert second["domain"] == here.base.partition("://")[2]
    assert second["configuration"]["statuses"]["max_characters"] == 1000
    assert "streaming" not in second["configuration"]["urls"]
    first = await here.anybody.get("/api/v1/instance")
    assert first["version"] == second["version"]
    assert re.match(r"4\.\d+\.\d+ \(compatible; Plaza", first["version"])


async def test_other_sites_pages_may_call_with_a_token_and_never_with_a_cookie(here):
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    async with here.http.options(f"{here.base}/api/v1/statuses", headers=asked) as answer:
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (204, "*")
        assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
        assert "Access-Control-Allow-Credentials" not in answer.headers
    said = await here.anybody("GET", "/api/v1/timelines/public")
    assert said.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in said.headers
    for page in ("/", "/plaza/apps", "/oauth/authorize"):
        assert "Access-Control-Allow-Origin" not in (await here.town.get(page))[1]


async def test_what_an_app_posts_is_heard_by_those_who_listen(here):
    ada = await here.app("ada")
    async with here.town.events("/plaza/events") as event:
        made = await ada.writes("news")
        assert (await event())[0] == "new"
        await ada("DELETE", f"/api/v1/statuses/{made['id']}")
        assert (await event())[0] == "gone"


async def test_posts_of_the_chat_and_of_apps_are_the_same_posts(here):
    ada = await here.app("ada")
    post = await here.town.post("ada", "from the chat", Audience.FOLLOWERS)
    [seen] = await ada.get("/api/v1/timelines/home")
    assert (seen["visibility"], seen["url"]) == ("private", post.url)
    await ada("PUT", f"/api/v1/statuses/{seen['id']}", json={"status": "from the app"})
    account = await here.town.account("ada")
    assert (await here.town.adapter.get(account, post.id)).text == "from the app"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36", "Chrome · Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1",
            "Safari · iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Windows"),
        ("curl/8.5", "curl/8.5"),
    ],
)
def test_a_browser_is_called_as_people_call_it(agent, name):
    assert called(agent) == name


@pytest.mark.parametrize(
    ("peer", "noted", "who"),
    [
        ("185.199.108.153", "198.51.100.1", "185.199.108.153"),  # what it claims itself counts nothing
        ("127.0.0.1", "10.9.9.9, 198.51.100.1", "198.51.100.1"),
        ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
    ],
)
def test_whoever_calls_is_counted_by_the_address_that_a_proxy_saw(peer, noted, who):
    class Transport:
        def get_extra_info(self, name):
            return (peer, 4711)

    headers = {"X-Forwarded-For": noted} if noted else {}
    request = make_mocked_request("GET", "/", headers=headers, transport=Transport())
    assert caller(request) == who
