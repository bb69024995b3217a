"""What is a command, what is nearly one, what is asked about, and what is a post."""

import random
import uuid

import pytest

from bridgebot.commands import COMMANDS
from bridgebot.commands.grammar import (
    WORDS,
    Command,
    Greeting,
    Near,
    Secret,
    Shape,
    Text,
    Vocabulary,
    Word,
    Words,
    is_handle,
    read,
    secret,
    targets,
)
from bridgebot.commands.grammar.words import ELSEWHERE

VOCABULARY = Vocabulary(WORDS)


def reading(text):
    return read(text, VOCABULARY)


COMMANDS_TYPED = [
    ("/post hello", "post", "hello"),
    ("!post hello", "post", "hello"),
    ("／post hello", "post", "hello"),
    ("！post hello", "post", "hello"),
    ("  /post hello", "post", "hello"),
    ("\u3000/post hello", "post", "hello"),
    ("/POST Hello", "post", "Hello"),
    ("/Post\nHello\nthere", "post", "Hello\nthere"),
    ("/post  two spaces ", "post", " two spaces "),
    ("/ｐｏｓｔ\u3000ｆｕｌｌ　ｗｉｄｔｈ１", "post", "ｆｕｌｌ　ｗｉｄｔｈ１"),
    ("/post\u00a0hello", "post", "hello"),
    ("/post你好", "post", "你好"),
    ("/post😀", "post", "😀"),
    ("/post@some_bot hello", "post", "hello"),
    ("/undo@SomeBot", "undo", ""),
    ("/post", "post", ""),
    ("/post ", "post", ""),
    ("/post /fav 7k2", "post", "/fav 7k2"),
    ("/p quick", "post", "quick"),
    ("/发你好", "post", "你好"),
    ("/发 你好", "post", "你好"),
    ("/发\u3000 你好", "post", " 你好"),
    ("！发你好", "post", "你好"),
    ("/发布你好", "post", "你好"),
    ("/发帖　你好", "post", "你好"),
    ("/fa 你好", "post", "你好"),
    ("/发", "post", ""),
    ("/发到plaza 你好", "to", "plaza 你好"),
    ("/fav 7k2", "fav", "7k2"),
    ("/fav 7K2", "fav", "7K2"),
    ("/fav", "fav", ""),
    ("/fav nonsense here", "fav", "nonsense here"),
    ("/like https://example.social/@ada/1", "fav", "https://example.social/@ada/1"),
    ("/赞7k2", "fav", "7k2"),
    ("/赞 7k2", "fav", "7k2"),
    ("/赞", "fav", ""),
    ("／赞！", "fav", ""),
    ("/zan 7k2", "fav", "7k2"),
    ("/取消赞7k2", "unfav", "7k2"),
    ("/取消", "cancel", ""),
    ("/取消关注@lin", "unfollow", "@lin"),
    ("/re 7k2 just a chat window", "reply", "7k2 just a chat window"),
    ("/回7k2 好啊", "reply", "7k2 好啊"),
    ("/回复 7k2 好啊", "reply", "7k2 好啊"),
    ("/关注ada@example.social", "follow", "ada@example.social"),
    ("/follow @lin", "follow", "@lin"),
    ("/follow lin", "follow", "lin"),
    ("/undo", "undo", ""),
    ("/undo!", "undo", ""),
    ("/撤销", "undo", ""),
    ("/撤销。", "undo", ""),
    ("/撤消", "undo", ""),
    ("/help?", "help", ""),
    ("/help fav", "help", "fav"),
    ("/帮助", "help", ""),
    ("/start 4t7x-9k2m", "start", "4t7x-9k2m"),
    ("/记买牛奶", "memo", "买牛奶"),
    ("/备忘录", "memos", ""),
    ("/memo abcd-ef12-gh34-ij56", "memo", "abcd-ef12-gh34-ij56"),
    ("/sync plaza to pebble", "sync", "plaza to pebble"),
    ("!on", "on", ""),
    ("/关", "off", ""),
    ("/off ", "off", ""),
]


@pytest.mark.parametrize(("text", "name", "argument"), COMMANDS_TYPED, ids=[c[0] for c in COMMANDS_TYPED])
def test_commands(text, name, argument):
    assert reading(text) == Command(name, argument)


NEARLY = [
    ("/pots typo", "post", "pots", "typo"),
    ("/psot typo", "post", "psot", "typo"),
    ("/posst typo", "post", "posst", "typo"),
    ("!PSOT typo", "post", "PSOT", "typo"),
    ("/fave 7k2", "fav", "fave", "7k2"),
    ("/fav7k2", "fav", "fav7k2", "7k2"),
    ("/re7k2 yes", "reply", "re7k2", "7k2 yes"),
    ("/unfolow @lin", "unfollow", "unfolow", "@lin"),
    ("/fvo 7k2", "fav", "fvo", "7k2"),
    ("/fv 7k2", "fav", "fv", "7k2"),
    ("/er #7k2 yes", "reply", "er", "#7k2 yes"),
    ("/dn @ada only for you", "dm", "dn", "@ada only for you"),
    ("/bosot 7K2", "boost", "bosot", "7K2"),
    ("/setings", "settings", "setings", ""),
    ("/acounst", "accounts", "acounst", ""),
    ("/post: hello", "post", "post", ": hello"),
    ("/post.hello", "post", "post", ".hello"),
    ("/fav,7k2", "fav", "fav", ",7k2"),
    ("/whois@lin", "whois", "whois", "@lin"),
    ("/off topic", "off", "off", "topic"),
    ("!on my way", "on", "on", "my way"),
    ("/关灯", "off", "关", "灯"),
    ("/赞同", "fav", "赞", "同"),
    ("/发现一家好店", "post", "发", "现一家好店"),
    ("/历时 7k2", "history", "历时", "7k2"),
    ("／历时7k2", "history", "历时", "7k2"),
    ("/在试", "retry", "在试", ""),
    ("！回家了", "reply", "回", "家了"),
    ("/msg lin do not tell", "help", "msg", "lin do not tell"),
    ("/kick @troll", "help", "kick", "@troll"),
    ("/identify hunter2", "help", "identify", "hunter2"),
]


@pytest.mark.parametrize(("text", "name", "typed", "argument"), NEARLY, ids=[n[0] for n in NEARLY])
def test_what_is_nearly_a_command_is_no_post(text, name, typed, argument):
    assert reading(text) == Near(name, typed, argument)


POSTS = [
    "hello world",
    "！！！太好了",
    "!!! wow",
    "/me waves",
    "/me @lin waves",
    "/me",
    "1/2",
    "-20°C",
    "-1",
    "+1",
    "/",
    "!",
    "/ post hello",
    "/2 of the way",
    "/s",
    "/etc/passwd",
    "/home/ada/notes.txt",
    "/post/haste",
    "/r/python is down",
    "!important",
    "/xyz",
    "/shrug",
    "/tableflip this",
    "! this matters",
    "!=",
    "¯\\_(ツ)_/¯",
    "/。/",
    "／人◕ ‿‿ ◕人＼",
    "！是的吗",
    "！加油",
    "/捂脸",
    "/今天天气不错",
    "/重逢是件好事",
    "on the way home",
    "get well soon",
    "off to bed",
    "help me please",
    "dm me for details",
    "follow the money",
    "follow me",
    "like this one",
    "home is where the heart is",
    "link in bio",
    "post office is closed",
    "undo what you did",
    "re: the meeting",
    "boost your morale",
    "edit: it works now",
    "share if you agree",
    "to be or not to be",
    "start where you are",
    "tag yourself",
    "sync your watches",
    "url shorteners are evil",
    "report from the front",
    "who is she",
    "delete your account",
    "fav color is blue",
    "lock and load",
    "回家路上",
    "赞同",
    "发现一家好店",
    "记得吃饭",
    "关于昨天的事",
    "你好世界",
    "谢谢你的礼物，我很喜欢",
    "thanks to everybody who came",
    "hi-res pictures",
    "good morning from Lisbon",
    "Ok, so this happened",
    "F",
    "p",
    "https://example.org/undo",
    "@lin hello",
    "#monday",
    "7k2",
    "  leading space",
    "trailing space  ",
    "",
    " ",
    str(uuid.UUID(int=2**127 + 12345)),
    "e83c5163316f89bfbde7d9ab23ca2e25604af290",
    "once-upon-a-time",
    "see https://example.org/abcd-efgh/x?y=1234-5678",
    "sk-learn is a library that I like a lot",
    "eyJust kidding",
    "12:30:45 at the gate",
]


@pytest.mark.parametrize("text", POSTS)
def test_posts(text):
    assert reading(text) == Text(text)


@pytest.mark.parametrize(
    ("text", "posted"),
    [
        ("//etc", "/etc"),
        ("//post hello", "/post hello"),
        ("///", "//"),
        ("／／发你好", "／发你好"),
        ("  //me", "/me"),
    ],
)
def test_two_slashes_post_one(text, posted):
    assert reading(text) == Text(posted)


ASKED = [
    ("undo", "undo", ""),
    ("Undo", "undo", ""),
    ("undo.", "undo", ""),
    ("ｕｎｄｏ", "undo", ""),
    (" status ", "status", ""),
    ("撤销", "undo", ""),
    ("赞", "fav", ""),
    ("on", "on", ""),
    ("home", "home", ""),
    ("home off", "home", "off"),
    ("fav 7k2", "fav", "7k2"),
    ("Fav\u30007K2", "fav", "7K2"),
    ("赞7k2", "fav", "7k2"),
    ("like https://example.social/@ada/1", "fav", "https://example.social/@ada/1"),
    ("follow ada@example.social", "follow", "ada@example.social"),
    ("follow @lin", "follow", "@lin"),
    ("关注@lin", "follow", "@lin"),
    ("re 7k2 sure, why not", "reply", "7k2 sure, why not"),
    ("edit 7k2 better words", "edit", "7k2 better words"),
    ("share 7k2 to plaza", "share", "7k2 to plaza"),
    ("sync plaza to pebble", "sync", "plaza to pebble"),
    ("link mastodon example.social", "link", "mastodon example.social"),
    ("vis followers", "vis", "followers"),
    ("tag #cats", "tag", "#cats"),
    ("d bob", "dm", "bob"),
    ("dm @lin not for everybody", "dm", "@lin not for everybody"),
    ("schedule 18:30 good evening", "schedule", "18:30 good evening"),
    ("vote 7k2 1", "vote", "7k2 1"),
    ("memo the safe is behind the picture", "memo", "the safe is behind the picture"),
    ("备忘 保险柜密码", "memo", "保险柜密码"),
]


@pytest.mark.parametrize(("text", "name", "argument"), ASKED, ids=[a[0] for a in ASKED])
def test_what_reads_in_full_as_a_command_is_asked_about(text, name, argument):
    assert reading(text) == Words(name, argument)


GREETINGS = [
    *("hi", "Hi!", "HELLO", "hey there", "thanks", "Thank you!!", "ok", "OK.", "ｈｉ", " hello \n", "thx 🙏"),
    *("在吗", "在吗？", "你好！", "谢谢～", "好的", "！谢谢"),
]


@pytest.mark.parametrize("text", GREETINGS)
def test_greetings_are_asked_about(text):
    assert reading(text) == Greeting()


SECRETS = [
    ("token", "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"),
    ("token", "my bot is 7110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5-ALDsaw_ ok?"),
    ("app-password", "abcd-ef12-gh34-ij56"),
    ("app-password", "here: wxyz-2345-abcd-efgh."),
    ("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"),
    ("private-key", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk="),
    ("private-key", "-----BEGIN PRIVATE KEY-----"),
    ("private-key", "-----BEGIN PGP PRIVATE KEY BLOCK-----"),
    ("private-key", "nsec1" + "q" * 58),
    ("token", "ghp_" + "a1B2" * 9),
    ("token", "glpat-" + "a1B2" * 5),
    ("token", "sk-proj-" + "a1B2" * 8),
    ("token", "xoxb-1234567890-abcdef"),
    ("token", "AKIAIOSFODNN7EXAMPLE"),
    ("token", "hf_" + "aBcD" * 9),
    ("token", "ZA-Yj3aBD8U8Cm7lKUp-lm9O9BmDgdhHzDeqsY8tlL0"),
    ("token", "//110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"),
    ("app-password", "/pots abcd-ef12-gh34-ij56"),
    ("app-password", "/me abcd-ef12-gh34-ij56"),
]


@pytest.mark.parametrize(("kind", "text"), SECRETS)
def test_secrets_are_refused(kind, text):
    assert reading(text) == Secret(kind)
    assert secret(text) == Secret(kind)


# --- the whole, by chance ---


def test_every_word_is_a_command_with_every_prefix():
    for word in WORDS:
        for alias in (word.name, *word.aliases):
            for prefix in "/!／！":
                assert reading(prefix + alias) == Command(word.name, ""), alias
                assert reading(f"{prefix}{alias.upper()} ") == Command(word.name, ""), alias


def test_one_slip_in_a_word_never_publishes():
    chance = random.Random(7)
    for word in WORDS:
        for _ in range(40 if len(word.name) > 3 else 0):
            typed = slipped(word.name, chance)
            assert not isinstance(reading(f"/{typed} @lin and more"), Text | Words | Greeting), typed


def slipped(name, chance):
    at = chance.randrange(len(name))
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    swapped = name[:at] + name[at : at + 2][::-1] + name[at + 2 :]
    return chance.choice(
        [
            name[:at] + name[at + 1 :],
            name[:at] + letter + name[at:],
            name[:at] + letter + name[at + 1 :],
            swapped,
        ]
    )


def test_whatever_is_typed_is_read_and_a_post_is_posted_as_typed():
    chance = random.Random(11)
    pieces = ["/", "!", "／", "！", "post", "fav", "发", "赞", " ", "\u3000", "\n", "7k2",
              "@lin", "你好", "😀", "'", "％", "İ", "ß", "ﬁ", "{", "\u202e",
              "x", "．", "-", "＠bot"]  # fmt: skip
    for _ in range(5000):
        text = "".join(chance.choice(pieces) for _ in range(chance.randint(0, 8)))
        match reading(text):
            case Text(posted):
                assert posted == text or text.lstrip()[1:] == posted
            case Command(name, argument):
                assert name in COMMANDS
                assert text.endswith(argument)
            case Near(name, typed, argument):
                assert name in COMMANDS
                assert typed in text


# --- the vocabulary ---


def test_the_vocabulary_is_what_there_is():
    assert {word.name for word in WORDS} == set(COMMANDS)


def test_no_word_means_two_commands():
    words = [alias for word in WORDS for alias in (word.name, *word.aliases)]
    assert sorted(words) == sorted(set(words))
    assert all(word == word.lower() for word in words)
    assert not {alias for word in WORDS for alias in (word.name, *word.aliases)} & ELSEWHERE


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.name)
def test_every_command_has_chinese_and_pinyin(word):
    assert word.chinese
    assert all(not alias.isascii() for alias in word.chinese)
    assert word.pinyin
    assert all(alias.isascii() and alias.isalpha() for alias in word.pinyin)


def test_a_vocabulary_of_ones_own():
    words = (Word("sing", Shape.TEXT, ("hum",), ("唱",), ("chang",)), Word("stop", Shape.NOTHING))
    vocabulary = Vocabulary(words)
    assert vocabulary.words == words
    assert read("/唱歌", vocabulary) == Command("sing", "歌")
    assert read("/sign", vocabulary) == Near("sing", "sign", "")
    assert read("/post", vocabulary) == Text("/post")
    assert read("stop", vocabulary) == Words("stop", "")


# --- words of arguments ---


@pytest.mark.parametrize(
    ("text", "add", "remove", "rest"),
    [
        ("hello", (), (), "hello"),
        ("+plaza hello", ("plaza",), (), "hello"),
        ("-pebble  hello ", (), ("pebble",), "hello "),
        ("+plaza -pebble\nhello\n", ("plaza",), ("pebble",), "hello\n"),
        ("＋Plaza　hello", ("plaza",), (), "hello"),
        ("+plaza", ("plaza",), (), ""),
        ("-20°C outside", (), (), "-20°C outside"),
        ("+1 from me", (), (), "+1 from me"),
        ("+plazas hello", (), (), "+plazas hello"),
        ("+plaza, hello", (), (), "+plaza, hello"),
        ("+plaza +nobody hello", ("plaza",), (), "+nobody hello"),
        (" leading", (), (), " leading"),
        ("hello +plaza", (), (), "hello +plaza"),
        ("+ plaza", (), (), "+ plaza"),
    ],
)
def test_targets(text, add, remove, rest):
    assert targets(text, ["plaza", "pebble"]) == (add, remove, rest)


@pytest.mark.parametrize(
    "word", ["@lin", "lin", "ada@example.social", "@ada@example.social", "ada.bsky.social", "@丽", "a_b-c.d"]
)
def test_handles(word):
    assert is_handle(word)


@pytest.mark.parametrize(
    "word", ["", "@", "@@lin", "two words", "https://a.b", "#tag", "lin!", "lin@", "-lin", "a@b@c"]
)
def test_what_is_no_handle(word):
    assert not is_handle(word)
