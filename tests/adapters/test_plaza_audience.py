"""Who may read what on Plaza: every viewer, every audience, every address where a post could show."""

import pytest
import pytest_asyncio

from bridgebot.errors import TargetGone
from bridgebot.model import Audience, TimelineKind
from tests.servers.plaza import town

PUBLIC, UNLISTED, FOLLOWERS, DIRECT = Audience
VIEWERS = ("anonymous", "stranger", "follower", "pending", "mentioned", "author")
# Who has a post by its address, and who is shown it unasked.
READ = {
    PUBLIC: set(VIEWERS),
    UNLISTED: set(VIEWERS),
    FOLLOWERS: {"follower", "mentioned", "author"},
    DIRECT: {"mentioned", "author"},
}
LISTED = READ | {UNLISTED: {"follower", "mentioned", "author"}}
NAMES = {viewer: viewer for viewer in VIEWERS} | {"anonymous": None}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place():
    """The author's posts of every audience, each naming one person and a tag; and who reads."""
    async with town(posts_per_hour=1000) as place:
        await place.follow("follower", "author")
        await place.adapter.lock(await place.account("author"), True)
        assert (await place.follow("pending", "author")).pending
        for name in ("stranger", "mentioned"):
            await place.account(name)
        place.readers = {
            (viewer, kind): await place.reader(NAMES[viewer], kind, argument)
            for viewer in VIEWERS
            for kind, argument in (
                (TimelineKind.PERSON, "author"),
                (TimelineKind.TAG, "tea"),
                *(
                    ((TimelineKind.OWN, ""), (TimelineKind.HOME, ""), (TimelineKind.MENTIONS, ""))
                    if NAMES[viewer]
                    else ()
                ),
            )
        }
        place.start = place.readers["anonymous", TimelineKind.TAG].cursor
        place.made = {
            audience: await place.post("author", f"{audience} words #tea @mentioned", audience)
            for audience in Audience
        }
        place.answers = {
            audience: await place.post("author", f"{audience} answer", audience, reply_to=post.id)
            for audience, post in place.made.items()
        }
        yield place


pytestmark = pytest.mark.asyncio(loop_scope="module")
each = pytest.mark.parametrize("audience", list(Audience), ids=str)
everybody = pytest.mark.parametrize("viewer", VIEWERS)


async def _gone(call):
    with pytest.raises(TargetGone):
        await call


@everybody
@each
async def test_get_and_thread(place, viewer, audience):
    """One post, and the thread that it begins."""
    account = await place.account(NAMES[viewer]) if NAMES[viewer] else None
    post, answer = place.made[audience], place.answers[audience]
    if viewer in READ[audience]:
        assert (await place.adapter.get(account, post.id)).text == post.text
        assert [one.id for one in await place.adapter.thread(account, post.id)] == [post.id, answer.id]
    else:
        await _gone(place.adapter.get(account, post.id))
        await _gone(place.adapter.thread(account, post.id))
        await _gone(place.adapter.thread(account, answer.id))


@everybody
async def test_person(place, viewer):
    """A person's timeline: what the viewer is shown unasked."""
    reader = place.readers[viewer, TimelineKind.PERSON]
    expected = [f"{audience} words #tea @mentioned" for audience in Audience if viewer in LISTED[audience]]
    assert [text for text in await reader.texts() if "words" in text] == expected


@everybody
async def test_tag(place, viewer):
    """A tag has public posts only, also for those who may read more."""
    assert await place.readers[viewer, TimelineKind.TAG].texts() == ["public words #tea @mentioned"]


@pytest.mark.parametrize("viewer", VIEWERS[1:])
async def test_timelines_of_an_account(place, viewer):
    """Own posts, home and mentions."""
    words = [f"{audience} words #tea @mentioned" for audience in Audience]
    expected = {
        TimelineKind.OWN: {"author": words},
        TimelineKind.HOME: {"author": words[:3], "follower": words[:3]},
        TimelineKind.MENTIONS: {"mentioned": words},
    }
    for kind, texts in expected.items():
        found = [text for text in await place.readers[viewer, kind].texts() if "words" in text]
        assert found == texts.get(viewer, []), kind


@everybody
async def test_counts(place, viewer):
    """The number of somebody's posts says nothing about those that one is not shown."""
    account = await place.account(NAMES[viewer]) if NAMES[viewer] else None
    profile = await place.adapter.whois(account, "@author")
    # The answers name nobody: to one's own post they are for the people whom that was for.
    assert profile.posts == 2 * sum(viewer in LISTED[audience] for audience in Audience)


@each
async def test_post_page(place, audience):
    """A post has its page where an anonymous reader may have it by its address; else nothing is there."""
    status, _, page = await place.get(place.made[audience].url)
    if audience in (PUBLIC, UNLISTED):
        assert status == 200
        assert f"{audience} words" in page
        assert f"{audience} answer" in page
        assert ("noindex" in page) is (audience is UNLISTED)
    else:
        assert status == 404
        assert "words" not in page
        assert "answer" not in page


@pytest.mark.parametrize("path", ["/", "/@author", "/tags/tea", "/@author/feed.atom", "/@author/feed.json"])
async def test_listings(place, path):
    """Front page, profile, tag and both feeds list what is public, nothing else."""
    status, _, text = await place.get(path)
    assert status == 200
    assert "public words" in text
    assert not [audience for audience in (UNLISTED, FOLLOWERS, DIRECT) if f"{audience} words" in text]
    assert not [audience for audience in (UNLISTED, FOLLOWERS, DIRECT) if f"{audience} answer" in text]


@pytest.mark.parametrize(
    ("scope", "made"), [("", 2), ("name=author&", 2), ("tag=tea&", 1), ("thread={root}&", 2)]
)
async def test_events(place, scope, made):
    """The stream tells of public posts alone: what comes next after them is the next public one."""
    mark = await place.post("author", "mark #tea", reply_to=place.made[PUBLIC].id)
    public = [place.made[PUBLIC].id, place.answers[PUBLIC].id][:made]
    query = scope.format(root=place.made[PUBLIC].id)
    async with place.events(f"/plaza/events?{query}after={place.start}") as event:
        told = []
        while not told or told[-1] != f"post-{mark.id}":
            kind, _, data = await event()
            assert kind == "new"
            assert f'id="{data["id"]}"' in data["html"]
            told.append(data["id"])
    await place.delete("author", mark)
    assert told == [f"post-{post_id}" for post_id in (*public, mark.id)]


async def test_counts_of_answers(place):
    """A page counts the answers that its reader may read."""
    public = await place.post("author", "the question")
    await place.post("stranger", "for all", reply_to=public.id)
    await place.post("stranger", "@author for you", DIRECT, reply_to=public.id)
    _, _, page = await place.get(public.url)
    assert "1 reply" in page
    assert "for you" not in page


async def test_answer_to_something_hidden(place):
    """The page of a public answer does not tell whether its parent is deleted or for others."""
    parent = await place.post("stranger", "will go")
    answer = await place.post("author", "an answer to it", reply_to=parent.id)
    await place.delete("stranger", parent)
    _, _, page = await place.get(answer.url)
    assert "in reply to a post that is not here" in page
    assert "stranger" not in page
