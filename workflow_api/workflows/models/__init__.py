"""The tables of workflow-api: definitions, tickets as this service knows them, running tasks."""

from workflows.models.definition import PRIORITIES, Step, Transition, Workflow, WorkflowVersion
from workflows.models.task import RoundRobin, Task, TaskItem, TaskLog, TaskReader
from workflows.models.ticket import TicketProjection

__all__ = [
    "PRIORITIES",
    "RoundRobin",
    "Step",
    "Task",
    "TaskItem",
    "TaskLog",
    "TaskReader",
    "TicketProjection",
    "Transition",
    "Workflow",
    "WorkflowVersion",
]
