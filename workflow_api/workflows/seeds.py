"""The definitions that `seed_workflows` publishes. Category slugs are those that ticket-service seeds."""

from workflows.services.drafting import StepSpec, WaySpec, WorkflowSpec

COORDINATOR = "tts:ticket-coordinator"
AGENT = "tts:agent"
ASSET_MANAGER = "tts:asset-manager"
BUDGET_MANAGER = "tts:budget-manager"

HOUR = 60
DAY = 24 * HOUR


def _sla(critical: int, high: int, medium: int, low: int) -> dict[str, int]:
    return {"Critical": critical, "High": high, "Medium": medium, "Low": low}


OFFICE_HOURS = "office-hours"
OFFICE_WEEK = {
    day: [["08:00", "12:00"], ["13:00", "17:00"]] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
}

WORKFLOWS = (
    WorkflowSpec(
        key="it-support",
        name="IT Support",
        description="Faults of hardware, software and the network.",
        category="it-support",
        sla_minutes=_sla(4 * HOUR, 8 * HOUR, DAY, 3 * DAY),
        first_response_minutes=_sla(HOUR // 2, HOUR, 4 * HOUR, 8 * HOUR),
        next_response_minutes=_sla(HOUR, 2 * HOUR, 8 * HOUR, DAY),
        steps=(
            StepSpec(
                key="triage",
                name="Triage",
                role=COORDINATOR,
                instructions="Check that the report is complete and the priority is right.",
                ways=(WaySpec("accept", "Accept", "resolve"),),
            ),
            StepSpec(
                key="resolve",
                name="Resolve",
                role=AGENT,
                instructions="Find the cause and remove it. Your notes become the resolution that the requester reads.",
                weight=3,
                escalation_role=COORDINATOR,
                gives_resolution=True,
                ways=(WaySpec("resolved", "Resolved", "confirm"), WaySpec("return", "Return to triage", "triage")),
            ),
            StepSpec(
                key="confirm",
                name="Confirm",
                role=COORDINATOR,
                instructions="Make sure that the resolution answers the report.",
                ways=(WaySpec("confirm", "Confirm", None), WaySpec("reopen", "Reopen work", "resolve")),
            ),
        ),
    ),
    WorkflowSpec(
        key="asset-check-out",
        name="Asset Check Out",
        description="Handing out equipment.",
        category="asset-check-out",
        calendar=OFFICE_HOURS,
        sla_minutes=_sla(4 * HOUR, 8 * HOUR, 16 * HOUR, 32 * HOUR),
        steps=(
            StepSpec(
                key="review",
                name="Review the request",
                role=ASSET_MANAGER,
                instructions="Check that the asset is available and the person may have it.",
                ways=(WaySpec("approve", "Approve", "hand-out"),),
            ),
            StepSpec(
                key="hand-out",
                name="Hand out",
                role=ASSET_MANAGER,
                instructions="Note the serial number and the return date.",
                weight=2,
                gives_resolution=True,
                ways=(WaySpec("handed-out", "Handed out", None), WaySpec("return", "Back to review", "review")),
            ),
        ),
    ),
    WorkflowSpec(
        key="asset-check-in",
        name="Asset Check In",
        description="Taking equipment back.",
        category="asset-check-in",
        calendar=OFFICE_HOURS,
        sla_minutes=_sla(4 * HOUR, 8 * HOUR, 16 * HOUR, 32 * HOUR),
        steps=(
            StepSpec(
                key="receive",
                name="Receive",
                role=ASSET_MANAGER,
                instructions="Take the asset back and note its condition.",
                ways=(WaySpec("received", "Received", "inspect"),),
            ),
            StepSpec(
                key="inspect",
                name="Inspect",
                role=ASSET_MANAGER,
                instructions="Check it, wipe it, put it back on stock.",
                weight=2,
                gives_resolution=True,
                ways=(WaySpec("in-stock", "Back on stock", None), WaySpec("return", "Back to receiving", "receive")),
            ),
        ),
    ),
    WorkflowSpec(
        key="budget-proposal",
        name="New Budget Proposal",
        description="Review and approval of a budget.",
        category="budget-proposal",
        calendar=OFFICE_HOURS,
        sla_minutes=_sla(16 * HOUR, 32 * HOUR, 40 * HOUR, 80 * HOUR),
        steps=(
            StepSpec(
                key="review",
                name="Review",
                role=BUDGET_MANAGER,
                instructions="Check amounts, items and period.",
                weight=2,
                ways=(WaySpec("reviewed", "Reviewed", "approve"),),
            ),
            StepSpec(
                key="approve",
                name="Approve",
                role=BUDGET_MANAGER,
                instructions="Approve the proposal, or send it back with what is missing.",
                weight=2,
                gives_resolution=True,
                approval_rule="any",
                ways=(WaySpec("approve", "Approve", "confirm"), WaySpec("reject", "Send back", "review")),
            ),
            StepSpec(
                key="confirm",
                name="Confirm",
                role=COORDINATOR,
                instructions="Tell the departments that are concerned.",
                ways=(WaySpec("confirm", "Confirm", None), WaySpec("return", "Back to approval", "approve")),
            ),
        ),
    ),
    WorkflowSpec(
        key="general",
        name="General",
        description="Takes every ticket that no other workflow serves.",
        is_catch_all=True,
        sla_minutes=_sla(8 * HOUR, DAY, 3 * DAY, 7 * DAY),
        steps=(
            StepSpec(
                key="triage",
                name="Triage",
                role=COORDINATOR,
                instructions="Find out what is needed.",
                ways=(WaySpec("accept", "Accept", "resolve"),),
            ),
            StepSpec(
                key="resolve",
                name="Resolve",
                role=AGENT,
                instructions="Do it. Your notes become the resolution that the requester reads.",
                weight=3,
                gives_resolution=True,
                ways=(WaySpec("resolved", "Resolved", None), WaySpec("return", "Return to triage", "triage")),
            ),
        ),
    ),
)
