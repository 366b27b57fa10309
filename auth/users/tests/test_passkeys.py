"""Passkeys: Erin adds, renames and removes hers; what everybody else gets. Signing in: test_passkey_sign_in."""

import cbor2
from django.core import mail
from django.test import override_settings

from eventbus.testing import published, run_jobs
from servicekit.testing import assert_problem
from users.models import AuditEntry, Passkey, PasskeyChallenge, TotpDevice, User
from users.services.ceremonies import passkey_challenges_purge
from users.services.passkeys import MAX_PER_USER
from users.tests.authenticator import (
    USER_PRESENT,
    USER_VERIFIED,
    Authenticator,
    decode,
    encode,
)
from users.tests.cast import PASSWORD, client_of, later, person, signed_in
from users.tests.passkey_cast import ME, TOKEN, PasskeyTestCase


class AddingTests(PasskeyTestCase):
    def test_the_first_brings_recovery_codes_and_makes_the_password_not_enough(self):
        api = client_of(self.erin)
        answer = self.send(api, Authenticator().create(self.options(api)), "Erin's laptop")
        self.assertEqual((answer.status_code, answer["Cache-Control"]), (201, "no-store"))
        self.assertEqual(len(set(answer.json()["recovery_codes"])), 10)
        signing_in = self.client.post(TOKEN, {"username": "erin", "password": PASSWORD}, "application/json")
        self.assertEqual((signing_in.status_code, signing_in.json()["methods"]), (202, ["passkey"]))
        run_jobs()
        self.assertEqual((mail.outbox[0].subject, mail.outbox[0].to), ("A passkey was added", ["erin@example.com"]))
        self.assertEqual(AuditEntry.objects.get(event="passkey_added").detail["name"], "Erin's laptop")

    def test_what_the_browser_is_asked_for(self):
        options = self.options(client_of(self.erin))
        self.assertEqual(options["rp"], {"id": "localhost", "name": "Ticket Tracking System"})
        self.assertEqual(decode(options["user"]["id"]), self.erin.pk.bytes)
        self.assertEqual(options["attestation"], "none")
        chosen = options["authenticatorSelection"]
        self.assertEqual((chosen["residentKey"], chosen["userVerification"]), ("required", "required"))
        self.assertGreaterEqual(len(decode(options["challenge"])), 32)

    @override_settings(
        AUTH_PUBLIC_URL="https://desk.example.com", BROWSER_ORIGINS=["https://desk.example.com"], ALLOWED_HOSTS=["*"]
    )
    def test_the_name_and_the_origins_are_configured_whatever_the_host_is_called(self):
        api = client_of(self.erin)
        answer = api.post(f"{ME}options/", {"password": PASSWORD}, HTTP_HOST="evil.example")
        self.assertEqual(answer.json()["public_key"]["rp"]["id"], "desk.example.com")
        evil = Authenticator(origin="https://evil.example", rp_id="evil.example")
        answer = api.post(
            ME, {"name": "x", "credential": evil.create(answer.json()["public_key"])}, HTTP_HOST="evil.example"
        )
        assert_problem(answer, 400, "passkey_unusable")
        honest = Authenticator(origin="https://desk.example.com", rp_id="desk.example.com")
        self.assertEqual(self.send(api, honest.create(self.options(api))).status_code, 201)

    def test_the_password_is_asked_for(self):
        assert_problem(client_of(self.erin).post(f"{ME}options/", {"password": "wrong"}), 403, "password_wrong")

    def test_a_thief_of_the_password_and_a_token_adds_none_beside_the_owners(self):
        device, codes = self.add(self.erin)
        api = client_of(self.erin)
        for path in (f"{ME}options/", "/api/v1/me/totp/"):
            assert_problem(api.post(path, {"password": PASSWORD}), 403, "second_factor_required")
            assert_problem(api.post(path, {"password": PASSWORD, "code": "123456"}), 403, "code_wrong")
        self.assertEqual(self.add(self.erin, code=codes[0])[1], [])
        answer = api.post(f"{ME}options/", {"password": PASSWORD, **self.confirmation(api, device)})
        self.assertEqual(answer.status_code, 200)
        excluded = {entry["id"] for entry in answer.json()["public_key"]["excludeCredentials"]}
        self.assertIn(encode(device.credential_id), excluded)

    def test_what_is_no_answer_to_this_session_is_refused(self):
        api, other = client_of(self.erin), client_of(self.erin)
        device = Authenticator()
        options = self.options(api)
        assert_problem(self.send(other, device.create(options)), 400, "passkey_unusable")
        assert_problem(self.send(client_of(self.emil), device.create(options)), 400, "passkey_unusable")
        made = device.create(options)
        self.assertEqual(self.send(api, made).status_code, 201)
        assert_problem(self.send(api, made), 400, "passkey_unusable")  # replayed
        self.assertEqual(Passkey.objects.count(), 1)

    def test_a_challenge_lasts_five_minutes(self):
        api = client_of(self.erin)
        made = Authenticator().create(self.options(api))
        with later(minutes=6):
            assert_problem(self.send(api, made), 400, "passkey_unusable")
            self.assertEqual(passkey_challenges_purge(), 1)

    def test_pages_names_and_holders_that_are_not_ours(self):
        api = client_of(self.erin)
        for changed, client_data in (
            ({"origin": "https://evil.example"}, {}),
            ({"origin": "http://localhost:8003.evil.example"}, {}),
            ({"rp_id": "evil.example"}, {}),
            ({"flags": USER_PRESENT}, {}),
            ({"flags": USER_VERIFIED}, {}),
            ({}, {"type": "webauthn.get"}),
            ({}, {"crossOrigin": True}),
            ({}, {"challenge": encode(b"x" * 32)}),
        ):
            with self.subTest(changed=changed, said=client_data):
                made = Authenticator(**changed).create(self.options(api), **client_data)
                assert_problem(self.send(api, made), 400, "passkey_unusable")
        self.assertFalse(Passkey.objects.exists())
        self.assertFalse(PasskeyChallenge.objects.filter(bound_to=None).exists())

    def test_bytes_that_are_no_credential(self):
        api = client_of(self.erin)
        for key in ({1: 2, 3: -7, -1: 1, -2: b"x" * 32, -3: b"y" * 32}, {1: 2, 3: -7}, {1: 3, 3: 5}, 7, "x", {}):
            device = Authenticator()
            made = device.create(self.options(api))
            size = len(device.credential_id).to_bytes(2, "big")
            data = device._data(0x40) + bytes(16) + size + device.credential_id + cbor2.dumps(key)
            for statement in ({"fmt": "none", "attStmt": {}, "authData": data}, {"fmt": 7, "authData": data}, 7):
                with self.subTest(key=str(key), statement=str(statement)[:20]):
                    bad = {**made, "attestation_object": encode(cbor2.dumps(statement))}
                    assert_problem(self.send(api, bad), 400, "passkey_unusable")
                    made = device.create(self.options(api))
        for text in ("AAAA", encode(b"{}"), encode(b"[" * 3000), encode(b"null"), encode(b'{"challenge": 7}')):
            with self.subTest(text[:9]):
                assert_problem(self.send(api, {**made, "client_data_json": text}), 400, "passkey_unusable")
        assert_problem(self.send(api, {**made, "id": "not base64url!"}), 400, "validation_error")

    def test_a_credential_is_stored_once(self):
        device, _ = self.add(self.erin)
        api = client_of(self.emil)
        stolen = Authenticator(credential_id=device.credential_id)
        assert_problem(self.send(api, stolen.create(self.options(api))), 409, "passkey_known")

    def test_there_is_an_end_to_their_number(self):
        for number in range(MAX_PER_USER):
            Passkey.objects.create(user=self.emil, name="x", credential_id=f"x{number}", public_key="x")
        answer = client_of(self.emil).post(f"{ME}options/", {"password": PASSWORD})
        assert_problem(answer, 409, "too_many_passkeys")

    def test_neither_challenges_nor_codes_are_stored_in_clear_or_published(self):
        api = client_of(self.erin)
        challenge = self.options(api)["challenge"]
        _, codes = self.add(self.erin)
        everything = str([list(model.objects.values()) for model in (PasskeyChallenge, Passkey, AuditEntry)])
        for secret in (challenge, *codes):
            self.assertNotIn(secret, everything + str(published()))


class OwnTests(PasskeyTestCase):
    def test_the_list_newest_first_without_keys(self):
        device, _ = self.add(self.erin)
        api = client_of(self.erin)
        self.send(api, Authenticator().create(self.options(api, **self.confirmation(api, device))), "Phone")
        rows = api.get(ME).json()["results"]
        self.assertEqual([row["name"] for row in rows], ["Phone", "Laptop"])
        self.assertEqual(set(rows[0]), {"id", "name", "is_synced", "created_at", "last_used_at", "version"})
        self.assertEqual(client_of(self.emil).get(ME).json()["results"], [])

    def test_a_new_name(self):
        """What happens to who has not seen another's: test_stale_edits."""
        self.add(self.erin)
        api, url = client_of(self.erin), f"{ME}{Passkey.objects.get().pk}/"
        answer = api.patch(url, {"name": "Old laptop"})
        self.assertEqual((answer.status_code, answer["ETag"], answer.json()["name"]), (200, '"2"', "Old laptop"))
        assert_problem(api.patch(url, {"name": "a\nb"}), 400, "validation_error")
        assert_problem(client_of(self.emil).patch(url, {"name": "Mine"}), 404, "not_found")
        assert_problem(client_of(self.emil).get(url), 404, "not_found")

    def test_removing_one_needs_password_and_second_factor(self):
        device, codes = self.add(self.erin)
        api, url = client_of(self.erin), f"{ME}{Passkey.objects.get().pk}/removal/"
        assert_problem(api.post(url, {"password": "wrong", "code": codes[0]}), 403, "password_wrong")
        assert_problem(api.post(url, {"password": PASSWORD}), 403, "second_factor_required")
        assert_problem(api.post(url, {"password": PASSWORD, "code": "123456"}), 403, "code_wrong")
        other = client_of(self.erin)
        stolen = self.confirmation(other, device)  # of another session
        assert_problem(api.post(url, {"password": PASSWORD, **stolen}), 403, "passkey_wrong")
        assert_problem(client_of(self.emil).post(url, {"password": PASSWORD}), 404, "not_found")
        self.assertTrue(Passkey.objects.exists())
        self.assertEqual(api.post(url, {"password": PASSWORD, **self.confirmation(api, device)}).status_code, 200)
        self.assertFalse(Passkey.objects.exists())
        run_jobs()
        self.assertEqual(mail.outbox[-1].subject, "A passkey was removed")
        assert_problem(self.sign_in(device.get(self.ask())), 401, "passkey_invalid")

    def test_after_the_last_one_the_password_is_enough_and_recovery_codes_are_void(self):
        _, codes = self.add(self.erin)
        api = client_of(self.erin)
        api.post(f"{ME}{Passkey.objects.get().pk}/removal/", {"password": PASSWORD, "code": codes[0]})
        self.assertEqual(api.get("/api/v1/me/totp/").json(), {"enabled": False, "recovery_codes_left": 0})
        answer = self.client.post(TOKEN, {"username": "erin", "password": PASSWORD}, "application/json")
        self.assertEqual(answer.status_code, 200)

    def test_codes_stay_while_either_is_left(self):
        _, codes = self.add(self.erin)
        TotpDevice.objects.create(user=self.erin, seed="x", confirmed_at="2026-01-01T00:00:00Z")
        api = client_of(self.erin)
        with self.assertLogs("users.services.codes", "ERROR"):
            api.post(f"{ME}{Passkey.objects.get().pk}/removal/", {"password": PASSWORD, "code": codes[0]})
        self.assertEqual(api.get("/api/v1/me/totp/").json(), {"enabled": True, "recovery_codes_left": 9})
        self.assertFalse(User.objects.get(pk=self.erin.pk).has_passkey)

    def test_new_recovery_codes_for_a_passkey(self):
        device, codes = self.add(self.erin)
        api, url = client_of(self.erin), "/api/v1/me/totp/recovery-codes/"
        assert_problem(api.post(url, {}), 403, "second_factor_required")
        renewed = api.post(url, self.confirmation(api, device)).json()["recovery_codes"]
        body = {"challenge": self.challenge(), "code": codes[0]}
        assert_problem(self.client.post(f"{TOKEN}totp/", body, "application/json"), 403, "code_wrong")
        self.assertEqual(len(renewed), 10)

    def test_an_admin_helps_who_lost_theirs(self):
        device, _ = self.add(self.erin)
        url = f"/api/v1/users/{self.erin.pk}/totp-removal/"
        both = person("both", "hdts:employee", "tts:agent", password=PASSWORD)
        self.add(both)
        answer = client_of(self.hedda).post(f"/api/v1/users/{both.pk}/totp-removal/")
        assert_problem(answer, 403, "user_not_administered")
        self.assertEqual(client_of(self.hedda).post(url).status_code, 200)
        self.assertEqual(AuditEntry.objects.get(event="passkey_removed").actor["name"], "Hedda")
        assert_problem(self.sign_in(device.get(self.ask())), 401, "passkey_invalid")
        self.assertFalse(self.erin.recovery_codes.exists())
        assert_problem(client_of(self.hedda).post(url), 409, "totp_off")
        run_jobs()
        self.assertIn("A passkey was removed", [message.subject for message in mail.outbox])

    def test_what_the_user_says_is_true_to_the_table(self):
        """`has_passkey` is read instead of the table on the way of every sign-in."""

        def agree():
            return {
                user.username: user.has_passkey == user.passkeys.exists()
                for user in User.objects.prefetch_related("passkeys")
            }

        _, codes = self.add(self.erin)
        self.add(self.erin, code=codes[0])
        self.add(self.emil)
        api = client_of(self.erin)
        for passkey in self.erin.passkeys.all():
            proof = {"code": codes.pop()}
            self.assertEqual(api.post(f"{ME}{passkey.pk}/removal/", {"password": PASSWORD, **proof}).status_code, 200)
            self.assertEqual(set(agree().values()), {True})
        client_of(self.hedda).post(f"/api/v1/users/{self.emil.pk}/totp-removal/")
        self.assertEqual(set(agree().values()), {True})

    def test_sessions_and_scripts_go_on(self):
        api, _ = signed_in(self.erin)
        self.add(self.erin)
        self.assertEqual(api.get("/api/v1/me/").status_code, 200)
