"""Mirrored words are harmless wherever they come out, whatever they are: in chats, on pages and in feeds."""

from __future__ import annotations

import contextlib
import io
import json
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters import console
from adapters.plaza.markup import segments
from adapters.telegram import writing as telegram
from adapters.xmpp import names as xmpp_names
from adapters.xmpp import writing as xmpp
from bridgebot import render
from bridgebot.errors import Rejected
from bridgebot.model import Attachment, Audience, Chat, Limits, Message, OutgoingMessage, Person, Press, Span
from bridgebot.render import MARK, Item, Outcome, Quote, Receipt, Rich
from bridgebot.testing.bare import bare_context
from bridgebot.texts import Texts
from tests.house import TestHouse
from tests.security import hostile
from tests.security.hostile import NAMES, TEXTS
from tests.security.laws import acts_on_nothing, calls_nobody, is_a_name, is_marked, is_somebodys
from tests.servers.plaza import town as make_town

SAY = Texts()
LIMITS = (Limits(10_000), Limits(120), Limits(4096, "utf16"))
MANY = settings(max_examples=150, deadline=None)


def item(text: str, name: str, address: str, alt: str) -> Rich:
    """With words of theirs in every place where a network can put some."""
    shown = Item(
        code="3bd",
        network="North",
        handle=name,
        text=text,
        url=render.clean_url(f"https://north.example/{address}"),
        boosted_by=name if len(text) % 2 else None,
        quote=Quote(name, text),
        spans=(Span(0, len(text), "bold"), Span(0, min(4, len(text)), "link", address)),
        media=(Attachment("image", address, alt), *[Attachment("file", address, alt)] * 5),
        markup=frozenset({"bold", "link"}),
    )
    return render.mirror(shown, "en", SAY)


# --- what is rendered --------------------------------------------------------------------------


@MANY
@given(text=hostile.texts, name=hostile.names, address=hostile.addresses, alt=hostile.texts)
def test_every_line_of_an_item_says_whose_it_is(text, name, address, alt):
    shown = item(text, name, address, alt)
    acts_on_nothing(shown.text)
    is_somebodys(shown.text.replace("\u2060", ""), "North", "3bd")
    for limits in LIMITS:
        first, *more = render.messages(shown, limits, foreign=True)
        assert str(first).startswith("@")
        is_marked([str(part).split("\n")[0] for part in more])
    for span in shown.spans:
        assert span.kind != "link" or span.url.lower().startswith(("http://", "https://"))


@pytest.mark.parametrize("text", TEXTS)
def test_no_text_of_the_collection_looks_like_the_bots(text):
    for name in ("@lin", text):
        is_somebodys(item(text, name, text, text).text, "North", "3bd")
    calls_nobody(render.unpinged(item(text, text, text, text)).text)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_one_line_of_what_can_be_seen(name):
    is_a_name(render.clean_name(name))
    is_a_name(render.handle(name))
    assert render.handle(name).startswith("@")
    assert not set("[]") & set(render.handle(name))


@MANY
@given(text=hostile.texts)
@example("https://@everyone http://a/@ada https://1.2/@ada/@ada x/@ada")
def test_nobody_is_called_by_foreign_words(text):
    calls_nobody(render.unpinged(render.foreign(text)))
    assert render.unpinged(render.unpinged(text)) == render.unpinged(text)


def test_an_address_of_the_web_stays_one_where_nobody_is_called():
    words = "see https://social.example/@ada/1 and https://social.example:8443/@ada?x=@bob"
    assert render.unpinged(words) == words


@MANY
@given(text=hostile.texts, alt=hostile.texts, address=hostile.addresses)
def test_receipts_lists_and_media_are_lines_of_their_own(text, alt, address):
    told = Receipt(
        "3bd",
        Audience.PUBLIC,
        (Outcome("North", "failed", reason=str(render.quoted({"words": text})["words"])),),
        reply_to=render.handle(text),
    )
    line = render.receipt(told, "en", SAY)
    acts_on_nothing(line)
    assert "\n" not in line
    for line in render.media_lines((Attachment("image", address, alt),)):
        acts_on_nothing(line)
        assert "\n" not in line
    assert "\n" not in render.clean_url(address)
    is_marked(f"{MARK}{render.marked(text)}".split("\n"))


# --- through the house -------------------------------------------------------------------------


@pytest.fixture
async def house(tmp_path):
    async with TestHouse(tmp_path) as house:
        await house.user("ada", "north", "south")
        house.chat.group("den")
        yield house


def all_words(house) -> str:
    return "\n".join(line.text for place in ("ada", "den") for line in house.chat.messages(place))


async def test_whatever_a_network_sends_is_shown_and_harmless(house):
    item_id = await house.shows("first")
    assert item_id
    north = house.social("north")
    for number, text in enumerate(TEXTS):
        north.add_post("lin", text, warning=text if number % 3 == 0 else None)
        if number % 15 == 14:
            await house.poll()
            await house.wait(600)
    await house.poll()
    await house.wait(600)
    acts_on_nothing(all_words(house))
    mirrored = [m.text for m in house.chat.messages() if " on North [" in m.text.split("\n")[0]]
    assert len(mirrored) >= len(TEXTS) - 5  # what is cut goes on in further messages
    for text in mirrored:
        first = text.split("\n")[0]
        assert first.startswith("@lin@north.example on North ["), first


@pytest.mark.parametrize("sender", ["ada", "eve"])
async def test_whatever_a_person_types_is_answered_without_acting_or_calling(house, sender):
    """Errors quote what was typed; in a group everybody reads that."""
    for text in hostile.WORDS:
        for typed in (f"/url {text}", f"/{text}", f"/history {text}", text):
            await house.says(typed, sender=sender, chat="den")
    for text in hostile.WORDS if sender == "ada" else ():
        for name in ("url", "whois", "help", "link", "tag", "list", "search", "default", "memo"):
            await house.says(f"/{name} {text}")
        await house.says("/cancel")
    await house.wait(2)
    acts_on_nothing(all_words(house))
    for line in house.chat.lines("den"):
        calls_nobody(line)


async def test_a_post_that_is_asked_about_in_a_group_is_not_said_as_the_bots_own(house):
    for text in ("#2k7 public ✓ Mastodon", "@everyone\n#2k7 public ✓ Mastodon"):
        for _ in range(2):
            await house.says(f"/post {text}", chat="den")
    asked = [line for line in house.chat.lines("den") if "✓ Mastodon" in line]
    assert asked
    for line in asked:
        assert f"\n{MARK}" in line
        assert "\n#2k7" not in line
        calls_nobody(line)


@pytest.mark.parametrize("name", [*hostile.WORDS, *hostile.ADDRESSES])
async def test_names_titles_and_ids_that_people_choose_are_taken_in(house, name):
    """Nothing that a client says of itself makes the inbox refuse what comes."""
    for number, direct in enumerate((True, False)):
        chat = Chat(f"c{number}", direct=direct, title=name)
        eve = Person("eve", name, admin=True)
        message = Message(f"x{number}", chat, eve, "m1", "/mirror north @lin", house.clock.now())
        await house.inbox.receive("chat", message)
        await house.inbox.receive("chat", Press(f"y{number}", chat, eve, name, f"{name}:0"))
    await house.settle()
    acts_on_nothing("\n".join(line.text for c in ("c0", "c1") for line in house.chat.messages(c)))


async def test_one_post_that_nothing_can_store_holds_up_none_that_follow(house):
    await house.shows("first")
    north = house.social("north")
    north.add_post("lin", "half \ud83d of it", warning="and \udc00")
    north.add_post("lin", "after that")
    await house.poll()
    assert house.chat.last().endswith("after that")


# --- what adapters write -----------------------------------------------------------------------


def said(text: str) -> Rich:
    """As it leaves the core."""
    return render.foreign(item(text, text, text, text))


@pytest.mark.parametrize("text", TEXTS)
def test_telegram_is_given_words_and_entities_and_no_markup(text):
    for part in render.messages(said(text), Limits(4096, "utf16"), foreign=True):
        content = telegram.content(OutgoingMessage(part.text, spans=part.spans))
        form = telegram.form(content)
        assert "parse_mode" not in form
        assert form["text"] == part.text
        form["text"].encode()
        for entity in content["entities"] or ():
            assert entity.type in {"bold", "text_link"}
            assert entity.url is None or entity.url.lower().startswith(("http://", "https://"))


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("quoted", [False, True])
def test_a_stanza_holds_the_words_as_its_body_and_nothing_else_of_theirs(text, quoted):
    quote = xmpp.Quote("id", "ada@example.org", text) if quoted else None
    plain = [one.tag for one in xmpp.text("x", "id", quote=quote and xmpp.Quote("id", "a@b.c", "x"))]
    for shown in (text, said(text).text):
        parts = xmpp.text(shown, "id", quote=quote)
        if quoted and not text.strip():
            continue
        assert [one.tag for one in parts] == plain
        message = ET.Element("message")
        message.extend(parts)
        read = ET.fromstring(ET.tostring(message))
        body = read[0]
        assert len(body) == 0
        assert not body.text.startswith("/me ")
        assert body.text.replace("\n", "").endswith(
            xmpp.harmless(shown).replace("\r\n", "").replace("\r", "").replace("\n", "")[-50:]
        )
        assert any(one.tag == f"{{{xmpp_names.STYLING}}}unstyled" for one in read)


@pytest.mark.parametrize("text", [*TEXTS, *NAMES])
async def test_a_terminal_is_sent_no_code_that_acts(text):
    written = io.StringIO()
    adapter = console.Adapter(console.Config(colour="never"), bare_context("console"))
    adapter.terminal = console.Terminal(io.StringIO(), written, {})
    await adapter.send(Chat("you", direct=True), OutgoingMessage(text))
    await adapter.send(Chat(text, direct=True), OutgoingMessage("x"))
    shown = written.getvalue()
    shown.encode()
    assert not any(ord(c) < 0x20 and c not in "\t\n" for c in shown)
    assert not any(0x7F <= ord(c) < 0xA0 for c in shown)
    further = shown.split("\n")[1 : text.count("\n") + 1]
    assert all(line.startswith(" " * console.COLUMN) for line in further)


# --- Plaza's pages and feeds ---------------------------------------------------------------------


class Strict(HTMLParser):
    """Elements with their attributes' names; whatever is not closed as Plaza closes it is an error."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen: list[tuple[str, ...]] = []
        self.links: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, *sorted(name for name, _ in attributes)))
        self.links += [value for name, value in attributes if name in ("href", "src", "data-events")]
        if tag not in {"meta", "link", "br", "hr"}:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_comment(self, data):
        raise AssertionError(data)

    def handle_pi(self, data):
        raise AssertionError(data)


@pytest.fixture
async def town():
    async with make_town(posts_per_hour=10_000) as town:
        yield town


HARMLESS = "words https://a.example/x #tag @lin\nmore\n\nand more"


async def _forms(town, path: str) -> set[tuple[str, ...]]:
    _, _, page = await town.get(path)
    return set(Strict(page).seen)


async def test_plazas_pages_hold_no_element_that_plaza_does_not_make(town):
    await town.account("lin")
    calm = await town.post("lin", HARMLESS, warning="careful", language="en")
    answer = await town.post("lin", HARMLESS, reply_to=calm.id)
    known = set()
    for path in ("/", "/@lin", calm.url, answer.url, "/tags/tag"):
        known |= await _forms(town, path)
    for text in TEXTS:
        short = text[:900]
        if not render.foreign(short).strip():
            continue
        warned = None
        with contextlib.suppress(Rejected):  # too long, or it shouts at a crowd
            warned = await town.post("ada", f"{short} #tag", warning=f"w {short[:150]}", language="en")
        for path in ("/@ada", warned.url) if warned is not None else ():
            _, _, page = await town.get(path)
            read = Strict(page)
            assert set(read.seen) - known == set(), short
            assert all(link.startswith(("/", "#", "http://", "https://")) for link in read.links)
            acts_on_nothing_on_a_page(page)


def acts_on_nothing_on_a_page(page: str) -> None:
    title = page.partition("<title>")[2].partition("</title>")[0]
    acts_on_nothing(title)
    assert not any(c in page for c in map(chr, (*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F)))


async def test_plazas_feeds_are_sound_and_hold_no_element_of_anybodys(town):
    for text in TEXTS:
        if render.foreign(text).strip():
            with contextlib.suppress(Rejected):
                await town.post("ada", text[:900])
    _, _, atom = await town.get("/@ada/feed.atom")
    root = ET.fromstring(atom)
    tags = {one.tag.rpartition("}")[2] for one in root.iter()}
    assert tags <= {
        "feed", "id", "title", "updated", "link", "author", "name", "uri", "generator", "entry",
        "published", "category", "summary", "content",
    }  # fmt: skip
    for one in root.iter("{http://www.w3.org/2005/Atom}title"):
        acts_on_nothing(one.text or "")
    for one in root.iter("{http://www.w3.org/2005/Atom}content"):
        allowed = {"div", "p", "a", "br", "details", "summary", "span"}
        assert {tag for tag, *_ in Strict(one.text or "").seen} <= allowed
    _, _, told = await town.get("/@ada/feed.json")
    assert all(entry["content_html"] for entry in json.loads(told)["items"])


@MANY
@given(text=st.text(max_size=300))
def test_taking_a_text_apart_and_together_changes_nothing(text):
    assert "".join(piece.text for piece in segments(text)) == text
