"""The services' own credentials and tokens."""

import hashlib
import hmac

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from users.client_info import ClientInfo
from users.errors import AudienceUnknown, ClientInvalid
from users.models import ServiceClient
from users.services import throttle
from users.services.audit import audit_record
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
    if not hmac.compare_digest(expected, _digest(client_secret)) or found is None or not found.is_active:
        audit_record(event="service_refused", user_id=found.pk if found else None, client=client)
        raise ClientInvalid
    throttle.forget(subject)
    if audience not in settings.SERVICE_NAMES:
        raise AudienceUnknown
    ServiceClient.objects.filter(pk=found.pk).update(last_used_at=timezone.now())
    return service_token(client=found, audience=audience), int(ServiceToken.lifetime.total_seconds())


def service_client_set(*, client_id: str, secret: str, scopes: list[str], overwrite: bool = False) -> bool:
    """Registers a client, or gives it the secret of the environment; False when all was so before.

    With `overwrite` it gets the scopes and is active again as well.
    """
    digest = _digest(secret)
    with transaction.atomic():
        client, created = ServiceClient.objects.get_or_create(
            client_id=client_id, defaults={"secret_hash": digest, "scopes": scopes}
        )
        wanted = (digest, scopes, True) if overwrite else (digest, client.scopes, client.is_active)
        if not created:
            if (client.secret_hash, client.scopes, client.is_active) == wanted:
                return False
            client.secret_hash, client.scopes, client.is_active = wanted
            client.save(update_fields=["secret_hash", "scopes", "is_active"])
        audit_record(event="service_client_set", user_id=client.pk, detail={"client_id": client_id})
    return True


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
