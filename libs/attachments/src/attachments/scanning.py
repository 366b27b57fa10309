"""A virus scanner that sees a file before it is stored: ClamAV's clamd, by its INSTREAM command (man clamd)."""

import logging
import re
import socket
import struct
from typing import Any
from urllib.parse import urlsplit

from django.core.files.base import File

from attachments.errors import AttachmentInfected, AttachmentNotScanned

logger = logging.getLogger(__name__)

CHUNK = 64 * 1024
CONNECT_SECONDS = 3
ANSWER_SECONDS = 20
PORT = 3310

_ANSWER = re.compile(r"stream: (?:(?P<clean>OK)|(?P<found>.+) FOUND)")


def scan(upload: "File[Any]", *, scanner: str) -> None:
    """Has all of a file looked at; `scanner` is as attachments.conf.scanner makes it.

    Raises AttachmentInfected (422), and AttachmentNotScanned (503) without an answer: then the file is not taken.
    """
    upload.seek(0)
    try:
        with _connect(scanner) as connection:
            answer = _ask(connection, upload)
    except OSError as error:
        logger.error("the virus scanner does not answer", exc_info=error)
        raise AttachmentNotScanned(headers={"Retry-After": "30"}) from error
    verdict = _ANSWER.fullmatch(answer)
    if verdict is None:
        logger.error("the virus scanner could not look at a file", extra={"answer": answer[:200]})
        raise AttachmentNotScanned(headers={"Retry-After": "30"})
    if verdict["found"]:
        logger.warning("a file with malware was refused", extra={"signature": verdict["found"]})
        raise AttachmentInfected(f"The virus scanner found {verdict['found']}.")


def _connect(scanner: str) -> socket.socket:
    parts = urlsplit(scanner)
    if parts.hostname:
        connection = socket.create_connection((parts.hostname, parts.port or PORT), CONNECT_SECONDS)
    else:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(CONNECT_SECONDS)
        connection.connect(parts.path)
    connection.settimeout(ANSWER_SECONDS)
    return connection


def _ask(connection: socket.socket, upload: "File[Any]") -> str:
    """What clamd says of the bytes; chunks are preceded by their length, and the last has none."""
    try:
        connection.sendall(b"zINSTREAM\0")
        while chunk := upload.read(CHUNK):
            connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        connection.sendall(struct.pack("!L", 0))
    except ConnectionError:
        pass  # it hangs up on a file over its StreamMaxLength, and says so
    answer = b""
    while not answer.endswith(b"\0") and (piece := connection.recv(4096)):
        answer += piece
    return answer.rstrip(b"\0").decode("utf-8", "replace")
