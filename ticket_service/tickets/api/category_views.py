"""Views of categories."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtauth.permissions import IsUser, has_role
from jwtauth.principal import principal_of
from servicekit.concurrency import etag, require_match
from servicekit.idempotency import idempotent
from servicekit.openapi import IF_MATCH
from servicekit.pagination import CursorPagination
from servicekit.reading import read_query
from tickets import selectors
from tickets.api import category_serializers as serializers
from tickets.api import representations
from tickets.models import Category
from tickets.services.categories import category_change, category_create


class _CategoryView(APIView):
    def get_permissions(self) -> list[BasePermission]:
        """Everybody reads, administrators write."""
        return [IsUser() if self.request.method in SAFE_METHODS else has_role("tts:admin")()]

    def answer(self, category: Category, *, status: int = 200) -> Response:
        """The category with its ETag."""
        body = representations.category(category) | {"version": category.version}
        return Response(body, status=status, headers={"ETag": etag(category.version)})


class CategoriesApi(_CategoryView):
    """The categories that a ticket can be filed under."""

    pagination_class = CursorPagination
    ordering = ("slug",)

    @extend_schema(
        operation_id="categories_list",
        parameters=[serializers.CategoriesQuery],
        responses=serializers.CategoryOutput(many=True),
    )
    def get(self, request: Request) -> Response:
        """Categories with their sub-categories and custom fields."""
        query = read_query(serializers.CategoriesQuery, request)
        everything = query["include_inactive"] and principal_of(request).is_staff
        pages = CursorPagination()
        page = pages.paginate_queryset(selectors.category_list(everything=everything), request, view=self)
        return pages.get_paginated_response([representations.category(row) for row in page])

    @extend_schema(
        operation_id="categories_create",
        request=serializers.CategoryInput,
        responses={201: serializers.CategoryDetailOutput},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Offer a new category."""
        form = serializers.CategoryInput(data=request.data)
        form.is_valid(raise_exception=True)
        return self.answer(category_create(fields=form.validated_data), status=201)


class CategoryApi(_CategoryView):
    """One category."""

    @extend_schema(operation_id="categories_retrieve", responses=serializers.CategoryDetailOutput)
    def get(self, _request: Request, slug: str) -> Response:
        """The category; its version is the ETag."""
        return self.answer(selectors.category_by_slug(slug=slug))

    @extend_schema(
        operation_id="categories_update",
        request=serializers.CategoryChangeInput,
        parameters=[IF_MATCH],
        responses=serializers.CategoryDetailOutput,
    )
    def patch(self, request: Request, slug: str) -> Response:
        """Change some fields of the version that `If-Match` names; tickets keep the values that they have."""
        form = serializers.CategoryChangeInput(data=request.data, partial=True)
        with transaction.atomic():
            category = selectors.category_by_slug(slug=slug, lock=True)
            require_match(request, category.version)
            form.is_valid(raise_exception=True)
            fields: dict[str, Any] = dict(form.validated_data)
            return self.answer(category_change(category, fields=fields))
