"""Routes that every service has."""

from django.urls import path

from servicekit.openapi import SchemaApi

schema_urls = [path("api/schema/", SchemaApi.as_view(), name="schema")]
