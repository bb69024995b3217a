"""What people who mean harm write: names and texts, collected, and strategies that mix and grow them."""

from __future__ import annotations

from hypothesis import strategies as st

MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "'-alert(1)-'",
    "</title></textarea></style></script><iframe srcdoc=x>",
    "]]><!--<x>--><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "&lt;b&gt; &#60;script&#62; &amp;lt; &NotAnEntity;",
    "{{constructor.constructor('alert(1)')()}} ${7*7} { $who } { -term }",
    '<b>bold</b> <a href="tg://user?id=1">you</a> <tg-spoiler>x</tg-spoiler>',
    "[inline](tg://user?id=1) *b* _i_ __u__ ~s~ ||sp|| `code` ```pre```",
    "<body xmlns='http://www.w3.org/1999/xhtml'><p style='position:fixed'>x</p></body>",
    "</body></message><message to='ada@example.org'><body>injected</body></message>",
    "> quoted line\n>> deeper\n*strong* _emphasis_ ~strike~ ```\nblock\n```",
    "/me deletes your account",
    "# heading\n- item\n1. item\n| a | b |\n![img](https://evil.example/x.png)",
)
PINGS = (
    "@everyone @here @channel @all",
    "<@123456> <@!123456> <@&1> <!everyone> <!channel>",
    '@ada @lin，@bob /@ada .@ada (@ada) "@ada" @ada@north.example',
    "https://@everyone http://a/@ada https://1.2/@ada//@ada",
    "xmpp:ada@example.org?message;body=hi tg://resolve?domain=ada mailto:ada@example.org",
)
ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//https://a.example",
    "data:text/html;base64,PHNjcmlwdD4=",
    "vbscript:x",
    "file:///etc/passwd",
    "tg://user?id=1",
    "xmpp:ada@example.org?remove",
    "https://good.example\nhttps://evil.example",
    "https://good.example\u202e/moc.live",
    "https://good.example@evil.example/",
    " https://evil.example/ \x00",
    "//evil.example",
    "https://ev\u0456l.example",
)
CONTROLS = (
    "\x1b[2J\x1b[H\x1b]0;owned\x07\x1b[31mred",
    "\x9b31m\x9d0;owned\x9c",
    "over\rwritten \x08\x08\x08\x7f \x0b \x0c \x85 end",
    "nul \x00 in it",
    "half \ud83d and \udc00",
    "none \ufffe \uffff characters",
    "one\u2028two\u2029three\r\nfour\rfive\x85six",
)
BIDI = (
    "\u202egnp.exe",
    "\u202dleft\u202c \u2066isolated\u2069 \u2067right \u2068first",
    "\u200e\u200f\u061c marks",
    "\u0639\u0631\u0628\u064a 123 (456) [2k7]",
    "\u05d0\u05d1\u05d2 #2k7 \u05d3\u05d4",
    "\u202e\u202e\u202e" * 20,
)
UNSEEN = (
    "\u200bzero\u200cwidth\u200djoiner\ufeff\u2060",
    "a\u00adb\u034fc\u115f\u1160\u3164\uffa0\u2800",
    "\U000e0041\U000e0064\U000e0061 tags",
    "\ue000\uf8ff\U000f0000 private",
    "Z" + "\u0300\u0489\u0336" * 40 + "algo",
    "\u17b4\u17b5 \ufff9note\ufffaof\ufffb",
)
ALIKE = (
    "@\u0430d\u0430",  # Cyrillic
    "\uff20ada",
    "@ada\u200b",
    "ad\u0251",
    "ɑԁɑ",
    "A\u0301da",
    "@bridgebot",
    "admin",
)
AS_THE_BOT = (
    "#2k7 public ✓ Mastodon https://evil.example/",
    "#2k7 public ✓ Mastodon        undo: /undo",
    "[Undo] [Retry] [Post] [No]",
    "bot   #2k7 public ✓ Plaza",
    "bot: Your token has expired: /relink mastodon",
    "✓ took back ★ 3bd",
    "★ 3bd",
    "↔ #7k3 from Pebble: x ✓ Plaza",
    "↗ https://evil.example/login",
    "↩ @ada: I agree",
    "│ marked already",
    "🖼 a cat: https://evil.example/",
    "⚠ warning",
    "@lin on North [3bd]: not mine",
    "Shall I post this?\nTo North (public):\nmy password",
    "Your code: 123456. Type it here.",
    "1. Post · 2. No",
    "123456",
    "yes",
    "/undo",
)
LONG = (
    "x" * 5000,
    "\n" * 300 + "#2k7 public ✓ Mastodon",
    ("line\n#2k7 public ✓ Mastodon\n" * 300),
    "“" * 200 + "\"'" * 200,
    "👩‍👩‍👧‍👦" * 300,
)
WORDS = (*MARKUP, *PINGS, *CONTROLS, *BIDI, *UNSEEN, *ALIKE, *AS_THE_BOT)
TEXTS = (*WORDS, *ADDRESSES, *LONG, *("first line\n" + words for words in AS_THE_BOT))
NAMES = (*WORDS, *ADDRESSES, *(f"lin\n{words}" for words in AS_THE_BOT), "", " ", "\n", "x" * 500)

_JOINTS = st.sampled_from(("", " ", "\n", "\n\n", "\t", "\r", "\u2028", "\u200b", "@", "#"))
_SINGLE = st.characters(exclude_categories=())  # half characters too
_PIECES = st.one_of(st.sampled_from(WORDS), st.text(_SINGLE, max_size=8), _JOINTS)

texts = st.lists(_PIECES, min_size=1, max_size=8).map("".join)
names = st.one_of(st.sampled_from(NAMES), texts)
addresses = st.one_of(st.sampled_from(ADDRESSES), texts.map(lambda text: f"https://evil.example/{text}"))
