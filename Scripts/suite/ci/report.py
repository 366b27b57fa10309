"""The coverage of all parts of a run: for the job summary, and as the one comment of a pull request, kept up to date.

`python Scripts/report.py [FOLDER]` prints the table. Inside GitHub Actions it is added to the job summary, and with
GITHUB_TOKEN and PULL_REQUEST set it becomes the comment.
"""

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from suite.ci import coverage
from suite.ci.github import GitHub, Refused
from suite.console import say

MARK = "<!-- tts-report -->"


def comment(github: GitHub, number: int, text: str) -> str:
    """Writes the text into our comment of the pull request, made when it is not there. Answers what was done."""
    body = {"body": f"{MARK}\n{text}"}
    for page in range(1, 11):
        found = github.get(f"/issues/{number}/comments?per_page=100&page={page}")
        for entry in found:
            if str(entry["body"]).startswith(MARK) and entry["user"]["type"] == "Bot":
                github.patch(f"/issues/comments/{entry['id']}", body)
                return "updated"
        if len(found) < 100:
            break
    github.post(f"/issues/{number}/comments", body)
    return "written"


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "folder", nargs="?", type=Path, default=coverage.REPORTS, help="where the summary.json files are"
    )
    text = coverage.markdown(coverage.summaries(parser.parse_args(arguments).folder))
    say(text)
    if environ.get("GITHUB_STEP_SUMMARY"):
        with Path(environ["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8") as file:
            file.write(text)
    if environ.get("GITHUB_TOKEN") and environ.get("PULL_REQUEST"):
        try:
            say(f"comment {comment(GitHub.from_environment(environ), int(environ['PULL_REQUEST']), text)}")
        except Refused as refused:
            # A fork's token may only read: the report stands in the job summary all the same.
            if refused.status not in {403, 404}:
                raise
            say(f"no comment: {refused}")
    return 0
