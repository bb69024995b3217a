"""Posts and memos as an Atom feed (RFC 4287), answers by RFC 4685. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

import regex

from bridgebot.archive.document import Head
from bridgebot.store.mine import Record, when

TITLE = 80  # characters of a post that its title shows
_NAMES = uuid.UUID(
    "8a4f8a4c-6f0b-5c0e-9a3d-2f8f5b1f6a10"
)  # under which ids are made where there is no address
_ADDRESS = regex.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_NOT_XML = regex.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def begin(head: Head, made_at: datetime) -> str:
    author = _text(head.author)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">\n'
        f"<id>{_urn(head, 'feed')}</id>\n<title>{author}</title>\n<updated>{when(made_at)}</updated>\n"
        f"<author><name>{author}</name></author>\n<generator>bridgebot</generator>\n"
    )


def end() -> str:
    return "</feed>\n"


def entries(head: Head, page: Iterable[Record]) -> str:
    """What has not been deleted."""
    return "".join(_entry(head, post) for post in page if post["deleted_at"] is None)


def _entry(head: Head, post: Record) -> str:
    title = post["warning"] or post["text"].strip().partition("\n")[0][:TITLE] or "-"
    lines = [
        f"<id>{_id(head, post)}</id>",
        f"<title>{_text(title)}</title>",
        f"<published>{post['created_at']}</published>",
        f"<updated>{post['edited_at'] or post['created_at']}</updated>",
        f'<content type="text">{_text(post["text"])}</content>',
        f"<category term={quoteattr('memo' if post['memo'] else post['audience'])}/>",
        *_links(post),
        *_answer(head, post),
    ]
    return "<entry>\n" + "\n".join(lines) + "\n</entry>\n"


def _links(post: Record) -> list[str]:
    """Where it stands: the first address is the post, the others are its copies, then come media."""
    where = dict.fromkeys(
        url for url in [post["url"], *(c["url"] for c in post["copies"])] if _is_address(url)
    )
    media = dict.fromkeys(one["url"] for one in post["media"] if _is_address(one.get("url")))
    found = [(("related" if number else "alternate"), url) for number, url in enumerate(where)]
    found += [("enclosure", url) for url in media]
    return [f'<link rel="{rel}" href={quoteattr(url)}/>' for rel, url in found]


def _answer(head: Head, post: Record) -> list[str]:
    parent = post["answers"] or {}
    if "post" in parent:
        return [f'<thr:in-reply-to ref="{_urn(head, parent["post"])}"/>']
    ref = parent.get("uri") or parent.get("url")
    return [f"<thr:in-reply-to ref={quoteattr(ref)}/>"] if ref and _is_address(ref) else []


def _id(head: Head, post: Record) -> str:
    """One that stays the same in each export."""
    return _urn(head, post["id"])


def _urn(head: Head, which: object) -> str:
    return uuid.uuid5(_NAMES, f"{head.user['id']} {head.user['created_at']} {which}").urn


def _is_address(url: str | None) -> bool:
    return url is not None and _ADDRESS.fullmatch(url) is not None


def _text(words: str) -> str:
    return escape(_NOT_XML.sub("", words))
