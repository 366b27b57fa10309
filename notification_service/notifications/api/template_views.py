"""HTTP of the words, for admins."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtauth.principal import principal_of
from notifications.api.delivery_views import ADMIN
from notifications.api.serializers import DeliveryOut
from notifications.default_templates import Words
from notifications.models import EarlierTemplate, Template
from notifications.selectors import earlier_templates
from notifications.services.template_editing import (
    template_change,
    template_find,
    template_preview,
    template_test,
    templates_all,
)
from servicekit.concurrency import etag, require_match
from servicekit.fields import NoInput, StrictSerializer
from servicekit.idempotency import idempotent
from servicekit.openapi import IF_MATCH

MAX_CHARACTERS = 20_000


class WordsIn(StrictSerializer):
    """The three parts; `html` is empty for the inbox."""

    subject = serializers.CharField(max_length=1000)
    text = serializers.CharField(max_length=MAX_CHARACTERS)
    html = serializers.CharField(max_length=MAX_CHARACTERS, default="", allow_blank=True)


class WordsOut(serializers.Serializer[object]):
    """Finished words."""

    subject = serializers.CharField()
    text = serializers.CharField()
    html = serializers.CharField(allow_blank=True)


class TemplateOut(serializers.ModelSerializer[Template]):
    """One template; version 0 are the words that the service came with."""

    channel = serializers.CharField()
    version = serializers.IntegerField(min_value=0)

    class Meta:
        model = Template
        fields = ["key", "channel", "version", "subject", "text", "html"]


class TemplatesOut(serializers.Serializer[object]):
    """All templates; there are never more than one page of them."""

    results = TemplateOut(many=True)
    next = serializers.CharField(allow_null=True)


class EarlierTemplateOut(serializers.ModelSerializer[EarlierTemplate]):
    """The words until somebody replaced them."""

    version = serializers.IntegerField(min_value=1)

    class Meta:
        model = EarlierTemplate
        fields = ["version", "subject", "text", "html", "replaced_by", "replaced_at"]


class TemplateListApi(APIView):
    """All templates."""

    permission_classes = ADMIN

    @extend_schema(operation_id="template_list", responses=TemplatesOut)
    def get(self, request: Request) -> Response:
        """Answer each kind and channel with its words."""
        return Response({"results": TemplateOut(templates_all(), many=True).data, "next": None})


class TemplateApi(APIView):
    """One template."""

    permission_classes = ADMIN

    @extend_schema(operation_id="template", responses=TemplateOut)
    def get(self, request: Request, key: str, channel: str) -> Response:
        """Answer it with its version as ETag."""
        return _answer(template_find(key=key, channel=channel))

    @extend_schema(operation_id="template_change", request=WordsIn, responses=TemplateOut, parameters=[IF_MATCH])
    def put(self, request: Request, key: str, channel: str) -> Response:
        """Give it other words, based on the version that `If-Match` names."""
        row = template_change(
            principal=principal_of(request),
            key=key,
            channel=channel,
            words=_words(request),
            match=lambda version: require_match(request, version),
        )
        return _answer(row)


@extend_schema_view(get=extend_schema(operation_id="template_versions"))
class TemplateVersionsApi(ListAPIView[EarlierTemplate]):
    """The earlier words of one template, newest first."""

    permission_classes = ADMIN
    serializer_class = EarlierTemplateOut
    queryset = EarlierTemplate.objects.none()
    ordering = ("-version",)

    def get_queryset(self) -> QuerySet[EarlierTemplate]:
        """Return those of the template in the path."""
        template_find(key=self.kwargs["key"], channel=self.kwargs["channel"])
        return earlier_templates(key=self.kwargs["key"], channel=self.kwargs["channel"])


class TemplatePreviewApi(APIView):
    """Words, filled in with an example."""

    permission_classes = ADMIN

    @extend_schema(operation_id="template_preview", request=WordsIn, responses=WordsOut)
    def post(self, request: Request, key: str, channel: str) -> Response:
        """Answer what somebody would get; nothing is stored."""
        return Response(WordsOut(template_preview(key=key, channel=channel, words=_words(request))).data)


class TemplateTestApi(APIView):
    """One e-mail to the caller."""

    permission_classes = ADMIN

    @extend_schema(operation_id="template_test", request=None, responses={202: DeliveryOut})
    @idempotent
    def post(self, request: Request, key: str) -> Response:
        """Send the caller the e-mail of this kind, as it is now, with an example in it."""
        NoInput.check(request)
        return Response(DeliveryOut(template_test(principal=principal_of(request), key=key)).data, status=202)


def _words(request: Request) -> Words:
    body = WordsIn(data=request.data)
    body.is_valid(raise_exception=True)
    return Words(**body.validated_data)


def _answer(row: Template) -> Response:
    return Response(TemplateOut(row).data, headers={"ETag": etag(row.version)})
