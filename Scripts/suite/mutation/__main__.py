"""`python -m suite.mutation SERVICE [--only TEXT]`, with Scripts/ on PYTHONPATH; part of nightly.sh."""

import argparse

from suite import topology
from suite.console import Failure, fail
from suite.mutation.run import run


def main() -> int:
    services = {service.folder: service for service in topology.load().services}
    parser = argparse.ArgumentParser(prog="python -m suite.mutation", description="Takes permission checks away.")
    parser.add_argument("service", choices=sorted(services), help="its folder")
    parser.add_argument("--only", default="", metavar="TEXT", help="only the mutants with this in their name")
    options = parser.parse_args()
    return run(services[options.service], only=options.only)


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except Failure as failure:
        fail(str(failure))
