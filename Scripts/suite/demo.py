"""`--demo`: runs the flow, prints the table of its hops, and judges."""

import time

from suite.console import Failure, say, table
from suite.flow import Evidence, Flow
from suite.topology import Topology


def run(topology: Topology, *, password: str, evidence: Evidence) -> int:
    """Carries one ticket through the flow and prints the table. Answers the exit code: 0 only if every hop was made."""
    flow = Flow(topology, password, evidence)
    say("\nOne ticket through the whole flow:")
    begun = time.monotonic()
    failure: Failure | None = None
    try:
        flow.run()
    except Failure as caught:
        failure = caught
    say("\n" + table(["hop", "what happened", "seconds"], flow.rows))
    if failure:
        say(f"\nerror: demo failed after {time.monotonic() - begun:.1f} s (request id {flow.request_id}): {failure}")
        return 1
    say(f"\nDemo passed: {len(flow.rows)} hops in {time.monotonic() - begun:.1f} s.")
    return 0
