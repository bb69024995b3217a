"""Linking proves both sides (SECURITY 3): every attack on it, under its own name.

Ada and Mallory write to the bot; `ada`, `lin` and `mallory` have accounts on the network North.
"""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import sqlalchemy as sa

from bridgebot.store import links
from bridgebot.store import tables as t
from tests.servers.link_pages import ADDRESS, Linked, linking_house, together


@pytest.fixture
async def linked(tmp_path):
    async with linking_house(tmp_path) as linked:
        for name in ("ada", "mallory"):
            await linked.house.user(name)
        yield linked


async def ends_well(linked: Linked, code: str, sender: str = "ada") -> str:
    await linked.house.says(code, sender=sender)
    await linked.house.says("yes", sender=sender)
    return linked.house.chat.last(sender)


def with_query(address: str, **changes: str | None) -> str:
    parts = urlsplit(address)
    said = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
    return parts._replace(query=urlencode({n: v for n, v in said.items() if v is not None})).geturl()


# --- how it goes -------------------------------------------------------------------------------


async def test_the_account_is_linked_only_after_the_code_and_the_last_yes(linked):
    browser, page, shown = await linked.as_far_as_the_code()
    assert page.status == 200
    assert page.code
    assert await linked.accounts() == []
    assert "shows six digits" in linked.house.chat.last()
    await linked.house.says(f" {page.code[:3]} {page.code[3:]} ")
    assert linked.house.chat.last().startswith("@ada@north.example on North becomes yours here?")
    assert await linked.accounts() == []
    assert "The code was right." in (await browser.opens(shown)).words
    await linked.house.says("yes")
    assert await linked.accounts() == [("@ada@north.example", "active", 1)]
    assert "/unlink north" in linked.house.chat.last()
    done = (await browser.opens(shown)).words
    assert "@ada@north.example on North is linked" in done
    assert "/unlink north" in done
    await linked.house.says("/post by web")
    assert linked.house.social("north").texts() == ["by web"]


async def test_what_the_network_granted_is_kept_with_the_account(linked):
    _, page, _ = await linked.as_far_as_the_code()
    await ends_well(linked, page.code)
    kept = await linked.house.store.read(lambda tx, now: tx.scalar(sa.select(t.account.c.scopes)))
    assert kept == ["everything"]


async def test_a_chat_on_a_bot_without_pages_is_asked_as_before(tmp_path):
    async with linking_house(tmp_path) as linked:
        linked.house.linking._site = None
        await linked.house.says("/link north")
        assert linked.house.chat.last() == "memory_social-token"


async def test_relinking_goes_the_same_way_and_sends_what_waited(linked):
    _, page, _ = await linked.as_far_as_the_code()
    await ends_well(linked, page.code)
    house, north = linked.house, linked.house.social("north")
    north.network.tokens.clear()
    await house.says("/post it waits")
    assert north.texts() == []
    await house.says("/relink north")
    browser, (address,) = await linked.browser(), ADDRESS.findall(house.chat.last())
    back = linked.consents((await browser.presses(address)).leads_to, "ada")
    shown = linked.site + (await browser.opens(back)).leads_to
    await house.settle()
    await ends_well(linked, (await browser.opens(shown)).code)
    assert north.texts() == ["it waits"]
    assert await linked.accounts() == [("@ada@north.example", "active", 1)]


# --- looking changes nothing -------------------------------------------------------------------


async def test_prefetching_changes_nothing(linked):
    """Chats, mail and browsers look at addresses: GET and HEAD of every page twice change no row."""
    browser, stranger = await linked.browser(), await linked.browser()
    address = await linked.address()
    back = linked.consents((await browser.presses(address)).leads_to, "ada")
    rows = await linked.rows()
    for somebody in (browser, stranger):
        for method in ("GET", "HEAD", "GET", "HEAD"):
            await somebody.ask(method, address)
            await somebody.ask(method, with_query(back).replace("/back?", "/code?"))
    for _ in range(2):
        assert (await browser.ask("HEAD", back)).status == 503
        assert (await browser.ask("GET", back, headers={"Sec-Purpose": "prefetch;prerender"})).status == 503
        assert (await stranger.ask("GET", back)).status == 403
    assert await linked.rows() == rows
    shown = linked.site + (await browser.opens(back)).leads_to
    await linked.house.settle()
    rows = await linked.rows()
    for method in ("GET", "HEAD", "GET", "HEAD"):
        for url in (address, back, shown):
            await browser.ask(method, url)
            await stranger.ask(method, url)
    assert await linked.rows() == rows


async def test_a_button_pressed_from_elsewhere_does_nothing(linked):
    """CSRF: another site, another page of the same browser, a form without the cookie or its proof."""
    browser, address = await linked.browser(), await linked.address()
    page = await browser.opens(address)
    rows = await linked.rows()
    for header in (
        {"Origin": "https://evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
    ):
        assert (await browser.presses(address, page, **header)).status == 403
    assert (await (await linked.browser()).presses(address, page)).status == 403
    for data in ({}, {"proof": ""}, {"proof": "0" * 64}, {"proof": "é"}):
        assert (await browser.ask("POST", address, data=data)).status == 403
    for kind in ("application/x-www-form-urlencoded; charset=nonsense", "multipart/form-data; boundary=x"):
        said = {"Content-Type": kind}
        assert (await browser.ask("POST", address, data=b"\xff=\xfe&proof", headers=said)).status == 403
    said = json.dumps({"proof": "x"})
    assert (
        await browser.ask("POST", address, data=said, headers={"Content-Type": "text/plain"})
    ).status == 403
    assert await linked.rows() == rows
    assert (await browser.presses(address, page)).status == 303


# --- who may go on -----------------------------------------------------------------------------


async def test_only_the_first_browser_that_presses_is_bound(linked):
    first, second = await linked.browser(), await linked.browser()
    address = await linked.address()
    pages = [await one.opens(address) for one in (first, second)]
    answers = await together(first.presses(address, pages[0]), second.presses(address, pages[1]))
    assert sorted(answer.status for answer in answers) == [303, 403]
    late = await (await linked.browser()).opens(address)
    assert late.status == 403
    assert "opened in another browser first" in late.words
    winner = (first, second)[[answer.status for answer in answers].index(303)]
    assert (await winner.presses(address)).status == 303, "the bound one may press again"


async def test_another_browser_cannot_bring_the_code_back(linked):
    """Whoever sends a victim on to the network gets nothing of what comes back in the victim's browser."""
    mallory, victim = await linked.browser(), await linked.browser()
    address = await linked.address("mallory")
    back = linked.consents((await mallory.presses(address)).leads_to, "lin")
    rows = await linked.rows()
    page = await victim.opens(back)
    assert page.status == 403
    assert "belongs to another browser" in page.words
    await victim.opens(address)  # now it has a cookie of its own
    assert (await victim.opens(back)).status == 403
    assert await linked.rows() == rows


async def test_a_victim_is_told_whose_the_account_becomes(linked):
    """Mallory sends her address to Lin: the page names Mallory by her id, in Lin's language, and says what is
    asked for.
    """
    victim, address = await linked.browser(), await linked.address("mallory")
    page = await victim.opens(address)
    for words in (
        "Chat mallory",
        "North",
        "north.example",
        "memory_social-scope",
        "Not you? Close this page",
    ):
        assert words in page.words
    chinese = await victim.opens(address, "fr;q=0.9, zh-TW;q=0.8, en;q=0.1")
    assert '<html lang="zh-CN">' in chinese.text
    assert "不是你？关闭本页即可" in chinese.words


async def test_a_victim_who_consents_still_holds_the_code(linked):
    """Even then Mallory has nothing: she would have to be told the code, and guesses five times."""
    _, page, _ = await linked.as_far_as_the_code("mallory", "lin")
    assert "Tell them to nobody" in page.words
    assert "Only Chat mallory needs them" in page.words
    wrong = [f"{(int(page.code) + n) % 1_000_000:06}" for n in range(1, 6)]
    for code in wrong:
        await linked.house.says(code, sender="mallory")
    assert "five times" in linked.house.chat.last("mallory")
    await linked.house.says(page.code, sender="mallory")
    assert await linked.accounts() == []
    assert linked.tokens() == [], "what Lin allowed is taken back at the network"


async def test_a_code_typed_in_another_chat_is_no_code(linked):
    """The code of Ada's page counts in Ada's chat alone, and Mallory's own in hers."""
    _, hers, _ = await linked.as_far_as_the_code("ada", "ada")
    _, other, _ = await linked.as_far_as_the_code("mallory", "mallory")
    assert hers.code != other.code, "once in a million runs"
    await linked.house.says(hers.code, sender="mallory")
    assert "not the digits" in linked.house.chat.last("mallory")
    assert await linked.accounts() == []
    assert await linked.states() == ["code", "code"]


async def test_an_attempt_is_found_for_nobody_else(linked):
    """Whatever number somebody comes by: it is looked up with whose it is."""
    _, page, _ = await linked.as_far_as_the_code("ada")
    rows = await linked.rows()

    def unit(tx, now):
        (request,) = links.found(tx, t.link_request.c.state == "code")
        other = request.user_id + 1
        links.stop(tx, other, request.id)
        answered = links.answered(tx, now, other, request.id, "x")
        return (
            links.typed(tx, now, other, request.id, page.code),
            answered,
            links.of_user(tx, other, request.id),
        )

    assert await linked.house.store.run(unit) == (("over", 0), False, None)
    assert await linked.rows() == rows


async def test_an_address_that_was_intercepted_gives_nobody_a_foreign_chat(linked):
    """Login CSRF: Mallory opens Ada's address first and consents with her own account, so that Ada would
    write with Mallory's. Ada never sees the code, and is told that somebody was there.
    """
    mallory, ada = await linked.browser(), await linked.browser()
    address = await linked.address("ada")
    back = linked.consents((await mallory.presses(address)).leads_to, "mallory")
    shown = linked.site + (await mallory.opens(back)).leads_to
    await linked.house.settle()
    assert (await mallory.opens(shown)).code
    assert "opened in another browser first" in (await ada.opens(address)).words
    assert (await ada.opens(shown)).status == 403
    await linked.house.says("/cancel")
    assert await linked.accounts() == []
    assert linked.tokens() == []


async def test_the_last_question_names_the_account(linked):
    """Also where Ada types a code that Mallory gave her: she sees that it is not hers, and says no."""
    _, page, _ = await linked.as_far_as_the_code("ada", "mallory")
    await linked.house.says(page.code)
    assert linked.house.chat.last().startswith("@mallory@north.example on North becomes yours here?")
    await linked.house.says("no")
    assert await linked.accounts() == []
    assert linked.tokens() == []
    assert await linked.states() == ["ended"]


# --- what comes back ---------------------------------------------------------------------------


async def test_a_replayed_answer_changes_nothing(linked):
    browser, page, shown = await linked.as_far_as_the_code()
    address = shown.replace("/code", "/back")
    rows = await linked.rows()
    for query in ("code=other&state=x", "error=access_denied", ""):
        again = await browser.opens(f"{address}?{query}")
        assert (again.status, linked.site + again.leads_to) == (303, shown)
    assert await linked.rows() == rows
    assert (await browser.opens(shown)).code == page.code


async def test_the_state_of_another_request_is_refused(linked):
    """And a wrong one ends nothing: the right answer still counts."""
    browser, address = await linked.browser(), await linked.address()
    back = linked.consents((await browser.presses(address)).leads_to, "ada")
    rows = await linked.rows()
    for state in ("x", "", None, "é"):
        page = await browser.opens(with_query(back, state=state))
        assert page.status == 403
        assert "does not belong to this request" in page.words
    assert await linked.rows() == rows
    assert (await browser.opens(back)).status == 303


async def test_issuers_are_not_mixed_up(linked):
    """The network promised to say who it is (RFC 9207): silence and another name are refused."""
    browser, address = await linked.browser(), await linked.address()
    back = linked.consents((await browser.presses(address)).leads_to, "ada")
    rows = await linked.rows()
    for issuer in ("https://evil.example", "https://north.example/", "", None):
        page = await browser.opens(with_query(back, iss=issuer))
        assert page.status == 403
        assert "did not come from the server that was asked" in page.words
    assert await linked.rows() == rows
    assert (await browser.opens(back)).status == 303


async def test_a_code_for_another_requests_redirect_is_refused(linked):
    """Redirect tampering: what was allowed for one request cannot be redeemed by another."""
    mine, other = await linked.browser(), await linked.browser()
    to_network = (await mine.presses(await linked.address("mallory"))).leads_to
    theirs = (await other.presses(await linked.address("ada"))).leads_to
    stolen = parse_qs(urlsplit(linked.consents(theirs, "lin")).query)["code"][0]
    back = with_query(linked.consents(to_network, "mallory"), code=stolen)
    await mine.opens(back)
    await linked.house.settle()
    assert "memory_social-token-wrong" in linked.house.chat.last("mallory")
    assert await linked.accounts() == []
    assert linked.tokens() == []


async def test_a_redirect_that_was_tampered_with_is_not_redeemed(linked):
    """The network would send the code elsewhere: then the redirect in the exchange is another one."""
    browser, address = await linked.browser(), await linked.address()
    to_network = (await browser.presses(address)).leads_to
    asked = parse_qs(urlsplit(to_network).query)
    evil = linked.consents(with_query(to_network, redirect_uri="https://evil.example/"), "ada")
    code = parse_qs(urlsplit(evil).query)["code"][0]
    state, iss = asked["state"][0], "https://north.example"
    query = urlencode({"code": code, "state": state, "iss": iss})
    await browser.opens(f"{asked['redirect_uri'][0]}?{query}")
    await linked.house.settle()
    assert await linked.accounts() == []
    assert linked.tokens() == []


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("access_denied", "You did not allow it there"),
        ("server_error", "did not allow it (server_error)"),
        ("<script>alert(1)</script>", "did not allow it (error)"),
    ],
)
async def test_consent_that_was_refused_ends_it_and_is_told_on_both_sides(linked, error, told):
    browser, address = await linked.browser(), await linked.address()
    back = linked.consents((await browser.presses(address)).leads_to, "ada")
    shown = await browser.opens(with_query(back, code=None, error=error))
    await linked.house.settle()
    assert told in (await browser.opens(linked.site + shown.leads_to)).words
    assert told in linked.house.chat.last()
    assert await linked.states() == ["ended"]


@pytest.mark.parametrize("code", [None, "", "x" * 3000, "two words", "zeile\nzwei"])
async def test_an_answer_without_a_code_changes_nothing(linked, code):
    browser, address = await linked.browser(), await linked.address()
    back = linked.consents((await browser.presses(address)).leads_to, "ada")
    rows = await linked.rows()
    page = await browser.opens(with_query(back, code=code))
    assert page.status == 403
    assert "carries no code" in page.words
    assert await linked.rows() == rows


# --- time and tries ----------------------------------------------------------------------------


async def test_an_expired_address_leads_nowhere(linked):
    browser, address = await linked.browser(), await linked.address()
    form = await browser.opens(address)
    to_network = (await browser.presses(address, form)).leads_to
    back = linked.consents(to_network, "ada")
    linked.house.clock.skip(601)
    late = await browser.presses(address, form)
    assert (late.status, late.leads_to) == (410, ""), "a button that was left open presses nothing any more"
    page = await browser.opens(address)
    assert (page.status, "ten minutes are over" in page.words) == (410, True)
    rows = await linked.rows()
    assert (await browser.opens(back)).status == 403
    assert await linked.rows() == rows
    await linked.house.settle()
    assert "Ten minutes are over" in linked.house.chat.last()
    assert await linked.states() == ["ended"]
    assert (await browser.opens(address)).status == 404


async def test_an_account_that_nobody_takes_in_time_is_given_back(linked):
    browser, page, shown = await linked.as_far_as_the_code()
    assert len(linked.tokens()) == 1
    await linked.house.wait(601)
    await linked.house.settle()
    assert linked.tokens() == []
    assert await linked.states() == ["ended"]
    assert "linking was ended" in linked.house.chat.last()
    assert "ten minutes are over" in (await browser.opens(shown)).words
    await linked.house.says(page.code)
    assert await linked.accounts() == []


async def test_wrong_codes_are_counted_over_several_requests(linked):
    """Ten in an hour, whatever the request: then linking rests for an hour."""
    for _ in range(2):
        _, page, _ = await linked.as_far_as_the_code("mallory", "lin")
        for n in range(1, 6):
            await linked.house.says(f"{(int(page.code) + n) % 1_000_000:06}", sender="mallory")
    assert "rests for an hour" in linked.house.chat.last("mallory")
    assert linked.tokens() == []
    await linked.house.says("/link north", sender="mallory")
    assert "rests for an hour" in linked.house.chat.last("mallory")
    assert await linked.address("ada"), "others link as before"
    await linked.house.wait(1800)
    await linked.house.says("/link north", sender="mallory")
    assert "rests for an hour" in linked.house.chat.last("mallory")
    await linked.house.wait(1800 + 601)
    assert await linked.address("mallory")


async def test_words_that_are_no_code_count_as_no_try_and_are_posted_nowhere(linked):
    _, page, _ = await linked.as_far_as_the_code()
    for words in ("what code?", "hello", "see 12/34"):
        await linked.house.says(words)
        assert "posted nowhere" in linked.house.chat.last()
    for number in ("1", "12345", "1234567"):
        await linked.house.says(number)
    assert "2 more tries" in linked.house.chat.last()
    full_width = "".join(chr(ord(digit) - ord("0") + 0xFF10) for digit in page.code)
    await ends_well(linked, full_width)
    assert await linked.accounts() == [("@ada@north.example", "active", 1)]
    assert linked.house.social("north").texts() == []


async def test_there_is_one_open_request_for_each_network(linked):
    browser, page, shown = await linked.as_far_as_the_code()
    second = await linked.address()
    await linked.house.settle()
    assert linked.tokens() == []
    assert await linked.states() == ["ended", "sent"]
    assert "The chat began anew" in (await browser.opens(shown)).words
    assert (await browser.opens(second)).status == 200
    await linked.house.says(page.code)
    assert await linked.accounts() == []


@pytest.mark.parametrize("when", ["address", "code", "confirm"])
async def test_cancel_ends_it_and_gives_back_what_was_allowed(linked, when):
    if when == "address":
        await linked.address()
    else:
        _, page, _ = await linked.as_far_as_the_code()
        if when == "confirm":
            await linked.house.says(page.code)
    await linked.house.says("/cancel")
    assert linked.house.chat.last().startswith("Linking was cancelled")
    assert (await linked.states(), linked.tokens(), await linked.accounts()) == (["ended"], [], [])


async def test_consent_that_comes_after_it_was_cancelled_is_given_back(linked):
    browser, address = await linked.browser(), await linked.address()
    back = linked.consents((await browser.presses(address)).leads_to, "ada")
    await browser.opens(back)
    free, north = linked.house.social("north").link, linked.house.social("north")

    async def link(*given, **more):
        account = await free(*given, **more)
        north.link = free
        line = linked.house.chat.say("/cancel")
        await linked.house.chat.settled()
        assert line
        return account

    north.link = link
    await linked.house.settle()
    assert (await linked.states(), linked.tokens(), await linked.accounts()) == (["ended"], [], [])


async def test_a_step_that_ended_meanwhile_is_not_taken_again(linked):
    """Two looks at what is due overlap: a code works once, and a second try would end what went well."""
    browser, address = await linked.browser(), await linked.address()
    back = linked.consents((await browser.presses(address)).leads_to, "ada")
    shown = linked.site + (await browser.opens(back)).leads_to
    linking, read = linked.house.linking, linked.house.store.read
    north, taken = linked.house.social("north"), []
    free = north.link

    async def link(*given, **more):
        taken.append(given)
        return await free(*given, **more)

    async def slow_read(unit):
        found = await read(unit)
        if not taken:  # the first look's answer is under way while the whole step is taken
            linked.house.store.read = read
            await linking.step()
        return found

    north.link = link
    linked.house.store.read = slow_read
    await linking.step()
    await linked.house.settle()
    assert len(taken) == 1
    assert (await browser.opens(shown)).code


# --- restarts ----------------------------------------------------------------------------------


async def test_a_restart_between_any_two_steps_loses_nothing(tmp_path):
    """Address sent, page opened, browser away, consent given, code shown, code typed, last question."""
    async with linking_house(tmp_path) as linked:
        await linked.house.user("ada")
        address, port = await linked.address(), int(linked.site.rpartition(":")[2])
    seen: dict[str, object] = {}

    async def opens(linked, browser):
        seen["page"] = await browser.opens(address)

    async def goes(linked, browser):
        seen["network"] = (await browser.presses(address, seen["page"])).leads_to

    async def allows(linked, browser):
        seen["back"] = linked.consents(seen["network"], "ada")

    async def returns(linked, browser):
        seen["shown"] = linked.site + (await browser.opens(seen["back"])).leads_to

    async def proves(linked, browser):
        await linked.house.settle()

    async def reads(linked, browser):
        seen["code"] = (await browser.opens(seen["shown"])).code

    async def types(linked, browser):
        await linked.house.says(seen["code"])

    async def agrees(linked, browser):
        await linked.house.says("yes")
        assert await linked.accounts() == [("@ada@north.example", "active", 1)]

    cookies = None
    for step in (opens, goes, allows, returns, proves, reads, types, agrees):
        async with linking_house(tmp_path, port=port, before=linked) as linked:
            browser = await linked.browser()
            if cookies is not None:
                browser.session.cookie_jar.update_cookies(cookies)
            await step(linked, browser)
            cookies = {cookie.key: cookie.value for cookie in browser.session.cookie_jar} or cookies


async def test_a_restart_before_the_token_is_given_back_gives_it_back(tmp_path):
    async with linking_house(tmp_path) as linked:
        await linked.house.user("ada")
        await linked.as_far_as_the_code()
        linked.house.chat.say("/cancel")
        await linked.house.chat.settled()
        assert len(linked.tokens()) == 1
    async with linking_house(tmp_path, before=linked) as again:
        await again.house.settle()
        assert again.tokens() == []
        assert await again.states() == ["ended"]


# --- what stands where -------------------------------------------------------------------------


async def test_nothing_at_rest_opens_an_attempt(linked):
    """In the rows of linking stand digests and what is encrypted: no address, cookie, code or token."""
    browser, page, _ = await linked.as_far_as_the_code()
    secrets = [cookie.value for cookie in browser.session.cookie_jar] + linked.tokens() + [page.code]
    secrets += [url.rpartition("/")[2] for url in ADDRESS.findall("\n".join(linked.house.chat.lines()))]
    stored = await linked.house.store.read(
        lambda tx, now: repr([tuple(row) for row in tx.connection.execute(sa.select(t.link_request))])
    )
    assert len(secrets) >= 4
    assert not [secret for secret in secrets if secret in stored]


async def test_no_line_of_the_log_leads_to_an_attempt(linked, caplog):
    for name in (None, "bridgebot.web", "aiohttp.access"):
        caplog.set_level("DEBUG", logger=name)
    browser, page, shown = await linked.as_far_as_the_code()
    await (await linked.browser()).opens(shown)
    await ends_well(linked, page.code)
    said = "\n".join(repr(record.__dict__) for record in caplog.records)
    assert "/l/{token}" in said, "there is a line for each request"
    secrets = [shown.split("/")[-2], page.code, *linked.tokens()]
    secrets += [cookie.value for cookie in browser.session.cookie_jar]
    secrets += [url.rpartition("/")[2] for url in ADDRESS.findall("\n".join(linked.house.chat.lines()))]
    assert len(secrets) >= 5
    assert not [secret for secret in secrets if secret in said]


async def test_the_pages_guard_themselves(linked):
    browser, page, shown = await linked.as_far_as_the_code()
    address = await linked.address("mallory")
    form = await browser.opens(address)
    policy = form.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' https://north.example;" in policy
    assert "form-action 'none'" in page.headers["Content-Security-Policy"]
    for one in (form, page, await browser.opens(shown.replace("/code", "/back"))):
        assert one.headers["Cache-Control"] == "no-store"
        assert one.headers["Referrer-Policy"] == "no-referrer"
        assert one.headers["X-Content-Type-Options"] == "nosniff"
        assert "<script" not in one.text
    cookie = form.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert page.headers["Refresh"]


async def test_hostile_names_are_text_on_the_pages(linked):
    """Whatever a network or a chat calls somebody is shown as it stands."""
    house = linked.house
    house.chat.say("/start", sender="<b>eve</b>")
    await house.settle()
    page = await (await linked.browser()).opens(await linked.address("<b>eve</b>"))
    assert "<b>eve" not in page.text
    assert "Chat &lt;b&gt;eve&lt;/b&gt;" in page.text
