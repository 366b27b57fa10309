"""How drf-spectacular writes this authentication into an OpenAPI document."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class JWTScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A Bearer token of auth."""

    target_class = "jwtauth.authentication.JWTAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """The security scheme object of OpenAPI."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
