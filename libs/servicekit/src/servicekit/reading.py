"""What a request says, as a serializer validates it."""

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer


def read(serializer_class: type[BaseSerializer[Any]], request: Request) -> dict[str, Any]:
    """The body; 400 where it is not valid."""
    return _validated(serializer_class(data=request.data))


def read_query(serializer_class: type[BaseSerializer[Any]], request: Request) -> dict[str, Any]:
    """The query; 400 where it is not valid, as a filter that is there and empty.

    As a dictionary, since DRF takes an empty text in a form, which it holds a query for, as one that is not there.
    """
    return _validated(serializer_class(data=request.query_params.dict()))


def _validated(serializer: BaseSerializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    validated: dict[str, Any] = serializer.validated_data
    return validated
