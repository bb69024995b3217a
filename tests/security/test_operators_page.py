"""The operators' page: a one-time address, a cookie, figures; and nothing for anybody else."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import aiohttp
import pytest
from cryptography.fernet import Fernet

from bridgebot.app import App
from bridgebot.commands import access
from bridgebot.config import Settings, WebSettings, adapter
from bridgebot.model import Person
from bridgebot.store import passes, people
from bridgebot.testing.fakes import ManualClock
from bridgebot.web.operators import COOKIE


@pytest.fixture
async def app(tmp_path):
    """A bot with one operator, whose clock is moved by hand."""
    settings = Settings(
        database=f"sqlite:///{tmp_path / 'a.db'}",
        secret_keys=(Fernet.generate_key().decode(),),
        adapters=(adapter("plaza"),),
        web=WebSettings(port=0),
    )
    app = App(settings, ManualClock())
    await app.start()
    await app.store.run(lambda tx, now: people.new_user(tx, now, "operator", role_by="claim"))
    yield app
    await app.stop()


@pytest.fixture
async def browser(app):
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(app.web.base, cookie_jar=jar) as browser:
        yield browser


async def address(app) -> str:
    secret = await app.store.run(lambda tx, now: passes.invite(tx, now, 1))
    return f"/operators/enter/{secret}"


async def enter(app, browser) -> None:
    async with browser.post(await address(app)) as answer:
        assert answer.status == 200


async def get(browser, path, **more) -> tuple[int, str]:
    async with browser.get(path, **more) as answer:
        return answer.status, await answer.text()


async def test_for_everybody_else_there_is_no_such_page(browser):
    assert (await get(browser, "/operators"))[0] == 404
    browser.cookie_jar.update_cookies({COOKIE: "guessed"})
    assert (await get(browser, "/operators"))[0] == 404
    assert (await get(browser, "/operators/enter/guessed"))[0] == 404
    async with browser.post("/operators/enter/guessed") as answer:
        assert answer.status == 404
        assert "Set-Cookie" not in answer.headers


async def test_opening_the_address_changes_nothing_and_the_button_works_once(app, browser):
    path = await address(app)
    for _ in range(3):
        status, page = await get(browser, path)
        assert (status, "Show the figures of this bot?" in page) == (200, True)
    async with browser.head(path) as answer:
        assert answer.status == 200
    assert len(browser.cookie_jar) == 0
    async with browser.post(path) as answer:
        assert (answer.status, answer.url.path) == (200, "/operators")
        assert "wrote in the last 30 days" in await answer.text()
    async with aiohttp.ClientSession(app.web.base) as other, other.post(path) as again:
        assert again.status == 404
    assert (await get(browser, path))[0] == 404


async def test_the_cookie_is_for_this_page_alone_and_scripts_do_not_see_it(app, browser):
    async with browser.post(await address(app), allow_redirects=False) as answer:
        cookie = answer.headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Strict", "Path=/operators", "Max-Age=28800"):
        assert part in cookie
    assert "Secure" not in cookie, "this bot is reached without TLS, on this machine only"


async def test_with_a_public_address_the_cookie_wants_tls(tmp_path):
    web = WebSettings(port=0, public_url="https://bot.example")
    settings = Settings(
        database=f"sqlite:///{tmp_path / 'a.db'}",
        secret_keys=(Fernet.generate_key().decode(),),
        adapters=(adapter("plaza"),),
        web=web,
    )
    app = App(settings, ManualClock())
    await app.start()
    try:
        await app.store.run(lambda tx, now: people.new_user(tx, now, "operator", role_by="claim"))
        host, port = app.web._runner.addresses[0][:2]
        where = f"http://{host}:{port}{await address(app)}"
        async with aiohttp.request("POST", where, allow_redirects=False) as answer:
            assert "Secure" in answer.headers["Set-Cookie"]
        assert app.house.web == "https://bot.example"
    finally:
        await app.stop()


async def test_an_address_is_over_after_ten_minutes_and_when_a_newer_one_was_asked_for(app, browser):
    older, newer = await address(app), await address(app)
    assert [(await get(browser, path))[0] for path in (older, newer)] == [404, 200]
    app.clock.skip(601)
    assert (await get(browser, newer))[0] == 404
    async with browser.post(newer) as answer:
        assert answer.status == 404


async def test_a_visit_ends_with_the_role_with_time_and_with_the_button(app, browser):
    await enter(app, browser)
    await app.store.run(lambda tx, now: people.set_user(tx, 1, role="user"))
    assert (await get(browser, "/operators"))[0] == 404
    await app.store.run(lambda tx, now: people.set_user(tx, 1, role="operator"))
    assert (await get(browser, "/operators"))[0] == 200
    app.clock.skip(8 * 3600 + 1)
    assert (await get(browser, "/operators"))[0] == 404
    await enter(app, browser)
    secret = next(cookie.value for cookie in browser.cookie_jar if cookie.key == COOKIE)
    async with browser.post("/operators/leave", data={"token": "guessed"}) as answer:
        assert answer.status == 403, "another site cannot sign anybody out"
    token = re.search(r'name="token" value="(\w+)"', (await get(browser, "/operators"))[1])[1]
    assert secret not in token
    async with browser.post("/operators/leave", data={"token": token}, allow_redirects=False) as answer:
        assert answer.status == 303
    browser.cookie_jar.update_cookies({COOKIE: secret})
    assert (await get(browser, "/operators"))[0] == 404, "who kept the cookie has nothing of it"


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += [name for name, _ in attrs]


@pytest.mark.parametrize(("language", "title"), [("en", "Figures"), ("zh-CN,zh;q=0.9", "统计")])
async def test_the_page_speaks_the_readers_language_and_runs_no_script(app, browser, language, title):
    await enter(app, browser)
    async with browser.get("/operators", headers={"Accept-Language": language}) as answer:
        page, policy = await answer.text(), answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert f"<h1>{title}</h1>" in page
    tags = _Tags()
    tags.feed(page)
    assert "script" not in tags.seen
    assert not [name for name in tags.attributes if name.startswith("on") or name in ("style", "src")]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


async def test_the_chat_gives_the_address_and_neither_log_nor_rows_hold_it(app, caplog):
    secret = (await address(app)).rpartition("/")[2]
    async with aiohttp.ClientSession(app.web.base) as browser:
        await get(browser, f"/operators/enter/{secret}")
    assert secret not in caplog.text
    rows = await app.store.read(
        lambda tx, now: [tuple(row) for row in tx.connection.exec_driver_sql("SELECT * FROM visit")]
    )
    assert rows
    assert secret not in str(rows)


# --- the list of operators, read anew -----------------------------------------------------------


async def test_who_is_taken_off_the_list_is_no_operator_after_a_reload_and_quotas_count_at_once(app):
    def listed(tx, now):
        person = people.person(tx, "plaza", Person("olga"))
        user = people.new_user(tx, now)
        people.set_person(tx, person.id, user_id=user.id)
        return access.as_listed(tx, now, app.house, people.person(tx, "plaza", Person("olga")), user).role

    more = replace(app.settings, operators=("plaza:olga",))
    app.reload(more)
    assert await app.store.run(listed) == "operator"
    await app.settle_roles()
    roles = [user.id for user in await app.store.read(lambda tx, now: people.operators(tx))]
    assert roles == [1, 2]
    app.house.allowances.give(2, 100)
    fewer = replace(more, operators=(), quotas=replace(more.quotas, posts=1), invites_per_user=3)
    assert app.reload(fewer).taken == ("invites_per_user", "operators", "quotas.posts")
    await app.settle_roles()
    roles = [user.id for user in await app.store.read(lambda tx, now: people.operators(tx))]
    assert roles == [1], "whom a claim made stays"
    house = app.inbox._house
    assert (house.quotas.posts, house.invites_per_user) == (1, 3)
    assert not house.allowances.take(2), "what was counted by the old quota is forgotten"
    assert re.match(r"http://127\.0\.0\.1:\d+$", house.web or "")
