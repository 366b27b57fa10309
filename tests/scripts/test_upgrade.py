"""Scripts/test_upgrade.sh: what counts as lost, and from which commit an upgrade is tried."""

import argparse
from unittest import TestCase
from unittest.mock import patch

from suite.ci import upgrade
from suite.console import Failure


def rows(**tables: set[str]) -> upgrade.Rows:
    return {"ticket_service": {name: frozenset(keys) for name, keys in tables.items()}}


class CompareTests(TestCase):
    def test_new_rows_and_new_tables_are_no_loss(self) -> None:
        report = upgrade.compare(rows(ticket={"1", "2"}), rows(ticket={"1", "2", "3"}, view=set()))
        self.assertRegex(report, r"ticket_service +1 +2 +2 +0")

    def test_a_row_that_is_gone_is_told_with_its_table(self) -> None:
        with self.assertRaisesRegex(Failure, "ticket_service: ticket: 1 of 2 rows are gone"):
            upgrade.compare(rows(ticket={"1", "2"}), rows(ticket={"2", "3"}))

    def test_an_empty_table_that_is_gone_is_a_loss_too(self) -> None:
        with self.assertRaisesRegex(Failure, "ticket_service: view: all of 0 rows are gone"):
            upgrade.compare(rows(view=set()), rows())


class FromTests(TestCase):
    def test_without_a_release_a_commit_has_to_be_named(self) -> None:
        options = argparse.Namespace(older=None, otherwise="", port_offset=0)
        with patch.object(upgrade, "last_tag", return_value=""), self.assertRaisesRegex(Failure, "--from COMMIT"):
            upgrade.run(options)
