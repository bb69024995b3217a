"""People, lists, searching and the server itself."""

from __future__ import annotations

from typing import Any

from tests.servers.mastodon_api import Answer, ApiError, Call, Routes, asked_limit, not_found, page
from tests.servers.mastodon_entities import iso
from tests.servers.mastodon_things import PeopleList, Person, Status, newest

routes = Routes()
FILTERS = ("exclude_reblogs", "exclude_replies", "only_media", "pinned", "tagged", "exclude_direct")


@routes.add("GET", "/api/v1/accounts/verify_credentials", scope="read:accounts")
async def verify_credentials(call: Call) -> Answer:
    return Answer(call.entities.own_account(_me(call)))


@routes.add(
    "PATCH", "/api/v1/accounts/update_credentials", "locked", "display_name", "note", scope="write:accounts"
)
async def update_credentials(call: Call) -> Answer:
    me = _me(call)
    if "locked" in call.params:
        me.locked = call.flag("locked")
    for name in ("display_name", "note"):
        if name in call.params:
            setattr(me, name, call.text(name))
    return Answer(call.entities.own_account(me))


def _me(call: Call) -> Person:
    assert call.me is not None  # the door lets nobody else in
    return call.me


@routes.add("GET", "/api/v1/accounts/lookup", "acct", scope="read:accounts", anonymous=True)
async def lookup(call: Call) -> Answer:
    """Only who is known here: it asks no other server (docs, methods/accounts, lookup)."""
    person = call.world.find(call.text("acct"))
    if person is None or person in call.server.unseen:
        raise not_found()
    return Answer(call.entities.account(person))


@routes.add("GET", "/.well-known/webfinger", "resource")
async def webfinger(call: Call) -> Answer:
    """mastodon: app/serializers/webfinger_serializer.rb. Of this server's own people alone."""
    kind, _, name = call.text("resource").partition(":")
    person = call.world.find(name) if kind == "acct" else None
    if person is None or person.host is not None:
        raise not_found()
    page, itself = call.world.profile_url(person), call.world.person_uri(person)
    return Answer(
        {
            "subject": f"acct:{person.username}@{call.world.domain}",
            "aliases": [page],
            "links": [
                {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": page},
                {
                    "rel": "self",
                    "type": "application/activity+json",
                    "href": itself,
                },
            ],
        }
    )


@routes.add("GET", "/api/v1/accounts/relationships", "id", "with_suspended", scope="read:follows")
async def relationships(call: Call) -> Answer:
    people = [call.world.people[id] for id in call.many("id") if id in call.world.people]
    return Answer([call.entities.relationship(one) for one in people])


@routes.add("GET", "/api/v1/accounts/{id}", scope="read:accounts", anonymous=True)
async def account(call: Call) -> Answer:
    return Answer(call.entities.account(call.person()))


@routes.add(
    "GET", "/api/v1/accounts/{id}/statuses", *FILTERS, scope="read:statuses", anonymous=True, paged=True
)
async def account_statuses(call: Call) -> Answer:
    """mastodon: app/models/account_statuses_filter.rb."""
    person, world = call.person(), call.world
    found = [one for one in world.statuses.values() if one.author is person and world.visible(one, call.me)]
    if call.flag("exclude_reblogs"):
        found = [one for one in found if one.boosts is None]
    if call.flag("exclude_replies"):
        found = [one for one in found if one.reply_to_id is None or one.reply_to.author is person]
    if call.flag("exclude_direct"):
        found = [one for one in found if one.visibility != "direct"]
    if call.flag("only_media"):
        found = [one for one in found if one.media]
    if call.flag("pinned"):
        found = []
    if tag := call.text("tagged").lower():
        found = [one for one in found if tag in [name.lower() for name in one.tags]]
    return statuses(call, found)


def statuses(call: Call, found: list[Status], *, always_next: bool = False) -> Answer:
    """A page of statuses; a server that repeats itself shows the first of them twice."""
    shown, links = page(call, found, always_next=always_next)
    entities = [call.entities.status(one) for one in shown]
    if call.world.flavour.repeats and len(entities) > 1:
        entities.insert(1, entities[0])
    return Answer(entities, headers=links)


@routes.add("POST", "/api/v1/accounts/{id}/follow", "reblogs", "notify", "languages", scope="write:follows")
async def follow(call: Call) -> Answer:
    me, person = _me(call), call.person()
    if person is me:
        raise ApiError(403, "This action is not allowed")
    how = {name: call.flag(name) for name in ("reblogs", "notify") if name in call.params}
    call.world.follow(me, person, **how)
    return Answer(call.entities.relationship(person))


@routes.add("POST", "/api/v1/accounts/{id}/unfollow", scope="write:follows")
async def unfollow(call: Call) -> Answer:
    call.world.unfollow(_me(call), person := call.person())
    return Answer(call.entities.relationship(person))


async def _keep_off(call: Call, how: str, on: bool) -> Answer:
    me, person = _me(call), call.person()
    if person is me:
        raise ApiError(403, "This action is not allowed")
    call.world.keep_off(how, me, person, on)
    return Answer(call.entities.relationship(person))


@routes.add("POST", "/api/v1/accounts/{id}/mute", "notifications", "duration", scope="write:mutes")
async def mute(call: Call) -> Answer:
    return await _keep_off(call, "mute", True)


@routes.add("POST", "/api/v1/accounts/{id}/unmute", scope="write:mutes")
async def unmute(call: Call) -> Answer:
    return await _keep_off(call, "mute", False)


@routes.add("POST", "/api/v1/accounts/{id}/block", scope="write:blocks")
async def block(call: Call) -> Answer:
    return await _keep_off(call, "block", True)


@routes.add("POST", "/api/v1/accounts/{id}/unblock", scope="write:blocks")
async def unblock(call: Call) -> Answer:
    return await _keep_off(call, "block", False)


@routes.add("GET", "/api/v1/follow_requests", scope="read:follows", paged=True)
async def follow_requests(call: Call) -> Answer:
    waiting = [by for by, whom in call.world.requests if whom is call.me]
    return Answer([call.entities.account(one) for one in reversed(waiting)])


async def _settle(call: Call, accepted: bool) -> Answer:
    """mastodon: `find_by!(account: …)`: who did not ask is 404."""
    me, person = _me(call), call.person()
    if (person, me) not in call.world.requests:
        raise not_found()
    call.world.unfollow(person, me)
    if accepted:
        call.world.follows[person, me] = {"reblogs": True, "notify": False}
        call.world.notify(me, "follow", person)
    return Answer(call.entities.relationship(person))


@routes.add("POST", "/api/v1/follow_requests/{id}/authorize", scope="write:follows")
async def authorize(call: Call) -> Answer:
    return await _settle(call, True)


@routes.add("POST", "/api/v1/follow_requests/{id}/reject", scope="write:follows")
async def reject(call: Call) -> Answer:
    return await _settle(call, False)


# --- lists ---


def _list(call: Call) -> PeopleList:
    found = call.world.lists.get(call.segment())
    if found is None or found.owner is not call.me:
        raise not_found()
    return found


@routes.add("GET", "/api/v1/lists", scope="read:lists")
async def lists(call: Call) -> Answer:
    own = [one for one in call.world.lists.values() if one.owner is call.me]
    return Answer([call.entities.people_list(one) for one in own])


@routes.add("POST", "/api/v1/lists", "title", "replies_policy", "exclusive", scope="write:lists")
async def new_list(call: Call) -> Answer:
    if not call.text("title"):
        raise ApiError(422, "Validation failed: Title can't be blank")
    policy = call.text("replies_policy") or "list"
    made = PeopleList(call.world.serial(), _me(call), call.text("title"), policy, call.flag("exclusive"))
    call.world.lists[made.id] = made
    return Answer(call.entities.people_list(made))


@routes.add("GET", "/api/v1/lists/{id}", scope="read:lists")
async def show_list(call: Call) -> Answer:
    return Answer(call.entities.people_list(_list(call)))


@routes.add("DELETE", "/api/v1/lists/{id}", scope="write:lists")
async def drop_list(call: Call) -> Answer:
    del call.world.lists[_list(call).id]
    return Answer({})


@routes.add("GET", "/api/v1/lists/{id}/accounts", scope="read:lists", paged=True)
async def list_accounts(call: Call) -> Answer:
    return Answer([call.entities.account(one) for one in _list(call).members])


@routes.add("POST", "/api/v1/lists/{id}/accounts", "account_ids", scope="write:lists")
async def add_to_list(call: Call) -> Answer:
    """Only whom one follows (docs, methods/lists, accounts-add)."""
    people, me = _list(call), _me(call)
    for id in call.many("account_ids"):
        person = call.world.people.get(id)
        if person is None or ((me, person) not in call.world.follows and person is not me):
            raise not_found()
        people.members.append(person)
    return Answer({})


# --- searching ---


@routes.add(
    "GET",
    "/api/v2/search",
    *("q", "type", "resolve", "following", "account_id", "exclude_unreviewed", "offset", "limit"),
    *("max_id", "min_id"),
    scope="read:search",
)
async def search(call: Call) -> Answer:
    """People by name or address, posts by their words or address."""
    words, kind = call.text("q").strip(), call.text("type")
    if not words:
        raise ApiError(400, "Missing parameter q")
    limit = min(asked_limit(call, 20), 40)
    people = _people(call, words) if kind in ("", "accounts") else []
    posts = _posts(call, words) if kind in ("", "statuses") else []
    found = {
        "accounts": [call.entities.account(one) for one in people[:limit]],
        "statuses": [call.entities.status(one) for one in posts[:limit]],
        "hashtags": [],
        "collections": [],
    }
    return Answer(found)


def _people(call: Call, words: str) -> list[Person]:
    """With `resolve` the server asks the other server too, and knows the person from then on."""
    world, unseen = call.world, call.server.unseen
    exact = world.find(words) or next(
        (one for one in world.people.values() if words in (world.profile_url(one), world.person_uri(one))),
        None,
    )
    if exact is not None and exact in unseen and call.flag("resolve"):
        unseen.discard(exact)
    if exact is not None and exact not in unseen:
        return [exact]
    low = words.lower().removeprefix("@")
    return [one for one in world.people.values() if low in one.acct.lower() and one not in unseen]


def _posts(call: Call, words: str) -> list[Status]:
    seen = [one for one in newest(call.world.statuses.values()) if call.world.visible(one, call.me)]
    if words.startswith("https://"):
        entities = ((one, call.entities.status(one)) for one in seen)
        return [one for one, told in entities if words in (told["url"], told["uri"])]
    wanted = words.lower().split()
    return [one for one in seen if one.boosts is None and all(word in one.text.lower() for word in wanted)]


@routes.add(
    "POST",
    "/api/v1/reports",
    *("account_id", "status_ids", "comment", "forward", "category", "rule_ids"),
    scope="write:reports",
)
async def report(call: Call) -> Answer:
    person = call.world.people.get(call.text("account_id"))
    if person is None or len(call.text("comment")) > 1000:
        raise not_found() if person is None else ApiError(422, "Validation failed: Comment is too long")
    made: dict[str, Any] = {
        "id": call.world.serial(),
        "action_taken": False,
        "action_taken_at": None,
        "category": call.text("category") or "other",
        "comment": call.text("comment"),
        "forwarded": call.flag("forward"),
        "created_at": iso(call.world.now()),
        "status_ids": call.many("status_ids"),
        "rule_ids": None,
        "collection_ids": [],
        "target_account": call.entities.account(person),
    }
    call.world.reports.append(made)
    return Answer(made)
