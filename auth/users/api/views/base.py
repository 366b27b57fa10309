"""What the views have in common: whose they are, versions, and answers that hold secrets."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework.exceptions import ValidationError
from rest_framework.fields import get_error_detail
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from jwtauth.permissions import AllowAnyone, IsSignedIn
from jwtauth.principal import principal_of
from servicekit.concurrency import etag, require_match
from servicekit.reading import read
from users.api import cookies
from users.api.serializers.people import UserSerializer
from users.models import User
from users.selectors.people import with_roles
from users.services.ceremonies import Options
from users.services.second_factor import Proof
from users.services.sessions import TokenPair


class InputView(APIView):
    """A view whose body is one serializer's."""

    serializer_class: type[BaseSerializer[Any]]

    def read(self, request: Request) -> dict[str, Any]:
        """The validated body; 400 otherwise."""
        return read(self.serializer_class, request)


class OpenView(InputView):
    """Open to anyone: what is sent in the body is the credential, and an expired token in a header is no obstacle."""

    authentication_classes = []
    permission_classes = [AllowAnyone]


class UserView(InputView):
    """For any signed-in person, about themselves; not for their scripts."""

    permission_classes = [IsSignedIn]


@contextmanager
def invalid_as_400(field: str = "") -> Iterator[None]:
    """What a service finds invalid is a 400; with `field` it is said of that field of the body."""
    try:
        yield
    except DjangoValidationError as error:
        detail = get_error_detail(error)
        raise ValidationError({field: detail} if field else detail) from None


def matching(request: Request) -> Callable[[int], None]:
    """What the services ask on the locked row: 428 without `If-Match`, 412 when it names another version."""
    return partial(require_match, request)


def versioned(body: Any, *, version: int, status: int = 200) -> Response:
    """An answer with the version that the next change is based on as its ETag."""
    return Response(body, status=status, headers={"ETag": etag(version)})


def secret_answer(body: dict[str, Any], status: int = 200) -> Response:
    """An answer that holds a secret and is kept nowhere (RFC 6749, 5.1)."""
    return Response(body, status=status, headers={"Cache-Control": "no-store"})


def wants_cookie(request: Request, body: dict[str, Any]) -> bool:
    """What the body says; a cookie is set for our own pages only, so that nobody is signed in as somebody else."""
    wanted: bool = body.pop("cookie")
    if wanted:
        cookies.require_own_origin(request)
    return wanted


def pair_answer(pair: TokenPair, *, cookie: bool = False) -> Response:
    """The tokens of a session. A browser is told who it is as well: it can show nothing before it knows."""
    if not cookie:
        return secret_answer({"access": pair.access, "refresh": pair.refresh})
    user = with_roles(User.objects.all()).get(pk=pair.user_id)
    response = secret_answer({"access": pair.access, "user": UserSerializer(user).data})
    cookies.set_refresh(response, pair.refresh)
    return response


def proven(request: Request, body: dict[str, Any]) -> dict[str, Any]:
    """The body with its `code` or `passkey` as the `proof` that the services ask for."""
    given = {name: body.pop(name) for name in ("code", "passkey") if name in body}
    return {**body, "proof": Proof(session_id=principal_of(request).session_id, **given)}


def options_answer(options: Options) -> Response:
    """What the browser hands to an authenticator; its challenge serves once."""
    return secret_answer({"public_key": options.public_key, "expires_in": options.expires_in})
