"""Plaza's site: pages, feeds, headers and the event stream, over HTTP."""

import asyncio
import json
import re
from email.utils import format_datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
import pytest_asyncio
from fluent.syntax import FluentParser

from adapters import plaza
from adapters.plaza.html import element
from adapters.plaza.live import Live
from adapters.plaza.markup import segments
from bridgebot.model import Audience
from bridgebot.testing.clock import START, ManualClock
from tests.servers.plaza import town as make_town

STATIC = Path(plaza.__file__).parent / "static"
ATOM = "{http://www.w3.org/2005/Atom}"
VOID = {"meta", "link", "br", "hr"}
HARM = "<script>alert(1)</script> javascript:alert(1) <img src=x onerror=alert(1)> \"'&amp; \u202egnp.exe"


@pytest_asyncio.fixture
async def clock():
    return ManualClock()


@pytest_asyncio.fixture
async def town(clock):
    async with make_town(clock, posts_per_hour=1000, bot="https://chat.example/bot") as town:
        yield town


class Page(HTMLParser):
    """A page taken apart; what is not closed properly is an error."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.words = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        assert tag in VOID
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join("".join(self.words).split())

    def all(self, tag, **attributes):
        return [found for name, found in self.elements if name == tag and attributes.items() <= found.items()]


async def page(town, path, **headers):
    status, _, text = await town.get(path, **headers)
    assert status == 200
    assert text.startswith("<!doctype html>")
    return Page(text)


# --- what people wrote ---


async def test_text_stays_text(town):
    """Whatever somebody writes is shown as it is and nothing of it acts, on every page and in the feeds."""
    post = await town.post("lin", f"{HARM} #tag", warning=HARM, language="en")
    for path in ("/", "/@lin", post.url, "/tags/tag"):
        found = await page(town, path)
        harm = " ".join(
            HARM.replace("\u202e", "").split()
        )  # a warning stands without what turns a line round
        assert found.text.replace("\u202e", "").count(harm) >= 2
        assert len(found.all("script")) == 1
        assert found.all("img") == []
        assert not [
            value for _, all in found.elements for name, value in all.items() if name.startswith("on")
        ]
        links = [link["href"] for link in found.all("a")]
        assert [link for link in links if not link.startswith(("/", "https://", "#"))] == []
    _, _, feed = await town.get("/@lin/feed.atom")
    content = ElementTree.fromstring(feed).findtext(f"{ATOM}entry/{ATOM}content")
    assert "<script" not in content
    assert "&lt;script&gt;" in content


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://a.example/x.", [("link", "https://a.example/x")]),
        ("(https://a.example/x_(y))", [("link", "https://a.example/x_(y)")]),
        ("见https://a.example/x很好", [("link", "https://a.example/x")]),
        ("http:// https://[ ftp://a.example javascript:x data:x", []),
        ("https://a.example/#tag @", [("link", "https://a.example/#tag")]),
        (
            "@Lin 你好@ada，＠bob. x@y.example @ada@far.example",
            [("mention", "lin"), ("mention", "ada"), ("mention", "bob")],
        ),
        (
            "#Tea #散步 今天#天气 #123 #a_b a#b &#38;",
            [("tag", "tea"), ("tag", "散步"), ("tag", "天气"), ("tag", "a_b")],
        ),
        ("#话题#后文 ＃全角", [("tag", "话题"), ("tag", "全角")]),
    ],
)
def test_what_is_in_a_text(text, found):
    parts = segments(text)
    assert "".join(part.text for part in parts) == text
    assert [(part.kind, part.value) for part in parts if part.kind != "text"] == found


def test_elements_escape():
    assert element("a", "<b>", [element("br"), "&"], href='"><', hidden=True, title=None) == (
        '<a href="&quot;&gt;&lt;" hidden>&lt;b&gt;<br/>&amp;</a>'
    )


async def test_links_go_out_politely(town):
    post = await town.post("lin", "https://a.example/?a=1&b=2 and @ada and @lin")
    found = await page(town, post.url)
    (link,) = found.all("a", href="https://a.example/?a=1&b=2")
    assert link["rel"] == "nofollow ugc noopener"
    assert "@ada" in found.text
    assert found.all("a", href="/@ada") == []


async def test_post_on_its_page(town, clock):
    """Language, times, lines, warning, counts and gaps, in semantic HTML."""
    post = await town.post("lin", "一\n二\n\n三", language="zh-CN", warning="结局")
    clock.skip(60)
    answer = await town.post("ada", "and?", reply_to=post.id)
    await town.adapter.favourite(await town.account("ada"), post.id, True)
    await town.edit("lin", post, "一\n二\n\n四")
    found = await page(town, answer.url)
    assert len(found.all("h1")) == len(found.all("main", id="main")) == 1
    assert found.all("a", href="#main")
    assert [article["id"] for article in found.all("article")] == [f"post-{post.id}", f"post-{answer.id}"]
    assert [article["id"] for article in found.all("article", **{"aria-current": "true"})] == [
        f"post-{answer.id}"
    ]
    assert [time["datetime"] for time in found.all("time")] == [
        "2026-03-01T12:00:00Z",
        "2026-03-01T12:01:00Z",
    ]
    for words in ("in reply to @lin", "edited", "1 favourite", "1 reply", "2026-03-01 12:01 UTC"):
        assert words in found.text
    assert len(found.all("div", **{"class": "text"})) == 2
    await town.delete("lin", post)
    found = await page(town, answer.url)
    assert len(found.all("article")) == 1
    assert "in reply to a post that is not here" in found.text


async def test_warning_hides_the_text_until_it_is_opened(town):
    post = await town.post("lin", "the butler", warning="结局", language="zh-CN")
    found = await page(town, post.url)
    assert found.all("details") == [{"class": "warning"}]
    assert found.all("div", lang="zh-CN", dir="auto")
    assert found.elements.index(("summary", {})) < found.elements.index(
        ("div", {"class": "text", "lang": "zh-CN", "dir": "auto"})
    )


async def test_listings_have_pieces(town):
    """Front, person and tag lead on to what is older, with every post exactly once."""
    posts = [await town.post("lin", f"number {n} #many") for n in range(65)]
    for path in ("/", "/@lin", "/tags/many"):
        seen, next_path, streams = [], path, []
        while next_path:
            found = await page(town, next_path)
            seen += [article["id"] for article in found.all("article")]
            streams += [div.get("data-events") for div in found.all("div", id="stream")]
            next_path = next((link["href"] for link in found.all("a", rel="next")), None)
        assert seen == [f"post-{post.id}" for post in reversed(posts)]
        assert [stream is not None for stream in streams] == [True, False, False]
        assert found.all("a", rel="first")[0]["href"] == path


@pytest.mark.parametrize("before", ["x", "-1", "", "9" * 40, "²"])
async def test_odd_queries_are_harmless(town, before):
    await town.post("lin", "hello")
    assert "hello" in (await page(town, f"/?before={before}")).text


# --- languages ---


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("", "de, en;q=0.5, zh;q=0.4", "en"),
        ("", "fr", "en"),
        ("", "en;q=0, zh;q=0.1", "zh-CN"),
        ("", ";;q=x,,zh;q=", "zh-CN"),
        ("?lang=en", "zh-CN", "en"),
        ("?lang=zh", "en", "zh-CN"),
        ("?lang=<b>", "en", "en"),
    ],
)
async def test_language(town, query, header, language):
    await town.post("lin", "hello")
    found = await page(town, f"/{query}", **{"Accept-Language": header})
    assert found.all("html") == [{"lang": language}]
    assert ("聊天" in found.text) is (language == "zh-CN")
    kept = f"?lang={language}" if query in ("?lang=en", "?lang=zh") else ""
    assert found.all("a", href=f"/@lin/1{kept}")


async def test_nothing_there_in_both_languages(town):
    for path in ("/@nobody", "/@nobody/1", "/@nobody/feed.atom", "/@nobody/feed.json"):
        status, headers, text = await town.get(path)
        assert (status, "There is nothing here" in text) == (404, True)
        assert "noindex" in text
        assert "ETag" not in headers
        assert "这里什么都没有" in (await town.get(f"{path}?lang=zh-CN"))[2]


def test_every_text_is_used():
    """No text stands in the files that nothing says."""
    folder = Path(plaza.__file__).parent
    sources = "".join(file.read_text() for file in folder.rglob("*.py"))
    entries = FluentParser().parse((folder / "plaza.en.ftl").read_text()).body
    keys = [entry.id.name for entry in entries if hasattr(entry, "id")]
    unused = [
        key for key in keys if f'"{key}"' not in sources and f'"{key.removeprefix("plaza-")}"' not in sources
    ]
    assert (len(keys) > 40, unused) == (True, [])


# --- feeds ---


async def test_atom(town, clock):
    """RFC 4287: what a feed and an entry must have, with ids that stay."""
    await town.account("lin")
    first = await town.post("lin", "hello @ada <b>\n#tea", language="en")
    clock.skip(90)
    await town.edit("lin", first, "hello again #tea #散步")
    second = await town.post("lin", "two", warning="careful")
    status, headers, text = await town.get("/@lin/feed.atom")
    assert (status, headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    feed = ElementTree.fromstring(text)
    root = town.context.routes.url("")
    assert (feed.tag, feed.findtext(f"{ATOM}id")) == (f"{ATOM}feed", f"{root}/@lin")
    assert feed.findtext(f"{ATOM}updated") == "2026-03-01T12:01:30Z"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "@lin"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {"self": f"{root}/@lin/feed.atom", "alternate": f"{root}/@lin"}
    newest, oldest = feed.findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}id") for one in (newest, oldest)] == [second.url, first.url]
    assert newest.findtext(f"{ATOM}title") == newest.findtext(f"{ATOM}summary") == "careful"
    assert oldest.findtext(f"{ATOM}published") == "2026-03-01T12:00:00Z"
    assert oldest.findtext(f"{ATOM}updated") == "2026-03-01T12:01:30Z"
    assert {one.get("term") for one in oldest.findall(f"{ATOM}category")} == {"tea", "散步"}
    content = oldest.find(f"{ATOM}content")
    assert content.get("type") == "html"
    assert f'href="{root}/tags/tea"' in content.text


async def test_json_feed(town):
    post = await town.post("lin", "hello <b> #tea", language="en", warning="careful")
    status, headers, text = await town.get("/@lin/feed.json")
    assert (status, headers["Content-Type"]) == (200, "application/feed+json; charset=utf-8")
    feed = json.loads(text)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == town.context.routes.url("/@lin/feed.json")
    (item,) = feed["items"]
    assert (item["id"], item["url"], item["content_text"]) == (post.url, post.url, "hello <b> #tea")
    assert "hello &lt;b&gt;" in item["content_html"]
    assert (item["title"], item["language"], item["tags"]) == ("careful", "en", ["tea"])
    assert item["date_published"] == "2026-03-01T12:00:00Z"
    assert "date_modified" not in item


async def test_feeds_and_pages_are_asked_for_again(town, clock):
    """A reader that has the newest gets 304; a deletion makes it new."""
    post = await town.post("lin", "hello")
    for path in ("/@lin/feed.atom", "/@lin/feed.json", "/@lin", "/", post.url):
        _, headers, _ = await town.get(path)
        assert headers["Cache-Control"] == "no-cache"
        assert headers["Vary"] == "Accept-Language"
        status, again, text = await town.get(path, **{"If-None-Match": headers["ETag"]})
        assert (status, text, again["ETag"]) == (304, "", headers["ETag"])
    later = {"If-Modified-Since": format_datetime(START, usegmt=True)}
    assert (await town.get("/@lin/feed.atom", **later))[0] == 304
    clock.skip(5)
    await town.delete("lin", post)
    assert (await town.get("/@lin/feed.atom", **later))[0] == 200
    assert (await town.get("/@lin", **{"If-None-Match": '"other"'}))[0] == 200


# --- headers and files ---


async def test_every_answer_is_guarded(town):
    post = await town.post("lin", "hello #tea")
    links = re.findall(r'(?:href|src)="(/plaza/(?:style|live|icon)[^"]+)"', (await town.get("/"))[2])
    icon, style, script = links
    for path in (
        "/",
        "/@lin",
        post.url,
        "/tags/tea",
        "/@lin/feed.atom",
        "/@lin/feed.json",
        "/@no",
        style,
        script,
        icon,
    ):
        _, headers, _ = await town.get(path)
        policy = headers["Content-Security-Policy"].split("; ")
        assert {"default-src 'none'", "script-src 'self'", "base-uri 'none'", "form-action 'none'"} <= set(
            policy
        )
        assert "frame-ancestors 'none'" in policy
        assert not [rule for rule in policy if "unsafe" in rule or "*" in rule]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in headers
    for path, kind in ((style, "text/css"), (script, "text/javascript"), (icon, "image/svg+xml")):
        status, headers, text = await town.get(path)
        assert status == 200
        assert text
        assert "immutable" in headers["Cache-Control"]
        assert headers["Content-Type"].split(";")[0] == kind


async def test_no_inline_style_or_script(town):
    """The policy would refuse them: pages carry none."""
    await town.post("lin", "hello", warning="w")
    _, _, text = await town.get("/")
    found = Page(text)
    assert not [all for _, all in found.elements if "style" in all]
    assert [script.get("src", "").split("?")[0] for script in found.all("script")] == ["/plaza/live.js"]
    assert found.all("style") == []


def _luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one, other):
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast():
    """WCAG 2.2, 1.4.3: every text against what it stands on, by day and by night."""
    style = (STATIC / "style.css").read_text()
    roots = [
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
        for block in re.findall(r":root \{(.*?)\}", style, re.S)
    ]
    hues = re.findall(r"\.hue-\d \{ background: (#[0-9a-f]{6}); \}", style)
    pairs = [
        ("ink", "paper"),
        ("ink", "sheet"),
        ("ink", "wash"),
        ("soft", "paper"),
        ("soft", "sheet"),
        ("accent", "paper"),
    ]
    pairs += [("accent", "sheet"), ("accent", "wash"), ("on-accent", "accent"), ("warm", "warm-wash")]
    assert (len(roots), len(hues)) == (2, 16)
    for colours, letters in zip(roots, (hues[:8], hues[8:]), strict=True):
        for text, ground in pairs:
            assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
        for hue in letters:
            assert _contrast(colours["letter-ink"], hue) >= 4.5, hue


# --- the event stream ---


async def test_events_tell_of_changes(town):
    """New, edited and gone, as they are committed; a post's element is the one of the pages."""
    start = (await page(town, "/")).all("div", id="stream")[0]["data-events"]
    async with town.events(start) as event:
        post = await town.post("lin", "helo")
        kind, first, data = await event()
        assert (kind, data["id"]) == ("new", f"post-{post.id}")
        assert data["html"] in (await town.get("/"))[2]
        await town.edit("lin", post, "hello")
        kind, second, data = await event()
        assert (kind, second > first, "hello" in data["html"]) == ("edited", True, True)
        await town.delete("lin", post)
        assert await event() == ("gone", second + 1, {"id": f"post-{post.id}", "html": ""})
    async with town.events(start, **{"Last-Event-ID": str(first)}) as event:
        assert (await event())[0] == "gone"


async def test_events_speak_the_readers_language(town):
    post = await town.post("lin", "hello")
    await town.post("ada", "and?", reply_to=post.id)
    async with town.events("/plaza/events?after=0&lang=zh") as event:
        await event()
        _, _, data = await event()
        assert "回复 @lin" in data["html"]
        assert "?lang=zh-CN" in data["html"]


async def test_events_of_one_person(town):
    async with town.events("/plaza/events?name=lin&after=0") as event:
        await town.post("ada", "not here")
        post = await town.post("lin", "here")
        assert (await event())[2]["id"] == f"post-{post.id}"


async def test_events_of_somebody_suspended(town):
    """An open page loses what is hidden; nothing tells of what never was public."""
    await town.post("lin", "for friends", Audience.FOLLOWERS)
    post = await town.post("lin", "hello")
    async with town.events("/plaza/events") as event:
        await town.adapter.suspend("lin", True)
        assert (await event())[::2] == ("gone", {"id": f"post-{post.id}", "html": ""})


async def test_whoever_listens_is_told_of_what_comes_at_once(town, monkeypatch):
    """Also where the first look takes its time."""
    look = Live._changes

    async def slowly(*given):
        await asyncio.sleep(0.2)
        return await look(*given)

    monkeypatch.setattr(Live, "_changes", slowly)
    async with town.events("/plaza/events") as event:
        post = await town.post("lin", "hello")
        assert (await event())[2]["id"] == f"post-{post.id}"


async def test_many_changes_at_once_all_arrive(town):
    posts = [await town.post("lin", str(n)) for n in range(70)]
    async with town.events("/plaza/events?after=0") as event:
        told = [(await event())[2]["id"] for _ in posts]
    assert told == [f"post-{post.id}" for post in posts]
