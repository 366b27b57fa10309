"""Views as a service would write them, thin."""

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from servicekit.concurrency import etag, require_match
from servicekit.fields import StrictSerializer
from servicekit.idempotency import idempotent
from servicekit.openapi import IF_MATCH
from servicekit.pagination import CursorPagination
from servicekit.parsers import JSONParser
from servicekit.problems import Problem
from tests.models import Note

SECRET_TEXT = "password=hunter2"


class NoteInput(StrictSerializer):
    text = serializers.CharField(max_length=100)
    tags = serializers.ListField(child=serializers.IntegerField(), required=False)
    id = serializers.UUIDField(read_only=True)


class NoteOutput(serializers.ModelSerializer):
    class Meta:
        model = Note
        fields = ["id", "text", "rank", "made_at"]


class NoteRefused(Problem):
    status, code, title = 409, "note_refused", "This note is refused."


class NotesApi(ListAPIView):
    queryset = Note.objects.all()
    serializer_class = NoteOutput

    @extend_schema(request=NoteInput, responses={201: NoteOutput})
    @idempotent
    def post(self, request):
        data = NoteInput(data=request.data)
        data.is_valid(raise_exception=True)
        note = Note.objects.create(text=data.validated_data["text"], owner=getattr(request.user, "pk", ""))
        if note.text == "refuse":
            raise NoteRefused("Not this one.", errors=[{"field": "text", "code": "refused", "detail": "No."}], note=1)
        if note.text == "answer 400":
            return Response({}, status=400)
        return Response(NoteOutput(note).data, status=201, headers={"Location": f"/api/v1/notes/{note.pk}/"})


@extend_schema(exclude=True)
class RankedNotesApi(APIView):
    ordering = ("-rank", "id")

    def get(self, request):
        pages = CursorPagination()
        page = pages.paginate_queryset(Note.objects.values("id", "rank"), request, self)
        return pages.get_paginated_response(page)


class NoteApi(GenericAPIView):
    serializer_class = NoteOutput
    queryset = Note.objects.all()

    def get(self, request, pk):
        note = self.get_object()
        return Response(NoteOutput(note).data, headers={"ETag": etag(note.version)})

    @extend_schema(parameters=[IF_MATCH], request=NoteInput)
    def patch(self, request, pk):
        note = self.get_object()
        require_match(request, note.version)
        return Response(NoteOutput(note).data)


class StampApi(GenericAPIView):
    """Only the owner finds the note."""

    permission_classes = [IsAuthenticated]
    serializer_class = NoteOutput
    queryset = Note.objects.all()

    def get_object(self):
        return get_object_or_404(Note, pk=self.kwargs["pk"], owner=self.request.user.pk)

    @idempotent
    def post(self, request, pk):
        note = self.get_object()
        note.rank += 1
        note.save()
        return Response({"rank": note.rank})


class UploadApi(APIView):
    parser_classes = [MultiPartParser, JSONParser]

    @extend_schema(request=None, responses={201: NoteOutput})
    @idempotent
    def post(self, request):
        text = request.data["file"].read().decode()
        note = Note.objects.create(text=text)
        return Response({"id": note.pk, "text": note.text}, status=201)


ERRORS = {
    "http404": lambda: Http404(SECRET_TEXT),
    "denied": lambda: PermissionDenied(SECRET_TEXT),
    "too-big": lambda: RequestDataTooBig(SECRET_TEXT),
    "suspicious": lambda: SuspiciousOperation(SECRET_TEXT),
    "operational": lambda: OperationalError(SECRET_TEXT),
    "interface": lambda: InterfaceError(SECRET_TEXT),
    "value": lambda: ValueError(SECRET_TEXT),
    "throttled": lambda: exceptions.Throttled(wait=7),
    "unauthenticated": lambda: exceptions.NotAuthenticated(),
    "drf-denied": lambda: exceptions.PermissionDenied(SECRET_TEXT),
    "problem": lambda: NoteRefused("Not this one.", headers={"Retry-After": "1"}, note="n"),
}


@extend_schema(exclude=True)
class RaiseApi(APIView):
    def get(self, request, name):
        raise ERRORS[name]()


def raise_outside(request, name):
    raise ERRORS[name]()
