"""attachments.scanning with a real clamd."""

import signal
from typing import ClassVar
from unittest import TestCase
from unittest.mock import patch

from django.core.files.base import ContentFile

from attachments.errors import AttachmentInfected, AttachmentNotScanned
from attachments.scanning import scan

from .clamd import EICAR, MAX_BYTES, Clamd


class Scanning(TestCase):
    server: ClassVar[Clamd]

    @classmethod
    def setUpClass(cls) -> None:
        cls.server = Clamd()
        cls.addClassCleanup(cls.server.stop)

    def scan(self, content: bytes) -> None:
        scan(ContentFile(content, name="a.txt"), scanner=f"clamd://127.0.0.1:{self.server.port}")

    def test_what_is_harmless_passes(self) -> None:
        self.scan(b"It beeps.")
        self.scan(b"")
        self.scan(b"x" * (MAX_BYTES - 1))

    def test_malware_is_refused_by_its_name(self) -> None:
        with self.assertLogs("attachments.scanning", "WARNING"), self.assertRaises(AttachmentInfected) as caught:
            self.scan(EICAR)
        self.assertIn("Eicar-Test", caught.exception.detail)

    def test_a_file_over_its_limit_is_not_taken_unseen(self) -> None:
        with self.assertLogs("attachments.scanning", "ERROR"), self.assertRaises(AttachmentNotScanned):
            self.scan(b"x" * (MAX_BYTES * 8))

    def test_while_it_hangs_nothing_is_taken(self) -> None:
        self.server.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.server.process.send_signal, signal.SIGCONT)
        with (
            patch("attachments.scanning.ANSWER_SECONDS", 0.5),
            self.assertLogs("attachments.scanning", "ERROR"),
            self.assertRaises(AttachmentNotScanned),
        ):
            self.scan(b"It beeps.")
