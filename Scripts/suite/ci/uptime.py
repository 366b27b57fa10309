"""Is the suite up? Asks every service's health through the gateway: `python Scripts/uptime.py --gateway URL`."""

import argparse
import os
import re
import sys
from collections.abc import Sequence

from suite import topology
from suite.console import say
from suite.railway import health


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gateway", default=os.environ.get("SUITE_URL", ""), help="the suite's URL (SUITE_URL)")
    gateway = parser.parse_args(arguments).gateway
    if not re.match(r"https?://", gateway):
        print("error: set SUITE_URL or --gateway to the address of the suite", file=sys.stderr)
        return 2
    answers = [health.ask(gateway, service) for service in topology.load().services]
    for answer in answers:
        say(f"{answer.service}: {answer.problem or 'healthy'}")
    return 1 if any(answer.problem for answer in answers) else 0
