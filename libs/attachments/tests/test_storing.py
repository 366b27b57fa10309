"""Storing and giving out, on a disk."""

import hashlib
import io
import socket
import tempfile
import threading
import uuid
from pathlib import Path
from unittest import mock

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import SimpleTestCase, override_settings

import attachments
from attachments.conf import storages
from attachments.errors import AttachmentTooLarge, AttachmentTypeNotAllowed, AttachmentUnavailable
from attachments.storing import content_path
from servicekit.env import Env
from tests.models import Paper
from tests.samples import PDF, PNG


class OnDisk(SimpleTestCase):
    """Each test has a store of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        backend = {"BACKEND": "attachments.storage.ContentStorage", "OPTIONS": {"location": folder.name}}
        settings = override_settings(STORAGES={"attachments": backend})
        settings.enable()
        self.addCleanup(settings.disable)

    def files(self):
        return sorted(path for path in self.folder.rglob("*") if path.is_file())


class StoringTests(OnDisk):
    def test_by_its_hash(self):
        stored = attachments.store(SimpleUploadedFile("../x.png", PNG, content_type="text/html"))
        sha256 = hashlib.sha256(PNG).hexdigest()
        self.assertEqual(stored, attachments.Stored(sha256, len(PNG), "image/png", "x.png"))
        self.assertEqual(self.files(), [self.folder / sha256[:2] / sha256[2:4] / sha256])
        self.assertEqual(self.files()[0].read_bytes(), PNG)

    def test_the_same_content_once(self):
        attachments.store(SimpleUploadedFile("a.png", PNG))
        with mock.patch("attachments.storage.ContentStorage._save") as save:
            attachments.store(SimpleUploadedFile("b.png", PNG))
        save.assert_not_called()
        self.assertEqual(len(self.files()), 1)

    def test_many_at_once(self):
        content = PDF * 20_000
        threads = [threading.Thread(target=lambda: attachments.store(ContentFile(content, "a.pdf"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([path.read_bytes() == content for path in self.files()], [True])

    def test_a_damaged_copy_is_replaced(self):
        attachments.store(SimpleUploadedFile("a.png", PNG))
        self.files()[0].write_bytes(PNG[:5])
        attachments.store(SimpleUploadedFile("a.png", PNG))
        self.assertEqual([path.read_bytes() for path in self.files()], [PNG])

    def test_a_large_upload_that_django_keeps_in_a_file(self):
        content = PDF + b"x" * 3_000_000
        with TemporaryUploadedFile("a.pdf", "", len(content), None) as upload:
            upload.write(content)
            self.assertEqual(attachments.store(upload).size, len(content))
        self.assertEqual(self.files()[0].read_bytes(), content)

    def test_it_may_have_been_read_before(self):
        upload = SimpleUploadedFile("a.png", PNG)
        upload.read()
        self.assertEqual(attachments.store(upload).size, len(PNG))
        self.assertEqual(self.files()[0].read_bytes(), PNG)

    def test_what_is_refused_is_not_written(self):
        with self.assertRaises(AttachmentTypeNotAllowed):
            attachments.store(SimpleUploadedFile("a.txt", b"#!/bin/sh"))
        with self.assertRaises(AttachmentTooLarge):
            attachments.store(SimpleUploadedFile("a.png", PNG), max_bytes=len(PNG) - 1)
        self.assertEqual(self.files(), [])

    @override_settings(ATTACHMENT_MAX_BYTES=len(PNG))
    def test_the_limit_is_inclusive_and_a_setting(self):
        self.assertEqual(attachments.store(SimpleUploadedFile("a.png", PNG)).size, len(PNG))
        with self.assertRaises(AttachmentTooLarge):
            attachments.store(SimpleUploadedFile("a.png", PNG + b"x"))

    def test_an_endless_upload_is_read_no_further_than_the_limit(self):
        class Endless(io.RawIOBase):
            name, taken = "a.txt", 0

            def seek(self, *_):
                return 0

            def read(self, size):
                self.taken += size
                return b"x" * size

        upload = Endless()
        with self.assertRaises(AttachmentTooLarge):
            attachments.store(upload, max_bytes=1_000_000)
        self.assertLess(upload.taken, 1_500_000)

    def test_a_full_disk_leaves_nothing_behind(self):
        full = mock.patch("os.fsync", side_effect=OSError(28, "No space left on device"))
        with full, self.assertLogs("attachments.storing", "ERROR"), self.assertRaises(AttachmentUnavailable) as caught:
            attachments.store(SimpleUploadedFile("a.png", PNG))
        self.assertEqual(caught.exception.headers, {"Retry-After": "30"})
        self.assertEqual(self.files(), [])


class UnreachableS3Tests(SimpleTestCase):
    """Nobody listens where the bucket should be: the client is told to try again, and not of a defect."""

    def setUp(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        variables = {
            "ATTACHMENTS_S3_BUCKET": "b",
            "ATTACHMENTS_S3_ENDPOINT": f"http://127.0.0.1:{port}",
            "ATTACHMENTS_S3_REGION": "r",
            "ATTACHMENTS_S3_ACCESS_KEY_ID": "a",
            "ATTACHMENTS_S3_SECRET_ACCESS_KEY": "s",
        }
        made = storages(Env({"DJANGO_ENV": "test", **variables}), default_dir=Path("unused"))
        settings = override_settings(STORAGES=made)
        settings.enable()
        self.addCleanup(settings.disable)

    def test_storing(self):
        with self.assertLogs("attachments.storing", "ERROR"), self.assertRaises(AttachmentUnavailable):
            attachments.store(SimpleUploadedFile("a.png", PNG))

    def test_giving_out(self):
        paper = Paper(sha256="a" * 64, size=1, content_type="image/png", filename="a.png", uploaded_by=uuid.uuid4())
        with self.assertLogs("attachments.downloading", "ERROR"), self.assertRaises(AttachmentUnavailable):
            attachments.download(paper)


class DownloadTests(OnDisk):
    def paper(self, content=PNG, name="shot.png"):
        stored = attachments.store(SimpleUploadedFile(name, content))
        return Paper(
            sha256=stored.sha256,
            size=stored.size,
            content_type=stored.content_type,
            filename=stored.filename,
            uploaded_by=uuid.uuid4(),
        )

    def test_always_a_download_and_never_kept(self):
        response = attachments.download(self.paper())
        self.assertEqual(b"".join(response), PNG)
        self.assertEqual(response["Content-Type"], "image/png")
        self.assertEqual(response["Content-Length"], str(len(PNG)))
        self.assertEqual(response["Content-Disposition"], 'attachment; filename="shot.png"')
        self.assertEqual(response["X-Content-Type-Options"], "nosniff")
        self.assertEqual(response["Cache-Control"], "private, no-store")
        self.assertIn("sandbox", response["Content-Security-Policy"])
        response.close()

    def test_a_name_that_is_not_ascii(self):
        response = attachments.download(self.paper(name="Größe.png"))
        self.assertEqual(response["Content-Disposition"], "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe.png")
        response.close()

    def test_in_chunks(self):
        content = PDF + b"x" * 1_000_000
        response = attachments.download(self.paper(content, "a.pdf"))
        chunks = list(response)
        self.assertEqual(b"".join(chunks), content)
        self.assertLessEqual(max(map(len, chunks)), 64 * 1024)
        response.close()

    def test_lost_or_damaged_bytes(self):
        paper = self.paper()
        path = self.folder / content_path(paper.sha256)
        path.write_bytes(PNG[:-1])
        with self.assertLogs("attachments.downloading", "ERROR"), self.assertRaises(AttachmentUnavailable):
            attachments.download(paper)
        path.unlink()
        with self.assertLogs("attachments.downloading", "ERROR"), self.assertRaises(AttachmentUnavailable):
            attachments.download(paper)
