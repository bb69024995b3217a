"""What XMPP stanzas and options mean, without a server."""

from xml.etree import ElementTree as ET

import pytest
from pydantic import ValidationError

from adapters.xmpp import Config
from adapters.xmpp.files import shown
from adapters.xmpp.reading import Kind, read, typed
from adapters.xmpp.room import is_within
from adapters.xmpp.writing import text
from bridgebot.model import Media

FALLBACK = "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'>{0}</fallback>"
NEVER_POSTED = {
    "chat state": "<composing xmlns='http://jabber.org/protocol/chatstates'/>",
    "receipt": "<received xmlns='urn:xmpp:receipts' id='1'/>",
    "marker": "<displayed xmlns='urn:xmpp:chat-markers:0' id='1'/>",
    "empty": "<body/>",
    "blank": "<body> \n </body>",
    "subject": "<subject>a new subject</subject>",
    "retraction without id": "<retract xmlns='urn:xmpp:message-retract:1'/><body>I retract</body>",
    "reaction to nothing": "<reactions xmlns='urn:xmpp:reactions:0'><reaction>+</reaction></reactions>"
    "<body>> hi\n+</body>",
    "all is fallback": "<body>You got something</body><fallback xmlns='urn:xmpp:fallback:0'/>",
    "fallback of the unknown": "<body>A poll</body>"
    "<fallback xmlns='urn:xmpp:fallback:0' for='poll:0'><body/></fallback>",
    "only a quote": "<body>> hi\n</body>" + FALLBACK.format("<body start='0' end='5'/>"),
    "correction of nothing": "<body>new</body><replace xmlns='urn:xmpp:message-correct:0'/>",
    "forged carbon": "<sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>"
    "<message xmlns='jabber:client' from='bot@localhost'><body>forged</body></message></forwarded></sent>",
}
ENCRYPTED = (
    "<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2'/><body>I sent you an OMEMO…</body>",
    "<encrypted xmlns='eu.siacs.conversations.axolotl'><payload>x</payload></encrypted><body>OMEMO</body>",
    "<encrypted xmlns='urn:xmpp:omemo:2'><header/><payload>x</payload></encrypted>",
    "<x xmlns='jabber:x:encrypted'>hQIM</x><body>This message is encrypted</body>",
    "<openpgp xmlns='urn:xmpp:openpgp:0'>hQIM</openpgp>",
    "<body>?OTRv23?</body>",
)


def message(inner, attributes="type='chat'"):
    return ET.fromstring(
        f"<message xmlns='jabber:client' id='m1' from='ada@localhost/x' {attributes}>{inner}</message>"
    )


@pytest.mark.parametrize("inner", NEVER_POSTED.values(), ids=NEVER_POSTED)
def test_what_nobody_typed_is_nothing(inner):
    said = read(message(inner))
    assert (said.kind, said.text) == (Kind.NOTHING, "")


@pytest.mark.parametrize(
    ("given", "emojis"),
    [
        ("<reaction>👋</reaction><reaction> 🐢 </reaction><reaction>👋</reaction>", ("👋", "🐢")),
        ("", ()),
        ("<reaction/><other>x</other><reaction xmlns='x'>👋</reaction>", ()),
    ],
)
def test_a_reaction_says_all_that_there_is_and_its_body_is_not_typed(given, emojis):
    reactions = f"<reactions xmlns='urn:xmpp:reactions:0' id='m0'>{given}</reactions>"
    said = read(message(reactions + "<body>> hi\n👋</body>"))
    assert (said.kind, said.target, said.emojis, said.text) == (Kind.REACTION, "m0", emojis, "")


@pytest.mark.parametrize("kind", ["error", "headline"])
def test_errors_and_headlines_are_nothing(kind):
    assert read(message("<body>hello</body>", f"type='{kind}'")).kind is Kind.NOTHING


@pytest.mark.parametrize("inner", ENCRYPTED)
def test_encrypted(inner):
    said = read(message(inner))
    assert (said.kind, said.text) == (Kind.ENCRYPTED, "")


URL = "https://upload.example.org/a%20b/stone.png"
SHARED = f"<x xmlns='jabber:x:oob'><url>{URL}</url></x>"
FOR_OTHERS = "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:sfs:0'/>"


@pytest.mark.parametrize("inner", [f"<body>{URL}</body>{SHARED}", f"<body>a file</body>{SHARED}{FOR_OTHERS}"])
def test_a_file_is_no_text(inner):
    said = read(message(inner))
    assert (said.kind, said.text, [file.ref for file in said.files]) == (Kind.TEXT, "", [URL])
    assert URL not in repr(said)


SFS = (
    "<file-sharing xmlns='urn:xmpp:sfs:0' disposition='inline'><file xmlns='urn:xmpp:file:metadata:0'>"
    "<media-type>image/png</media-type><name>stone.png</name><size>123</size><desc>a red\nstone</desc></file>"
    "<sources><url-data xmlns='http://jabber.org/protocol/url-data' target='{0}'/></sources></file-sharing>"
)
SIMS = (
    "<reference xmlns='urn:xmpp:reference:0' type='data'><media-sharing xmlns='urn:xmpp:sims:1'>"
    "<file xmlns='urn:xmpp:jingle:apps:file-transfer:5'><media-type>image/png</media-type>"
    "<name>stone.png</name><size>123</size><desc>a red stone</desc></file><sources>"
    "<reference xmlns='urn:xmpp:reference:0' type='data' uri='{0}'/></sources></media-sharing></reference>"
)


@pytest.mark.parametrize(("body", "text"), [(URL, ""), ("look", "look"), ("", "")])
@pytest.mark.parametrize("form", [SFS, SIMS])
def test_what_is_told_of_a_file_is_known_and_words_beside_it_stay(form, body, text):
    said = read(message(f"<body>{body}</body>{form.format(URL)}"))
    assert (said.kind, said.text) == (Kind.TEXT, text)
    [file] = map(shown, said.files)
    assert (file.ref, file.kind, file.type, file.size) == (URL, "image", "image/png", 123)
    assert (file.name, file.alt) == ("stone.png", "a red stone")
    assert URL not in repr(said)


def test_several_files_are_one_message_and_what_older_clients_see_is_no_text():
    other = URL.replace("stone", "moon")
    shared = SFS.format(URL) + SFS.format(other) + SHARED + FOR_OTHERS
    said = read(message(f"<body>{URL}</body>{shared}"))
    assert (said.text, [file.ref for file in said.files]) == ("", [URL, other])


@pytest.mark.parametrize(
    "source", ["", "ftp://x.example/a.png", "cid:1", "aesgcm://x.example/a", "javascript:alert(1)"]
)
@pytest.mark.parametrize("form", [SFS, SIMS])
def test_what_nobody_can_fetch_is_no_file(form, source):
    said = read(message(f"<body>words</body>{form.format(source)}"))
    assert (said.text, said.files) == ("words", ())


@pytest.mark.parametrize("size", ["", "-1", "9" * 400, "many", "٣"])
def test_a_size_that_makes_no_sense_was_not_told(size):
    said = read(message(f"<body>x</body>{SFS.format(URL).replace('<size>123', f'<size>{size}')}"))
    assert said.files[0].size is None


def test_words_with_a_link_beside_them_are_words():
    said = read(message(f"<body>look: {URL}</body>{SHARED}"))
    assert (said.kind, said.text, said.files) == (Kind.TEXT, f"look: {URL}", ())


def test_the_address_of_an_encrypted_file_is_never_a_text():
    assert read(message("<body>aesgcm://upload.example.org/x.png#00ff</body>")).kind is Kind.ENCRYPTED


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (URL, ("image", "image/png", "stone.png")),
        ("https://u.example.org/x/A.JPG?sig=1", ("image", "image/jpeg", "A.JPG")),
        ("https://u.example.org/x/clip.mp4", ("video", "video/mp4", "clip.mp4")),
        ("https://u.example.org/x/talk.mp3", ("audio", "audio/mpeg", "talk.mp3")),
        ("https://u.example.org/x/paper.pdf", None),
        ("https://u.example.org/x/none", None),
        ("https://[", None),
    ],
)
def test_a_files_name_says_what_it_may_be(url, told):
    media = shown(Media("file", url))
    assert (media and (media.kind, media.type, media.name)) == told


def test_keys_without_a_message_are_nothing():
    inner = "<encrypted xmlns='eu.siacs.conversations.axolotl'><header/></encrypted>"
    assert read(message(inner)).kind is Kind.NOTHING


@pytest.mark.parametrize(
    ("marks", "left"),
    [
        ("<body start='0' end='5'/>", "answer"),
        ("<body start='-7' end='5'/>", "answer"),
        ("<body start='0' end='3'/><body start='2' end='5'/>", "answer"),
        ("<body start='0' end='1'/><body start='1' end='5'/>", "answer"),
        ("<body start='5' end='900'/>", "> hi\n"),
        ("<body start='900' end='901'/>", "> hi\nanswer"),
        ("<body start='5' end='" + "9" * 5000 + "'/>", "> hi\n"),
        ("<body start='-" + "9" * 5000 + "' end='5'/>", "answer"),
        ("<body start='5' end='2'/>", ""),
        ("<body start='0' end='0'/>", ""),
        ("<body start='one' end='5'/>", ""),
        ("<body start='0' end='٥'/>", ""),
        ("<body start='' end=''/>", ""),
        ("<body/>", ""),
        ("", ""),
        ("<subject start='0' end='5'/>", "> hi\nanswer"),
        ("<fallback xmlns='urn:xmpp:fallback:0'><body/></fallback>", "> hi\nanswer"),
    ],
)
def test_marked_stretches(marks, left):
    stanza = message("<body>> hi\nanswer</body>" + FALLBACK.format(marks))
    assert typed(stanza) == left
    assert read(stanza).kind is (Kind.TEXT if left else Kind.NOTHING)


def test_positions_count_characters():
    stanza = message("<body>> 👩‍👧\n好</body>" + FALLBACK.format("<body start='0' end='6'/>"))
    assert typed(stanza) == "好"


def test_retractions_of_both_generations():
    new = "<retract xmlns='urn:xmpp:message-retract:1' id='m7'/><body>retracted</body>"
    old = (
        "<apply-to xmlns='urn:xmpp:fasten:0' id='m7'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to>"
    )
    for inner in (new, old):
        said = read(message(inner))
        assert (said.kind, said.target, said.text) == (Kind.DELETION, "m7", "")


def test_a_spoiler_is_hidden_with_or_without_a_hint():
    for mark in (
        "<spoiler xmlns='urn:xmpp:spoiler:0'>the end</spoiler>",
        "<spoiler xmlns='urn:xmpp:spoiler:0'/>",
    ):
        assert read(message(f"<body>she did it</body>{mark}")).hidden
    assert not read(message("<body>she did it</body><spoiler xmlns='what:ever'/>")).hidden


def test_a_quoted_stanza_is_not_the_message():
    inner = "<result xmlns='urn:xmpp:mam:2' id='1'><forwarded xmlns='urn:xmpp:forward:0'>"
    inner += "<message xmlns='jabber:client'><body>old</body></message></forwarded></result>"
    assert read(message(inner)).kind is Kind.NOTHING


def test_invitations():
    direct = message("<x xmlns='jabber:x:conference' jid='r@c.example/nick' password='p'/>")
    inner = "<invite from='ada@localhost'/><password>p</password>"
    room = f"<x xmlns='http://jabber.org/protocol/muc#user'>{inner}</x>"
    mediated = message(room)
    mediated.set("from", "r@c.example")
    for stanza in (direct, mediated):
        said = read(stanza)
        assert (said.kind, said.target, said.password) == (Kind.INVITATION, "r@c.example", "p")


def test_what_is_written_is_harmless():
    body = text("/me waves\x00\x0b\ud800\ufffe*bold*", "id1")[0]
    assert body.text == " /me waves\ufffd\ufffd\ufffd\ufffd*bold*"
    ET.fromstring(ET.tostring(body))


def test_services_belong_to_servers():
    assert is_within("conference.example.org", "example.org")
    assert is_within("example.org", "example.org")
    assert not is_within("evilexample.org", "example.org")
    assert not is_within("example.org", "conference.example.org")


@pytest.mark.parametrize(
    "wrong",
    [
        {"jid": "example.org"},
        {"jid": "bot@@example.org"},
        {"tls": False},
        {"tls": False, "host": "chat.example.org"},
        {"tls": False, "host": "127.0.0.1", "direct_tls": True},
        {"rooms": ["conference.example.org"]},
        {"rooms": ["r@conference.example.org/nick"]},
        {"port": 0},
        {"nick": ""},
        {"colour": "blue"},
    ],
)
def test_wrong_options_are_refused(wrong):
    with pytest.raises(ValidationError) as refused:
        Config(**{"jid": "bot@example.org", "password": "a secret", **wrong})
    assert "a secret" not in str(refused.value.errors(include_input=False))


def test_options():
    config = Config(jid="Bot@Example.org", password="a secret", rooms=["Tea@c.example.org"])
    assert (config.jid, config.rooms) == ("bot@example.org", ("tea@c.example.org",))
    assert "a secret" not in repr(config)
    assert not Config(jid="bot@example.org", password="x", tls=False, host="127.0.0.1").tls
