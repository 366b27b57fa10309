"""Which mutants the syntax tree of a permission check gives, and that each is still Python."""

import ast
from unittest import TestCase

from suite import topology
from suite.mutation.derive import of_code, of_folder

CODE = '''
ADMIN = [has_role("tts:admin")]
READS = has_role("tts:admin")


class Sees(PrincipalPermission):
    def allows(self, principal: Principal) -> bool:
        """Who sees."""
        return principal.is_staff


class Open:
    permission_classes = [AllowAnyone]


class Mine:
    permission_classes = [IsUser]

    def get_permissions(self):
        return [IsUser()] if self.request.method == "GET" else [Sees()]

    def get_queryset(self) -> QuerySet[Thing]:
        return Thing.objects.filter(owner=principal_of(self.request).id, is_alive=True)


def things(*, viewer: Principal) -> QuerySet[Thing]:
    if viewer.is_staff:
        return Thing.objects.all()
    mine = Q(owner=viewer.id)
    return Thing.objects.filter(mine, kind="größer").order_by("id")


class ThingAdmin(ModelAdmin):
    def has_view_permission(self, request, obj=None) -> bool:
        return operator(request).is_superuser

    def has_add_permission(self, request, obj=None) -> bool:
        """Anybody."""
        return True


def pick(request) -> None:
    by, wanted = operator(request), request.data["wanted"]
    rows = Thing.objects.all() if by.is_superuser else things(viewer=by)
    one = rows.first() if wanted else rows.all()[0]


def change(*, thing: Thing, actor: Principal) -> None:
    if thing.owner != actor.id:
        raise NotYours
    if thing.is_gone:
        raise Gone
'''


class DerivingTests(TestCase):
    def setUp(self) -> None:
        self.mutants = of_code(CODE, "code.py")

    def changed(self, rule: str) -> list[str]:
        """The lines that are new under the mutants of one rule."""
        before = set(CODE.splitlines())
        texts = [mutant.apply(CODE) for mutant in self.mutants if mutant.rule == rule]
        return [line.strip() for text in texts for line in text.splitlines() if line not in before]

    def test_every_mutant_is_python(self) -> None:
        for mutant in self.mutants:
            with self.subTest(str(mutant)):
                ast.parse(mutant.apply(CODE))

    def test_a_permission_lets_everybody_in(self) -> None:
        reads, *others = (mutant for mutant in self.mutants if mutant.rule == "permission")
        self.assertTrue(reads.new.startswith("type("))
        # Not the page that is anybody's.
        named = [(mutant.name, mutant.new) for mutant in others]
        self.assertEqual(named, [("Sees.allows", "return True"), ("ThingAdmin.has_view_permission", "return True")])

    def test_a_view_is_opened_and_one_that_is_open_stays(self) -> None:
        changed = self.changed("view")
        self.assertEqual(len(changed), 3)
        self.assertTrue(all("has_permission" in line for line in changed))

    def test_a_queryset_loses_only_what_is_about_the_caller(self) -> None:
        wanted = [
            "return Thing.objects.filter(is_alive=True)",
            "return Thing.objects.filter(kind='größer').order_by(\"id\")",
        ]
        self.assertEqual(self.changed("scope"), wanted)

    def test_only_a_refusal_of_the_caller_is_a_guard(self) -> None:
        self.assertEqual(self.changed("guard"), ["if False:"])

    def test_the_wide_branch_is_always_taken(self) -> None:
        self.assertEqual(self.changed("branch")[0], "if True:")

    def test_of_two_querysets_either_is_taken(self) -> None:
        wanted = [f"rows = Thing.objects.all() if {which} else things(viewer=by)" for which in ("True", "False")]
        self.assertEqual(self.changed("branch")[1:], wanted)


class ServicesTests(TestCase):
    def test_each_has_views_scopes_or_guards_to_take_away(self) -> None:
        for service in topology.load().services:
            with self.subTest(service.folder):
                rules = {mutant.rule for mutant in of_folder(service.path / service.app)}
                self.assertLessEqual({"view", "guard", "scope"}, rules)
