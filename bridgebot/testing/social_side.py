"""What stands under the in-memory social adapter: its network, who is who there, what the others do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from bridgebot.adapter import (
    AdapterConfig,
    Address,
    Context,
    OnUnconfirmed,
    SocialAdapter,
    SocialCapabilities,
)
from bridgebot.errors import AuthExpired, Rejected, TargetGone, Unsupported
from bridgebot.model import (
    Account,
    Attachment,
    Audience,
    Author,
    Ballot,
    Draft,
    FileLimits,
    Limits,
    Markup,
    Notification,
    PeopleList,
    Post,
    Profile,
    Source,
    Span,
    Timeline,
    TimelineKind,
)
from bridgebot.testing.bare import bare_context
from bridgebot.testing.faults import Faults
from bridgebot.testing.social_network import NotificationKind, SocialNetwork

_TYPES = FileLimits().types | {"video/mp4", "audio/ogg"}
EVERYTHING = SocialCapabilities(
    limits=Limits(500, files=FileLimits(types=_TYPES, video_bytes=10_000_000)),
    publish=True,
    audiences=frozenset(Audience),
    warnings=True,
    languages=True,
    replies=True,
    uploads=True,
    serves=True,
    polls=True,
    quotes=True,
    federated=True,
    markup=frozenset(get_args(Markup)),
    edit=True,
    typed=True,
    delete=True,
    favourite=True,
    boost=True,
    bookmark=True,
    follow=True,
    mute=True,
    block=True,
    approve=True,
    report=True,
    moderate=True,
    whois=True,
    search=True,
    thread=True,
    get=True,
    find=True,
    listen=True,
    check=True,
    refresh=True,
    web_link=True,
    timelines=frozenset(TimelineKind),
    anonymous=frozenset({TimelineKind.PERSON, TimelineKind.TAG, TimelineKind.FEED}),
    addresses=(Address(r"@\w+@[\w.-]+"), Address(r"https://[\w.-]+/@?\w+(\.feed)?")),
    latest=True,
    openly=frozenset({"whois", "search"}),
    on_unconfirmed=OnUnconfirmed.REPEAT,
    scopes=(("everything", "memory_social-scope"),),
)


class MemorySocialConfig(AdapterConfig):
    """No options."""


class MemorySocialBase(SocialAdapter[MemorySocialConfig], Faults):
    """Everything but the contract's methods."""

    title = "Memory"

    def __init__(
        self,
        config: MemorySocialConfig | None = None,
        context: Context | None = None,
        *,
        name: str = "social",
        capabilities: SocialCapabilities = EVERYTHING,
        network: SocialNetwork | None = None,
    ) -> None:
        SocialAdapter.__init__(self, config or MemorySocialConfig(), context or bare_context(name))
        Faults.__init__(self)
        self.capabilities = capabilities  # type: ignore[misc] # one class serves tests with and without
        server = f"{self.context.name}.example"
        self.network = network or SocialNetwork(server, clock=self.context.clock)

    # --- what the methods share ---

    def _declared(self, ability: str) -> None:
        if not getattr(self.capabilities, ability):
            raise Unsupported()

    def _openly(self, ability: str, account: Account | None) -> None:
        self._declared(ability)
        if account is None and ability not in self.capabilities.openly:
            raise Unsupported()

    def _author(self, account: Account) -> Author:
        """Who this account is, by its credentials. Raises AuthExpired."""
        person = self.network.tokens.get(account.credentials)
        if person is None or person in self.network.suspended:
            raise AuthExpired()
        return self.network.people[person]

    def _fits(self, account: Account, draft: Draft) -> Author:
        if not self.capabilities.limits.fits(draft.text) or draft.audience not in self.capabilities.audiences:
            raise Rejected()
        # The core asks for nothing that is not declared.
        assert self.capabilities.markup >= {span.kind for span in draft.spans}
        assert self.capabilities.polls or draft.poll is None
        assert self.capabilities.quotes or draft.quote is None
        if draft.poll is not None and not self._is_votable(draft.poll):
            raise Rejected()
        author = self._author(account)
        if any(self.network.owner(file.ref) != author.id for file in draft.files):
            raise Rejected()
        return author

    def _is_votable(self, ballot: Ballot) -> bool:
        limits = self.capabilities.limits
        lengths = [len(choice) for choice in ballot.choices]
        if not limits.poll_shortest <= ballot.seconds <= limits.poll_longest:
            return False
        return 2 <= len(lengths) <= limits.choices and max(lengths) <= limits.choice_length

    def _own(self, author: Author, post_id: str) -> None:
        post = self.network.standing.get(post_id)
        if post is None:
            raise TargetGone()
        if post.author.id != author.id:
            raise Rejected()

    def _visible(self, post_id: str, account: Account | None) -> Post:
        post = self.network.standing.get(post_id)
        if post is None or not self._sees(account, post):
            raise TargetGone()
        return self.network.seen(post, self._author(account).id if account else None)

    def _sees(self, account: Account | None, post: Post) -> bool:
        return self.network.visible(post, self._author(account).id if account else None)

    def _person(self, handle: str) -> Author:
        person = self.network.known(handle)
        if person is None or person.id in self.network.suspended:
            raise TargetGone()
        return person

    def _source(self, kind: TimelineKind, author: Author) -> Source:
        timeline = Timeline(kind, self.network.server, author.id)
        if kind is TimelineKind.FEED:
            return Source(timeline, f"{author.name}'s stones", url=f"{author.url}.feed")
        return Source(timeline, author.name, author.handle, author.url)

    def _profile(self, author: Author) -> Profile:
        follows = self.network.follows
        return Profile(
            author,
            locked=author.id in self.network.locked,
            followers=sum(followed == author.id for _, followed in follows),
            following=sum(follower == author.id for follower, _ in follows),
            posts=sum(post.author.id == author.id for post in self.posts),
            picture=self.network.pictures.get(author.id),
        )

    def _lists(self, account: Account) -> tuple[PeopleList, ...]:
        """Each whom one follows is a list of one: enough to be read."""
        me = self._author(account).id
        followed = sorted(other for person, other in self.network.follows if person == me)
        return tuple(PeopleList(other, self.network.people[other].name) for other in followed)

    def _account(self, author: Author, credentials: str) -> Account:
        return Account(
            author.id, author.handle, self.network.server, author.name, author.url, credentials=credentials
        )

    # --- the other side, for tests of the core ---

    @property
    def posts(self) -> list[Post]:
        """Every post that stands now, oldest first."""
        return list(self.network.standing.values())

    def texts(self, author: str | None = None) -> list[str]:
        """The texts of the posts that stand, of one person or of all, oldest first."""
        wanted = self.network.person(author).id if author else None
        return [post.text for post in self.posts if wanted in (None, post.author.id)]

    def account(self, name: str) -> Account:
        """A linked account of the person called so."""
        return self._account(self.network.person(name), f"token-{name.removeprefix('@')}")

    def expire(self, account: Account) -> None:
        """The network no longer takes these credentials, and gives no fresh ones for them."""
        self.network.tokens.pop(account.credentials, None)
        self.network.lapsed.pop(account.credentials, None)

    def lapse(self, account: Account) -> None:
        """Their time is over: the network takes them for nothing but a refresh."""
        self.network.lapsed[account.credentials] = self.network.tokens.pop(account.credentials)

    def add_post(
        self,
        author: str,
        text: str,
        *,
        audience: Audience = Audience.PUBLIC,
        warning: str | None = None,
        language: str | None = None,
        reply_to: str | None = None,
        uri: str | None = None,
        at: datetime | None = None,
        spans: Sequence[Span] = (),
        media: Sequence[Attachment] = (),
        poll: Ballot | None = None,
        quote: str | None = None,
    ) -> Post:
        """Somebody posts, not through the adapter."""
        draft = Draft(text, audience, warning, language, reply_to, tuple(spans), poll, quote)
        return self.network.add(self.network.person(author), draft, uri=uri, at=at, media=media)

    def edit_post(
        self, post_id: str, text: str, *, warning: str | None = None, spans: Sequence[Span] = ()
    ) -> Post:
        """The author changes a post elsewhere."""
        return self.network.change(post_id, text, warning, spans)

    def delete_post(self, post_id: str) -> None:
        """The author deletes a post elsewhere."""
        self.network.remove(post_id)

    def vote_in(self, post_id: str, by: str, *choices: int) -> None:
        """Somebody votes in a poll, for choices counted from 0."""
        self.network.polls.vote(self.network.person(by).id, post_id, choices)

    def boost_post(self, post_id: str, by: str) -> None:
        """Somebody boosts a post."""
        self.network.boost(self.network.person(by), post_id, True)

    def notify(self, to: str, kind: NotificationKind, by: str, post: str | None = None) -> Notification:
        """Somebody did something that is no post: it comes in the mentions timeline."""
        return self.network.notify(self.network.person(to), kind, self.network.person(by), post)
