"""Storing with a scanner; a real clamd is asked in the suite's tests/scanner."""

import socket
import tempfile
import threading
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase, override_settings

import attachments
from attachments.conf import scanner
from attachments.errors import AttachmentInfected, AttachmentNotScanned
from attachments.scanning import scan
from servicekit.env import Env
from tests.samples import PNG


class Scanner(threading.Thread):
    """Listens, takes a file in by INSTREAM, and says what it was told to say."""

    def __init__(self, listener: socket.socket, answer: bytes) -> None:
        super().__init__(daemon=True)
        self._listener, self._answer = listener, answer
        self.taken = b""

    def run(self) -> None:
        connection, _ = self._listener.accept()
        with connection, connection.makefile("rb") as stream:
            stream.read(len(b"zINSTREAM\0"))
            while length := int.from_bytes(stream.read(4), "big"):
                self.taken += stream.read(length)
            connection.sendall(self._answer)


class StoringTests(SimpleTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.listener.close)
        backend = {"BACKEND": "attachments.storage.ContentStorage", "OPTIONS": {"location": folder.name}}
        self.address = f"clamd://127.0.0.1:{self.listener.getsockname()[1]}"
        settings = override_settings(STORAGES={"attachments": backend}, ATTACHMENT_SCANNER=self.address)
        settings.enable()
        self.addCleanup(settings.disable)

    def store(self, answer: bytes, content: bytes = PNG) -> bytes:
        server = Scanner(self.listener, answer)
        server.start()
        try:
            attachments.store(SimpleUploadedFile("a.png", content))
        finally:
            server.join(10)
        return server.taken

    def stored(self) -> int:
        return len([path for path in self.folder.rglob("*") if path.is_file()])

    def test_the_scanner_sees_every_byte_and_then_it_is_stored(self):
        content = PNG + bytes(200_000)
        self.assertEqual(self.store(b"stream: OK\0", content), content)
        self.assertEqual(self.stored(), 1)

    def test_what_is_there_already_is_looked_at_again(self):
        self.store(b"stream: OK\0")
        with self.assertLogs("attachments.scanning", "WARNING"), self.assertRaises(AttachmentInfected):
            self.store(b"stream: Win.Test-1 FOUND\0")

    def test_malware_is_not_stored(self):
        with self.assertLogs("attachments.scanning", "WARNING"), self.assertRaises(AttachmentInfected) as caught:
            self.store(b"stream: Win.Test-1 FOUND\0")
        self.assertEqual((caught.exception.status, caught.exception.code), (422, "attachment_infected"))
        self.assertEqual(caught.exception.detail, "The virus scanner found Win.Test-1.")
        self.assertEqual(self.stored(), 0)

    def test_any_other_answer_is_none(self):
        for answer in (b"", b"stream: OK but\0", b"INSTREAM size limit exceeded. ERROR\0", b"stream: \xff ERROR\0"):
            with self.subTest(answer), self.assertLogs("attachments.scanning", "ERROR"):
                with self.assertRaises(AttachmentNotScanned) as caught:
                    self.store(answer)
                self.assertEqual(caught.exception.headers, {"Retry-After": "30"})
        self.assertEqual(self.stored(), 0)

    def test_without_a_scanner_that_listens_nothing_is_stored(self):
        self.listener.close()
        with self.assertLogs("attachments.scanning", "ERROR"), self.assertRaises(AttachmentNotScanned):
            attachments.store(SimpleUploadedFile("a.png", PNG))
        self.assertEqual(self.stored(), 0)

    def test_by_a_socket_in_the_file_system(self):
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{folder}/clamd.ctl")
            listener.listen()
            server = Scanner(listener, b"stream: OK\0")
            server.start()
            scan(SimpleUploadedFile("a.png", PNG), scanner=f"clamd://{folder}/clamd.ctl")
            server.join(10)
        self.assertEqual(server.taken, PNG)


class SettingTests(SimpleTestCase):
    def test_an_address(self):
        for value in ("", "clamd://scanner:3310", "clamd://scanner", "clamd:///run/clamav/clamd.ctl"):
            self.assertEqual(scanner(Env({"ATTACHMENT_SCANNER": value})), value)

    def test_anything_else_is_refused_at_the_start(self):
        for value in ("scanner:3310", "http://scanner:3310", "clamd://", "clamd://a:b", "clamd://a/b", "clamd://u@a"):
            with self.subTest(value), self.assertRaises(ImproperlyConfigured):
                scanner(Env({"ATTACHMENT_SCANNER": value}))
