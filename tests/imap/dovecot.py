"""A Dovecot of its own in a folder: IMAP on a port of 127.0.0.1, in clear text and, on another, with TLS."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

USER, PASSWORD = "desk", "correct-horse"
WITHIN_SECONDS = 20.0
CONFIG = """
protocols = imap
base_dir = {home}/run
log_path = {home}/log
mail_location = maildir:{home}/mail
first_valid_uid = 1
first_valid_gid = 0
default_internal_user = {name}
default_internal_group = {group}
default_login_user = {name}
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
disable_plaintext_auth = no
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Dovecot:
    """Started at once; `stop` ends it and removes the folder."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="dovecot-")
        self.home = Path(self._folder.name)
        self.port, self.tls_port = _free_port(), _free_port()
        # Dovecot reads mail as nobody who is root: for root, as the user of Debian's package.
        account = pwd.getpwnam("dovecot") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        (self.home / "users").write_text(f"{USER}:{PASSWORD}\n")
        for name in ("mail/new", "mail/cur", "mail/tmp", "home", "run"):
            (self.home / name).mkdir(parents=True)
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        command += ["-keyout", str(self.home / "key.pem"), "-out", str(self.home / "cert.pem")]
        subprocess.run(command, check=True, capture_output=True)
        config = CONFIG.format(
            home=self.home,
            port=self.port,
            tls_port=self.tls_port,
            uid=account.pw_uid,
            gid=account.pw_gid,
            name=account.pw_name,
            group="dovecot" if os.geteuid() == 0 else account.pw_name,
        )
        (self.home / "dovecot.conf").write_text(config)
        if os.geteuid() == 0:
            self.home.chmod(0o755)
            for path in ("mail", "mail/new", "mail/cur", "mail/tmp", "home"):
                shutil.chown(self.home / path, account.pw_uid, account.pw_gid)
        self._account = account
        dovecot = shutil.which("dovecot") or "/usr/sbin/dovecot"
        self._process = subprocess.Popen([dovecot, "-F", "-c", str(self.home / "dovecot.conf")], start_new_session=True)
        self._wait()

    def put(self, name: str, raw: bytes) -> None:
        """Deliver a message."""
        partial = self.home / "mail" / "tmp" / name
        partial.write_bytes(raw)
        if os.geteuid() == 0:
            shutil.chown(partial, self._account.pw_uid, self._account.pw_gid)
        partial.rename(self.home / "mail" / "new" / name)

    def stop(self) -> None:
        """End it with all of its processes."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(WITHIN_SECONDS)
        self._folder.cleanup()

    def _wait(self) -> None:
        deadline = time.monotonic() + WITHIN_SECONDS
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as client:
                if client.recv(4) == b"* OK":
                    return
            if self._process.poll() is not None or time.monotonic() > deadline:
                log = self.home / "log"
                raise AssertionError(f"Dovecot did not start: {log.read_text() if log.exists() else 'no log'}")
            time.sleep(0.05)
