"""Records are as the public lexicons say, to the byte the same again, and no longer than a post may be."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import regex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.bluesky import limits, records, tid
from adapters.bluesky.facets import facets, found_in, shortened
from adapters.bluesky.records import Card, Ref, Reply
from bridgebot import render
from bridgebot.errors import Rejected
from bridgebot.model import Draft, Uploaded
from bridgebot.store import parts
from tests.servers.bluesky_lexicons import check_record

NOW = datetime(2026, 11, 27, 2, 30, 0, 123456, tzinfo=UTC)
CID = "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a"
BLOB = {
    "$type": "blob",
    "ref": {"$link": "bafkreibabalobzn6cd366ukcsjycp4yymjymgfxcv6xczmlgpemzkz3cfa"},
    "mimeType": "image/png",
    "size": 760898,
}
QUIET = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
DID = "did:plc:" + "a" * 24
REF = Ref(f"at://{DID}/app.bsky.feed.post/3lpk5zqcwvs2x", CID)
FAMILY = "👩‍👩‍👧‍👦"
TEXTS = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(["https://example.org/", "x" * 40, "?a=b", " ", "看", "。", "(", ")"]), max_size=60
    ).map("".join),
    st.text(alphabet=st.sampled_from("a你e\u0301 \n#@.:/😀\u200d👧" + FAMILY), max_size=900),
    st.integers(100, 130).map(lambda count: FAMILY * count),
    st.integers(290, 310).map(lambda count: "字" * count),
    st.integers(1400, 1600).map(lambda count: "a" + "\u0301" * count),
)


def valid(record: records.Record, rkey: str = "3lpk5zqcwvs2x") -> None:
    """The lexicons' word on it, as it goes over the wire."""
    check_record(record["$type"], rkey, json.loads(json.dumps(record)))


@QUIET
@given(TEXTS, st.none() | st.text(max_size=40), st.sampled_from([None, "en", "zh-CN", "not a language", ""]))
def test_what_fits_is_valid_and_what_does_not_is_longer_than_a_post(
    text: str, warning: str | None, language: str | None
) -> None:
    whole = records.framed(text, warning)
    found = found_in(whole)
    if limits.WRITTEN.fits(whole):
        assert len(whole.encode()) <= 3000
        assert len(regex.findall(r"\X", whole)) <= 300
        dids = {one.value: DID for one in found}
        valid(
            records.post(
                whole, NOW, facets=facets(whole, found, dids), language=language, warned=whole != text
            )
        )
    else:
        assert len(whole.encode()) > 3000 or len(regex.findall(r"\X", whole)) > 300


@QUIET
@given(TEXTS, st.none() | st.text(max_size=40))
def test_every_part_of_a_thread_fits_with_its_warning(text: str, warning: str | None) -> None:
    for part in render.thread(Draft(text, warning=warning), limits.POST):
        whole = records.framed(part.text, part.warning)
        assert limits.POST.fits(whole)
        shown, _ = shortened(whole, found_in(whole, (), limits.POST.urls(whole)))
        assert limits.WRITTEN.fits(shown)


@QUIET
@given(TEXTS, st.text(max_size=40))
def test_a_warning_is_told_apart_from_the_text_again(text: str, warning: str) -> None:
    whole = records.framed(text, warning)
    words, rest, cut = records.told_apart(whole)
    if warning.split():
        assert (words, rest) == (" ".join(warning.split()), text)
        assert whole[cut:] == text
    else:
        assert whole == text


def test_a_text_without_a_warning_is_left_as_it_is() -> None:
    for text in ("CW: food", "CW: \n\nfood", "cw: a\n\nb", "a CW: b\n\nc", ""):
        assert records.told_apart(text) == (None, text, 0)


def test_long_lines_are_told_apart_in_no_time() -> None:
    assert records.told_apart("CW: " + "a " * 100_000)[0] is None


def test_everything_that_a_post_can_bear_is_valid() -> None:
    images = [Uploaded(json.dumps(BLOB), "a cat", 640, 480), Uploaded(json.dumps(BLOB))]
    card = Card("https://example.org/", "Title", "", BLOB)
    film = [Uploaded(json.dumps(BLOB | {"mimeType": "video/mp4"}), "a cat runs", 640, 480)]
    for files, shown, quote in (
        (film, None, None),
        (film, None, REF),
        (images, None, None),
        (images, None, REF),
        ([], card, None),
        ([], card, REF),
        ([], None, REF),
    ):
        embed = records.embed(files, shown, quote)
        made = records.post("x", NOW, reply=Reply(REF, REF), embed=embed, language="zh-Hant-TW", warned=True)
        valid(made)
        assert made["createdAt"] == "2026-11-27T02:30:00.123Z"
        assert made["langs"] == ["zh-Hant-TW"]
    assert records.embed([], None, None) is None


def test_pictures_keep_their_order_description_and_shape() -> None:
    embed = records.embed(
        [Uploaded(json.dumps(BLOB), "one", 3, 2), Uploaded(json.dumps(BLOB), "two")], None, None
    )
    assert embed is not None
    assert [image["alt"] for image in embed["images"]] == ["one", "two"]
    assert [image.get("aspectRatio") for image in embed["images"]] == [{"width": 3, "height": 2}, None]


def test_a_file_that_was_never_handed_over_is_refused() -> None:
    with pytest.raises(Rejected):
        records.embed([Uploaded("nonsense")], None, None)


@pytest.mark.parametrize("kind", [records.LIKE, records.REPOST])
def test_marks_on_posts_are_valid(kind: str) -> None:
    valid(records.about(kind, REF, NOW), tid.derived(DID, kind, REF.uri))


@pytest.mark.parametrize("kind", [records.FOLLOW, records.BLOCK])
def test_marks_on_people_are_valid(kind: str) -> None:
    valid(records.about(kind, DID, NOW), tid.derived(DID, kind, DID))


# --- keys --------------------------------------------------------------------------------------


def test_the_bots_own_keys_say_when_the_publication_began() -> None:
    key = next(parts.keys())
    rkey, began = tid.of_publication(key)
    assert began is not None
    assert abs(began - datetime.now(UTC)) < timedelta(minutes=1)
    assert tid.of_publication(key) == (rkey, began)
    valid(records.post("x", began), rkey)


def test_a_tid_says_its_time() -> None:
    assert tid.tid(0, 0) == "2222222222222"
    assert tid.tid((1 << 53) - 1, 1023) == "bzzzzzzzzzzzz"
    assert (
        tid.tid(1_700_000_000_000_000, 0)
        < tid.tid(1_700_000_000_000_001, 0)
        < tid.tid(1_800_000_000_000_000, 0)
    )


@QUIET
@given(st.uuids(), st.text())
def test_any_other_key_makes_one_valid_record_key_and_no_time(any_uuid: uuid.UUID, text: str) -> None:
    for key in (str(any_uuid), text):
        rkey, began = tid.of_publication(key)
        assert regex.fullmatch(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}", rkey)
        assert began is None or any_uuid.version == 7
        assert tid.of_publication(key)[0] == rkey


def test_the_keys_of_one_moment_do_not_meet() -> None:
    drawn = parts.keys()
    keys = [next(drawn) for _ in range(2000)]
    assert len({tid.of_publication(key)[0] for key in keys}) == len(keys)


def test_a_mark_has_one_key_and_another_subject_another() -> None:
    assert tid.derived("a", "b", "c") == tid.derived("a", "b", "c")
    assert len({tid.derived(*words) for words in (("a", "b", "c"), ("ab", "", "c"), ("a", "b", "d"))}) == 3
