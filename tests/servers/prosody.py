"""A real Prosody on the loopback address, with ports, data and certificate of its own."""

from __future__ import annotations

import datetime
import ipaddress
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DOMAIN = "localhost"  # archives, stream management, rooms
PLAIN = "plain.localhost"  # neither archive nor stream management
ROOMS = f"conference.{DOMAIN}"
FILES = f"upload.{DOMAIN}"  # takes files (XEP-0363)
PASSWORDS = {"ada": "ada secret", "lin": "lin secret", "bot": "bot secret 4711"}

CONFIGURATION = """
run_as_root = {root}
pidfile = "{folder}/prosody.pid"
data_path = "{folder}/data"
certificates = "{folder}"
plugin_paths = {{ }}
interfaces = {{ "127.0.0.1" }}
local_interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
s2s_ports = {{ }}
http_ports = {{ {http} }}
http_interfaces = {{ "127.0.0.1" }}
http_external_url = "http://127.0.0.1:{http}/"
http_default_host = "{files}"
https_ports = {{ }}
modules_enabled = {{ "roster"; "saslauth"; "tls"; "disco"; "blocklist"; "carbons"; "smacks"; "mam";
  "ping"; "time" }}
modules_disabled = {{ "s2s" }}
allow_registration = false
authentication = "internal_hashed"
storage = "internal"
archive_expires_after = "1d"
c2s_require_encryption = true
limits = {{ }}
log = {{ {{ levels = {{ min = "info" }}, to = "file", filename = "{folder}/prosody.log" }} }}
ssl = {{ key = "{folder}/server.key"; certificate = "{folder}/server.crt" }}
VirtualHost "{domain}"
VirtualHost "{plain}"
  modules_disabled = {{ "mam"; "smacks" }}
Component "{files}" "http_file_share"
  http_file_share_size_limit = 1000000
Component "{rooms}" "muc"
  modules_enabled = {{ "muc_mam" }}
  muc_room_default_public_jids = true
"""


@dataclass
class Prosody:
    """One server; `start` and `stop` may be called again and again, the data stays."""

    folder: Path
    port: int = field(default_factory=lambda: free_port())
    http: int = field(default_factory=lambda: free_port())
    _process: subprocess.Popen[bytes] | None = None

    @property
    def upload_site(self) -> str:
        """Where what was uploaded lies: for the bot's `upload_sites`."""
        return f"http://127.0.0.1:{self.http}"

    @property
    def ca_file(self) -> Path:
        return self.folder / "server.crt"

    def prepare(self) -> None:
        """Write configuration and certificate, and register everybody."""
        certify(self.folder)
        (self.folder / "data").mkdir()
        text = CONFIGURATION.format(
            root=str(os.geteuid() == 0).lower(),
            folder=self.folder,
            port=self.port,
            http=self.http,
            files=FILES,
            domain=DOMAIN,
            plain=PLAIN,
            rooms=ROOMS,
        )
        (self.folder / "prosody.cfg.lua").write_text(text)
        for domain in (DOMAIN, PLAIN):
            for name, password in PASSWORDS.items():
                self.register(name, domain, password)

    def register(self, name: str, domain: str, password: str) -> None:
        """Make an account, or give it another password."""
        command = ["prosodyctl", "--config", self._configuration, "register", name, domain, password]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30)

    def start(self) -> None:
        command = ["prosody", "-F", "--config", self._configuration]
        with (self.folder / "console.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        end = time.monotonic() + 20
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError((self.folder / "console.log").read_text())
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it; with SIGKILL as a power cut would."""
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    @property
    def _configuration(self) -> str:
        return str(self.folder / "prosody.cfg.lua")

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def certify(folder: Path) -> None:
    """A certificate for the loopback address that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, DOMAIN)])
    names: list[x509.GeneralName] = [x509.DNSName(host) for host in (DOMAIN, PLAIN, ROOMS)]
    names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "server.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pem, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "server.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, pem, plain))
