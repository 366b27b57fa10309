"""What ticket-service stores. Rules that hold for one row stand here; what spans rows stands in services."""

from tickets.models.history import AppendOnly, HistoryEntry
from tickets.models.imports import TicketImport, TicketImportRefusal
from tickets.models.presets import CannedReply, Macro, Preset, SavedView, TicketTemplate
from tickets.models.schedules import ScheduledTicket, TicketSchedule
from tickets.models.ticket import (
    MAX_TAGS,
    MAX_WATCHERS,
    AccessGrant,
    Category,
    NumberSeries,
    Priority,
    PublicReply,
    Ticket,
    TicketAttachment,
    TicketLink,
)

__all__ = [
    "MAX_TAGS",
    "MAX_WATCHERS",
    "AccessGrant",
    "AppendOnly",
    "CannedReply",
    "Category",
    "HistoryEntry",
    "Macro",
    "NumberSeries",
    "Preset",
    "Priority",
    "PublicReply",
    "SavedView",
    "ScheduledTicket",
    "Ticket",
    "TicketAttachment",
    "TicketImport",
    "TicketImportRefusal",
    "TicketLink",
    "TicketSchedule",
    "TicketTemplate",
]
