"""The tables of workflow-api: definitions, tickets as this service knows them, running tasks."""

from workflows.models.absence import Absence
from workflows.models.calendar import Calendar, hours_from
from workflows.models.definition import APPROVE, PRIORITIES, REJECT, Step, Transition, Workflow, WorkflowVersion
from workflows.models.sla import Message, SlaClock
from workflows.models.task import RoundRobin, Task, TaskItem, TaskLog, TaskReader
from workflows.models.ticket import TicketProjection

__all__ = [
    "APPROVE",
    "PRIORITIES",
    "REJECT",
    "Absence",
    "Calendar",
    "Message",
    "RoundRobin",
    "SlaClock",
    "Step",
    "Task",
    "TaskItem",
    "TaskLog",
    "TaskReader",
    "TicketProjection",
    "Transition",
    "Workflow",
    "WorkflowVersion",
    "hours_from",
]
