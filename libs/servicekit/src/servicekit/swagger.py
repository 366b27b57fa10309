"""Swagger UI of the service's own OpenAPI document, from the files of drf-spectacular-sidecar: no CDN, no static files.

All addresses are relative, so that it works below any prefix of a gateway.
"""

from importlib.resources import files

from django.http import Http404, HttpResponse
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

FOLDER = "static/drf_spectacular_sidecar/swagger-ui-dist"
TYPES = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
    "start.js": "text/javascript",
}
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>API</title>
<link rel="icon" href="favicon-32x32.png"><link rel="stylesheet" href="swagger-ui.css"></head>
<body><div id="ui"></div><script src="swagger-ui-bundle.js"></script><script src="start.js"></script></body>
</html>
"""
START = 'SwaggerUIBundle({url: "../schema/?format=json", dom_id: "#ui", deepLinking: true});\n'
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'"
)


class SwaggerUiApi(APIView):
    """The page, for anyone."""

    schema = None
    authentication_classes = []
    permission_classes = [AllowAny]

    def get(self, request: Request) -> HttpResponse:
        """Answer the page."""
        return HttpResponse(PAGE, headers={"Content-Security-Policy": POLICY})


class SwaggerAssetApi(APIView):
    """A file that the page needs, for anyone."""

    schema = None
    authentication_classes = []
    permission_classes = [AllowAny]

    def get(self, request: Request, asset: str, suffix: str) -> HttpResponse:
        """Answer one of the four files; no other name leads anywhere."""
        name = f"{asset}.{suffix}"
        if name not in TYPES:
            raise Http404
        content = (
            START.encode() if name == "start.js" else (files("drf_spectacular_sidecar") / FOLDER / name).read_bytes()
        )
        headers = {"Cache-Control": "public, max-age=86400"}
        return HttpResponse(content, content_type=TYPES[name], headers=headers)
