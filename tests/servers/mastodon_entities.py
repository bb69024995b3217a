"""What Mastodon's API says about a thing: one function per entity, one key per line of its serializer.

The keys and their types are held against recorded answers of a real server in
`tests/adapters/test_mastodon_server.py`.
"""

from __future__ import annotations

from typing import Any

from tests.servers import mastodon_polls as polls
from tests.servers import mastodon_quotes as quotes
from tests.servers import mastodon_text as texts
from tests.servers.mastodon_polls import iso
from tests.servers.mastodon_things import Notification, PeopleList, Person, Status
from tests.servers.mastodon_world import World

Json = dict[str, Any]
NOT_QUOTABLE = {"automatic": [], "manual": [], "current_user": "denied"}


class Entities:
    """The world as one viewer is told of it (None: anybody)."""

    def __init__(self, world: World, viewer: Person | None) -> None:
        self.world = world
        self.viewer = viewer

    def account(self, person: Person) -> Json:
        world = self.world
        posts = [one for one in world.statuses.values() if one.author is person]
        picture = person.picture or f"{world.home}/avatars/original/missing.png"
        header = f"{world.home}/headers/original/missing.png"
        return {
            "id": person.id,
            "username": person.username,
            "acct": person.acct,
            "display_name": person.display_name,
            "locked": person.locked,
            "bot": person.bot,
            "discoverable": None,
            "indexable": False,
            "group": False,
            "created_at": person.created_at.strftime("%Y-%m-%dT00:00:00.000Z"),  # mastodon: midnight
            "note": self._html(person.note),
            "url": world.profile_url(person),
            "uri": world.person_uri(person),
            "avatar": picture,
            "avatar_static": picture,
            "avatar_description": "",
            "header": header,
            "header_static": header,
            "header_description": "",
            "followers_count": sum(whom is person for _, whom in world.follows),
            "following_count": sum(by is person for by, _ in world.follows),
            "statuses_count": len(posts),
            "last_status_at": max(one.created_at for one in posts).date().isoformat() if posts else None,
            "hide_collections": None,
            "show_media": True,
            "show_media_replies": True,
            "show_featured": True,
            "noindex": False,
            "feature_approval": NOT_QUOTABLE,
            "emojis": [],
            "fields": [],
        } | ({"roles": []} if person.host is None else {})  # mastodon: AccountSerializer, `if: :local?`

    def own_account(self, person: Person) -> Json:
        """CredentialAccount: `source` and `role` are for the owner alone."""
        world = self.world
        return self.account(person) | {
            "source": {
                "privacy": world.flavour.default_visibility,
                "sensitive": False,
                "language": None,
                "note": person.note,
                "fields": [],
                "follow_requests_count": sum(whom is person for _, whom in world.requests),
                "hide_collections": None,
                "discoverable": None,
                "indexable": False,
                "attribution_domains": [],
                "quote_policy": "public",
            },
            "role": {
                "id": "-99",
                "name": "",
                "permissions": "65536",
                "color": "",
                "highlighted": False,
                "collection_limit": 10,
            },
        }

    def relationship(self, person: Person) -> Json:
        world, me = self.world, self.viewer
        how = world.follows.get((me, person))
        return {
            "id": person.id,
            "following": how is not None,
            "showing_reblogs": bool(how and how["reblogs"]),
            "notifying": bool(how and how["notify"]),
            "languages": None,
            "followed_by": (person, me) in world.follows,
            "blocking": (me, person) in world.blocks,
            "blocked_by": (person, me) in world.blocks,
            "muting": (me, person) in world.mutes,
            "muting_notifications": (me, person) in world.mutes,
            "muting_expires_at": None,
            "requested": (me, person) in world.requests,
            "requested_by": (person, me) in world.requests,
            "domain_blocking": False,
            "endorsed": False,
            "note": "",
        }

    def status(self, status: Status, *, source: bool = False, shallow: bool = False) -> Json:
        """`source`: with the plain text in place of `content`, as the answer to a deletion has it.
        `shallow`: it is quoted itself, and of what it quotes only the id is told.
        """
        world, me = self.world, self.viewer
        boosts = world.boosts_of(status)
        inner = status.boosts
        made: Json = {
            "id": status.id,
            "created_at": iso(status.created_at),
            "in_reply_to_id": status.reply_to_id,
            "in_reply_to_account_id": status.reply_to.author.id if status.reply_to else None,
            "sensitive": status.sensitive,
            "spoiler_text": status.spoiler,
            "visibility": status.visibility,
            "language": status.language,
            "uri": self.uri(status),
            "url": self.url(status),
            "replies_count": len(world.answers(status)),
            "reblogs_count": len(boosts),
            "favourites_count": sum(one is status for _, one in world.favourites),
            "quotes_count": sum(one.quotes is status for one in world.statuses.values()),
            "edited_at": iso(status.edited_at) if status.edited_at else None,
        }
        if me is not None:  # mastodon: StatusSerializer, `if: :current_user?`
            made |= {
                "favourited": (me, inner or status) in world.favourites,
                "reblogged": world.boost_by(me, inner or status) is not None,
                "muted": False,
                "bookmarked": (me, inner or status) in world.bookmarks,
            }
            if me is status.author and inner is None and status.visibility != "direct":
                made["pinned"] = False
        html = quotes.fallback(self, status, self._html(status.text))
        made |= {"text": status.text} if source else {"content": html}
        if me is not None:
            made["filtered"] = self._filtered(inner or status)
        made["reblog"] = self.status(inner) if inner else None
        # mastodon: show_application?: one's own, or whoever lets everybody see it; absent otherwise
        if status.author.host is None and (status.author.shows_application or me is status.author):
            made["application"] = status.application
        return made | self._belongings(status) | quotes.shape(self, status, shallow=shallow)

    def _filtered(self, status: Status) -> list[Json]:
        """Which of the viewer's filters match, wherever they count, also in one's own posts:
        app/models/custom_filter.rb, app/presenters/status_relationships_presenter.rb.
        """
        words = f"{status.spoiler} {status.text}".lower()
        return [
            {
                "filter": {
                    "id": one.id,
                    "title": one.title,
                    "context": list(one.context),
                    "expires_at": None,
                    "filter_action": one.action,
                },
                "keyword_matches": [word for word in one.words if word in words],
                "status_matches": [],
            }
            for one in self.world.filters
            if one.owner is self.viewer and any(word in words for word in one.words)
        ]

    def poll(self, status: Status) -> Json | None:
        if status.poll is None:
            return None
        return polls.entity(status.poll, status.author, self.viewer, self.world.now())

    def _belongings(self, status: Status) -> Json:
        return {
            "account": self.account(status.author),
            "media_attachments": [self.media(one) for one in status.media],
            "mentions": [self._mention(one) for one in status.mentioned],
            "tags": [self._tag(one) for one in status.tags],
            "emojis": [],
            "tagged_collections": [],
            "card": None,
            "poll": self.poll(status),
            **self._approval(status),
        }

    def _approval(self, status: Status) -> Json:
        if self.world.flavour.quotes != "mastodon":
            return {}
        return {"quote_approval": quotes.approval(self.world, status, self.viewer)}

    def _mention(self, person: Person) -> Json:
        url = self.world.profile_url(person)
        return {"id": person.id, "username": person.username, "url": url, "acct": person.acct}

    def _tag(self, tag: str) -> Json:
        name = tag.lower()
        return {"name": name, "url": f"{self.world.home}/tags/{name}"}

    def uri(self, status: Status) -> str:
        uri = f"{self.world.person_uri(status.author)}/statuses/{status.id}"
        return f"{uri}/activity" if status.boosts else uri

    def url(self, status: Status) -> str:
        if status.boosts:  # mastodon: a boost has no page, its url is the activity
            return self.uri(status)
        return f"{self.world.profile_url(status.author)}/{status.id}"

    def _html(self, text: str) -> str:
        world = self.world
        people = {}
        for name in texts.mentions(text):
            if (person := world.find(name)) is not None:
                url = world.profile_url(person)
                people[name.lower()] = texts.Named(person.username, person.acct, url)
        return texts.content(text, people, world.home, world.flavour.style)

    def media(self, media: Json) -> Json:
        return {name: value for name, value in media.items() if not name.startswith("_")}

    def edits(self, status: Status) -> list[Json]:
        """StatusEdit, the first version first."""
        versions = status.versions or [self.world._version(status, status.created_at)]
        return [
            {
                "content": self._html(one.text),
                "spoiler_text": one.spoiler,
                "sensitive": one.sensitive,
                "created_at": iso(one.created_at),
                "account": self.account(status.author),
                "media_attachments": [self.media(medium) for medium in one.media],
                "emojis": [],
            }
            for one in versions
        ]

    def notification(self, told: Notification) -> Json:
        made: Json = {
            "id": told.id,
            "type": told.type,
            "created_at": iso(told.created_at),
            "group_key": f"ungrouped-{told.id}",
            "account": self.account(told.by),
        }
        return made | ({"status": self.status(told.status)} if told.status else {})

    def people_list(self, people: PeopleList) -> Json:
        return {
            "id": people.id,
            "title": people.title,
            "replies_policy": people.replies_policy,
            "exclusive": people.exclusive,
        }
