"""slixmpp's client without a mind of its own: it connects once, and says how that ended."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Callable
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree as ET

from slixmpp import ClientXMPP
from slixmpp.exceptions import IqError, IqTimeout
from slixmpp.stanza import Message
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath, StanzaPath

from adapters.xmpp.config import Config
from adapters.xmpp.names import CLIENT, COMMANDS
from bridgebot import __version__
from bridgebot.errors import AuthExpired, BridgebotError, ConfigError, Temporary

log = logging.getLogger(__name__)

# At DEBUG slixmpp writes every stanza, passwords and texts included; and what it logs at ERROR when
# a connection fails is told by the error that ends `run`.
logging.getLogger("slixmpp").setLevel(logging.CRITICAL)

_HANDSHAKE = 60.0  # seconds for TCP, TLS, login and session together
_GOODBYE = 1.0  # seconds for the server to close its side
_FEATURES = (
    "jabber:x:conference",
    "urn:xmpp:message-correct:0",
    "urn:xmpp:message-retract:1",
    "urn:xmpp:reactions:0",
    "urn:xmpp:receipts",
    "urn:xmpp:reply:0",
    "urn:xmpp:fallback:0",
    "urn:xmpp:styling:0",
)
_LOGIN_LATER = ("temporary-auth-failure", "aborted")  # RFC 6120, 6.5: no word on the password


class Client(ClientXMPP):
    """One connection. `opened` resolves when the session stands, `lost` when it ends."""

    def __init__(self, config: Config) -> None:
        jid = config.jid if "/" in config.jid else f"{config.jid}/bridgebot-{uuid4().hex[:8]}"
        super().__init__(jid, config.password.get_secret_value())
        self.config = config
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.managed = False  # the stream has acknowledgements (XEP-0198)
        self._refusals: list[str] = []
        self._secure()
        self._equip()
        self._watch()

    def on_message(self, handler: Callable[[ET.Element], None]) -> None:
        """Hand every message stanza to `handler`, in order and at once; slixmpp sees nothing of them
        but that they came: its two dozen handlers have no use for one, and each would be asked.
        """
        guarded = _guarded("message", handler)

        def take(stanza: Any) -> Any:
            if not isinstance(stanza, Message):
                return stanza
            guarded(stanza)
            return None

        self.add_filter("in", take)  # behind that of XEP-0198, which has counted it

    def on_presence(self, handler: Callable[[ET.Element], None]) -> None:
        """Hand every presence stanza to `handler`, in order and at once."""
        guarded = _guarded("presence", handler)
        self.register_handler(Callback("bridgebot presence", StanzaPath("presence"), guarded))

    def on_command(self, handler: Callable[[ET.Element], None]) -> None:
        """Hand every question that is about a command (XEP-0050) to `handler`, at once."""
        matcher, guarded = MatchXPath(f"{CLIENT}iq/{{{COMMANDS}}}command"), _guarded("command", handler)
        self.register_handler(Callback("bridgebot command", matcher, guarded))

    async def open(self) -> None:
        """Connect and log in. Raises `Temporary`, `AuthExpired` or `ConfigError`; never tries twice."""
        port = self.config.port if self.config.host else None
        attempt = self.connect(host=self.config.host, port=port)
        try:
            async with asyncio.timeout(_HANDSHAKE):
                await asyncio.wait({attempt, self.opened}, return_when=asyncio.FIRST_COMPLETED)
                if not (self.is_connected() or self.opened.done()):
                    self._fail(Temporary("xmpp-unreachable", server=self.requested_jid.host))
                await self.opened
                # By the roster slixmpp knows whom it need not ask and answer about presence again.
                with contextlib.suppress(IqError, IqTimeout):
                    await self.get_roster(timeout=_HANDSHAKE)
        except TimeoutError:
            raise Temporary("xmpp-unreachable", server=self.requested_jid.host) from None

    def acknowledge(self) -> None:
        """Tell the server how much came in (XEP-0198), before a goodbye."""
        if self.managed and self.is_connected():
            self.plugin["xep_0198"].send_ack()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Say goodbye if there is somebody to say it to, and leave nothing running."""
        self.cancel_connection_attempt()
        for future in (self.opened, self.lost):
            if not future.done():
                future.cancel()
            elif not future.cancelled():
                future.exception()  # looked at, also where something else came first
        if self.is_connected():
            with contextlib.suppress(Exception):
                await self.disconnect(_GOODBYE, ignore_send_queue=True)
        if self._run_out_filters is not None:
            self._run_out_filters.cancel()
        for name in list(self.scheduled_events):
            self.cancel_schedule(name)

    def start_stream_handler(self, xml: ET.Element) -> None:
        # Else slixmpp would write the server's language into each stanza that names none.
        super().start_stream_handler(xml)  # type: ignore[no-untyped-call]
        self.peer_default_lang = None

    def recv_stanza(self, stanza: Any) -> None:
        """One odd stanza must not end the stream: slixmpp raises where an address in it is none for slixmpp,
        though the server let it pass, and again where it wants to answer.
        """
        try:
            super().recv_stanza(stanza)
        except Exception as error:
            log.warning("A stanza is passed over: %s", type(error).__name__)

    def data_received(self, data: bytes | str) -> None:
        """What is no XML, or has entities of its own, is the end of the connection, and of nothing else."""
        try:
            super().data_received(data)
        except Exception as error:
            log.warning("The stream is no XML that is read here: %s", type(error).__name__)
            self.abort()

    def _secure(self) -> None:
        config = self.config
        self.enable_plaintext = not config.tls
        self.enable_direct_tls = config.tls and (config.direct_tls or config.host is None)
        self.enable_starttls = config.tls and not config.direct_tls
        if config.ca_file is not None:
            self.ca_certs = config.ca_file
        if not config.tls:
            self.plugin["feature_mechanisms"].config["unencrypted_scram"] = True
            self.plugin["feature_mechanisms"].config["unencrypted_plain"] = True

    def _equip(self) -> None:
        self.register_plugin("xep_0030")
        self.register_plugin("xep_0092", {"software_name": "bridgebot", "version": __version__})
        self.register_plugin("xep_0198", {"allow_resume": False})
        self.register_plugin("xep_0199", {"keepalive": False})
        disco = self.plugin["xep_0030"]
        disco.add_identity(category="client", itype="bot", name="bridgebot")
        for feature in _FEATURES:
            disco.add_feature(feature)
        self.add_filter("in", _from_somebody)  # behind the count of XEP-0198, which stands for all that came

    def _watch(self) -> None:
        self.add_event_handler("session_start", self._started)
        self.add_event_handler("sm_enabled", self._acknowledged_stream)
        self.add_event_handler("failed_auth", self._refused_once)
        self.add_event_handler("failed_all_auth", self._refused)
        self.add_event_handler("ssl_invalid_chain", self._untrusted)
        self.add_event_handler("connection_failed", self._failed)
        self.add_event_handler("disconnected", self._gone)

    def _started(self, event: object) -> None:
        if self.config.tls and not isinstance(self.socket, ssl.SSLObject | ssl.SSLSocket):
            self._fail(ConfigError(f"XMPP: {self.requested_jid.host} offers no TLS, so nothing was sent."))
        elif not self.opened.done():
            self.opened.set_result(None)

    def _acknowledged_stream(self, event: object) -> None:
        self.managed = True

    def _refused_once(self, failure: Any) -> None:
        self._refusals.append(failure["condition"])

    def _refused(self, event: object) -> None:
        """No way of logging in is left."""
        if not self._refusals:
            text = f"XMPP: {self.requested_jid.host} offers no way to log in that this configuration allows."
            self._fail(ConfigError(text))
        elif all(condition in _LOGIN_LATER for condition in self._refusals):
            self._fail(Temporary("xmpp-unreachable", server=self.requested_jid.host))
        else:
            self._fail(AuthExpired("xmpp-login-refused", jid=self.requested_jid.bare))

    def _untrusted(self, error: object) -> None:
        self._fail(ConfigError(f"XMPP: the certificate of {self.requested_jid.host} is not trusted: {error}"))
        self.abort()

    def _failed(self, error: object) -> None:
        if isinstance(error, ssl.SSLCertVerificationError) and self.config.direct_tls:
            self._untrusted(error)

    def _gone(self, reason: object) -> None:
        error = Temporary("xmpp-unreachable", server=self.requested_jid.host)
        if self._current_connection_attempt is None:
            self._fail(error)
        else:  # a TLS handshake ends by what was wrong with it, but the connection ends before that
            turns = asyncio.get_running_loop().call_soon
            self._current_connection_attempt.add_done_callback(lambda _: turns(self._fail, error))
        if not self.lost.done():
            self.lost.set_result(None)

    def _fail(self, error: BridgebotError) -> None:
        if not self.opened.done():
            self.opened.set_exception(error)


def _guarded(name: str, handler: Callable[[ET.Element], None]) -> Callable[[Any], None]:
    def guarded(stanza: Any) -> None:
        try:
            handler(stanza.xml)
        except Exception:  # one odd stanza must not end the stream, nor be answered with an error
            log.exception("A %s stanza could not be handled", name)

    return guarded


def _from_somebody(stanza: Any) -> Any:
    """A question from an address that is none for slixmpp is put to nobody, by the error of reading it: some
    of slixmpp's answers are tasks of their own, where that error would be caught by nobody.
    """
    if stanza.name == "iq":
        stanza.get_from()
        stanza.get_to()
    return stanza
