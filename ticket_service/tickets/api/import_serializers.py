"""Imports of tickets: what comes in, and what goes out."""

from typing import Any

from rest_framework import serializers

from servicekit.fields import StrictSerializer
from tickets.models import TicketImport


class ImportInput(StrictSerializer):
    """A file of tickets."""

    file = serializers.FileField(allow_empty_file=False, help_text="CSV (RFC 4180) in UTF-8, with a heading")
    is_dry_run = serializers.BooleanField(required=False, default=False, help_text="try every row and file none")


class ImportOutput(serializers.Serializer[Any]):
    """An import and how far it is."""

    id = serializers.UUIDField()
    filename = serializers.CharField()
    size = serializers.IntegerField(help_text="bytes")
    sha256 = serializers.CharField()
    is_dry_run = serializers.BooleanField()
    state = serializers.ChoiceField(choices=TicketImport.State.choices)
    position = serializers.IntegerField(help_text="rows that are dealt with")
    filed = serializers.IntegerField(help_text="of a dry run: rows that would be filed")
    refused = serializers.IntegerField()
    failure = serializers.CharField(help_text="why the file could not be read on")
    created_by = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class RowErrorOutput(serializers.Serializer[Any]):
    """One fault of a row."""

    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ImportRefusalOutput(serializers.Serializer[Any]):
    """A row that became no ticket."""

    line = serializers.IntegerField(help_text="of the file, where the row ends; the heading is line 1")
    errors = RowErrorOutput(many=True)  # type: ignore[assignment] # the field of this name, not DRF's errors
