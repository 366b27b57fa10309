"""Reading registrations and service clients."""

from django.db.models import QuerySet

from users.models import Registration, ServiceClient


def registration_list() -> QuerySet[Registration]:
    """Those whose address has proved to be the applicant's; one query."""
    return Registration.objects.exclude(state=Registration.State.UNCONFIRMED)


def service_client_list() -> QuerySet[ServiceClient]:
    """All service clients; one query."""
    return ServiceClient.objects.all()
