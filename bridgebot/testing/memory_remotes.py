"""The in-memory networks seen as the contracts see a network."""

from __future__ import annotations

from collections.abc import Sequence

from bridgebot.model import (
    Account,
    Audience,
    Browser,
    Chat,
    Consent,
    Draft,
    Origin,
    Person,
    Post,
    Question,
    Span,
    Timeline,
    TimelineKind,
)
from bridgebot.testing.chat_base import ChatFailure, Heard
from bridgebot.testing.chat_network import BOT, ChatNetwork, Line
from bridgebot.testing.social_base import Mark, SocialFailure, code_in
from bridgebot.testing.social_network import CROSSPOSTER, SocialNetwork

GROUP, BROADCAST = "stones", "notes"


class MemoryChatRemote:
    """People on a `ChatNetwork`; itself a `ChatRemote`."""

    secrets = ()
    failures = frozenset({ChatFailure.DROP, ChatFailure.CLOSED, ChatFailure.REMOVED})
    no_file = "nothing"
    elsewhere = Origin("Stones", "stones-of-the-day", "https://memory.invalid/stones-of-the-day/7")

    def __init__(self, network: ChatNetwork) -> None:
        self.network = network
        network.chat(GROUP, group=True)
        network.person("ada", admin=True)
        network.chat(BROADCAST, group=True, broadcast=True)
        network.people[BROADCAST] = Person(BROADCAST, weak=True)

    async def air(self, text: str, *, forwarded: Origin | None = None) -> None:
        self.network.say(text, sender=BROADCAST, chat=BROADCAST, origin=forwarded)

    async def say(
        self,
        text: str,
        *,
        sender: str = "ada",
        group: bool = False,
        reply_to: str | None = None,
        addressed: bool = True,
        spans: Sequence[Span] = (),
    ) -> str:
        chat = GROUP if group else sender
        more = {"reply_to": reply_to, "addressed": addressed, "spans": spans}
        return self.network.say(text, sender=sender, chat=chat, **more)  # type: ignore[arg-type]

    async def send_files(
        self, contents: Sequence[bytes], text: str = "", *, sender: str = "ada", group: bool = False
    ) -> str:
        return self.network.say(text, sender=sender, chat=GROUP if group else sender, files=contents)

    async def edit(self, said: str, text: str, *, spans: Sequence[Span] = ()) -> None:
        self.network.edit(said, text, spans)

    async def delete(self, said: str) -> None:
        self.network.delete(said)

    async def stands(self, said: str) -> bool:
        return any(line.id == said for chat in self.network.chats for line in self.network.lines(chat))

    async def press(self, message_id: str, data: str, *, sender: str = "ada") -> None:
        self.network.press(message_id, data, sender=sender)

    async def react(self, message_id: str, *emojis: str, sender: str = "ada") -> None:
        self.network.react(message_id, *emojis, sender=sender)

    async def heard(self, chat: Chat) -> Sequence[Heard]:
        lines = self.network.lines(chat.id, sender=BOT)
        return [_heard(line) for line in lines]

    async def publish_file(self, content: bytes) -> str:
        url = f"https://files.invalid/{len(self.network.web)}.png"
        self.network.web[url] = content
        return url

    async def fail(self, failure: ChatFailure) -> None:
        if failure is ChatFailure.DROP:
            self.network.drop()
        elif failure is ChatFailure.REMOVED:
            self.network.change(GROUP, "gone")
        else:
            self.network.closed.add("ada")


def _heard(line: Line) -> Heard:
    return Heard(line.id, line.text, line.reply_to, line.buttons, line.spans, line.shown)


class MemorySocialRemote:
    """People on a `SocialNetwork`; itself a `SocialRemote`."""

    failures = frozenset({SocialFailure.AUTH})

    def __init__(self, network: SocialNetwork) -> None:
        self.network = network
        for name in ("grete", "stranger"):
            network.person(name)

    @property
    def secrets(self) -> Sequence[str]:
        return list(self.network.tokens)

    async def answer(
        self, step: Question | Browser | Consent, who: str = "ada", *, right: bool = True
    ) -> str:
        if isinstance(step, Consent):
            return code_in(self.network.consent(step.url, who)) if right else "code-of-nobody"
        if step.key == "memory_social-name":
            return who if right else "not a name"
        self.network.person(who)
        return f"token-{who}" if right else "token-of-nobody"

    async def person(self) -> str:
        return self.network.person("grete").handle

    async def timeline(self, kind: TimelineKind, account: Account) -> Timeline:
        grete = self.network.person("grete")
        self.network.follows.add((account.id, grete.id))
        arguments = {
            TimelineKind.PERSON: grete.id,
            TimelineKind.TAG: "stones",
            TimelineKind.LIST: grete.id,
            TimelineKind.FEED: grete.id,
        }
        return Timeline(kind, self.network.server, arguments.get(kind, ""))

    async def written(self, timeline: Timeline) -> Sequence[str]:
        grete = self.network.person("grete")
        page = f"https://{self.network.server}/@grete"
        addresses = {
            TimelineKind.PERSON: (grete.handle, page),
            TimelineKind.FEED: (page, f"https://{self.network.server}/grete.feed"),
        }
        return addresses.get(timeline.kind, ())

    async def nowhere(self) -> Sequence[str]:
        return (
            f"@nobody@{self.network.server}",
            "@grete@elsewhere.example",
            "https://elsewhere.example/@grete",
        )

    async def add(
        self,
        timeline: Timeline | None,
        text: str,
        *,
        account: Account,
        audience: Audience = Audience.PUBLIC,
        reply_to: str | None = None,
    ) -> str:
        author = self.network.person("grete" if timeline else "stranger")
        match timeline.kind if timeline else None:
            case TimelineKind.OWN:
                author = self.network.people[account.id]
            case TimelineKind.MENTIONS:
                text = f"{text} {account.handle}"
            case TimelineKind.TAG:
                text = f"{text} #stones"
        return self.network.add(author, Draft(text, audience, reply_to=reply_to)).id

    async def leave_alone(self, timeline: Timeline, seconds: float) -> None:
        self.network.patience[timeline] = seconds

    async def move(self, timeline: Timeline) -> str:
        return self.network.move(timeline)

    async def edit(self, post_id: str, text: str) -> None:
        behind = self.network.standing[post_id].text.split()[-1]  # the name or tag stays
        self.network.change(post_id, f"{text} {behind}", None)

    async def delete(self, post_id: str) -> None:
        self.network.remove(post_id)

    async def posts(self) -> Sequence[Post]:
        return [self.network.seen(post, None) for post in self.network.standing.values()]

    crossposter = CROSSPOSTER

    async def add_with(self, application: str, text: str, *, account: Account) -> str:
        author = self.network.people[account.id]
        return self.network.add(author, Draft(text), application=application).id

    async def end_poll(self, post_id: str) -> None:
        self.network.polls.end(post_id, self.network.clock.now())

    async def files(self, post_id: str) -> Sequence[bytes]:
        return self.network.contents(post_id)

    async def marked(self, mark: Mark, account: Account, target: str) -> bool:
        if mark in ("follow", "mute", "block"):
            return (account.id, self.network.person(target).id) in getattr(self.network, f"{mark}s")
        return (account.id, target) in getattr(self.network, f"{mark}s")

    async def fail(self, failure: SocialFailure) -> None:
        self.network.tokens.clear()

    async def heal(self) -> None:
        for person in list(self.network.people.values()):
            self.network.person(person.handle)
