"""Common parts of our snippets in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from wagtail import hooks


def refuse_bulk_actions(model: type[Model], text: Any) -> None:
    """Refuse to act on many rows at once, whoever finds the address: redirect to the list, with the reason in `text`.
    Call it in `wagtail_hooks`."""

    def one_at_a_time(
        request: HttpRequest, action_type: str, objects: list[Any], action_class_instance: Any
    ) -> HttpResponseBase | None:
        if not issubclass(action_class_instance.model, model):
            return None
        messages.error(request, text)
        return redirect(reverse(f"wagtailsnippets_{model._meta.app_label}_{model._meta.model_name}:list"))

    hooks.register("before_bulk_action", one_at_a_time)
