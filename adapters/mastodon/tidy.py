"""A shorter way to the text of most posts: the HTML that Mastodon itself writes.

What fits the patterns below to its end means the same to every parser of HTML and needs no cleaning:
paragraphs, breaks, emphasis without anything in it, and links in the forms that Mastodon gives them.
The reader in `html` makes the same of it, in many times the time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from adapters.mastodon.marks import KINDS, Text, said
from bridgebot.model import Span

# An address that every parser takes for one of the web's, and gives back as it stands.
_HREF = (
    r'href="(https?://(?!xn--)(?:[a-z0-9-]++\.(?!xn--))*[a-z]++(?::[0-9]{1,4})?'
    r'(?:[/?#](?:[^\0- "&<>\x7f]++|&amp;)*+)?)"'
)
_CLASS = r'(?: class="((?:u-url|mention|hashtag| )*+)")?'
_MORE = r'(?: (?:rel|target|translate)="[a-z _]*+")*+'
_CARD = r'span class="h-card"(?: translate="no")?><'  # stands around a mention
_WORD = r"((?:[^\0- &<>\x7f]++|&amp;)*+)"
_PART = rf'(?:<span(?: class="(?:invisible|ellipsis)?")?>{_WORD}</span>)?'
# Not behind an `&`: the word of the link could make a reference of what is none.
_LINK = re.compile(
    rf"<(?<!&<)({_CARD})?a{_CLASS} {_HREF}{_MORE}(?(2)|{_CLASS}){_MORE}>"
    rf"{_WORD}{_PART}{_PART}{_PART}</a>(?(1)</span>)"
)
_ONE_WORD = re.compile(r"(?:https?://|[@#])[^\0- <>\x7f]*+")
_REFERENCES = {
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&apos;": "'",
    "&#39;": "'",
    "&nbsp;": "\xa0",
    "&amp;": "&",
}
_TEXT = rf"[^<&\r\n\0]++|{'|'.join(_REFERENCES)}"
_BREAK = r"(?<!<p>)<br(?: ?/)?>(?!</p>)"  # between words: so each is one line feed
_SET_APART = rf"<(strong|b|em|i|del|s|code)>(?:{_TEXT})++</\1>"
_PARAGRAPHS = re.compile(rf"(?:<p>(?:{_TEXT}|{_BREAK}|{_SET_APART})++</p>)++")
_EMPHASIS = re.compile(r"<([a-z]++)>([^<]++)</[a-z]++>")


def read(html: str, names: Mapping[str, str]) -> Text | None:
    """The text of a post; None where it must be read the longer way."""
    if "<a " in html:
        html = _LINK.sub(partial(_link, names), html)
    if not _PARAGRAPHS.fullmatch(html):
        return None
    text = html[3:-4].replace("</p><p>", "\n\n")
    if "<" not in text:
        return Text(_plain(text))
    text = text.replace("<br>", "\n").replace("<br />", "\n").replace("<br/>", "\n")
    return _marked(text) if "<" in text else Text(_plain(text))


def _link(names: Mapping[str, str], found: re.Match[str]) -> str:
    """One word in the place of a link, still HTML; a link without one stays, and fits no paragraph."""
    _, before, href, behind, *label = found.groups("")
    shown, address = "".join(label), _plain(href)
    if shown == href and address not in names:
        return href
    word = said(_plain(shown), address, (before or behind).split(), names)
    return word.replace("&", "&amp;") if word and _ONE_WORD.fullmatch(word) else found[0]


def _marked(text: str) -> Text:
    """Words with emphasis."""
    made, at = "", 0
    spans: list[Span] = []
    for found in _EMPHASIS.finditer(text):
        made += _plain(text[at : found.start()])
        start = len(made)
        made += _plain(found[2])
        spans.append(Span(start, len(made), KINDS[found[1]]))
        at = found.end()
    return Text(made + _plain(text[at:]), tuple(spans))


def _plain(words: str) -> str:
    """References read; `&amp;` last, or what it begins would be one."""
    if "&" in words:
        for reference, character in _REFERENCES.items():
            words = words.replace(reference, character)
    return words
