"""A JSON type is what the schema says; a form has only strings."""

from django.http import QueryDict
from django.test import SimpleTestCase
from rest_framework import serializers

from servicekit.fields import StrictSerializer


class PartSerializer(StrictSerializer):
    name = serializers.SlugField()
    needed = serializers.BooleanField(default=False)
    words = serializers.ListField(child=serializers.CharField(), default=list)


class DraftSerializer(StrictSerializer):
    title = serializers.CharField(allow_null=True)
    urgent = serializers.BooleanField(default=False)
    tags = serializers.ListField(child=serializers.CharField(), default=list)
    names = serializers.DictField(child=serializers.ListField(child=serializers.SlugField()), default=dict)
    owner = serializers.UUIDField(required=False)
    parts = serializers.ListField(child=PartSerializer(), required=False)


class ChangeTests(SimpleTestCase):
    def change(self, **data):
        serializer = DraftSerializer(data=data, partial=True)
        serializer.is_valid()
        return serializer

    def test_what_is_left_out_stays(self):
        self.assertEqual(self.change(urgent=True).validated_data, {"urgent": True})

    def test_what_is_sent_is_whole(self):
        errors = self.change(parts=[{"needed": True}]).errors
        self.assertEqual(errors["parts"][0]["name"][0].code, "required")
        sent = self.change(parts=[{"name": "a"}]).validated_data
        self.assertEqual(sent, {"parts": [{"name": "a", "needed": False, "words": []}]})


class TypeTests(SimpleTestCase):
    def wrong(self, **data):
        serializer = DraftSerializer(data=data)
        serializer.is_valid()
        return {name: errors[0].code for name, errors in serializer.errors.items()}

    def test_the_right_types_and_null_where_it_may_be(self):
        self.assertEqual(self.wrong(title="Printer", urgent=True, tags=["vip"]), {})
        self.assertEqual(self.wrong(title=None), {})

    def test_a_number_is_no_string(self):
        for value in (0, 1.5, True):
            self.assertEqual(self.wrong(title=value), {"title": "invalid"})

    def test_nor_an_id(self):
        self.assertEqual(self.wrong(title="x", owner=0), {"owner": "invalid"})
        self.assertEqual(self.wrong(title="x", owner="01a21490-47cd-7059-b6ba-d61470b3df6c"), {})

    def test_nor_in_a_list_or_a_mapping(self):
        self.assertEqual(self.wrong(title="x", tags=["vip", 7]), {"tags": "invalid"})
        self.assertEqual(self.wrong(title="x", names={"a": ["b"], "c": ["d", 0]}), {"names": "invalid"})
        self.assertEqual(self.wrong(title="x", tags="vip"), {"tags": "not_a_list"})

    def test_words_and_numbers_are_no_booleans(self):
        for value in ("yes", "true", 1, 0):
            self.assertEqual(self.wrong(title="x", urgent=value), {"urgent": "invalid"})

    def test_a_form_says_true_in_a_word(self):
        serializer = DraftSerializer(data=QueryDict("title=7&urgent=true"))
        self.assertTrue(serializer.is_valid(), serializer.errors)
        self.assertEqual((serializer.validated_data["title"], serializer.validated_data["urgent"]), ("7", True))
