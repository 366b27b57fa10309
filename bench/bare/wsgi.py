"""What gunicorn serves, and the one route."""

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path


def view(request: HttpRequest) -> JsonResponse:
    """A small JSON answer."""
    return JsonResponse({"status": "ok"})


urlpatterns = [path("", view)]
application = get_wsgi_application()
