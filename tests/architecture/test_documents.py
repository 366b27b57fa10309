"""What the documents point at is there: files, and the functions that the tour names."""

import re
import subprocess
from collections import Counter
from unittest import TestCase

from suite.paths import ROOT

_LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]*)\]\((?P<target>[^)#\s]+)[^)]*\)|!\[[^\]]*\]\((?P<picture>[^)\s]+)\)")
_NAME = re.compile(r"`(\w+)`")
_DEFINES = r"^\s*(?:export )?(?:default )?(?:async )?(?:def|class|function|const) {name}\b"


class Documents(TestCase):
    """Every Markdown file in the tree."""

    def setUp(self) -> None:
        listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
        self.links = [
            (page, match["text"] or "", (ROOT / page).parent / (match["target"] or match["picture"]))
            for page in listed.stdout.split()
            for match in _LINK.finditer((ROOT / page).read_text(encoding="utf-8"))
            if "://" not in match[0] and not (match["target"] or "").startswith("mailto:")
        ]

    def test_links_lead_somewhere(self) -> None:
        self.assertGreater(len(self.links), 50)
        broken = [f"{page}: {target}" for page, _, target in self.links if not target.exists()]
        self.assertEqual(broken, [])

    def test_a_file_that_is_linked_by_a_name_defines_it(self) -> None:
        named = [(page, name[1], target) for page, text, target in self.links if (name := _NAME.fullmatch(text))]
        self.assertGreater(len(named), 20)
        missing = [
            f"{page}: {name} in {target.name}"
            for page, name, target in named
            if target.is_file() and not re.search(_DEFINES.format(name=name), target.read_text(encoding="utf-8"), re.M)
        ]
        self.assertEqual(missing, [])

    def test_a_decision_has_a_number_of_its_own(self) -> None:
        numbers = Counter(path.name[:4] for path in (ROOT / "docs" / "adr").glob("*.md"))
        self.assertEqual([number for number, count in numbers.items() if count > 1], [])
