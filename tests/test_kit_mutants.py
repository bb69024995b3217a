"""The kit bites: adapters that are wrong in one place do not pass it.

Each mutant is an adapter's source with one change, made by machine on its syntax tree, or by hand
where a machine would not think of it. The contract's tests run on it in this process until the
first one fails.
"""

import ast
import asyncio
import collections
import copy
import gc
import inspect
import signal
import sys
import types
import warnings

import pytest

import tests.adapters.test_pebble as pebble_tests
import tests.test_kit_memory as memory_tests
from bridgebot.adapter import SocialCapabilities
from bridgebot.log import configure
from bridgebot.testing import memory_moderation, memory_social
from bridgebot.testing.samples import test_sample_chat as chat_samples
from bridgebot.testing.samples import test_sample_social as social_samples
from bridgebot.testing.verdicts import verdicts


class Moderation(memory_tests.TestMemorySocial):
    """The part of the in-memory adapter that stands in a module of its own."""

    module = memory_moderation
    texts_in = memory_social

    def adapter(self, context, remote):
        remote.network.clock = context.clock
        part, whole = self.module.Moderating, memory_social.MemorySocial
        kind = whole if issubclass(whole, part) else type("Adapter", (part, whole), {})
        return kind(None, context, capabilities=self.capabilities, network=remote.network)


class PlainModeration(Moderation):
    capabilities = SocialCapabilities()


CONTRACTS = {  # one adapter may be judged more than once: with more and with less declared
    "chat": (memory_tests.TestMemoryChat, memory_tests.TestPlainMemoryChat),
    "social": (
        memory_tests.TestMemorySocial,
        memory_tests.TestJoinMemorySocial,
        memory_tests.TestPlainMemorySocial,
        memory_tests.TestAccountlessMemorySocial,
    ),
    "moderation": (Moderation, PlainModeration),
    "pebble": (pebble_tests.TestPebble,),
    "http chat": (chat_samples.TestSampleChat,),
    "http social": (social_samples.TestSampleSocial,),
}
SWAPS = {  # what to do next, exchanged
    "AuthExpired": "Temporary",
    "Temporary": "AuthExpired",
    "Rejected": "TargetGone",
    "TargetGone": "Temporary",
    "Unsupported": "Rejected",
    "Unconfirmed": "Temporary",
}
COMPARISONS = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Lt: ast.LtE,
}


# --- the machine -------------------------------------------------------------------------------


def statement_changes(node):
    """Every statement list: drop one that acts, or exchange two that do."""
    body = getattr(node, "body", None)
    if not isinstance(body, list):
        return
    acts = [isinstance(line, ast.Expr | ast.AugAssign) and not is_docstring(line) for line in body]
    for number, act in enumerate(acts):
        if act:
            yield "drop", lambda n, at=number: n.body.__setitem__(at, ast.Pass())
        if act and number + 1 < len(body) and acts[number + 1]:
            yield "exchange", lambda n, at=number: swap(n.body, at)


def node_changes(node):
    """Changes of one node in its place."""
    match node:
        case ast.If() | ast.IfExp() | ast.While():
            yield "negate", lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))
        case ast.Compare() if type(node.ops[0]) in COMPARISONS:
            yield "compare", lambda n: setattr(n, "ops", [COMPARISONS[type(n.ops[0])](), *n.ops[1:]])
        case ast.BoolOp():
            yield "and/or", lambda n: setattr(n, "op", ast.Or() if isinstance(n.op, ast.And) else ast.And())
        case ast.Constant(value=bool()):
            yield "flip", lambda n: setattr(n, "value", not n.value)
        case ast.Constant(value=int()):
            yield "one more", lambda n: setattr(n, "value", n.value + 1)
        case ast.Slice(lower=ast.expr()):
            yield "slice", lambda n: setattr(n, "lower", ast.BinOp(n.lower, ast.Add(), ast.Constant(1)))
        case ast.Raise(exc=ast.Call()) if ast.unparse(node.exc.func) in SWAPS:
            yield "error", lambda n: setattr(n.exc, "func", ast.Name(SWAPS[ast.unparse(n.exc.func)]))
        case ast.Call(keywords=[*keywords]):
            for number in range(len(keywords)):
                yield "argument", lambda n, at=number: n.keywords.pop(at)


def expression_changes(node):
    """Changes that put another expression in the place of a field's."""
    for name, value in ast.iter_fields(node):
        match value:
            case ast.JoinedStr():
                yield "constant id", lambda n, f=name: setattr(n, f, ast.Constant("same"))
            case ast.Attribute(attr="text", ctx=ast.Load()):
                yield "strip", lambda n, f=name: setattr(n, f, call(getattr(n, f), "strip"))
            case ast.Call(func=ast.Name(id="tuple")):
                yield "reverse", lambda n, f=name: setattr(n, f, turned(getattr(n, f)))


def swap(body, at):
    body[at], body[at + 1] = body[at + 1], body[at]


def call(value, method):
    return ast.Call(ast.Attribute(value, method, ast.Load()), [], [])


def turned(value):
    return ast.Subscript(value, ast.Slice(None, None, ast.UnaryOp(ast.USub(), ast.Constant(1))), ast.Load())


def is_docstring(line):
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def mutants(module):
    """(what, source) of every mutant of the adapter's class, in the order of the source."""
    tree = ast.parse(inspect.getsource(module))
    owners = dict(owned(tree))
    seen = collections.Counter()
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in owners:
            for maker in (statement_changes, node_changes, expression_changes):
                for index, (what, _) in enumerate(maker(node)):
                    before = ast.unparse(node).splitlines()[0][:60]
                    name = f"{owners[id(node)]}: {what} {index}: {before}"
                    seen[name] += 1
                    yield f"{name} ({seen[name]})", (tree, number, maker, index)


def owned(tree):
    """(id of a node, name of the method that it stands in) for all that stands in a method."""
    for kind in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        for method in kind.body:
            if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from ((id(node), method.name) for node in ast.walk(method))


def source_of(mutant):
    if isinstance(mutant, str):
        return mutant
    tree, number, maker, index = mutant
    changed = copy.deepcopy(tree)
    node = list(ast.walk(changed))[number]
    list(maker(node))[index][1](node)
    return ast.unparse(ast.fix_missing_locations(changed))


# --- by hand -----------------------------------------------------------------------------------

BY_HAND = {  # (contract, what) -> (what stands there, what the mutant has instead)
    ("chat", "swallows a failing commit"): (
        'await receive(thing, state={"last": thing.event})',
        "await asyncio.gather(receive(thing), return_exceptions=True)",
    ),
    ("chat", "does not wait for the commit"): (
        'await receive(thing, state={"last": thing.event})',
        "self.task = asyncio.ensure_future(receive(thing))",
    ),
    ("chat", "acknowledges first"): (
        "if (thing := self._thing(happening)) is not None:",
        "self.network.acknowledge(happening.number)\n"
        "                if (thing := self._thing(happening)) is not None:",
    ),
    ("chat", "swallows the cancellation"): (
        "        finally:\n            self.connected.clear()",
        "        except asyncio.CancelledError:\n            return\n"
        "        finally:\n            self.connected.clear()",
    ),
    ("chat", "hears itself"): ("happening.sender.id == BOT", "happening.sender.id == 'nobody'"),
    ("chat", "one event for all"): ('event=f"e{happening.number}"', 'event="e"'),
    ("chat", "an event of its own each time"): (
        'event=f"e{happening.number}"',
        "event=f\"e{__import__('time').monotonic_ns()}\"",
    ),
    ("chat", "an edit with its own id"): (
        "Edit(*head, happening.line, *words)",
        "Edit(*head, head[0], *words)",
    ),
    ("chat", "cuts what is too long"): (
        "return self.network.put(chat.id, message.text,",
        "return self.network.put(chat.id, message.text[:4000],",
    ),
    ("chat", "folds white space"): (
        "text=happening.text,",
        'text=" ".join(happening.text.split(" ")).strip(),',
    ),
    ("chat", "everybody is strong"): (
        "sender=happening.sender,",
        "sender=replace(happening.sender, id='x'),",
    ),
    ("chat", "tries again by itself"): (
        'return await self._call("send", (chat, message), lambda: (self._send(chat, message, media),))',
        "self._send(chat, message, media)\n        return (self._send(chat, message, media),)",
    ),
    ("chat", "sends while it is not connected"): (
        "if self.capabilities.needs_connection and not self.connected.is_set():",
        "if False:",
    ),
    ("chat", "ends in silence"): (
        "raise Temporary()\n                if (thing",
        "return\n                if (thing",
    ),
    ("chat", "shows no emphasis"): (
        "message.reply_to, message.buttons, spans, shown)",
        "message.reply_to, message.buttons, (), shown)",
    ),
    ("chat", "shows no picture"): ("message.buttons, spans, shown)", "message.buttons, spans)"),
    ("chat", "shows pictures the wrong way round"): (
        "message.buttons, spans, shown)",
        "message.buttons, spans, shown[::-1])",
    ),
    ("chat", "covers nothing"): ("Seen(found, exhibit.hidden,", "Seen(found, False,"),
    ("chat", "shows nothing where it finds nothing"): (
        "if found is None:\n            raise Rejected()",
        "if found is None:\n            return Seen(b'')",
    ),
    ("chat", "shows only the first piece of a picture"): (
        'b"".join([piece async for piece in exhibit.read()])',
        "[piece async for piece in exhibit.read()][0]",
    ),
    ("chat", "refuses words that are long beside a picture"): (
        "if not self._limits(message).fits(message.text):",
        "if len(message.text) > 100 and message.media:",
    ),
    ("chat", "an edit shows no emphasis"): (
        "message.buttons, self._emphasis(message))",
        "message.buttons, ())",
    ),
    ("chat", "an edit comes without emphasis"): (
        "words = (happening.text, happening.spans)",
        "words = (happening.text,)",
    ),
    ("chat", "counts emphasis in other units"): (
        "spans=happening.spans,",
        "spans=tuple(type(s)(s.start + 2, s.end + 2, s.kind, s.url) for s in happening.spans),",
    ),
    ("chat", "forgets where links lead"): (
        "spans=happening.spans,",
        "spans=tuple(type(s)(s.start, s.end, s.kind) for s in happening.spans),",
    ),
    ("chat", "shows where a file is"): (
        "text=happening.text,",
        "text=repr([one.ref for one in happening.media]) if happening.media else happening.text,",
    ),
    ("chat", "turns an album around"): ("media=happening.media if", "media=happening.media[::-1] if"),
    ("chat", "loses the words beside a picture"): (
        "text=happening.text,",
        "text='' if happening.media else happening.text,",
    ),
    ("social", "an edit loses emphasis"): ("draft.warning, draft.spans, media)", "draft.warning, (), media)"),
    ("social", "an edit loses the files"): (
        "self._fits(account, draft), self.network.attached(draft)",
        "self._fits(account, draft), ()",
    ),
    ("social", "an edit takes away the files that it does not name"): (
        "self.network.attached(draft) or None",
        "self.network.attached(draft)",
    ),
    ("social", "what was typed first is given after an edit"): (
        "lambda: self._visible(post_id, account).text)",
        "lambda: next(one.post.text for one in self.network.log if one.post.id == post_id))",
    ),
    ("social", "only the first piece of a file"): (
        'content = b"".join([chunk async for chunk in read()])',
        "content = [chunk async for chunk in read()][0]",
    ),
    ("social", "one name for all files"): (
        "return self.network.keep(author, file, content)",
        "self.network.keep(author, file, content)\n        return next(iter(self.network.files))",
    ),
    ("social", "files are posts"): (
        "return self.network.keep(author, file, content)",
        "self.network.add(author, Draft('a file'))\n        return self.network.keep(author, file, content)",
    ),
    ("social", "loses descriptions"): (
        "post = self.network.add(author, draft)\n",
        "from bridgebot.model import Uploaded\n"
        "        files = tuple(Uploaded(file.ref) for file in draft.files)\n"
        "        post = self.network.add(author, replace(draft, files=files))\n",
    ),
    ("social", "turns the files around"): (
        "post = self.network.add(author, draft)\n",
        "post = self.network.add(author, replace(draft, files=draft.files[::-1]))\n",
    ),
    ("social", "says that it takes files, and which ones it does not say"): (
        "# --- linking ---",
        "async def describe(self, account):\n        return replace(self.capabilities.limits, files=None)\n",
    ),
    ("social", "counts choices from 1"): (
        "vote(voter.id, post.id, choices)",
        "vote(voter.id, post.id, [n - 1 for n in choices])",
    ),
    ("social", "only the first choice counts"): (
        "vote(voter.id, post.id, choices)",
        "vote(voter.id, post.id, choices[:1])",
    ),
    ("social", "anybody votes for all"): (
        "self.network.polls.vote(voter.id, post.id, choices)",
        "self.network.polls.vote('u-grete', post.id, choices)",
    ),
    ("social", "the poll stands in the text"): (
        "post = self.network.add(author, draft)",
        "choices = draft.poll.choices if draft.poll else ()\n"
        "        post = self.network.add(author, replace(draft, text='\\n'.join([draft.text, *choices])))",
    ),
    ("social", "publishes without the poll"): (
        "self.network.add(author, draft)",
        "self.network.add(author, replace(draft, poll=None))",
    ),
    ("social", "a poll is open for a day whatever is asked"): (
        "post = self.network.add(author, draft)",
        "poll = draft.poll and replace(draft.poll, seconds=86400)\n"
        "        post = self.network.add(author, replace(draft, poll=poll))",
    ),
    ("social", "one may always choose several"): (
        "post = self.network.add(author, draft)",
        "poll = draft.poll and replace(draft.poll, multiple=True)\n"
        "        post = self.network.add(author, replace(draft, poll=poll))",
    ),
    ("social", "the quote stands in the text"): (
        "post = self.network.add(author, draft)",
        "behind = f' {self.network.standing[draft.quote].url}' if draft.quote else ''\n"
        "        post = self.network.add(author, replace(draft, text=draft.text + behind))",
    ),
    ("social", "publishes without the quote"): (
        "self.network.add(author, draft)",
        "self.network.add(author, replace(draft, quote=None))",
    ),
    ("social", "an edit ends the poll"): (
        "self._own(author, post_id)\n        post = self.network.change(",
        "self._own(author, post_id)\n        self.network.polls.open.pop(post_id, None)\n"
        "        post = self.network.change(",
    ),
    ("social", "history first"): ("return Page((), str(len(log)))", "cursor = '0'"),
    ("social", "newest first"): (
        "tuple(change.post for change in shown if",
        "tuple(change.post for change in shown[::-1] if",
    ),
    ("social", "bookmarks in the wrong order"): (
        "for person, post_id in self.network.bookmarks if",
        "for person, post_id in sorted(self.network.bookmarks) if",
    ),
    ("social", "shows anybody's bookmarks"): (
        "in self.network.bookmarks if person == reader]",
        "in self.network.bookmarks]",
    ),
    ("social", "mutes by blocking"): ("(self.network.mute if", "(self.network.block if"),
    ("social", "blocks by muting"): ("else self.network.block)", "else self.network.mute)"),
    ("social", "mutes for everybody"): (
        "(author, other, on)\n        return self._profile(other)",
        "(author, other, on)\n        [self.network.mutes.add((p, other.id)) for p in self.network.people]"
        "\n        return self._profile(other)",
    ),
    ("social", "loses the cursor"): ("cursor=str(end),", "cursor='0',"),
    ("social", "one page only"): ("more=end < len(log),", ""),
    ("social", "skips what is new"): ("cursor=str(end),", "cursor=str(end + 1),"),
    ("social", "asks for patience only where there is something new"): (
        "return replace(page, next_in=patience, moved=moved)",
        "return replace(page, next_in=patience if page.posts else None, moved=moved)",
    ),
    ("social", "has moved before it is read to its end"): (
        "return replace(page, next_in=patience, moved=moved)",
        "return replace(page, next_in=patience, moved=moved, posts=() if moved else page.posts)",
    ),
    ("social", "moves on and on"): (
        "moved = self.network.patience.get(timeline), self.network.moves.get(timeline)",
        "moved = self.network.patience.get(timeline), next(iter(self.network.moves.values()), None)",
    ),
    ("social", "forgets the key"): ("if repeats and known in self.network.standing:", "if False:"),
    ("social", "one key for all people"): (
        "self.network.keys.get((author.id, key))",
        "next((id for (_, k), id in self.network.keys.items() if k == key), None)",
    ),
    ("social", "finds anybody's"): (
        "(post.author.id, post.text, post.reply_to, post.audience) == wanted",
        "post.text == draft.text",
    ),
    ("social", "accepts any token"): (
        "if token not in self.network.tokens:",
        "self.network.tokens.setdefault(token, 'u-grete')\n        if False:",
    ),
    ("social", "edits other people's posts"): (
        "self._own(author, post_id)\n        post =",
        "post =",
    ),
    ("social", "shows what is not for this reader"): (
        "lambda: self._visible(post_id, account))",
        "lambda: self.network.standing.get(post_id) or self._visible(post_id, account))",
    ),
    ("social", "shows its credentials"): (
        "# --- linking ---",
        "def __repr__(self) -> str:\n        return f'<{self.context.name} {self.network.tokens}>'\n",
    ),
    ("social", "logs its credentials"): (
        "def _proven(self, token: str) -> Account:",
        "def _proven(self, token: str) -> Account:\n        __import__('logging').getLogger('x').info(token)",
    ),
    ("social", "puts the token into an error"): (
        'raise Rejected("memory_social-token-wrong")',
        'raise Rejected("memory_social-token-wrong", token=next(iter(self.network.tokens)))',
    ),
    ("social", "a key without a text"): ('"memory_social-token-wrong"', '"memory_social-token-bad"'),
    ("social", "sends the browser without its state"): ('"state": redirect.state, ', '"state": "", '),
    ("social", "sends the browser back to another address"): (
        '"redirect_uri": redirect.url',
        '"redirect_uri": redirect.url + "/"',
    ),
    ("social", "asks for consent without a challenge"): (", **challenge(verifier)}", "}"),
    ("social", "one challenge for every attempt"): (
        "verifier = secrets.token_urlsafe(32)",
        "verifier = 'the same each time'",
    ),
    ("social", "redeems any code"): (
        'token = self.network.redeem(code or "", redirect.url, verifier)',
        "token = next(iter(self.network.tokens))",
    ),
    ("social", "does not say what is allowed"): ('("memory_social-scope",)', "()"),
    ("social", "asks for a token though it says that it needs none"): (
        "able = redirect if self.capabilities.web_link else None",
        "able = None",
    ),
    ("social", "another timeline for each way to write an address"): (
        "return tuple(self._source(k, person) for k in",
        "person = replace(person, id=address)\n        return tuple(self._source(k, person) for k in",
    ),
    ("social", "takes anybody for an address"): (
        "person = self._person(path.removesuffix('.feed'))",
        "person = self.network.person(path.removesuffix('.feed'))",
    ),
    ("social", "the oldest first, of what stands now"): (
        "tuple(reversed(standing.values()))",
        "tuple(standing.values())",
    ),
    ("social", "shows more than twenty"): (
        "tuple(reversed(standing.values()))[:20]",
        "tuple(reversed(standing.values()))",
    ),
    ("social", "links where nothing can be linked"): ("if self.capabilities.accountless:", "if False:"),
    ("social", "reads openly what it does not declare"): ("self._openly('whois', account)", "pass"),
    ("pebble", "widens the audience"): ("draft.audience is not Audience.PUBLIC or ", ""),
    ("pebble", "cuts what is too long"): (
        "raise Rejected('pebble-refused', limit=self.capabilities.limits.max_length)",
        "draft = Draft(draft.text[:140])",
    ),
    ("pebble", "a text without its argument"): (", name=name)", ")"),
    ("pebble", "credentials are the name"): ("credentials = uuid.uuid4().hex", "credentials = f'@{name}'"),
    ("pebble", "one name for two"): (
        "or name in (person.id for person in self.people.values())",
        "",
    ),
}


BY_HAND |= {
    ("http social", "takes 401 and 429 for each other"): (
        "        return await call(",
        "        from bridgebot.errors import Temporary\n"
        "        try:\n"
        "            return await call(self.context.http, method, self.config.url + path, headers=headers,"
        " **options)\n"
        "        except Temporary as error:\n"
        "            raise AuthExpired() from error\n"
        "        except AuthExpired as error:\n"
        "            raise Temporary() from error\n"
        "        return await call(",
    ),
    ("http social", "takes no answer for nothing happened"): (
        '"POST", "/posts", json=body)',
        '"POST", "/posts", json=body, idempotent=True)',
    ),
    ("http social", "a key of its own each time"): (
        '"key": key}',
        '"key": key + str(self.context.clock.now())}',
    ),
    ("http social", "tries again by itself"): (
        "        return await call(",
        "        from bridgebot.errors import AdapterError\n"
        "        try:\n"
        "            return await call(self.context.http, method, self.config.url + path, headers=headers,"
        " **options)\n"
        "        except AdapterError:\n"
        "            pass\n"
        "        return await call(",
    ),
    ("http social", "the token stands in the address"): (
        "self.config.url + path, headers=headers",
        'self.config.url + path + f"?{token}", headers=headers',
    ),
    ("http social", "the token is the handle"): ('server, me["name"]', "server, answer"),
    ("http social", "everything is public"): ('"audience": draft.audience', '"audience": "public"'),
    ("http chat", "acknowledges on arrival"): (
        "after = str(update['number'])\n",
        "after = str(update['number'])\n                await self.context.state.set('after', after)\n",
    ),
    ("http chat", "the token is in the repr"): (
        "    async def run(",
        "    def __repr__(self) -> str:\n"
        "        return f'{self.context.name} {self.config.token.get_secret_value()}'\n\n"
        "    async def run(",
    ),
}


def by_hand():
    for (contract, what), (old, new) in BY_HAND.items():
        source = inspect.getsource(CONTRACTS[contract][0].module)
        source = source if old in source else ast.unparse(ast.parse(source))
        assert source.count(old) >= 1, f"{what}: {old} stands no longer there"
        yield contract, f"by hand: {what}", source.replace(old, new, 1)


# --- the run -----------------------------------------------------------------------------------

# Mutants that the kit lets live, each with the reason why that is right.
SURVIVORS = {
    ("chat", "run: argument 0: receive(thing, state={'last': thing.event}) (1)"): (
        "the in-memory network itself keeps what is not acknowledged; `last` is for tests of the core"
    ),
    ("social", "unlink: drop 0: async def unlink(self, account: Account) -> None: (1)"): (
        "revoking is best effort by the contract"
    ),
    ("moderation", "check: exchange 1: async def check(self, account: Account) -> None: (1)"): (
        "it still raises; a check leaves nothing on the server that could be seen"
    ),
    ("moderation", "report: exchange 1: async def report(self, account: Account, post_id: str, comme (1)"): (
        "it still raises; without `moderate` nobody can see a complaint"
    ),
    ("social", "_requests: reverse 0: return tuple((self._profile(self.network.people[person]) for (1)"): (
        "the contract gives those who wait no order"
    ),
    ("social", "_search: one more 0: 20 (1)"): "one more than the contract's twenty does no harm",
    ("social", "_put_aside: slice 0: -PAGE: (1)"): "fewer than the contract's twenty are allowed",
    ("social", "_sources: reverse 0: return tuple((self._source(k, person) for k in kinds if not  (1)"): (
        "the contract gives sources no order: the person chooses"
    ),
    ("social", "listen: drop 0: try: (1)"): "only the record of calls, which is for tests of the core",
    (
        "social",
        "_link: error 0: raise Rejected() (1)",
    ): "no core hands in a progress that nobody asked to keep",
    ("social", "_consent: argument 0: Consent(address, ('memory_social-scope',), self.network.issu (1)"): (
        "only the server knows what it promised"
    ),
    ("social", "_consent: flip 0: True (1)"): "the same",
    ("social", "_consent: one more 0: 32 (1)"): "a longer verifier is as good",
    ("social", "_redeemed: argument 0: replace(self._proven(token), scopes=('everything',)) (1)"): (
        "not every network has scopes"
    ),
    ("pebble", "delete: error 0: raise Rejected('pebble-not-yours') (1)"): (
        "for somebody else's post both errors are true"
    ),
    ("http chat", "run: argument 0: receive(_thing(update), state={'after': after}) (1)"): (
        "this server keeps what is not acknowledged, and events bear its numbers"
    ),
    ("http chat", "run: argument 1: self._call('GET', '/updates', params=params, timeout=POLL +  (1)"): (
        "only a poll that nobody answers for long would show it"
    ),
    ("http chat", "run: one more 0: 10 (1)"): "a second more to wait",
    ("http social", "publish: and/or 0: draft.audience not in self.capabilities.audiences or not sel (1)"): (
        "the server refuses it, too"
    ),
    ("http social", "_post: argument 5: Post(id=post['id'], author=author, text=post['text'], audien (1)"): (
        "an address is optional"
    ),
}


class HungError(BaseException):
    """The mutant does not even let the loop go on."""


def hung(_signal, _frame):
    raise HungError


def mutant_of(contract, source, patience):
    """The contract for the mutant, or None: it cannot even be loaded, which proves nothing."""
    module = types.ModuleType(contract.module.__name__)
    module.__file__ = contract.module.__file__
    try:
        exec(compile(source, module.__file__, "exec"), module.__dict__)
    except Exception:
        return None
    return type("Mutant", (contract,), {"module": module, "deadline": 0.25 * patience})


async def breaks(contract, patience):
    """Is any promise broken?"""
    async for verdict in verdicts(contract, limit=3 * patience):
        if verdict.outcome == "broken":
            return True
    return False


def killed(contract, patience=10):
    """Does the kit find that something is wrong? A mutant that stops the loop is found, too."""
    before = signal.signal(signal.SIGALRM, hung)
    signal.setitimer(signal.ITIMER_REAL, 6 * patience)
    try:
        return asyncio.run(breaks(contract, patience))
    except HungError:
        return True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def survives(name, what, mutant):
    """True: no contract finds it. None: it was stillborn."""
    # Who is expected to live gets time, so that a busy machine kills nobody.
    source, patience = source_of(mutant), 10 if (name, what) in SURVIVORS else 1
    if patience > 1:
        gc.collect()  # what the one before forgot to await is not its fault
    contracts = [mutant_of(contract, source, patience) for contract in CONTRACTS[name]]
    return None if None in contracts else not any(killed(contract, patience) for contract in contracts)


def everything(one_in):
    """Of what the machine makes one in so many; whatever was made by hand."""
    made = [(name, *one) for name, contracts in CONTRACTS.items() for one in mutants(contracts[0].module)]
    yield from made[::one_in]
    yield from by_hand()


@pytest.mark.shows_secrets("mutants leak them on purpose")
@pytest.mark.parametrize(
    "one_in", [pytest.param(10, id="some"), pytest.param(1, id="all", marks=pytest.mark.nightly)]
)
def test_the_kit_bites(monkeypatch, one_in):
    warnings.simplefilter("ignore", RuntimeWarning)  # mutants forget to await, that is the point
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: None)
    outcomes = {(name, what): survives(name, what, mutant) for name, what, mutant in everything(one_in)}
    born = {key: lives for key, lives in outcomes.items() if lives is not None}
    alive = {key for key, lives in born.items() if lives}
    assert len(born) >= 40
    assert alive - SURVIVORS.keys() == set(), "the kit lets these live"
    looked_at = SURVIVORS.keys() if one_in == 1 else SURVIVORS.keys() & born.keys()
    assert looked_at - alive == set(), "these are killed now: strike them from the list"
    assert len(alive) <= 0.05 * len(born)


@pytest.mark.shows_secrets("mutants leak them on purpose")
def test_a_token_in_an_address_is_seen_in_a_process_that_logs_little():
    configure("json", "error")
    [(name, what, source)] = [one for one in by_hand() if one[1].endswith("the token stands in the address")]
    assert survives(name, what, source) is False


def test_the_adapters_themselves_live():
    for contracts in CONTRACTS.values():
        for contract in contracts:
            assert not killed(contract)
