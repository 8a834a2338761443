"""Permissions on the models that Wagtail's admin manages, asked the same way of every supported Wagtail."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from wagtail import VERSION
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import page_permission_policy

if VERSION >= (8,):
    from wagtail.permissions import policy_registry


def policy_of(model: type[Model]) -> Any:
    """Return the permission policy of pages, pictures, documents or a snippet: Wagtail 8 has one place for them, 7.4
    four."""
    if VERSION >= (8,):
        return policy_registry.get_by_type(model)
    if issubclass(model, Page):
        return page_permission_policy
    if model is get_image_model():
        # Of the model that the settings name, which has to be loaded.
        from wagtail.images.permissions import permission_policy as of_pictures

        return of_pictures
    if model is get_document_model():
        # The same.
        from wagtail.documents.permissions import permission_policy as of_documents

        return of_documents
    viewset = getattr(model, "snippet_viewset", None)
    return ModelPermissionPolicy(model) if viewset is None else viewset.permission_policy
