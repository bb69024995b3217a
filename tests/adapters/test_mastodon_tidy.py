"""The shorter way to the text of a post says what the longer one says, or leaves the post to it."""

import functools
import re
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.mastodon import tidy
from adapters.mastodon.html import cleaned, text_of
from adapters.mastodon.marks import Text
from benchmarks.pages import status
from bridgebot.model import Span
from tests.servers.recorded import needs_recordings, recorded

NAMES = {
    "https://example.net/@lin": "@lin@example.net",
    "https://example.net/?a=1&b=2": "@bo@far.example",
    "https://example.net/@eve": "@eve\n x",  # what a server calls somebody may be anything
    "https://example.net/@zoe": "&lt;",
}
ADDRESSES = [
    *(address.replace("&", "&amp;") for address in NAMES),
    "https://example.org/a/b",
    "https://example.org",
    "http://www.example.org/?q=a&amp;r=%20;s#é",
    "http://localhost:3000/@lin",
    "https://a--b.c-d.example/",
]
ODD_ADDRESSES = [
    "javascript:alert(1)", "data:text/html,x", "ftp://example.org/", "//example.org/", "https://", "",
    "HTTPS://EXAMPLE.ORG/", "https://lin:secret@example.org/", "https://xn--a.example/", "https://a.xn--b.c/",
    "https://a b.example/", "https://1.2.3.4.5/", "https://0x1/", "https://a_b.example/", "https://a..b/",
    "https://example.org:99999/", "https://example.org:1x/", "https://a.1/", "https://a%.b/", "https://.b/",
    "https://example.org/&lt;", "https://example.org/&copy=1",
]  # fmt: skip
WORDS = ["a", "b c", " ", "  x", "é", "今天", "😀", ">", '"', "'", "#", "39;", "amp;", "\xa0", "\u2028"]
REFERENCES = ["&amp;", "&lt;", "&gt;", "&#39;", "&nbsp;", "&quot;", "&apos;"]
ODD_WORDS = ["\n", " \n ", "\r", "\t", "\0", "\x0c", "\ufeff", "&", "&#", "&am", "&lt", "&copy;", "&#0;", "<"]
TAGS = [
    *("p", "br", "a", "span", "strong", "b", "em", "i", "del", "s", "code", "u"),
    *("h1", "pre", "ul", "ol", "li", "blockquote", "div"),
]
ODD_TAGS = [
    *("script", "style", "svg", "math", "table", "td", "template", "plaintext"),
    *("textarea", "title", "select", "P", "img", "!--", "br/"),
]
CLASSES = ["", "mention", "u-url mention", "mention hashtag", "hashtag"]
ODD_CLASSES = ["h-card", "invisible", "quote-inline", "mentions", "Hashtag", "a\tmention", "&#104;ashtag"]
MORE = [' rel="tag"', ' target="_blank"', ' rel="nofollow noopener"', ' translate="no"', ' onclick="x"', " x"]
LABELS = [
    "@<span>lin</span>",
    "@lin",
    "#<span>tea</span>",
    "#<span>39;</span>",
    "39;",
    "words",
    "<b>x</b>",
    "",
]


def some(pieces, most):
    return st.lists(pieces, min_size=1, max_size=most).map("".join)


def written(form, *parts):
    return st.tuples(*parts).map(lambda made: form.format(*made))


def labels(address):
    """Of a link: of some kind, or its address, in parts or not."""
    parts = (
        '<span class="invisible">{}</span><span class="ellipsis">{}</span><span class="invisible">{}</span>'
    )
    begun = parts.format(address[:8], address[8:20], address[20:])
    return st.sampled_from([*LABELS, address, begun, parts.format(address[:8], address[8:20], "")])


def links(addresses, classes):
    """As Mastodon writes them, with attributes in this order or that."""
    kind = written(' class="{}"', st.sampled_from(classes)) | st.just("")
    more = some(st.sampled_from(MORE[:4]), 3) | st.just("")
    address = st.sampled_from(addresses)
    given = [address.flatmap(lambda one: st.tuples(st.just(one), labels(one))), kind, more]
    link = st.tuples(
        *given, st.sampled_from([' href="{0}"{1}{2}', ' href="{0}"{2}{1}', '{1} href="{0}"{2}'])
    ).map(lambda made: f"<a{made[3].format(made[0][0], made[1], made[2])}>{made[0][1]}</a>")
    return link | written('<span class="h-card" translate="no">{}</span>', link)


TEXT = some(st.sampled_from([*WORDS, *REFERENCES]), 3)
EMPHASIS = written("<{0}>{1}</{0}>", st.sampled_from(["strong", "b", "em", "i", "del", "s", "code"]), TEXT)
LINE = some(TEXT | EMPHASIS | links(ADDRESSES, CLASSES), 4)
BREAK = st.sampled_from(["<br>", "<br/>", "<br />", "<br><br>"])
TIDY = some(written("<p>{}</p>", LINE) | written("<p>{}{}{}</p>", LINE, BREAK, LINE), 3)
ANY_ADDRESS, ANY_CLASS = ADDRESSES + ODD_ADDRESSES, CLASSES + ODD_CLASSES
ATTRIBUTES = st.one_of(
    written(' href="{}"', st.sampled_from(ANY_ADDRESS)),
    written(' class="{}"', st.sampled_from(ANY_CLASS)),
    st.sampled_from(MORE),
)
ODD = st.one_of(
    st.sampled_from([*WORDS, *REFERENCES, *ODD_WORDS]),
    written("<{}{}>", st.sampled_from([*TAGS, *ODD_TAGS]), some(ATTRIBUTES, 3) | st.just("")),
    written("</{}>", st.sampled_from([*TAGS, *ODD_TAGS])),
    links(ANY_ADDRESS, ANY_CLASS),
)


@st.composite
def upset(draw, posts):
    """A post in which something was put in, left out, or put in the place of something."""
    pieces = [piece for piece in re.split(r"(<[^>]*>|&[^;]*;|\W)", draw(posts)) if piece]
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(pieces)))
        new = draw(st.lists(ODD | st.sampled_from(pieces or [""]), max_size=1))
        pieces[at : at + draw(st.integers(0, 1))] = new
    return "".join(pieces)


@functools.cache
def recordings():
    """Every text that a real server sent."""
    answers = recorded("GET", r"/api/v1/(timelines/.*|accounts/[^/]+/statuses|statuses/[^/]+)")
    posts = [post for one in answers if one.status == 200 for post in _posts(one.json)]
    return sorted({post["content"] for post in posts if isinstance(post.get("content"), str)})


def _posts(answer):
    return answer if isinstance(answer, list) else [answer] if isinstance(answer, dict) else []


def same(html, names):
    for quotes in (False, True):
        assert text_of(html, names, quotes=quotes) == cleaned(html, names, quotes)


@pytest.mark.parametrize("address", ANY_ADDRESS)
def test_a_link_says_the_same_on_both_ways(address):
    for first, second, label in product(
        [None, *ANY_CLASS], [None, *ANY_CLASS], [address, "#tea", "@lin", "39;"]
    ):
        before, behind = ("" if one is None else f' class="{one}"' for one in (first, second))
        same(f'<p>a <a{before} href="{address}"{behind}>{label}</a> b</p>', NAMES)


EVERY = settings(deadline=None, max_examples=300)
CALLED = st.sampled_from([NAMES, {}])


@EVERY
@given(TIDY, CALLED)
@example('<p>&<a href="https://example.org/" class="hashtag">#<span>39;</span></a></p>', {})
@example('<p>&#<a href="https://example.org/" class="hashtag">39;</a></p>', {})
def test_what_mastodon_writes_says_the_same_on_both_ways(html, names):
    same(html, names)


@EVERY
@given(upset(TIDY | st.sampled_from([status(number)["content"] for number in range(5)])), CALLED)
def test_hostile_html_says_the_same_on_both_ways(html, names):
    same(html, names)


@EVERY
@given(some(ODD, 8), CALLED)
def test_any_html_says_the_same_on_both_ways(html, names):
    same(html, names)


@needs_recordings()
def test_what_real_servers_sent_is_read_the_shorter_way():
    found = recordings()
    assert len(found) > 50
    for html in found:
        same(html, {})
    shorter = [html for html in found if tidy.read(re.sub("@<span>.*?</span>", "@lin", html), NAMES)]
    assert len(shorter) > len(found) / 2


@needs_recordings()
@EVERY
@given(st.data())
def test_what_real_servers_sent_says_the_same_when_it_is_upset(data):
    same(data.draw(upset(st.sampled_from(recordings()))), {})


LINK = '<a href="https://example.org/?a=1&amp;b=2" rel="nofollow" target="_blank">{}</a>'
PARTS = '<span class="invisible">https://</span><span class="{}">example.org{}</span>'


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p>", Text("a")),
        ("<p>a<br>b<br /><br/>c</p><p>&amp;lt; &#39;d&#39;</p>", Text("a\nb\n\nc\n\n&lt; 'd'")),
        (f"<p>{LINK.format('https://example.org/?a=1&amp;b=2')}</p>", Text("https://example.org/?a=1&b=2")),
        (f"<p>{LINK.format(PARTS.format('ellipsis', '/'))}.</p>", Text("https://example.org/?a=1&b=2.")),
        ('<p><a class="hashtag" href="https://example.org/">#<span>tea</span></a></p>', Text("#tea")),
        (
            '<p><span class="h-card"><a href="https://example.net/@lin" class="mention">@<span>lin</span>'
            "</a></span> hi</p>",
            Text("@lin@example.net hi"),
        ),
        (
            "<p>a&gt;<b>b&gt;</b>c</p><p><em>d</em></p>",
            Text("a>b>c\n\nd", (Span(2, 4, "bold"), Span(7, 8, "italic"))),
        ),
    ],
)
def test_most_posts_are_read_the_shorter_way(html, text):
    assert tidy.read(html, NAMES) == text


@pytest.mark.parametrize(
    "html",
    [
        "",
        "a",
        "<p></p>",
        "<p>a</p>b",
        "<p>a</p> <p>b</p>",
        "<p>a",
        "<p>a\nb</p>",
        "<p>\r</p>",
        "<p>\0</p>",
        "<p><br>a</p>",
        "<p>a<br></p>",
        "<p>a<br >b</p>",
        "<p>&bogus;</p>",
        "<p>&amp</p>",
        "<p>a<b>b<i>c</i></b></p>",
        "<p>a<b></b></p>",
        "<p>a<b>b</i></p>",
        "<p class='quote-inline'>a</p>",
        '<p><a href="https://example.org/">words</a></p>',
        '<p><a href="javascript:x">https://example.org</a></p>',
        '<p><a href="https://xn--a.example/">https://xn--a.example/</a></p>',
        '<p><a href="https://example.org/" class="a" class="hashtag">#a</a></p>',
        '<p><a href="https://example.org/" class="quote-inline hashtag">#a</a></p>',
        '<p><a href="https://example.net/@eve" class="mention">@eve</a></p>',
        '<p>&<a href="https://example.org/" class="hashtag">#39;</a></p>',
    ],
)
def test_whatever_else_there_is_goes_the_longer_way(html):
    assert tidy.read(html, NAMES) is None
