"""The folder that one running suite keeps: secrets made once, logs, mail, attachments, what is done, a lock."""

import fcntl
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import Any, TextIO

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from suite.console import Failure
from suite.paths import ROOT
from suite.topology import Topology


class State:
    """`.local/`, or another folder so that two suites can run beside each other."""

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self.logs = self.home / "logs"
        self.mail = self.home / "mail"
        self.attachments = self.home / "attachments"
        self.heartbeats = self.home / "run"
        self.postgres = self.home / "postgres"
        self.stamps = self.home / "stamps"
        self.secrets_file = self.home / "secrets.json"
        self.run_file = self.home / "run.json"
        self.key_file = self.home / "jwt-private-key.pem"
        self._lock: TextIO | None = None

    def open(self) -> None:
        """Makes the folders and takes the lock, so that no second suite uses the folder at the same time."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._make_folders()
        if not self._take_lock():
            raise Failure(
                f"the suite is already running in {self.shown(self.home)} (pid {self.run().get('pid', '?')}); "
                "stop it, or use --state-dir DIR --port-offset N to run another beside it"
            )
        self.run_file.unlink(missing_ok=True)

    def in_use(self) -> bool:
        """Whether another suite is running in this folder and is ready."""
        if not self.home.is_dir():
            return False
        if self._take_lock() and self._lock:
            self._lock.close()
            self._lock = None
            return False
        return bool(self.run())

    def _take_lock(self) -> bool:
        lock = (self.home / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            return False
        self._lock = lock
        return True

    def _make_folders(self) -> None:
        for folder in (self.logs, self.mail, self.attachments, self.heartbeats, self.stamps):
            folder.mkdir(exist_ok=True)

    def reset(self) -> None:
        """Forgets everything but the lock: data, secrets, mail, logs."""
        for path in self.home.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != "lock":
                path.unlink()
        self._make_folders()

    def secrets(self, topology: Topology) -> dict[str, str]:
        """The suite's secrets by name, made at the first start and readable by the owner only."""
        known: dict[str, str] = {}
        if self.secrets_file.exists():
            known = json.loads(self.secrets_file.read_text())
        wanted = ["SEED_ACCOUNT_PASSWORD", "MAIL_REPLY_SECRET"]
        for service in topology.services:
            wanted += [f"DJANGO_SECRET_KEY_{service.env_name}", f"SERVICE_CLIENT_SECRET_{service.env_name}"]
        missing = [name for name in wanted if name not in known]
        given = os.environ.get("SEED_ACCOUNT_PASSWORD", "")
        for name in missing:
            known[name] = secrets.token_urlsafe(12 if name == "SEED_ACCOUNT_PASSWORD" else 48)
        if "SEED_ACCOUNT_PASSWORD" in missing and given:
            known["SEED_ACCOUNT_PASSWORD"] = given
        if given not in {"", known["SEED_ACCOUNT_PASSWORD"]}:
            raise Failure("SEED_ACCOUNT_PASSWORD is not what the accounts were made with; unset it, or use --reset")
        if missing:
            _write_private(self.secrets_file, json.dumps(known, indent=2))
        return known

    def signing_key(self) -> Path:
        """The file with auth's ES256 private key, made at the first start."""
        if not self.key_file.exists():
            make_signing_key(self.key_file)
        return self.key_file

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def begin_logs(self) -> None:
        """Each start writes new logs; those of the start before are kept as `*.log.1`."""
        for path in self.logs.glob("*.log"):
            path.replace(path.with_suffix(".log.1"))

    def done(self, name: str, stamp: str) -> bool:
        path = self.stamps / name
        return path.is_file() and path.read_text() == stamp

    def set_done(self, name: str, stamp: str) -> None:
        (self.stamps / name).write_text(stamp)

    def run(self) -> dict[str, Any]:
        """What the suite running here has written about itself; empty when none runs."""
        try:
            return dict(json.loads(self.run_file.read_text()))
        except (OSError, ValueError):
            return {}

    def set_run(self, facts: dict[str, Any]) -> None:
        partial = self.run_file.with_suffix(".new")
        partial.write_text(json.dumps(facts, indent=2))
        partial.replace(self.run_file)

    def shown(self, path: Path) -> str:
        """The path as a person at the repository's root would type it."""
        return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def make_signing_key(path: Path) -> None:
    """Writes a new ES256 private key as PEM, readable by the owner only."""
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write_private(path, pem.decode())


def _write_private(path: Path, text: str) -> None:
    partial = path.with_suffix(".new")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    partial.replace(path)
