"""A shorter way to the text of most posts: the HTML that Mastodon itself writes.

What has the forms below to its end means the same to every parser of HTML and needs no cleaning:
paragraphs, breaks, emphasis without anything in it, and links in the forms that Mastodon gives them.
The reader in `html` makes the same of it, in many times the time, and of everything else: so what is
asked for here may always be narrower than it needs to be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from adapters.mastodon.marks import KINDS, Text, said
from bridgebot.model import Span

# An address that every parser takes for one of the web's, and gives back as it stands.
_ADDRESS = (
    r"https?://(?!xn--)(?:[a-z0-9-]++\.(?!xn--))*[a-z]++(?::[0-9]{1,4})?"
    r'(?:[/?#][^\0- "&<>\x7f]*+(?:&amp;[^\0- "&<>\x7f]*+)*+)?'
)
_CLASS = r'(?: class="((?:u-url|mention|hashtag| )*+)")?'
_MORE = r'(?: (?:rel|target|translate)="[a-z _]*+")*+'
_CARD = r'span class="h-card"(?: translate="no")?><'  # stands around a mention
_WORD = r"([^\0- &<>\x7f]*+(?:&amp;[^\0- &<>\x7f]*+)*+)"
_PART = rf'(?:<span(?: class="(?:invisible|ellipsis)?")?>{_WORD}</span>)?'
# Not behind an `&`: the word of the link could make a reference of what is none.
_LINK = re.compile(
    rf'<(?<!&<)({_CARD})?a{_CLASS} href="({_ADDRESS})"{_MORE}(?(2)|{_CLASS}){_MORE}>'
    rf"{_WORD}{_PART}{_PART}{_PART}</a>(?(1)</span>)"
)
# The three that Mastodon itself writes: a tag, an address of which only the middle is shown, a mention.
# What their groups say, joined, is what they say; of a mention it leads to that.
_HALF = r'<span class="(?:invisible|ellipsis)?">([^<]*+)</span>'
_TAG = rf'[^"]*+" class="mention hashtag"{_MORE}>(#)<span>{_WORD}</span>'
_CUT = rf'(?=[^>]*+>{_HALF}{_HALF}{_HALF}</a>)\3\4\5"{_MORE}>(?:<[^>]++>[^<]*+</span>)++'
_MENTION = rf'a href="({_ADDRESS})" class="u-url mention"{_MORE}>@<span>{_WORD[1:-1]}</span></a></span>'
_OWN = re.compile(rf'<(?<!&<)(?:a href="(?={_ADDRESS}")(?:{_TAG}|{_CUT})</a>|{_CARD}{_MENTION})')
_EACH = _OWN.groups + 1
_ONE_WORD = re.compile(r"(?:https?://|[@#])[^\0- <>\x7f]*+")
_NAME = re.compile(r"@[^\0- &<>\x7f]++")
_REFERENCES = {"&quot;": '"', "&gt;": ">", "&lt;": "<", "&nbsp;": "\xa0", "&apos;": "'"}
_EMPHASIS = re.compile(r"<(strong|b|em|i|del|s|code)>([^<\n]++)</\1>")


def read(html: str, names: Mapping[str, str]) -> Text | None:
    """The text of a post; None where it must be read the longer way."""
    if "\n" in html or "\r" in html or "\0" in html:
        return None
    if "<a " in html:
        html = _linkless(html, names)
    if html[:3] != "<p>" or html[-4:] != "</p>":
        return None
    text = html[3:-4].replace("</p><p>", "\n\n")
    if "<" in text:
        text = text.replace("<br>", "\n")
        text = text.replace("<br />", "\n").replace("<br/>", "\n") if "<" in text else text
    # A break at an end of a paragraph is none, and an empty paragraph is no space.
    if not text or ("\n" in text and (text[0] == "\n" or text[-1] == "\n" or "\n\n\n" in text)):
        return None
    plain = _plain(text) if "&" in text else text
    if plain is None or "<" not in text:
        return None if plain is None else Text(plain)
    return None if "&lt;" in text else _marked(plain)


def _linkless(html: str, names: Mapping[str, str]) -> str:
    """One word in the place of each link, still HTML; a link without one stays, and fits no paragraph."""
    pieces = _OWN.split(html)  # text, the groups of a link, text …: together they are what the links say
    if _called(pieces, names) if names else not any(pieces[_EACH - 1 :: _EACH]):
        html = "".join(filter(None, pieces))
    return _LINK.sub(partial(_link, names), html) if "<a " in html else html


def _called(pieces: list[str | None], names: Mapping[str, str]) -> bool:
    """Name who is mentioned. False where somebody cannot be, or is where nobody was mentioned."""
    for at in range(_EACH, len(pieces), _EACH):
        if page := pieces[at - 1]:
            name = pieces[at - 1] = names.get(page)
            if name is None or not _NAME.fullmatch(name):
                return False
        elif (cut := pieces[at - 4]) and _plain_word(f"{cut}{pieces[at - 3]}{pieces[at - 2]}") in names:
            return False
    return True


def _link(names: Mapping[str, str], found: re.Match[str]) -> str:
    _, before, href, behind, *label = found.groups("")
    shown, address = "".join(label), _plain_word(href)
    if shown == href and address not in names:
        return href
    word = said(_plain_word(shown), address, (before or behind).split(), names)
    return word.replace("&", "&amp;") if word and _ONE_WORD.fullmatch(word) else found[0]


def _marked(text: str) -> Text | None:
    """Words with emphasis; None where there is anything else among them."""
    made, *pieces = _EMPHASIS.split(text)  # words, an element's name, its words, words …
    if text.count("<") != len(pieces) // 3 * 2:
        return None
    spans: list[Span] = []
    for at in range(0, len(pieces), 3):
        start = len(made)
        made += pieces[at + 1]
        spans.append(Span(start, len(made), KINDS[pieces[at]]))
        made += pieces[at + 2]
    return Text(made, tuple(spans))


def _plain(words: str) -> str | None:
    """References read; None where an `&` is none of those that are known."""
    if "&" in words:
        words = words.replace("&#39;", "'")  # the most frequent one
    if "&" not in words:
        return words
    if (many := words.count("&")) != words.count("&amp;"):
        for reference, character in _REFERENCES.items():
            words = words.replace(reference, character)
        many = words.count("&")
    # `&amp;` last, or what it begins would be a reference.
    return _plain_word(words) if many == words.count("&amp;") else None


def _plain_word(word: str) -> str:
    """The same of what holds no other reference."""
    return word.replace("&amp;", "&")
