"""A definition drawn: as data, and as Mermaid text; with a task's position when there is one."""

import json
from datetime import timedelta
from typing import Any

from workflows.clocks import step_share
from workflows.models import Step, Task, WorkflowVersion


def graph(*, version: WorkflowVersion, task: Task | None = None) -> dict[str, Any]:
    """Nodes and edges of a version, and its Mermaid text. `position` is the key of the step that the task stands at."""
    steps = list(version.steps.all())
    position = task.current_step.key if task and task.current_step else None
    visited = {item.step.key for item in task.items.select_related("step") if item.completed_at} if task else set()
    nodes = [
        {
            "key": step.key,
            "name": step.name,
            "role": step.role,
            "kind": step.kind,
            "is_start": step.is_start,
            "sla_minutes": _shares(version, step),
            "visited": step.key in visited,
        }
        for step in steps
    ]
    edges = [
        {"from": step.key, "to": way.to_step.key if way.to_step else None, "key": way.key, "label": way.label}
        for step in steps
        for way in step.transitions.all()
    ]
    return {"nodes": nodes, "edges": edges, "position": position, "mermaid": _mermaid(steps, edges, position)}


def _shares(version: WorkflowVersion, step: Step) -> dict[str, int]:
    """The step's part of the time to resolution, in whole minutes, by priority."""
    shares = {priority: step_share(version=version, step=step, priority=priority) for priority in version.sla_minutes}
    return {priority: round(share / timedelta(minutes=1)) for priority, share in shares.items()}


def _mermaid(steps: list[Step], edges: list[dict[str, Any]], position: str | None) -> str:
    # Nodes get numbers for ids: a step may be called "end", which Mermaid takes for a word of its own.
    number = {step.key: f"s{index}" for index, step in enumerate(steps)}
    lines = ["flowchart TD", *(f"  {number[step.key]}{_shape(step)}" for step in steps), "  done((end))"]
    lines += [
        f"  {number[edge['from']]} -->|{_quoted(edge['label'])}| {number.get(edge['to'], 'done')}" for edge in edges
    ]
    if position is not None:
        lines += ["  classDef here stroke-width:4px", f"  class {number[position]} here"]
    return "\n".join(lines) + "\n"


def _shape(step: Step) -> str:
    """A box; a rhombus for an approval."""
    name = _quoted(step.name)
    return f"{{{name}}}" if step.kind == Step.Kind.APPROVAL else f"[{name}]"


def _quoted(text: str) -> str:
    """A label that cannot break out: Mermaid reads `#quot;` as a quotation mark, and HTML as text."""
    plain = text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
    return json.dumps(plain, ensure_ascii=False)
