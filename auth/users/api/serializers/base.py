"""What several parts need."""

from typing import Any

from rest_framework import serializers

# A password is hashed: a megabyte of it would be work for nothing.
MAX_PASSWORD_LENGTH = 1024
MAX_TOKEN_LENGTH = 8192


class EmptySerializer(serializers.Serializer[Any]):
    """Nothing to say beyond the status."""
