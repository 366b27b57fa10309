"""How the people of these tests come to passkeys and use them."""

from unittest import mock

from users.tests.authenticator import (
    Authenticator,
)
from users.tests.cast import PASSWORD, CastTestCase, client_of

ME = "/api/v1/me/passkeys/"
TOKEN = "/api/v1/token/"


class PasskeyTestCase(CastTestCase):
    def setUp(self):
        self.enterContext(
            mock.patch("users.services.reauthentication.password_matches", lambda _, text: text == PASSWORD)
        )
        self.enterContext(mock.patch("users.services.sign_in.password_matches", lambda _, text: text == PASSWORD))

    def options(self, api, **proof):
        answer = api.post(f"{ME}options/", {"password": PASSWORD, **proof})
        self.assertEqual(answer.status_code, 200, answer.content)
        return answer.json()["public_key"]

    def send(self, api, credential, name="Laptop"):
        return api.post(ME, {"name": name, "credential": credential})

    def add(self, user, device=None, **proof):
        """A device with a passkey of the user, and the recovery codes that it brought."""
        api, device = client_of(user), device or Authenticator()
        answer = self.send(api, device.create(self.options(api, **proof)))
        self.assertEqual(answer.status_code, 201, answer.content)
        return device, answer.json()["recovery_codes"]

    def ask(self, challenge=None):
        """What the sign-in page hands to the browser."""
        answer = self.client.post(
            f"{TOKEN}passkey/options/", {"challenge": challenge} if challenge else {}, "application/json"
        )
        self.assertEqual(answer.status_code, 200, answer.content)
        return answer.json()["public_key"]

    def sign_in(self, credential, **more):
        return self.client.post(f"{TOKEN}passkey/", {"credential": credential, **more}, "application/json")

    def challenge(self, username="erin"):
        answer = self.client.post(TOKEN, {"username": username, "password": PASSWORD}, "application/json")
        self.assertEqual(answer.status_code, 202, answer.content)
        return answer.json()["challenge"]

    def confirmation(self, api, device):
        """The proof that a signed-in session needs for a change."""
        return {"passkey": device.get(api.post(f"{ME}confirmation/").json()["public_key"])}
