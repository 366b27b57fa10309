"""What goes in and out about endpoints and single deliveries."""

from typing import Any
from urllib.parse import urlsplit

from rest_framework import serializers

from notifications.api.serializers import DeliveryOut
from notifications.models import Attempt, Delivery, Endpoint, Suppression
from notifications.rules import BY_KEY
from servicekit.fields import StrictSerializer


class AttemptOut(serializers.ModelSerializer[Attempt]):
    """One try, and what the other side answered, as a stable code."""

    number = serializers.IntegerField(min_value=1)
    milliseconds = serializers.IntegerField(min_value=0)

    class Meta:
        model = Attempt
        fields = ["number", "outcome", "answer", "milliseconds", "at"]


class DeliveryDetailOut(DeliveryOut):
    """One delivery with every attempt."""

    log = AttemptOut(many=True)

    class Meta(DeliveryOut.Meta):
        model = Delivery
        fields = [*DeliveryOut.Meta.fields, "log"]


class EndpointFields(StrictSerializer):
    """What both making and changing an endpoint take."""

    name = serializers.CharField(max_length=100)
    url = serializers.URLField(max_length=1000)
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=sorted(BY_KEY)), max_length=100)
    is_active = serializers.BooleanField(default=True)

    def validate_url(self, value: str) -> str:
        """Accept HTTP(S) without a password in it, which would be shown and logged."""
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or parts.username or parts.password:
            raise serializers.ValidationError("This is no HTTP address without credentials.", code="invalid_url")
        return value


class EndpointIn(EndpointFields):
    """A new webhook or room."""

    channel = serializers.ChoiceField(choices=["webhook", "chat"])


class EndpointOut(serializers.ModelSerializer[Endpoint]):
    """A webhook or room; its secret was shown when it was made."""

    channel = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Endpoint
        fields = ["id", "channel", "name", "url", "kinds", "is_active", "created_at"]


class EndpointMadeOut(EndpointOut):
    """The new endpoint with its signing secret, this once."""

    class Meta(EndpointOut.Meta):
        fields = [*EndpointOut.Meta.fields, "secret"]


class SuppressionOut(serializers.ModelSerializer[Suppression]):
    """An address to which nothing is sent, and the answer that said so."""

    class Meta:
        model = Suppression
        fields = ["id", "address", "reason", "created_at"]


class UnsubscriptionOut(serializers.Serializer[Any]):
    """Whether this kind of e-mail comes."""

    kind = serializers.CharField()
    on = serializers.BooleanField(source="is_on")
