"""Holds a service to docs/contracts.md, contracts/ and its own openapi.yaml. For tests only."""

from servicekit.testing.events import validate_event
from servicekit.testing.openapi import OpenApiDriftMixin
from servicekit.testing.problems import assert_problem
from servicekit.testing.routes import ContractRoutesMixin, contract_routes, urlconf_routes

__all__ = [
    "ContractRoutesMixin",
    "OpenApiDriftMixin",
    "assert_problem",
    "contract_routes",
    "urlconf_routes",
    "validate_event",
]
