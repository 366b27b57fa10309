"""Where the bytes are kept."""

import subprocess
import sys
from pathlib import Path
from unittest import mock

from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage.handler import StorageHandler
from django.test import SimpleTestCase

from attachments.conf import storages
from servicekit.env import Env


def made(**variables):
    return storages(Env({"DJANGO_ENV": "production", **variables}), default_dir=Path("/srv/media"))


class ConfTests(SimpleTestCase):
    def test_a_folder(self):
        self.assertEqual(made()["attachments"]["OPTIONS"]["location"], "/srv/media")
        self.assertEqual(made(ATTACHMENTS_DIR="/data")["attachments"]["OPTIONS"]["location"], "/data")

    def test_all_that_django_needs(self):
        self.assertEqual(set(made()), {"default", "staticfiles", "attachments"})

    def test_tests_keep_the_bytes_in_memory(self):
        self.assertIn(
            "InMemory", storages(Env({"DJANGO_ENV": "test"}), default_dir=Path("x"))["attachments"]["BACKEND"]
        )

    def test_s3_that_django_can_make(self):
        options = made(
            ATTACHMENTS_S3_BUCKET="b",
            ATTACHMENTS_S3_ENDPOINT="http://127.0.0.1:9",
            ATTACHMENTS_S3_REGION="r",
            ATTACHMENTS_S3_ACCESS_KEY_ID="a",
            ATTACHMENTS_S3_SECRET_ACCESS_KEY="s",
            ATTACHMENTS_S3_PREFIX="tickets",
        )
        storage = StorageHandler(options)["attachments"]
        self.assertEqual((storage.bucket_name, storage.location, storage.default_acl), ("b", "tickets", None))

    def test_s3_without_its_client(self):
        with (
            mock.patch.dict(sys.modules, {"botocore.config": None}),
            self.assertRaisesMessage(ImproperlyConfigured, "tts-attachments[s3]"),
        ):
            made(ATTACHMENTS_S3_BUCKET="b")

    def test_importing_it_reads_no_settings(self):
        """Settings files import it; a library that read settings then would see a half-made module."""
        code = "import attachments.conf; from django.conf import settings; assert not settings.configured"
        subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})  # noqa: S603
