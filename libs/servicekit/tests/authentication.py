"""A stand-in for jwtauth: `Authorization: Name alice` signs alice in."""

from dataclasses import dataclass

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed


@dataclass(frozen=True)
class Named:
    pk: str
    is_authenticated = True


class NameAuthentication(BaseAuthentication):
    def authenticate(self, request):
        scheme, _, name = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Name" and name == "nobody":
            raise AuthenticationFailed
        return (Named(name), None) if scheme == "Name" else None

    def authenticate_header(self, request):
        return "Name"


class NameScheme(OpenApiAuthenticationExtension):
    target_class = NameAuthentication
    name = "name"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "Name"}
