"""What it costs to make a chat's message of a post: `render.mirror`, as the outbox calls it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from adapters import mastodon, telegram
from benchmarks.mastodon_page import read
from benchmarks.pages import PAGE, absent, pages
from benchmarks.runner import Comparison, Figures, Side, Stopwatch
from bridgebot.model import Post
from bridgebot.render import Item, clean_url, mirror, short_id
from bridgebot.texts import Texts

PAGES = 50  # in one run


def item(number: int, post: Post) -> Item:
    """What the outbox makes of the rows of a post, in a person's own chat on Telegram."""
    return Item(
        code=short_id(number),
        network=mastodon.Adapter.title,
        handle=post.author.handle,
        text=post.text,
        audience=post.audience,
        warning=post.warning,
        url=clean_url(post.url) if post.url else None,
        boosted_by=post.boost.by.handle if post.boost else None,
        spans=post.spans,
        media=post.media,
        markup=telegram.Adapter.capabilities.markup,
    )


def texts_alone(one: Item, language: str, texts: Texts) -> str:
    """The two texts of every item, filled with what there is, unread and unclean."""
    head = texts(language, "mirror-head", who=one.handle, network=one.network, code=one.code)
    return texts(language, "mirror-line", head=head, text=one.text)


def _side(name: str, once: Callable[[], Sequence[object]], count: int) -> Side:
    def run() -> Figures:
        watch = Stopwatch()
        watch.start()
        for _ in range(count):
            found = once()
        watch.stop()
        assert len(found) == PAGE
        return watch.each(count * PAGE, "post")

    return Side(name, run)


def _texts() -> Texts:
    """The house's and the adapters' own."""
    files = [
        file for module in (mastodon, telegram) for file in Path(str(module.__file__)).parent.glob("*.ftl")
    ]
    return Texts(
        {
            language: [file.read_text("utf-8") for file in files if f".{language}." in file.name]
            for language in Texts.languages
        }
    )


@contextlib.contextmanager
def comparisons(scale: float) -> Iterator[Sequence[Comparison]]:
    count, texts = max(1, round(PAGES * scale)), _texts()

    def comparison(name: str, body: bytes) -> Comparison:
        items = [item(number, post) for number, post in enumerate(read(body), start=1)]
        return Comparison(
            f"mastodon-render, {name}",
            _side("render.mirror", lambda: [mirror(one, "en", texts) for one in items], count),
            (
                _side("its two texts alone", lambda: [texts_alone(one, "en", texts) for one in items], count),
                _side("reading the post (mastodon-page)", lambda: read(body), count),
            ),
        )

    here = [comparison(name, body) for name, body in pages().items()]
    yield [*here, *absent("mastodon-render")]
