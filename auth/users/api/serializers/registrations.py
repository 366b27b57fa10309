"""Registrations."""

from typing import Any

from rest_framework import serializers

from servicekit.fields import StrictSerializer
from users.models import Registration

DECIDABLE = [state for state in Registration.State.values if state != Registration.State.UNCONFIRMED]


class RegistrationCreateSerializer(StrictSerializer):
    """Who asks for an account; what is malformed is found by the model."""

    username = serializers.CharField(max_length=150)
    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=200)
    department = serializers.CharField(max_length=100, required=False, allow_blank=True)
    time_zone = serializers.CharField(max_length=64, required=False)


class RegistrationAvailabilitySerializer(serializers.Serializer[Any]):
    """Whether anyone may ask for an account."""

    open = serializers.BooleanField()


class LinkTokenSerializer(StrictSerializer):
    """The token of a link."""

    token = serializers.CharField(max_length=256, write_only=True)


class RegistrationFilterSerializer(serializers.Serializer[Any]):
    """Which are wanted."""

    state = serializers.ChoiceField(choices=DECIDABLE, default=Registration.State.PENDING)


class RegistrationSerializer(serializers.ModelSerializer[Registration]):
    """Somebody who asks for an account, or did."""

    state = serializers.ChoiceField(choices=DECIDABLE)

    class Meta:
        model = Registration
        fields = ["id", "username", "email", "name", "department", "time_zone", "state", "created_at", "decided_at"]
        read_only_fields = fields


class ApprovalSerializer(StrictSerializer):
    """Another user name, where the one that was asked for is taken."""

    username = serializers.CharField(max_length=150, required=False)


class RefusalSerializer(StrictSerializer):
    """Why; kept in the audit log and told nobody else."""

    reason = serializers.CharField(max_length=300)
