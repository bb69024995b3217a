"""The HTML of posts becomes the text that people wrote, and nothing in it acts."""

import time

import msgspec
import pytest

from adapters.mastodon import entities, reading
from adapters.mastodon.html import MOST, text_of
from bridgebot.model import Audience, Limits, Quote, Span

LIN = {"https://example.social/@lin": "@lin@example.social", "https://far.example/@bo": "@bo@far.example"}
LONG = "https://example.com/a/very/long/path/that/is/shortened?with=a&query=too"

CORPUS = [
    ("nothing", "", ""),
    ("a paragraph", "<p>hello</p>", "hello"),
    ("breaks and paragraphs", "<p>one<br>two</p><p>four</p>", "one\ntwo\n\nfour"),
    ("breaks as Mastodon 2 wrote them", "<p>one<br />two<br/>three</p>", "one\ntwo\nthree"),
    ("several breaks", "a<br><br>b", "a\n\nb"),
    ("no paragraph", "just words", "just words"),
    ("a line feed is a space", "<p>one\ntwo</p>\n<p>\n  three</p>\n", "one two\n\nthree"),
    ("a line feed behind a break is nothing", "<p>one<br>\ntwo</p>", "one\ntwo"),
    ("spaces stay", "<p>a  b   c</p>", "a  b   c"),
    (
        "entities",
        "<p>&lt;b&gt; &amp;amp; &quot;x&quot; &#39;y&#39; &nbsp;z &#x1F600;</p>",
        "<b> &amp; \"x\" 'y' \xa0z 😀",
    ),
    ("shortcodes", "<p>a :blob: b</p>", "a :blob: b"),
    (
        "a mention names the host",
        '<p><span class="h-card"><a href="https://example.social/@lin" class="mention">@<span>lin</span>'
        "</a></span> hi</p>",
        "@lin@example.social hi",
    ),
    (
        "a mention by another address is known by its name",
        '<p><a href="https://far.example/users/bo" class="u-url mention">@<span>bo</span></a>!</p>',
        "@bo@far.example!",
    ),
    (
        "a mention of somebody unknown stays",
        '<p><a href="https://x.example/@eve" class="mention">@<span>eve</span></a></p>',
        "@eve",
    ),
    (
        "a hashtag",
        '<p><a href="https://example.social/tags/tea" class="mention hashtag">#<span>Tea</span></a></p>',
        "#Tea",
    ),
    (
        "a long address is whole",
        f'<p>see <a href="{LONG.replace("&", "&amp;")}"><span class="invisible">https://</span>'
        '<span class="ellipsis">example.com/a/very/long/path/th</span><span class="invisible">'
        "at/is/shortened?with=a&amp;query=too</span></a>.</p>",
        f"see {LONG}.",
    ),
    (
        "an address as it was typed",
        '<a href="https://example.com/">https://Example.com</a>',
        "https://Example.com",
    ),
    ("a shortened address is whole", f'<a href="{LONG}">example.com/a/very/lo…</a>', LONG),
    (
        "an address that leads elsewhere is shown",
        '<a href="https://evil.example/x">https://bank.example</a>',
        "https://evil.example/x",
    ),
    (
        "a name that leads elsewhere says where",
        '<a href="https://evil.example/x">bank.example</a>',
        "bank.example (https://evil.example/x)",
    ),
    ("a list", "<ul><li>one</li><li>two</li></ul><p>end</p>", "• one\n• two\n\nend"),
    ("a numbered list", "<p>so:</p><ol><li><p>one</p></li><li>two</li></ol>", "so:\n\n1. one\n2. two"),
    ("a quote", "<blockquote><p>one<br>two</p></blockquote><p>no</p>", "> one\n> two\n\nno"),
    ("a script is gone", "<p>a<script>alert(1)</script><style>p{}</style>b</p>", "ab"),
    ("a script that is not closed is gone", "<p>a</p><script>alert(1)", "a"),
    ("an address that acts is only a word", '<a href="javascript:alert(1)">press</a>', "press"),
    ("so is one with data", '<a href="data:text/html,x">press</a>', "press"),
    ("tags that are not closed", "<p>a<b>b<i>c", "abc"),
    ("tags in the wrong order", "<b>a<i>b</b>c</i>", "abc"),
    ("attributes do nothing", '<p onclick="x()" style="y">a</p>', "a"),
    ("comments", "<p>a<!-- b -->c</p>", "ac"),
    ("pictures are left out", '<p>a<img src="https://x.example/i.png" onerror="x()">b</p>', "ab"),
    ("controls are left to the core", "<p>a\u202eb</p>", "a\u202eb"),
]


@pytest.mark.parametrize(("html", "text"), [case[1:] for case in CORPUS], ids=[case[0] for case in CORPUS])
def test_html_becomes(html, text):
    assert text_of(html, LIN).text == text


def test_emphasis_becomes_spans():
    html = (
        "<p><strong>bold</strong> <em>it<del>al</del></em> <code>x=1</code></p><pre><code>a\n b</code></pre>"
    )
    made = text_of(html)
    assert made.text == "bold ital x=1\n\na\n b"
    assert set(made.spans) == {
        Span(0, 4, "bold"),
        Span(5, 9, "italic"),
        Span(7, 9, "strike"),
        Span(10, 13, "code"),
        Span(15, 19, "code"),
    }


def test_a_link_with_words_keeps_where_it_leads():
    made = text_of('<p>read <a href="https://example.com/a?b=1&amp;c=2">the 文章</a></p>')
    assert made.text == "read the 文章"
    assert made.spans == (Span(5, 11, "link", "https://example.com/a?b=1&c=2"),)


def test_positions_hold_behind_what_was_replaced():
    html = (
        '<p><a href="https://far.example/@bo" class="mention">@<span>bo</span></a> <b>x</b></p>'
        '<blockquote><a href="https://e.example/">y</a></blockquote>'
    )
    made = text_of(html, LIN)
    assert [(made.text[one.start : one.end], one.kind) for one in made.spans] == [
        ("x", "bold"),
        ("y", "link"),
    ]


def test_the_quoted_post_is_said_once():
    html = (
        '<p class="quote-inline">RE: <a href="https://e.example/1">https://e.example/1</a></p><p>so true</p>'
    )
    assert text_of(html, quotes=True).text == "so true"
    assert text_of(html).text == "RE: https://e.example/1\n\nso true"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000 + "x",
        "<blockquote>" * 20_000 + "x",
        "<a href='https://a.example/b'>c</a>" * 50_000,
        "<b><a href='https://a.example'>" * 30_000,
        "<ul><li>" * 20_000 + "x",
        "x" * 1_000_000,
        "&" * 200_000,
        "<" * 200_000,
        "<p" + " a=b" * 100_000,
        "<p>" + "a<br>" * 20_000 + "</p>",
        "<p>" + "&amp;" * 20_000 + "</p>",
        "<p>" + '<a href="https://a.example/b">' * 20_000,
        "<p>" + '<span class="h-card"><a href="https://' + "a.a-" * 20_000 + '">',
        '<p><a href="https://a.example/b"' + ' rel="" target=""' * 5_000 + ">a</a></p>",
        "<p>" + '<a href="https://a.example/' + "&amp;" * 20_000 + '"><span></span><span>',
        "<p>" + "<b>a</b>" * 9_000,
    ],
)
def test_hostile_html_costs_little(html):
    start = time.process_time()
    made = text_of(html)
    assert time.process_time() - start < 3
    assert len(made.text) <= 2 * MOST
    assert all(0 <= one.start < one.end <= len(made.text) for one in made.spans)


# --- the rest of a post ------------------------------------------------------------------------


def status(**more):
    person = {"id": "1", "acct": "lin", "url": "https://example.social/@lin"}
    made = {
        "id": "7",
        "created_at": "2026-01-02T03:04:05Z",
        "account": person,
        "content": "<p>hi</p>",
        **more,
    }
    return reading.post(msgspec.convert(made, entities.Status), "example.social")


@pytest.mark.parametrize(
    ("word", "audience"),
    [
        ("public", Audience.PUBLIC),
        ("unlisted", Audience.UNLISTED),
        ("private", Audience.FOLLOWERS),
        ("direct", Audience.DIRECT),
        ("local", Audience.DIRECT),
        ("mutuals_only", Audience.DIRECT),
        ("", Audience.DIRECT),
        (None, Audience.DIRECT),
    ],
)
def test_an_unknown_audience_is_the_narrowest(word, audience):
    assert status(visibility=word).audience is audience


def test_almost_nothing_is_needed():
    post = status()
    assert (post.text, post.warning, post.language, post.media, post.url) == ("hi", None, None, (), None)
    assert post.author.handle == "@lin@example.social"
    assert post.author.name == "lin"


def test_the_text_is_that_of_the_author_alone():
    poll = {"options": [{"title": "tea"}, {"title": "咖啡"}]}
    quote = {"state": "accepted", "quoted_status": {"url": "https://e.example/1"}}
    inline = '<p class="quote-inline">RE: x</p><p>well?</p>'
    post = status(content=inline, poll=poll, quote=quote)
    assert post.text == "well?"
    assert post.poll.choices == ("tea", "咖啡")
    assert post.quote == Quote("https://e.example/1")
    assert status(quote={"id": "another kind"}).text == "hi"


def test_media_have_kind_address_and_description():
    media = [
        {"id": "1", "type": "image", "url": "https://e.example/1.png", "description": "a cup"},
        {"id": "2", "type": "gifv", "url": None, "remote_url": "https://far.example/2.mp4"},
        {"id": "3", "type": "hologram", "url": "https://e.example/3"},
        {"id": "4", "type": "video", "url": None},
        {"id": "5", "type": "image", "url": "javascript:x"},
    ]
    shown = [(one.kind, one.url, one.alt) for one in status(media_attachments=media).media]
    assert shown == [
        ("image", "https://e.example/1.png", "a cup"),
        ("video", "https://far.example/2.mp4", ""),
        ("file", "https://e.example/3", ""),
    ]


def test_a_boost_is_the_post_and_who_boosted_it():
    inner = {"id": "5", "created_at": "2026-01-01T00:00:00", "account": {"id": "2", "acct": "bo@far.example"}}
    post = status(reblog={**inner, "content": "<p>old</p>", "visibility": "public"})
    assert (post.id, post.text, post.author.handle) == ("5", "old", "@bo@far.example")
    assert post.boost.by.handle == "@lin@example.social"
    assert post.boost.at.isoformat() == "2026-01-02T03:04:05+00:00"
    assert post.created_at.isoformat() == "2026-01-01T00:00:00+00:00"


# --- length ------------------------------------------------------------------------------------

COUNTED = Limits(500, "graphemes", 23, short_mentions=True)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("看https://example.com/a/b/c。好", 1 + 23 + 2),
        ("https://example.com/页面", 23 + 2),
        ("https://example.com，你好", 23 + 3),
        ("（https://example.com/a_(b)）", 2 + 23),
        ("(https://example.com/a_(b))", 2 + 23),
        ("https://example.com/?a=1&b=2, and", 23 + 5),
        ("HTTPS://EXAMPLE.COM/x", 23),
        ("https://例子.中国/x", 23),
        ("example.com/very/long/path/without/a/scheme", 43),
        ("https://localhost/x", 19),
        ("xhttps://example.com", 20),
        ("@lin@example.social: hi", 8),
        ("mail lin@example.social", 23),
        ("@lin@example.social @bo@far.example", 8),
        ("👩‍👩‍👧‍👦" * 3, 3),
    ],
)
def test_length_of(text, length):
    assert COUNTED.length(text) == length


def test_other_networks_count_whole_mentions():
    assert Limits(500, "graphemes", 23).length("@lin@example.social") == 19
    assert Limits(500).length("https://example.com") == 19


def test_counting_takes_no_time():
    start = time.process_time()
    for text in (
        "https://" + "a." * 20_000,
        "https://a.bc/" + "(" * 20_000,
        "@a" * 20_000,
        "@a@" + "b-" * 20_000,
    ):
        COUNTED.length(text)
    assert time.process_time() - start < 3
