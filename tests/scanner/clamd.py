"""A clamd of its own in a folder, on a port of 127.0.0.1, that knows one signature: the EICAR test file's."""

import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

# https://www.eicar.org: harmless, and known to every scanner. In two parts, so that none objects to this file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MAX_BYTES = 1024 * 1024
WITHIN_SECONDS = 30.0
CONFIG = """
DatabaseDirectory {home}/signatures
TCPSocket {port}
TCPAddr 127.0.0.1
LogFile {home}/log
Foreground yes
StreamMaxLength {max_bytes}
"""


def clamd_path() -> str | None:
    """Debian's, which stands in no user's PATH."""
    return shutil.which("clamd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


class Clamd:
    """Started at once; `stop` ends it and removes the folder."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="clamd-")
        self.home = Path(self._folder.name)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        signature = f"{hashlib.sha256(EICAR).hexdigest()}:{len(EICAR)}:Eicar-Test\n"
        (self.home / "signatures").mkdir()
        (self.home / "signatures" / "test.hsb").write_text(signature)
        config = self.home / "clamd.conf"
        config.write_text(CONFIG.format(home=self.home, port=self.port, max_bytes=MAX_BYTES))
        path = clamd_path()
        assert path, "there is no clamd: apt-get install clamav-daemon"
        self.process = subprocess.Popen([path, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait()

    def stop(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        self._folder.cleanup()

    def _wait(self) -> None:
        deadline = time.monotonic() + WITHIN_SECONDS
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as client:
                client.sendall(b"zPING\0")
                if client.recv(5) == b"PONG\0":
                    return
            if self.process.poll() is not None or time.monotonic() > deadline:
                log = self.home / "log"
                raise AssertionError(f"clamd did not start: {log.read_text() if log.exists() else 'no log'}")
            time.sleep(0.05)
