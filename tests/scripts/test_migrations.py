"""A migration that the code before it does not bear is refused, unless it says why it may be."""

import contextlib
import io
import subprocess
import tempfile
from pathlib import Path
from unittest import TestCase

from suite.ci import migrations

BEARS = {
    "a new table": "migrations.CreateModel(name='A', fields=[])",
    "a column that may be empty": "migrations.AddField('a', 'b', models.TextField(null=True))",
    "a column that the database fills": "migrations.AddField('a', 'b', models.TextField(db_default=''))",
    "many to many": "migrations.AddField(model_name='a', name='b', field=models.ManyToManyField('x.y'))",
    "an index": "migrations.AddIndex('a', models.Index(fields=['b'], name='c'))",
}
BREAKS = {
    "a required column": "migrations.AddField('a', 'b', models.TextField(default=''))",
    "a removed column": "migrations.RemoveField('a', 'b')",
    "a removed table": "migrations.DeleteModel('A')",
    "a renamed column": "migrations.RenameField('a', 'b', 'c')",
    "a renamed table": "migrations.RenameModel('A', 'B')",
}


class OperationTests(TestCase):
    def problems(self, *operations: str, comment: str = "") -> list[str]:
        with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
            file.write(f"{comment}\noperations = [{', '.join(operations)}]\n")
            file.flush()
            return list(migrations.problems(Path(file.name)))

    def test_what_the_older_code_bears(self) -> None:
        for name, operation in BEARS.items():
            with self.subTest(name):
                self.assertEqual(self.problems(operation), [])

    def test_what_it_does_not_bear(self) -> None:
        for name, operation in BREAKS.items():
            with self.subTest(name):
                self.assertEqual(len(self.problems(operation)), 1)

    def test_a_table_of_the_same_migration_may_be_changed(self) -> None:
        self.assertEqual(self.problems(BEARS["a new table"], BREAKS["a required column"]), [])

    def test_a_reason_makes_it_an_exception(self) -> None:
        comment = "# downtime: nothing has read it since 1.4"
        self.assertEqual(self.problems(BREAKS["a removed column"], comment=comment), [])


class SinceTests(TestCase):
    def setUp(self) -> None:
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.git("init", "-q", "-b", "main")
        self.add("0001_initial", BREAKS["a removed column"])

    def git(self, *arguments: str) -> None:
        name = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *name, *arguments], cwd=self.root, check=True)

    def add(self, name: str, operation: str) -> None:
        folder = self.root / "auth" / "users" / "migrations"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.py").write_text(f"operations = [{operation}]\n")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "chore(auth): x")

    def run_it(self) -> int:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return migrations.main(root=self.root)

    def test_before_the_first_release_there_is_no_older_code(self) -> None:
        self.assertEqual(self.run_it(), 0)

    def test_what_was_released_is_not_looked_at_again(self) -> None:
        self.git("tag", "v0.1.0")
        self.add("0002_more", BEARS["a new table"])
        self.assertEqual(self.run_it(), 0)

    def test_what_came_since_is(self) -> None:
        self.git("tag", "v0.1.0")
        self.add("0002_less", BREAKS["a removed table"])
        self.assertEqual(self.run_it(), 1)
