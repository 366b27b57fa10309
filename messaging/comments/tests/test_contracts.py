"""The service keeps docs/contracts.md, contracts/ and its own openapi.yaml."""

from django.test import SimpleTestCase, TestCase

from comments.services.mail_in import mail_receive
from comments.tests.cast import COMMENTS, CORA, know_ticket, sign_in, write
from comments.tests.mails import bounce_of
from eventbus.testing import ContractEventsMixin, produced_types, published
from servicekit.testing import ContractRoutesMixin, OpenApiDriftMixin


class Routes(ContractRoutesMixin, SimpleTestCase):
    pass


class Events(ContractEventsMixin, TestCase):
    def test_it_publishes_exactly_what_the_contract_says(self) -> None:
        know_ticket()
        cora = sign_in(CORA)
        for visibility in ("public", "internal"):
            path = f"{COMMENTS}{write(cora, visibility=visibility).json()['id']}/"
            cora.patch(path, {"body": "Edited"}, HTTP_IF_MATCH='"1"')
            cora.delete(path)
        mail_receive(raw=bounce_of("<a@example.com>", "erin@example.com"))
        self.assertEqual(sorted(event["type"] for event in published()), produced_types())


class OpenApi(OpenApiDriftMixin, SimpleTestCase):
    pass
