"""SampleSocial: say in one sentence what it is and where its API is described."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yarl import URL

from bridgebot.adapter import AdapterConfig, OnUnconfirmed, SocialAdapter, SocialCapabilities
from bridgebot.errors import AuthExpired, Rejected, TargetGone, Unsupported
from bridgebot.http import Response, call
from bridgebot.model import (
    Account,
    Audience,
    Author,
    Browser,
    Draft,
    Limits,
    Page,
    Post,
    Question,
    Redirect,
    Timeline,
    TimelineKind,
)


class Config(AdapterConfig):
    url: str  # of the server


class Adapter(SocialAdapter[Config]):
    title = "SampleSocial"
    capabilities = SocialCapabilities(
        limits=Limits(500),
        publish=True,
        audiences=frozenset({Audience.PUBLIC, Audience.FOLLOWERS}),
        replies=True,
        delete=True,
        favourite=True,
        get=True,
        timelines=frozenset({TimelineKind.OWN, TimelineKind.PERSON}),
        anonymous=frozenset({TimelineKind.PERSON}),
        on_unconfirmed=OnUnconfirmed.REPEAT,  # the server knows the key again
    )

    async def link(
        self, progress: str | None, answer: str | None, *, owner: str = "", redirect: Redirect | None = None
    ) -> Question | Browser | Account:
        if answer is None:
            return Question("sample_social-token", secret=True)
        try:
            me = (await self._call(answer.strip(), "GET", "/me")).json
        except AuthExpired as error:
            raise Rejected("sample_social-token-wrong") from error
        server = URL(self.config.url).authority
        return Account(me["id"], f"@{me['name']}@{server}", server, me["name"], credentials=answer.strip())

    async def publish(self, account: Account, draft: Draft, *, key: str) -> Post:
        if draft.audience not in self.capabilities.audiences or not self.capabilities.limits.fits(draft.text):
            raise Rejected("sample_social-refused", limit=self.capabilities.limits.max_length)
        body = {"text": draft.text, "audience": draft.audience, "reply_to": draft.reply_to, "key": key}
        return self._post((await self._call(account.credentials, "POST", "/posts", json=body)).json)

    async def delete(self, account: Account, post_id: str) -> None:
        try:
            await self._call(account.credentials, "DELETE", f"/posts/{post_id}")
        except TargetGone:
            return  # it is gone, which is what was wanted

    async def favourite(self, account: Account, post_id: str, on: bool) -> None:
        method, path = "PUT" if on else "DELETE", f"/posts/{post_id}/favourite"
        await self._call(account.credentials, method, path)

    async def get(self, account: Account | None, post_id: str) -> Post:
        token = account.credentials if account else None
        return self._post((await self._call(token, "GET", f"/posts/{post_id}")).json)

    async def fetch(self, timeline: Timeline, account: Account | None, cursor: str | None) -> Page:
        kind, token = timeline.kind, account.credentials if account else None
        if kind not in self.capabilities.timelines or not (account or kind in self.capabilities.anonymous):
            raise Unsupported()
        who = account.id if account and kind is TimelineKind.OWN else timeline.argument
        params = {"since": cursor} if cursor is not None else {}
        page = (await self._call(token, "GET", f"/people/{who}/changes", params=params)).json
        posts = tuple(self._post(post) for post in page["posts"])
        return Page(posts, str(page["next"]), more=page["more"], gone=tuple(page["gone"]))

    def _post(self, post: Mapping[str, Any]) -> Post:
        """A post of the API as one of ours."""
        author = Author(post["author"]["id"], f"@{post['author']['name']}@{URL(self.config.url).authority}")
        return Post(
            id=post["id"],
            author=author,
            text=post["text"],
            audience=Audience(post["audience"]),
            created_at=datetime.fromisoformat(post["at"]),
            url=f"{self.config.url}/posts/{post['id']}",
            reply_to=post["reply_to"],
        )

    async def _call(self, token: str | None, method: str, path: str, **options: Any) -> Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await call(self.context.http, method, self.config.url + path, headers=headers, **options)
