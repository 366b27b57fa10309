"""The services' own credentials and tokens."""

import hmac
import secrets
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from users.client_info import ClientInfo
from users.errors import AudienceUnknown, ClientInvalid
from users.models import ServiceClient, User
from users.services import throttle
from users.services.audit import audit_record
from users.services.changes import Match, any_version
from users.services.links import token_digest
from users.services.reauthentication import owner_check
from users.services.second_factor import Proof
from users.tokens import ServiceToken, service_token


def service_token_issue(*, client_id: str, client_secret: str, audience: str, client: ClientInfo) -> tuple[str, int]:
    """A token with which the client may call the service `audience`, and its life in seconds.

    Raises ClientInvalid, AudienceUnknown, TooManyAttempts. Attempts are counted by client and address together: a
    secret cannot be guessed, and nobody elsewhere may lock a service out.
    """
    subject = throttle.Subject(f"client:{client_id}:{client.network}", free=20)
    throttle.admit(subject)
    found = ServiceClient.objects.filter(client_id=client_id).first()
    expected = found.secret_hash if found else ""
    if not hmac.compare_digest(expected, token_digest(client_secret)) or found is None or not found.is_active:
        audit_record(event="service_refused", user_id=found.pk if found else None, client=client)
        raise ClientInvalid
    throttle.settle(forgotten=subject)
    if audience not in settings.SERVICE_NAMES:
        raise AudienceUnknown
    ServiceClient.objects.filter(pk=found.pk).update(last_used_at=timezone.now())
    audit_record(
        event="service_signed_in",
        user_id=found.pk,
        client=client,
        detail={"client_id": client_id, "audience": audience},
    )
    return service_token(client=found, audience=audience), int(ServiceToken.lifetime.total_seconds())


def service_client_set(*, client_id: str, secret: str, scopes: list[str], overwrite: bool = False) -> bool:
    """Registers a client, or gives it the secret of the environment; False when all was so before.

    With `overwrite` it gets the scopes and is active again as well.
    """
    digest = token_digest(secret)
    with transaction.atomic():
        client, created = ServiceClient.objects.get_or_create(
            client_id=client_id, defaults={"secret_hash": digest, "scopes": scopes}
        )
        wanted = (digest, scopes, True) if overwrite else (digest, client.scopes, client.is_active)
        if not created:
            if (client.secret_hash, client.scopes, client.is_active) == wanted:
                return False
            client.secret_hash, client.scopes, client.is_active = wanted
            client.version += 1
            client.save(update_fields=["secret_hash", "scopes", "is_active", "version"])
        audit_record(event="service_client_set", user_id=client.pk, detail={"client_id": client_id})
    return True


def service_client_create(
    *, user_id: UUID, password: str, proof: Proof, asked_from: ClientInfo, client_id: str, scopes: list[str]
) -> tuple[ServiceClient, str]:
    """A new client and its secret, which is known nowhere else.

    Raises as `owner_check`, and django's ValidationError for a taken id.
    """
    owner_check(user=User.objects.get(pk=user_id), password=password, proof=proof, client=asked_from)
    secret = secrets.token_urlsafe(32)
    client = ServiceClient(client_id=client_id, scopes=sorted(set(scopes)), secret_hash=token_digest(secret))
    client.full_clean(exclude=["scopes"])  # which may be none
    with transaction.atomic():
        client.save(force_insert=True)
        _audit("service_client_created", client, scopes=client.scopes)
    return client, secret


def service_client_edit(
    *,
    client: ServiceClient,
    scopes: list[str] | None = None,
    is_active: bool | None = None,
    match: Match = any_version,
) -> None:
    """Other scopes, closed, or open again; a closed client's tokens open nothing at auth from now on.

    Raises what `match` does.
    """
    with transaction.atomic():
        locked = ServiceClient.objects.select_for_update(no_key=True).get(pk=client.pk)
        match(locked.version)
        locked.scopes = locked.scopes if scopes is None else sorted(set(scopes))
        locked.is_active = locked.is_active if is_active is None else is_active
        locked.version += 1
        locked.save(update_fields=["scopes", "is_active", "version"])
        _audit("service_client_changed", locked, scopes=locked.scopes, is_active=locked.is_active)


def service_client_renew(
    *, user_id: UUID, password: str, proof: Proof, asked_from: ClientInfo, client: ServiceClient
) -> str:
    """Another secret, which is known nowhere else; the one before is void. Raises as `owner_check`."""
    owner_check(user=User.objects.get(pk=user_id), password=password, proof=proof, client=asked_from)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        ServiceClient.objects.filter(pk=client.pk).update(secret_hash=token_digest(secret))
        _audit("service_client_renewed", client)
    return secret


def service_client_delete(*, client: ServiceClient) -> None:
    """Revokes the client for good."""
    with transaction.atomic():
        _audit("service_client_deleted", client)
        client.delete()


def _audit(event: str, client: ServiceClient, **detail: Any) -> None:
    audit_record(event=event, user_id=client.pk, detail={"client_id": client.client_id, **detail})
