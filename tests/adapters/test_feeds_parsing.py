"""Understanding feeds as they are: what is wrong in them, what is odd, and what means harm."""

import contextlib
import gzip
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from adapters.feeds import addresses, html, jsonfeed, parsing, xml
from adapters.feeds.entities import Entry, Text, TooMuch, Unreadable
from adapters.feeds.shown import shown

BASE = "https://stones.example/blog/feed.xml"


def feed(document, charset=None):
    body = document if isinstance(document, bytes) else document.encode()
    return parsing.parse(body, charset, BASE)


def rss(items, head="<title>Stones</title><link>/</link>"):
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'


def entry(inside, **more):
    (found,) = feed(rss(f"<item>{inside}</item>", **more)).entries
    return found


# --- formats --------------------------------------------------------------------------------------

RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
 <channel><title>Stones</title><link>/</link><sy:updatePeriod>daily</sy:updatePeriod>
 <sy:updateFrequency>4</sy:updateFrequency></channel>
 <item rdf:about="u1"><title>One</title><link>/1</link>
 <dc:date>2026-11-02T10:00:00+08:00</dc:date></item></rdf:RDF>"""
YOUTUBE = """<feed xmlns:media="http://search.yahoo.com/mrss/"
 xmlns="http://www.w3.org/2005/Atom">
 <title>Stones</title><entry><id>yt:video:1</id><title>One</title>
 <link rel="alternate" href="https://video.example/watch?v=1"/>
 <published>2026-11-02T02:00:00+00:00</published>
 <media:group><media:thumbnail url="https://img.example/1.jpg"/>
 <media:description>About it.</media:description>
 </media:group></entry></feed>"""
XHTML = """<a:feed xmlns:a="http://www.w3.org/2005/Atom" xml:base="https://base.example/x/"><a:title>Stones</a:title>
 <a:entry><a:id>1</a:id><a:title type="html">One &lt;i&gt;it&lt;/i&gt;</a:title><a:link href="1"/>
 <a:updated>2026-11-02T02:00:00Z</a:updated><a:content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
 <p>See <a href="2">this</a></p></div></a:content></a:entry></a:feed>"""
AT = datetime(2026, 11, 2, 2, tzinfo=UTC)


def test_rss_1_and_how_often_it_wants_to_be_read():
    found = feed(RDF)
    assert [(one.title, one.link, one.published) for one in found.entries] == [
        ("One", "https://stones.example/1", AT)
    ]
    assert found.period == 21600


def test_what_video_sites_say():
    (found,) = feed(YOUTUBE).entries
    assert (found.title, found.link, found.published) == ("One", "https://video.example/watch?v=1", AT)
    assert found.body.text == "About it."
    assert [(one.kind, one.url) for one in found.media] == [("image", "https://img.example/1.jpg")]


def test_atom_with_markup_inside_and_a_base_of_its_own():
    (found,) = feed(XHTML).entries
    assert (found.title, found.link) == ("One it", "https://base.example/x/1")
    assert (found.body.text, found.body.spans[0].url) == ("See this", "https://base.example/x/2")


def test_a_namespace_that_each_entry_declares_anew_is_one():
    each = '<item><description><div xmlns="http://www.w3.org/1999/xhtml">x</div></description></item>'
    assert len(feed(rss(each * 500)).entries) == 500


def test_json_feed_takes_nothing_with_it_that_is_wrong():
    found = feed(
        '{"version": "https://jsonfeed.org/version/1", "title": "Stones", "hubs": [{"type": "rssCloud"}, 7],'
        '"items": [{"id": 1.5, "url": "/1", "content_text": "a < b", "author": {"name": "Ada"}},'
        '{"id": [], "url": "/2"}, 7, null, {"id": "3", "title": "Three", "date_published": "yesterday",'
        '"attachments": [{"url": "3.mp3", "mime_type": "audio/mpeg"}, {}], "authors": "Lin"}]}'
    )
    one, three = found.entries
    assert (one.guid, one.body.text, one.author, one.link) == (
        "1.5",
        "a < b",
        "Ada",
        "https://stones.example/1",
    )
    assert (three.title, three.published, [m.kind for m in three.media]) == ("Three", None, ["audio"])


@pytest.mark.parametrize(
    "document",
    [
        "",
        "  ",
        "<html><rss/>",
        "{}",
        "[]",
        '{"version": 7}',
        '{"version": "2", "items": []}',
        "<!--",
        "<?x",
        "\0",
    ],
)
def test_what_is_no_feed_is_none(document):
    with pytest.raises(Unreadable):
        feed(document)


# --- characters -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "said", "declared"),
    [
        ("utf-8", "iso-8859-1", "iso-8859-1"),
        ("utf-8", None, "gb2312"),
        ("utf-16", None, "utf-16"),
        ("utf-8-sig", "ascii", ""),
        ("gb18030", "gb2312", ""),
        ("gb18030", None, "gbk"),
        ("big5", None, "big5"),
        ("shift_jis", "shift_jis", "utf-8"),
        ("utf-8", "punycode", "zlib"),
    ],
)
def test_the_encoding_is_found_whatever_is_said_of_it(encoding, said, declared):
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    document = declaration + rss("<item><title>日本語</title></item>")
    assert feed(document.encode(encoding), said).entries[0].title == "日本語"


def test_an_encoding_that_nobody_knows_is_read_as_well_as_can_be():
    document = '<?xml version="1.0" encoding="klingon"?>' + rss("<item><title>Stra\xdfe</title></item>")
    assert feed(document.encode("latin-1")).entries[0].title == "Straße"


@pytest.mark.parametrize(
    ("title", "shown_as"),
    [
        ("A &amp;amp; B", "A & B"),
        ("&lt;b&gt;Bold&lt;/b&gt; words", "Bold words"),
        ("a &lt; b &amp; c", "a < b & c"),
        ("<![CDATA[x <i>y</i>]]>", "x y"),
        ("Two\n  lines &mdash; and\x0b a name", "Two lines — and a name"),
        ("&unknown; &#8217;", "&unknown; ’"),
        ("1 &lt;3 you", "1 <3 you"),
    ],
)
def test_a_title_is_plain_whatever_is_in_it(title, shown_as):
    assert entry(f"<title>{title}</title>").title == shown_as


def test_xml_that_is_none_is_read_as_well_as_can_be():
    broken = rss("<item><title>Fish & chips</title><link>/1</link></item><item><title>Two</title>")[:-10]
    assert [one.title for one in feed(broken).entries] == ["Fish & chips", "Two"]


# --- words ----------------------------------------------------------------------------------------


def test_html_becomes_text_with_what_stands_out_in_it():
    read = html.read(
        "<h2>Head</h2><p>One<br>two <b>bold <a href='/x?a=1&amp;b=2'>link</a></b></p><ol><li>a<li>b <p>c</ol>"
        "<blockquote>said<blockquote>before</blockquote></blockquote><table><tr><td>1<td>2</table>"
        "<pre>a\n  b</pre><script>alert(1)</script><style>p{}</style><img src=x.png alt='a  stone'>"
        "<a href='javascript:x'>no</a><svg><title>x</title></svg><p>  </p><p>end</p>",
        BASE,
    )
    assert read.text.text == (
        "Head\n\nOne\ntwo bold link\n\n1. a\n2. b\nc\n\n> said\n>\n> > before\n\n1 2\n\na\n  b\n\nno\n\nend"
    )
    spans = {(read.text.text[s.start : s.end], s.kind, s.url) for s in read.text.spans}
    assert spans == {
        ("Head", "bold", None),
        ("bold link", "bold", None),
        ("link", "link", "https://stones.example/x?a=1&b=2"),
        ("a\n  b", "code", None),
    }
    assert [(one.url, one.alt) for one in read.pictures] == [("https://stones.example/blog/x.png", "a stone")]


@given(some.text(alphabet="<>/abpliu\"'= &;#x\n", max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_html_is_text_whose_spans_lie_in_it(words):
    read = html.read(words, BASE)
    assert all(0 <= s.start < s.end <= len(read.text.text) for s in read.text.spans)
    assert all(s.url is None or s.url.startswith(("http://", "https://")) for s in read.text.spans)
    assert read.text.text == read.text.text.strip("\n") or "<pre" in words.lower()


def test_a_long_text_is_shown_by_its_beginning_up_to_the_end_of_something():
    paragraphs = "\n\n".join(f"Paragraph {n}: " + "words and words " * 10 for n in range(20))
    assert shown(Entry(title="T", body=Text(paragraphs))).text.endswith("words …")
    assert len(shown(Entry(body=Text(paragraphs))).text) < 520
    assert shown(Entry(body=Text("石" * 5000))).text == "石" * 500 + " …"
    sentences = "一句话。" * 500
    assert shown(Entry(body=Text(sentences))).text.endswith("。 …")


@pytest.mark.parametrize(
    ("title", "body", "link", "text"),
    [
        ("T", "", "", "T"),
        ("", "", "", "—"),
        ("", "", "https://e.org/", "https://e.org/"),
        ("Hello …", "hello there", "", "hello there"),
        ("T", "See https://e.org/ now", "https://e.org/", "T\nSee https://e.org/ now"),
    ],
)
def test_what_is_missing_is_left_out_and_nothing_is_said_twice(title, body, link, text):
    assert shown(Entry(title=title, body=Text(body), link=link)).text == text


def test_the_files_of_a_podcast_are_under_its_entry():
    found = entry(
        '<enclosure url="/e/1.mp3" type="audio/mpeg" length="1"/>'
        '<enclosure url="/e/1.mp3" type="audio/mpeg"/>'
        '<enclosure url="v.mp4"/><enclosure url="javascript:x"/><enclosure/><title>E</title>'
    )
    assert [(one.kind, one.url) for one in found.media] == [
        ("audio", "https://stones.example/e/1.mp3"),
        ("video", "https://stones.example/blog/v.mp4"),
    ]


@pytest.mark.parametrize(
    "said", ["yesterday", "", "0000-00-00T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT", "2026"]
)
def test_a_date_that_is_none_is_no_error(said):
    assert entry(f"<title>x</title><pubDate>{said}</pubDate>").published in (
        None,
        datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("ttl", "seconds"), [("60", 3600), ("-5", 0), ("soon", 0), ("9" * 30, 0), ("٣", 0), ("1", 60)]
)
def test_how_long_a_feed_wants_to_be_left_alone(ttl, seconds):
    assert feed(rss("", head=f"<title>x</title><ttl>{ttl}</ttl>")).period == seconds


# --- harm -----------------------------------------------------------------------------------------

LOLS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 20))
BOMBS = {
    "entities": f'<!DOCTYPE rss [<!ENTITY l0 "lol">{LOLS}]>' + rss("<item><title>&l19;</title></item>"),
    "a file": '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    + rss("<item><title>x&f;</title></item>"),
    "a document type elsewhere": '<!DOCTYPE rss PUBLIC "-//N//DTD" "http://127.0.0.1:1/x.dtd">'
    + rss("<item><title>x</title></item>"),
    "parameters": '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:1/"> %p;]>' + rss("<item/>"),
    "an inclusion": rss(
        '<item><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/></item>'
    ),
    "depth": rss("<item>" + "<a>" * 100_000 + "</a>" * 100_000 + "</item>"),
    "depth that is never closed": rss("<item><description>" + "<div>" * 20_000),
    "elements": rss("<a/>" * 200_001),
    "nearly too many": rss("<a b='c'/>" * 100_000),
    "items": rss("<item/>" * 10_001),
    "broken and long": "<rss><channel>" + "<a " * 600_000,
    "broken": "<rss><channel><item>" + "<a " * 20_000 + "&" * 20_000 + "<![CDATA[" * 20_000,
    "white space": "\n" * 1_000_000 + rss(""),
    "white space within": f"<?xml version='1.0'?>{chr(10) * 50_000}<!DOCTYPE rss>{chr(10) * 10_000}"
    + rss(""),
    "attributes of what is broken": f"<rss><item {' '.join(f'a{n}=x' for n in range(50_000))}>",
    "namespaces and elements": f"<rss {' '.join(f'xmlns:n{n}={chr(34)}u{n}{chr(34)}' for n in range(200))}>"
    + "<n199:x/>" * 150_000
    + "</rss>",
    "attributes": f"<rss {' '.join(f'a{n}={chr(34)}x{chr(34)}' for n in range(50_000))}>" + "</rss>",
    "one word": rss(f"<item><title>{'x' * 3_000_000}</title></item>"),
    "quotes": rss(f"<item><description>{'&lt;blockquote>' * 50_000}</description></item>"),
    "namespaces": "<rss "
    + " ".join(f'xmlns:n{n}="u{n}"' for n in range(5_000))
    + "><channel><item/></channel></rss>",
    "JSON": '{"version": "https://jsonfeed.org/version/1", "items": ' + "[" * 500_000,
    "JSON within": '{"version": "https://jsonfeed.org/version/1", "items": [{"authors": '
    + "[" * 900
    + "]" * 900
    + "}]}",
}


# Seconds of CPU. The most elements that are read take one to five, by the machine; what grows with the square
# of its length takes minutes.
MOST = 30


@pytest.mark.parametrize("name", BOMBS)
def test_what_means_harm_costs_a_moment_and_says_nothing(name):
    began = time.thread_time()
    try:
        found = feed(BOMBS[name])
    except (Unreadable, TooMuch):
        found = None
    assert time.thread_time() - began < MOST
    said = repr(found)
    assert "root:" not in said
    assert "lollol" not in said
    assert len(said) < 100 * 11_000


@given(
    some.binary(max_size=300), some.sampled_from([b"", b"<rss><channel><item>", b"<feed>", b'{"version":'])
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_feed_or_none(body, before):
    for charset in (None, "utf-7", "punycode", "utf-16"):
        with contextlib.suppress(Unreadable, TooMuch):
            parsing.parse(before + body, charset, BASE)


def test_a_compressed_bomb_is_no_feed_by_itself():
    with pytest.raises(Unreadable):
        feed(gzip.compress(rss("").encode()))


def test_only_encodings_of_pages_are_known():
    for name in (
        "punycode",
        "idna",
        "unicode_escape",
        "raw_unicode_escape",
        "utf-7",
        "zlib",
        "rot13",
        "x" * 99,
    ):
        assert xml._decoded(b"abc", name) is None


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("https://Example.org/feed#top", ["https://example.org/feed"]),
        ("feed:https://example.org/f", ["https://example.org/f"]),
        ("FEED://example.org/f", ["https://example.org/f", "http://example.org/f"]),
        ("feed:example.org", ["https://example.org/", "http://example.org/"]),
        ("ftp://example.org", []),
        ("https://", []),
        ("https://xn--a.example/", []),
        ("javascript:alert(1)", []),
        ("https://exa mple.org:99999999/", []),
        ("https://e.org/" + "x" * 5000, []),
    ],
)
def test_what_people_write_for_an_address(written, found):
    assert list(addresses.meant(written)) == found


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("https://example.org/feed", False),
        ("https://video.example/feeds/videos.xml?channel_id=UC7_4KzvYp4gP9", False),
        ("https://example.org/?feed=rss2&page=2", False),
        ("https://example.org/keyboards/feed?monkey=1", False),
        ("https://ada@example.org/feed", True),
        ("https://ada:x@example.org/feed", True),
        ("https://example.org/feed?auth=1", True),
        ("https://example.org/ada.private.atom?x=1", True),
        ("https://example.org/feed?private_token=x", True),
        ("https://example.org/feed?key=x", True),
        ("https://example.org/feed/private/x.rss", True),
    ],
)
def test_which_addresses_look_private(address, private):
    assert addresses.is_private(address) is private


def test_a_name_and_password_go_into_a_header_and_into_no_repr():
    target = addresses.target("https://ada:p%40ss@example.org/feed?token=x")
    assert target.authorization == "Basic YWRhOnBAc3M="
    assert str(target.url) == "https://example.org/feed?token=x"
    assert "token" not in repr(target)


def test_json_feed_is_read_alone():
    with pytest.raises(TooMuch):
        jsonfeed.read('{"version": "https://jsonfeed.org/version/1", "items": [1, 2]}', BASE, 1)
