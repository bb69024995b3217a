"""How Mastodon counts and shows what people write."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

import regex

PLACEHOLDER = "x" * 23  # mastodon: app/validators/status_length_validator.rb, URL_PLACEHOLDER_CHARS

# What may stand in a host and in a path, as twitter-text sees it: no userinfo, no numbers for hosts,
# http and https alone; without a scheme nothing is an address (config/initializers/twitter_regex.rb).
_LABEL = r"[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?"
_PATH = r"(?:/[\p{L}\p{N}!*';:=+,.$/%#\[\]_~@|&()-]*[\p{L}\p{N}=_#/+-]|/)?"
_QUERY = r"(?:\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9_&=#/-])?"
URL = rf"https?://(?:{_LABEL}\.)+\p{{L}}[\p{{L}}\p{{N}}-]+(?![\p{{L}}\p{{N}}@-])(?::[0-9]+)?{_PATH}{_QUERY}"
# mastodon: app/models/account.rb, MENTION_RE
MENTION = r"(?<![=/:\w])@(?P<user>[a-z0-9_]+(?:[a-z0-9_.-]+[a-z0-9_]+)?)(?:@(?P<host>\w+(?:[.-]+\w+)*))?"
# mastodon: app/models/tag.rb, HASHTAG_RE: it needs one sign that is no digit
TAG = r"(?<![=/)\w])#(?P<tag>[\w·]*[\p{L}\p{M}_·][\w·]*)"
_ENTITY = regex.compile(rf"(?<![\p{{L}}\p{{N}}@$#/_.-])(?P<url>{URL})|{MENTION}|{TAG}", regex.I)
_COUNTED = regex.compile(rf"(?<![\p{{L}}\p{{N}}@$#/_.-])(?P<url>{URL})|{MENTION}", regex.I)


def length(text: str, spoiler: str = "") -> int:
    """What counts against the limit: the spoiler too, grapheme clusters, every address as 23."""

    def countable(found: regex.Match[str]) -> str:
        return PLACEHOLDER if found["url"] else f"@{found['user']}"

    return len(regex.findall(r"\X", spoiler + _COUNTED.sub(countable, text)))


@dataclass(frozen=True)
class Named:
    """Somebody whom a text may name."""

    username: str
    acct: str  # as one writes the name on this server
    url: str


def mentions(text: str) -> list[str]:
    """The names in a text, without the first @, each once."""
    found = [one for one in _ENTITY.finditer(text) if one["user"]]
    names = [one["user"] + (f"@{one['host']}" if one["host"] else "") for one in found]
    return list(dict.fromkeys(names))


def hashtags(text: str) -> list[str]:
    """The tags in a text, each once, as first written."""
    seen: dict[str, str] = {}
    for one in _ENTITY.finditer(text):
        if one["tag"]:
            seen.setdefault(one["tag"].lower(), one["tag"])
    return list(seen.values())


@dataclass(frozen=True)
class Style:
    """How a server's software writes the HTML of a post."""

    shortens: bool = True  # addresses: the scheme and what is beyond 30 signs are spans that are not shown
    around: str = '<span class="h-card" translate="no">'  # of a name
    attributes: str = ""  # of the links of names and tags
    tag: str = "tag"  # `rel` of a tag
    line: str = "<br />"


MASTODON = Style()
# gotosocial: internal/text/goldmark_custom_renderer.go; addresses stand whole, lines end in HTML 5
GOTOSOCIAL = Style(
    shortens=False,
    around='<span class="h-card">',
    attributes=' rel="nofollow noreferrer noopener" target="_blank"',
    tag='tag nofollow noreferrer noopener" target="_blank',
    line="<br>",
)
# pleroma: lib/pleroma/formatter.ex: plain text stands in no paragraph, lines end in `<br/>`
PLEROMA = Style(shortens=False, around='<span class="h-card">', line="<br/>")


def content(text: str, people: dict[str, Named], home: str, style: Style = MASTODON) -> str:
    """The HTML of a text: mastodon, app/lib/text_formatter.rb."""
    if not text:
        return ""
    several = _namesakes(text, people)

    def linked(found: regex.Match[str]) -> str:
        if found["url"]:
            return _link(found["url"], style)
        if found["tag"]:
            return _tag(found["tag"], home, style)
        person = people.get(found[0][1:].lower())
        return html.escape(found[0]) if person is None else _mention(person, several, style)

    parts, end = [], 0
    for found in _ENTITY.finditer(text):
        parts += [_escaped(text[end : found.start()]), linked(found)]
        end = found.end()
    return _simple_format("".join([*parts, _escaped(text[end:])]), style.line)


def _namesakes(text: str, people: dict[str, Named]) -> set[str]:
    """Names that two people bear who are mentioned side by side: both are then shown with the host."""
    accts = {people[name.lower()].acct for name in mentions(text) if name.lower() in people}
    names = [acct.partition("@")[0] for acct in accts]
    return {name for name in names if names.count(name) > 1}


def _mention(person: Named, several: set[str], style: Style) -> str:
    shown = person.acct if person.username in several else person.username
    return (
        f'{style.around}<a href="{person.url}" class="u-url mention"{style.attributes}>'
        f"@<span>{html.escape(shown)}</span></a></span>"
    )


def _tag(tag: str, home: str, style: Style) -> str:
    href = f"{home}/tags/{tag}"
    return f'<a href="{href}" class="mention hashtag" rel="{style.tag}">#<span>{html.escape(tag)}</span></a>'


def _link(url: str, style: Style) -> str:
    """mastodon: TextFormatter.shortened_link."""
    if not style.shortens:
        return f'<a href="{_escaped(url)}"{style.attributes}>{_escaped(url)}</a>'
    prefix = re.match(r"https?://(?:www\.)?", url, re.I)[0]
    rest = url[len(prefix) :]
    shown, hidden = (
        (rest[:30], rest[30:]) if len(rest) > 31 else (rest, "")
    )  # "…" is no shorter than one sign
    kind = "ellipsis" if hidden else ""
    return (
        f'<a href="{_escaped(url)}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">{_escaped(prefix)}</span><span class="{kind}">{_escaped(shown)}</span>'
        f'<span class="invisible">{_escaped(hidden)}</span></a>'
    )


def _escaped(text: str) -> str:
    return html.escape(text).replace("&#x27;", "&#39;")  # as Ruby writes it


def _simple_format(text: str, line: str) -> str:
    """Rails' `simple_format`, then all line feeds away (`.delete("\\n")`)."""
    paragraphs = re.split(r"\n\n+", text.replace("\r\n", "\n").replace("\r", "\n"))
    marked = [re.sub(r"([^\n]\n)(?=[^\n])", rf"\1{line}", part) for part in paragraphs]
    return "".join(f"<p>{part}</p>" for part in marked).replace("\n", "")
