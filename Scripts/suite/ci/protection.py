"""The rules of the protected branches, set through GitHub's REST API and read back.

`python Scripts/protect_branches.py [--dry-run]` with GITHUB_REPOSITORY and GITHUB_TOKEN (administration: write).
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from suite.ci.github import GitHub
from suite.console import Failure, say

BRANCHES = ("main",)
REQUIRED_CHECKS = ("ci-ok",)
RULES: Mapping[str, Any] = {
    "required_pull_request_reviews": {"required_approving_review_count": 2, "dismiss_stale_reviews": True},
    "required_status_checks": {"strict": True, "contexts": list(REQUIRED_CHECKS)},  # strict: up to date with the base
    "enforce_admins": True,
    "restrictions": None,
    "allow_force_pushes": False,
    "allow_deletions": False,
}


def protect(github: GitHub, branch: str) -> None:
    """Sets the rules and believes only what GitHub says afterwards."""
    path = f"/branches/{branch}/protection"
    github.put(path, RULES)
    github.post(f"{path}/required_signatures", None)
    wrong = differences(github.get(path), github.get(f"{path}/required_signatures"))
    if wrong:
        raise Failure(f"{branch}: GitHub did not take {', '.join(wrong)}")


def differences(protection: Mapping[str, Any], signatures: Mapping[str, Any]) -> list[str]:
    """The described rules that a branch does not have."""
    reviews = protection.get("required_pull_request_reviews") or {}
    checks = protection.get("required_status_checks") or {}
    held = {
        "two reviewers": reviews.get("required_approving_review_count") == 2,
        "dismissal of stale approvals": reviews.get("dismiss_stale_reviews") is True,
        "required status checks": set(REQUIRED_CHECKS) <= set(checks.get("contexts") or ()),
        "branches up to date": checks.get("strict") is True,
        "commit signatures": signatures.get("enabled") is True,
    }
    return [name for name, holds in held.items() if not holds]


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dry-run", action="store_true", help="print the rules and stop")
    if parser.parse_args(arguments).dry_run:
        say(json.dumps(dict.fromkeys(BRANCHES, RULES), indent=2))
        say("and required_signatures")
        return 0
    try:
        for branch in BRANCHES:
            protect(GitHub.from_environment(environ), branch)
            say(f"{branch} is protected")
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    return 0
