"""A Mastodon server's people and posts, and who may see what: no HTTP here."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.servers import mastodon_text as texts
from tests.servers.mastodon_things import (
    Filter,
    Flavour,
    Notification,
    PeopleList,
    Person,
    Status,
    Version,
)

_ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FLAKE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


Event = tuple[str, Any]  # name of the stream's event, and what it is about
Watcher = Callable[[str, Any], None]


class World:
    """Everything that a server knows."""

    def __init__(self, flavour: Flavour, domain: str) -> None:
        self.flavour = flavour
        self.domain = domain
        self.scheme = "https"
        self.files = ""  # the site at which pictures are said to lie, if that is another than its own
        self.offset = timedelta(0)
        self.people: dict[str, Person] = {}
        self.statuses: dict[str, Status] = {}
        self.notifications: list[Notification] = []
        self.lists: dict[str, PeopleList] = {}
        self.follows: dict[tuple[Person, Person], dict[str, Any]] = {}
        self.requests: dict[tuple[Person, Person], str] = {}  # follow requests, by their ids
        self.favourites: set[tuple[Person, Status]] = set()
        self.bookmarks: dict[tuple[Person, Status], str] = {}  # by when: their own ids
        self.mutes: set[tuple[Person, Person]] = set()
        self.blocks: set[tuple[Person, Person]] = set()
        self.filters: list[Filter] = []
        self.reports: list[dict[str, Any]] = []
        self.watchers: list[Watcher] = []
        self._last = 0
        self._serial = 0

    # --- time and ids ---

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def new_id(self, at: datetime | None = None) -> str:
        """Of a status, an account or a medium: it tells when the thing was made."""
        number = int((at or self.now()).timestamp() * 1000) << 16
        if at is None:
            number = self._last = max(number, self._last + 1)
        else:  # something old that arrives late: mastodon, lib/mastodon/snowflake.rb, id_at
            number += random.randrange(1 << 16)
        if self.flavour.flakes:
            return self._flake(number)
        return self._ulid(number) if self.flavour.ulids else str(number)

    def serial(self) -> str:
        """Of everything else: a small number that grows; ULIDs with GoToSocial, FlakeIDs with Pleroma."""
        if self.flavour.ulids or self.flavour.flakes:
            return self.new_id()
        self._serial += 1
        return str(self._serial)

    def _ulid(self, number: int) -> str:
        number = (number >> 16 << 80) + ((number & 0xFFFF) << 64)
        return "".join(_ULID[number >> shift & 31] for shift in range(125, -1, -5))

    def _flake(self, number: int) -> str:
        """128 bits to the base of 62, time first: deps of pleroma, flake_id."""
        made, rest = "", number << 64
        for _ in range(22):
            rest, digit = divmod(rest, 62)
            made = _FLAKE[digit] + made
        return made

    # --- people ---

    @property
    def home(self) -> str:
        return f"{self.scheme}://{self.domain}"

    def join(self, username: str, host: str | None = None, **more: Any) -> Person:
        person = Person(self.new_id(), username, host, self.now(), **more)
        self.people[person.id] = person
        return person

    def find(self, name: str) -> Person | None:
        """By `lin`, `lin@masto.example` or `bo@far.example`, also with an @ in front."""
        username, _, host = name.lower().removeprefix("@").partition("@")
        wanted = None if host in ("", self.domain) else host
        same = (one for one in self.people.values() if one.username.lower() == username)
        return next((one for one in same if one.host == wanted), None)

    def profile_url(self, person: Person) -> str:
        return f"{self._home_of(person)}/@{person.username}"

    def person_uri(self, person: Person) -> str:
        return f"{self._home_of(person)}/users/{person.username}"

    def _home_of(self, person: Person) -> str:
        return f"https://{person.host}" if person.host else self.home

    def follow(self, by: Person, whom: Person, **how: Any) -> None:
        if whom.locked and (by, whom) not in self.follows:
            if (by, whom) not in self.requests:
                self.requests[by, whom] = self.serial()
                self.notify(whom, "follow_request", by)
            return
        new = (by, whom) not in self.follows
        self.follows.setdefault((by, whom), {"reblogs": True, "notify": False}).update(how)
        if new:
            self.notify(whom, "follow", by)

    def unfollow(self, by: Person, whom: Person) -> None:
        self.follows.pop((by, whom), None)
        self.requests.pop((by, whom), None)
        self._forget(lambda one: one.by is by and one.to is whom and one.type.startswith("follow"))
        for people in self.lists.values():
            if people.owner is by and whom in people.members:
                people.members.remove(whom)

    def keep_off(self, how: str, by: Person, whom: Person, on: bool) -> None:
        """`mute` or `block`: app/services/mute_service.rb, block_service.rb: a block ends following."""
        pairs = self.mutes if how == "mute" else self.blocks
        (pairs.add if on else pairs.discard)((by, whom))
        if on and how == "block":
            self.unfollow(by, whom)
            self.unfollow(whom, by)

    def kept_off(self, viewer: Person, person: Person) -> bool:
        """Whether the viewer wants to see nothing of somebody."""
        return (viewer, person) in self.mutes or (viewer, person) in self.blocks

    # --- who sees what (mastodon: app/policies/status_policy.rb, app/lib/feed_manager.rb) ---

    def visible(self, status: Status, viewer: Person | None) -> bool:
        if status.boosts is not None and not self.visible(status.boosts, viewer):
            return False
        if status.visibility in ("public", "unlisted"):
            return True
        if viewer is None or (status.author, viewer) in self.blocks:
            return False
        if viewer is status.author or viewer in status.mentioned:
            return True
        return status.visibility == "private" and (viewer, status.author) in self.follows

    def in_home(self, status: Status, viewer: Person) -> bool:
        if any(self.kept_off(viewer, one.author) for one in (status, status.boosts) if one):
            return False
        if status.author is not viewer:
            how = self.follows.get((viewer, status.author))
            if how is None or (status.boosts is not None and not how["reblogs"]):
                return False
            if not self._answers_known(status, viewer):
                return False
        return self.visible(status, viewer)

    def _answers_known(self, status: Status, viewer: Person) -> bool:
        """Answers to people whom one does not follow are left out of the home timeline."""
        if status.reply_to_id is None or status.reply_to is None:
            return status.reply_to_id is None
        to = status.reply_to.author
        return to in (viewer, status.author) or (viewer, to) in self.follows

    def in_list(self, status: Status, people: PeopleList) -> bool:
        if status.author not in people.members or not self.visible(status, people.owner):
            return False
        if status.reply_to is None or status.reply_to.author in (status.author, people.owner):
            return True
        return people.replies_policy == "list" and status.reply_to.author in people.members

    # --- posts ---

    def named(self, text: str) -> list[Person]:
        return [found for name in texts.mentions(text) if (found := self.find(name))]

    def post(
        self, author: Person, text: str, visibility: str, *, at: datetime | None = None, **more: Any
    ) -> Status:
        """Somebody posts."""
        made = at or self.now()
        status = Status(self.new_id(at), author, text, visibility, made, **more)
        status.mentioned = self.named(text)
        self.statuses[status.id] = status
        self._emit("update", status)
        for person in status.mentioned:
            if person is not author:
                self.notify(person, "mention", author, status)
        if status.quotes is not None and status.quotes.author is not author:
            self.notify(status.quotes.author, "quote", author, status)
        for (by, whom), how in list(self.follows.items()):
            if whom is author and how["notify"] and self.visible(status, by):
                self.notify(by, "status", author, status)
        return status

    def change(self, status: Status, text: str, spoiler: str, sensitive: bool, **more: Any) -> None:
        """The author edits: mastodon, app/services/update_status_service.rb."""
        media, poll = more.pop("media", []), more.pop("poll", status.poll)
        new = (text, spoiler, sensitive, media, poll)
        old = (status.text, status.spoiler, status.sensitive, status.media)
        same = new == (*old, status.poll)
        status.poll = poll
        for name, value in more.items():
            setattr(status, name, value)
        if same:  # without a significant change nothing is recorded, `edited_at` stays
            return
        if not status.versions:
            status.versions.append(self._version(status, status.created_at))
        status.text, status.spoiler, status.sensitive, status.media = text, spoiler, sensitive, media
        status.edited_at = self.now()
        before, status.mentioned = status.mentioned, self.named(text)
        status.versions.append(self._version(status, status.edited_at))
        self._emit("status.update", status)
        for person in status.mentioned:
            if person not in before and person is not status.author:
                self.notify(person, "mention", status.author, status)
        for one in self.boosts_of(status):
            self.notify(one.author, "update", status.author, status)

    def _version(self, status: Status, at: datetime) -> Version:
        return Version(status.text, status.spoiler, status.sensitive, at, list(status.media))

    def delete(self, status: Status) -> None:
        for boost in self.boosts_of(status):
            self.delete(boost)
        self.statuses.pop(status.id, None)
        self._forget(
            lambda one: (
                one.status is status
                or (one.type == "reblog" and (one.by, one.status) == (status.author, status.boosts))
            )
        )
        self.favourites = {mark for mark in self.favourites if mark[1] is not status}
        self.bookmarks = {mark: id for mark, id in self.bookmarks.items() if mark[1] is not status}
        for one in self.statuses.values():
            if one.quotes is status:
                one.quote_state = "deleted"
        for answer in self.statuses.values():
            if answer.reply_to is status:
                answer.reply_to, answer.reply_to_id = None, None  # the foreign key is nullified
        self._emit("delete", status)

    def boosts_of(self, status: Status) -> list[Status]:
        return [one for one in self.statuses.values() if one.boosts is status]

    def boost_by(self, person: Person, status: Status) -> Status | None:
        return next((one for one in self.boosts_of(status) if one.author is person), None)

    def boost(self, person: Person, status: Status, visibility: str | None = None) -> Status:
        """The boost; the same one when it is repeated."""
        if (made := self.boost_by(person, status)) is not None:
            return made
        visibility = status.visibility if status.visibility == "private" else visibility or "public"
        made = Status(self.new_id(), person, "", visibility, self.now(), boosts=status)
        self.statuses[made.id] = made
        self._emit("update", made)
        if status.author is not person:
            self.notify(status.author, "reblog", person, status)
        return made

    def favourite(self, person: Person, status: Status, on: bool) -> None:
        mark = (person, status)
        if on and mark not in self.favourites and status.author is not person:
            self.notify(status.author, "favourite", person, status)
        (self.favourites.add if on else self.favourites.discard)(mark)
        if not on:
            self._forget(lambda one: one.type == "favourite" and one.by is person and one.status is status)

    def bookmark(self, person: Person, status: Status, on: bool = True) -> None:
        if on:
            self.bookmarks.setdefault((person, status), self.serial())
        else:
            self.bookmarks.pop((person, status), None)

    def answers(self, status: Status) -> list[Status]:
        return [one for one in self.statuses.values() if one.reply_to is status]

    # --- notifications and streams ---

    def notify(self, to: Person, type: str, by: Person, status: Status | None = None) -> None:
        """Something happened to somebody who is here; `type` may be one that nobody has heard of."""
        if self.kept_off(to, by):
            return
        if to.host is not None or (status is not None and not self.visible(status, to)):
            return
        made = Notification(self.serial(), to, type, by, self.now(), status)
        self.notifications.append(made)
        self._emit("notification", made)

    def _forget(self, which: Callable[[Notification], bool]) -> None:
        self.notifications = [one for one in self.notifications if not which(one)]

    def _emit(self, event: str, about: Any) -> None:
        for watcher in list(self.watchers):
            watcher(event, about)
