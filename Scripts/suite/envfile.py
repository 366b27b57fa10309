"""Docker/.env: made from .env.example, every secret generated once; what stands there is never changed."""

import os
import re
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from suite.console import Failure

_LINE = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)")
_SECRET = re.compile(r"^DJANGO_SECRET_KEY_|^SERVICE_CLIENT_SECRET_|PASSWORD$|^HEALTHCHECK_TOKEN$|^MAIL_REPLY_SECRET$")
_KEY = "JWT_PRIVATE_KEYS"


def read(path: Path) -> dict[str, str]:
    """The variables of an environment file as compose reads it; without the quotes around a value."""
    values = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        found = _LINE.fullmatch(text)
        if found is None:
            raise Failure(f"{path.name}, line {number}: not NAME=value; mend it, or remove the line")
        values[found[1]] = _unquoted(found[2].strip())
    return values


def ensure(path: Path, example: Path) -> list[str]:
    """Makes the file, or adds what it misses; answers the names of the variables that were written.

    A variable that stands there is kept, except a secret that is empty. The caller's SEED_ACCOUNT_PASSWORD is taken
    for the accounts at the first start.
    """
    known = read(path) if path.exists() else {}
    written: list[str] = []
    if not known:
        text = example.read_text(encoding="utf-8")
    else:
        text = path.read_text(encoding="utf-8")
        missing = [f"{name}={value}" for name, value in read(example).items() if name not in known]
        if missing:
            text = text.rstrip("\n") + "\n\n# New in .env.example.\n" + "\n".join(missing) + "\n"
            written += [line.partition("=")[0] for line in missing]
    lines = []
    for line in text.splitlines():
        found = _LINE.fullmatch(line.strip())
        if found and not _unquoted(found[2].strip()) and (found[1] == _KEY or _SECRET.search(found[1])):
            line = f"{found[1]}={_generated(found[1])}"
            written.append(found[1])
        lines.append(line)
    if written or not path.exists():
        _write(path, "\n".join(lines) + "\n")
    return sorted(set(written))


def _generated(name: str) -> str:
    if name == _KEY:
        pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return "'" + pem.decode().strip().replace("\n", "\\n") + "'"
    if name == "SEED_ACCOUNT_PASSWORD":
        return f"'{os.environ.get(name) or secrets.token_urlsafe(12)}'"
    # Letters and digits only: the value stands in URLs and in files that shells read.
    return secrets.token_hex(32)


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text


def _write(path: Path, text: str) -> None:
    partial = path.with_name(path.name + ".new")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    partial.replace(path)
