"""The operators' site: who comes in, what they see there, and that it has the API's rules."""

import re
from unittest import mock

import pyotp
from django.contrib.admin import site
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import URLResolver, reverse

from eventbus.testing import published, run_jobs
from users.admin.base import OperatorModelAdmin
from users.client_info import ClientInfo
from users.models import AuditEntry, RoleAssignment, ServiceClient, Session, System, TotpDevice, User
from users.selectors.people import role_names
from users.services import throttle
from users.services.audit import audit_record
from users.services.second_factor import Proof
from users.services.totp import totp_begin
from users.tests.cast import PASSWORD, CastTestCase, client_of, person, registration, role, service_client

LOGIN = "/admin/login/"
PEOPLE = "/admin/users/user/"


class SiteTestCase(CastTestCase):
    def browser(self, user):
        """A browser in which this person has signed in."""
        browser = Client()
        browser.force_login(user)
        return browser

    def act(self, browser, model, action, *rows, **values):
        """Runs an action on rows of a list; the messages that it left."""
        data = {"action": action, "_selected_action": [str(row.pk) for row in rows], **values}
        answer = browser.post(f"/admin/users/{model}/", data, follow=True)
        self.assertEqual(answer.status_code, 200)
        return [str(message) for message in answer.context["messages"]]


class SignInTests(SiteTestCase):
    def setUp(self):
        for user in (self.hedda, self.emil):
            User.objects.filter(pk=user.pk).update(password=self.erin.password)
        self.browser = Client()

    def sign_in(self, username="hedda", password=PASSWORD, **values):
        return self.browser.post(LOGIN, {"username": username, "password": password, "next": PEOPLE, **values})

    def test_an_admin_comes_in(self):
        answer = self.sign_in()
        self.assertEqual((answer.status_code, answer["Location"]), (302, PEOPLE))
        cookie = answer.cookies["sessionid"]
        self.assertEqual((cookie["httponly"], cookie["samesite"], cookie["path"]), (True, "Strict", "/admin/"))
        self.assertEqual(self.browser.get(PEOPLE).status_code, 200)
        self.assertEqual(AuditEntry.objects.get(event="operator_sign_in").user_id, self.hedda.pk)
        self.assertFalse(Session.objects.exists())

    def test_who_administers_nothing_stays_outside(self):
        self.sign_in("emil")
        self.assertEqual(self.browser.get(PEOPLE).status_code, 302)

    def test_wrong_unknown_and_inactive_are_told_the_same(self):
        User.objects.filter(pk=self.hedda.pk).update(is_active=False)
        said = {
            re.search(r"errornote[^>]*>(.*?)</ul>|errorlist[^>]*>(.*?)</ul>", self.sign_in(*who).content.decode())[0]
            for who in (("hedda", PASSWORD), ("erin", "wrong"), ("nobody", PASSWORD))
        }
        self.assertEqual(len(said), 1)
        self.assertIn("User name or password is wrong.", said.pop())

    def test_guessing_is_slowed_down_as_everywhere(self):
        with mock.patch("users.services.throttle.time.time", return_value=1_800_000_000.0):
            for _ in range(6):
                throttle.admit(throttle.account("hedda"))
            answer = self.sign_in()
        self.assertContains(answer, "Too many attempts. Wait 1 seconds.")

    def test_the_second_factor_is_asked_for_here_too(self):
        seed = totp_begin(
            user_id=self.hedda.pk, password=PASSWORD, proof=Proof(session_id=None), client=ClientInfo()
        ).seed
        TotpDevice.objects.update(confirmed_at="2026-01-01T00:00:00Z")
        self.assertContains(self.sign_in(), "The code is wrong.")
        self.assertEqual(self.browser.get(PEOPLE).status_code, 302)
        code = pyotp.TOTP(seed).now()
        self.assertEqual(self.sign_in(code=code).status_code, 302)
        self.assertEqual(self.browser.get(PEOPLE).status_code, 200)
        self.browser.logout()
        self.assertContains(self.sign_in(code=code), "The code is wrong.")

    def test_what_voids_tokens_ends_it(self):
        self.sign_in()
        client_of(self.hedda).post("/api/v1/sessions/revocation/")
        self.assertEqual(self.browser.get(PEOPLE).status_code, 302)
        self.sign_in()
        client_of(self.root).post(f"/api/v1/users/{self.hedda.pk}/deactivation/")
        self.assertEqual(self.browser.get(PEOPLE).status_code, 302)

    def test_it_leads_nowhere_else(self):
        for place in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
            with self.subTest(place):
                answer = self.sign_in(next=place)
                self.assertEqual((answer.status_code, answer["Location"]), (302, "/accounts/profile/"))
                self.browser.logout()

    def test_a_form_of_another_site_does_not_sign_in(self):
        browser = Client(enforce_csrf_checks=True)
        answer = browser.post(LOGIN, {"username": "hedda", "password": PASSWORD})
        self.assertEqual(answer.status_code, 403)

    def test_its_cookie_is_worth_nothing_to_the_api(self):
        self.sign_in()
        self.assertEqual(self.browser.get("/api/v1/me/").status_code, 401)


class PageTests(SiteTestCase):
    """Each page and each operator. A page without a line here fails."""

    OPERATORS = ("ada", "hedda", "amos", "root")
    OUTSIDE = ("charlie", "erin", "alan", "cora")
    # model -> who may (see the list, add one, open Emil's or that one, send its form back); nobody deletes any
    LISTS = {
        "user": (OPERATORS, OPERATORS, ("ada", "hedda", "root"), ("ada", "hedda", "root")),
        "registration": (("hedda", "root"), (), ("hedda", "root"), ()),
        "system": (OPERATORS, ("root",), OPERATORS, ("root",)),
        "role": (OPERATORS, OPERATORS, OPERATORS, ("hedda", "root")),
        "roleassignment": (OPERATORS, OPERATORS, ("hedda", "root"), ()),
        "serviceclient": (("root",), (), ("root",), ()),
        "auditentry": (("ada", "root"), (), ("ada", "root"), ()),
    }

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.rows = {
            "user": cls.emil,
            "registration": registration("zoe", state="pending"),
            "system": System.objects.get(slug="hdts"),
            "role": role("hdts:employee"),
            "roleassignment": cls.emil.assignments.get(),
            "serviceclient": service_client("reports"),
            "auditentry": audit_record(event="sign_in"),
        }

    def test_every_model_has_its_line(self):
        registered = {model._meta.model_name for model in site._registry}
        self.assertEqual(registered, set(self.LISTS))

    def test_a_page_that_says_nothing_is_closed(self):
        page, request = OperatorModelAdmin(User, site), RequestFactory().get("/")
        for what in ("view", "add", "change", "delete"):
            self.assertFalse(getattr(page, f"has_{what}_permission")(request))

    def test_table(self):
        for name in self.OPERATORS:
            browser = self.browser(getattr(self, name))
            for model, (see, add, open_one, change) in self.LISTS.items():
                base, pk = f"/admin/users/{model}/", self.rows[model].pk
                for path, allowed in (
                    ("", see),
                    ("add/", add),
                    (f"{pk}/change/", open_one),
                    (f"{pk}/history/", open_one),
                ):
                    with self.subTest(f"{base}{path} as {name}"):
                        status = browser.get(base + path).status_code
                        self.assertEqual(status == 200, name in allowed, status)
                        self.assertIn(status, (200, 302, 403))
                for path, allowed in (("add/", add), (f"{pk}/change/", change)):
                    with self.subTest(f"{base}{path} sent as {name}"):
                        # An empty form: who may send it is shown what is missing.
                        status = browser.post(base + path, {}).status_code
                        self.assertEqual(status == 200, name in allowed, status)
                with self.subTest(f"{base} delete as {name}"):
                    self.assertIn(browser.post(f"{base}{pk}/delete/", {"post": "yes"}).status_code, (302, 403))
        for model, row in self.rows.items():
            self.assertTrue(type(row).objects.filter(pk=row.pk).exists(), model)

    def test_nobody_else_comes_in(self):
        for name in self.OUTSIDE:
            browser = self.browser(getattr(self, name))
            for path in self.paths():
                with self.subTest(f"{path} as {name}"):
                    answer = browser.get(path)
                    self.assertEqual((answer.status_code, answer["Location"][: len(LOGIN)]), (302, LOGIN))

    def test_nobody_at_all_comes_in(self):
        for path in self.paths():
            with self.subTest(path):
                self.assertEqual(Client().get(path).status_code, 302)

    def test_passwords_are_not_changed_here(self):
        browser = self.browser(self.root)
        for path in ("password_change/", "password_change/done/"):
            self.assertEqual(browser.post(f"/admin/{path}", {}).status_code, 404)

    def test_a_refusal_is_in_the_audit_log(self):
        self.browser(self.amos).get("/admin/users/auditentry/")
        entry = AuditEntry.objects.get(event="administration_refused")
        self.assertEqual((entry.actor["name"], entry.detail), ("Amos", {"path": "/admin/users/auditentry/"}))

    def paths(self):
        """Every page of the site but the way in and out."""
        found = list(self.walk(site.get_urls(), "/admin/"))
        self.assertGreater(len(found), 30)
        return found

    def walk(self, patterns, prefix):
        for entry in patterns:
            path = prefix + re.sub(r"<[^>]*>", str(self.emil.pk), str(entry.pattern))
            if isinstance(entry, URLResolver):
                yield from self.walk(entry.url_patterns, path)
            elif "^" not in path and "/r/" not in path and not path.endswith(("login/", "logout/")):
                yield path


class PeopleTests(SiteTestCase):
    def form(self, **changes):
        return {"name": "Emil E.", "department": "Sales", "time_zone": "UTC", **changes}

    def test_an_admin_sees_whom_the_api_would_show_them(self):
        person("anna", "ams:admin")
        page = self.browser(self.amos).get(PEOPLE).content.decode()
        self.assertIn("anna", page)
        for stranger in ("emil@", "erin@", "root@"):
            self.assertNotIn(stranger, page)

    def test_whom_one_does_not_see_one_does_not_change(self):
        answer = self.browser(self.amos).post(f"{PEOPLE}{self.emil.pk}/change/", self.form())
        self.assertEqual(answer.status_code, 302)
        self.assertEqual(User.objects.get(pk=self.emil.pk).name, "Emil")

    def test_whom_one_does_not_administer_one_does_not_change(self):
        both = person("both", "hdts:employee", "tts:agent")
        answer = self.browser(self.hedda).post(f"{PEOPLE}{both.pk}/change/", self.form())
        self.assertEqual((answer.status_code, User.objects.get(pk=both.pk).name), (403, "Both"))
        self.assertTrue(AuditEntry.objects.filter(event="administration_refused").exists())

    def test_a_change_is_published_with_its_actor(self):
        self.browser(self.hedda).post(f"{PEOPLE}{self.emil.pk}/change/", self.form())
        event = published("user.changed.v1")[-1]
        self.assertEqual((event["data"]["name"], event["actor"]["name"]), ("Emil E.", "Hedda"))
        self.assertEqual(AuditEntry.objects.get(event="user_changed").actor["name"], "Hedda")

    def test_nothing_but_the_three_fields_is_changed(self):
        before = User.objects.values().get(pk=self.emil.pk)
        every = {field.name: "1" for field in User._meta.get_fields()}
        browser = self.browser(self.root)
        browser.post(f"{PEOPLE}{self.emil.pk}/change/", {**every, **self.form(), "is_superuser": "on"})
        after = User.objects.values().get(pk=self.emil.pk)
        changed = {name for name in before if before[name] != after[name]}
        self.assertEqual(changed, {"name", "department", "version"})

    def test_an_invitation_with_roles_of_ones_own_systems(self):
        data = {**self.form(), "username": "zoe", "email": "zoe@example.com"}
        browser = self.browser(self.hedda)
        browser.post(f"{PEOPLE}add/", {**data, "roles": [str(role("tts:admin").pk)]})
        self.assertFalse(User.objects.filter(username="zoe").exists())
        browser.post(f"{PEOPLE}add/", {**data, "roles": [str(role("hdts:employee").pk)]})
        zoe = User.objects.get(username="zoe")
        self.assertEqual((role_names(zoe.pk), zoe.has_usable_password()), (["hdts:employee"], False))
        run_jobs()
        self.assertEqual(mail.outbox[-1].to, ["zoe@example.com"])

    def test_only_roles_of_ones_own_systems_are_offered(self):
        def offered(user):
            form = self.browser(user).get(f"{PEOPLE}add/").context["adminform"].form
            return {role.system.slug for role in form.fields["roles"].queryset}

        self.assertEqual(offered(self.hedda), {"hdts"})
        self.assertEqual(offered(self.root), {"ams", "bms", "hdts", "tts"})

    def test_suspending_needs_a_reason(self):
        browser = self.browser(self.hedda)
        self.assertIn("emil: Say why, beside the action.", self.act(browser, "user", "suspend", self.emil))
        self.act(browser, "user", "suspend", self.emil, reason="investigation")
        self.assertEqual(User.objects.get(pk=self.emil.pk).state, "suspended")
        self.assertEqual(published("user.revoked.v1")[-1]["change"]["reason"], "suspended")

    def test_closing_and_opening(self):
        browser = self.browser(self.hedda)
        self.act(browser, "user", "deactivate", self.emil)
        self.assertFalse(User.objects.get(pk=self.emil.pk).is_active)
        self.act(browser, "user", "reactivate", self.emil)
        self.assertTrue(User.objects.get(pk=self.emil.pk).is_active)

    def test_nobody_closes_their_own_account_or_a_superusers(self):
        browser = self.browser(self.ada)
        said = self.act(browser, "user", "deactivate", self.ada, self.root, self.alan)
        self.assertEqual(said, [
            "root: You do not administer this account.",
            "ada: You cannot close your own account.",
            "1 deactivated.",
        ])  # fmt: skip

    def test_another_invitation_and_a_lost_device(self):
        browser = self.browser(self.hedda)
        self.assertEqual(self.act(browser, "user", "invite_again", self.emil), ["1 invited again."])
        TotpDevice.objects.create(user=self.emil, seed="x", confirmed_at="2026-01-01T00:00:00Z")
        self.assertEqual(self.act(browser, "user", "remove_second_factor", self.emil), ["1 need no code any more."])
        self.assertFalse(TotpDevice.objects.exists())

    def test_registrations_are_decided_here_too(self):
        browser, zoe = self.browser(self.hedda), registration("zoe", state="pending")
        yan = registration("yan", state="pending")
        self.assertEqual(self.act(browser, "registration", "approve", zoe), ["1 approved."])
        self.assertIn("The registration has been", self.act(browser, "registration", "refuse", zoe, reason="x")[0])
        self.assertEqual(self.act(browser, "registration", "refuse", yan, reason="x"), ["1 refused."])
        self.assertEqual(role_names(User.objects.get(username="zoe").pk), ["hdts:employee"])


class AccessTests(SiteTestCase):
    def grant(self, by, user, name):
        data = {"user": str(user.pk), "role": str(role(name).pk)}
        return self.browser(by).post("/admin/users/roleassignment/add/", data)

    def test_roles_of_ones_own_systems_and_never_to_oneself(self):
        self.grant(self.amos, self.charlie, "ams:admin")
        self.assertEqual(role_names(self.charlie.pk), ["ams:admin"])
        self.assertEqual(published("user.revoked.v1")[-1]["change"]["reason"], "roles_changed")
        self.grant(self.amos, self.charlie, "tts:admin")
        self.grant(self.ada, self.ada, "tts:agent")
        self.grant(self.ada, self.root, "tts:agent")
        for user, expected in ((self.charlie, ["ams:admin"]), (self.ada, ["tts:admin"]), (self.root, [])):
            self.assertEqual(role_names(user.pk), expected)

    def test_taking_a_role(self):
        held = self.emil.assignments.get()
        self.act(self.browser(self.amos), "roleassignment", "take", held)
        self.assertEqual(role_names(self.emil.pk), ["hdts:employee"])
        self.assertEqual(self.act(self.browser(self.hedda), "roleassignment", "take", held), ["1 taken."])
        self.assertEqual(role_names(self.emil.pk), [])
        self.assertTrue(RoleAssignment.objects.filter(pk=held.pk).exists())

    def test_systems_and_roles(self):
        browser = self.browser(self.root)
        browser.post("/admin/users/system/add/", {"slug": "crm", "name": "Customers"})
        crm = System.objects.get(slug="crm")
        browser.post(f"/admin/users/system/{crm.pk}/change/", {"slug": "other", "name": "Clients"})
        crm.refresh_from_db()
        self.assertEqual((crm.slug, crm.name), ("crm", "Clients"))
        browser.post("/admin/users/role/add/", {"system": str(crm.pk), "slug": "admin", "name": "Admin"})
        made = role("crm:admin")
        browser.post(f"/admin/users/role/{made.pk}/change/", {"name": "Boss"})
        made.refresh_from_db()
        self.assertEqual((made.name, made.is_active), ("Boss", False))
        self.assertEqual(published("role.changed.v1")[-1]["data"]["name"], "Boss")

    def test_a_role_of_another_system_is_not_made_or_changed(self):
        browser = self.browser(self.hedda)
        tts = System.objects.get(slug="tts")
        browser.post("/admin/users/role/add/", {"system": str(tts.pk), "slug": "boss", "name": "Boss"})
        self.assertFalse(tts.roles.filter(slug="boss").exists())
        answer = browser.post(f"/admin/users/role/{role('tts:agent').pk}/change/", {"name": "x", "is_active": "on"})
        self.assertEqual((answer.status_code, role("tts:agent").name), (403, "Agent"))

    def test_only_ones_own_systems_are_offered(self):
        def offered(user):
            form = self.browser(user).get("/admin/users/role/add/").context["adminform"].form
            return sorted(system.slug for system in form.fields["system"].queryset)

        self.assertEqual(offered(self.hedda), ["hdts"])
        self.assertEqual(offered(self.root), ["ams", "bms", "hdts", "tts"])

    def test_a_role_that_is_held_is_not_retired(self):
        answer = self.browser(self.hedda).post(
            f"/admin/users/role/{role('hdts:employee').pk}/change/", {"name": "Employee"}, follow=True
        )
        self.assertContains(answer, "The role is held by somebody")
        self.assertTrue(role("hdts:employee").is_active)

    def test_service_clients_are_closed_and_opened_and_no_secret_is_shown(self):
        client = service_client("reports", "events:read")
        browser = self.browser(self.root)
        self.act(browser, "serviceclient", "close", client)
        self.assertFalse(ServiceClient.objects.get(pk=client.pk).is_active)
        self.act(browser, "serviceclient", "open_again", client)
        self.assertTrue(ServiceClient.objects.get(pk=client.pk).is_active)
        page = browser.get(reverse("admin:users_serviceclient_change", args=[client.pk])).content.decode()
        self.assertNotIn(client.secret_hash, page)


class FileTests(SiteTestCase):
    def test_the_sites_own_files_are_served(self):
        self.assertEqual(self.client.get("/static/admin/css/base.css").status_code, 200)

    def test_swagger_ui_needs_no_other_host(self):
        page = self.client.get("/api/docs/")
        self.assertIn("default-src 'none'", page["Content-Security-Policy"])
        for name, kind in re.findall(r'(?:src|href)="([^"]+\.(\w+))"', page.content.decode()):
            with self.subTest(name):
                answer = self.client.get(f"/api/docs/{name}")
                self.assertEqual(answer.status_code, 200)
                self.assertIn({"js": "javascript", "css": "css", "png": "png"}[kind], answer["Content-Type"])
        for name in ("index.html", "swagger-ui.css.map", "..%2fLICENSE", "start.png"):
            self.assertEqual(self.client.get(f"/api/docs/{name}").status_code, 404)
