"""What messaging asks for when it has taken in an e-mail; not routed by the gateway."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtauth.permissions import has_scope
from servicekit.parsers import JSONParser
from tickets.api import mail_serializers as serializers
from tickets.services.mailing import ticket_file_mail


class MailedTicketApi(APIView):
    """A ticket that came by e-mail; its id is the caller's."""

    permission_classes = [has_scope("tickets:file")]
    parser_classes = [JSONParser, MultiPartParser]

    @extend_schema(
        operation_id="mailed_ticket_put",
        request={"multipart/form-data": serializers.MailedTicketInput},
        responses={200: serializers.MailedTicketOutput, 201: serializers.MailedTicketOutput},
    )
    def put(self, request: Request, id: UUID) -> Response:
        """File it for its requester; the same id again answers the ticket that there is, with 200."""
        form = serializers.MailedTicketInput(data=request.data)
        form.is_valid(raise_exception=True)
        fields = dict(form.validated_data)
        uploads = fields.pop("attachments", [])
        ticket, created = ticket_file_mail(ticket_id=id, uploads=uploads, **fields)
        return Response({"id": ticket.pk, "number": ticket.number}, status=201 if created else 200)
