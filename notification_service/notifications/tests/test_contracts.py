"""The service keeps docs/contracts.md, contracts/ and its own openapi.yaml."""

from django.test import SimpleTestCase, TestCase

from eventbus.testing import ContractEventsMixin, produced_types
from servicekit.testing import ContractRoutesMixin, OpenApiDriftMixin


class Routes(ContractRoutesMixin, SimpleTestCase):
    pass


class Events(ContractEventsMixin, TestCase):
    def test_it_publishes_nothing(self) -> None:
        self.assertEqual(produced_types(), [])


class OpenApi(OpenApiDriftMixin, SimpleTestCase):
    pass
