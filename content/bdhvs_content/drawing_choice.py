"""Choice of a drawing by looking at it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


class DrawingChoice(forms.RadioSelect):
    """Radio buttons for `Drawing`, each with its picture above its word; the word alone if no theme has the drawing."""

    template_name = "bdhvs_content/admin/widgets/drawings.html"
    option_template_name = "django/forms/widgets/input.html"

    class Media:
        css = {"all": ["bdhvs_content/admin.css"]}  # noqa: RUF012  as Django's own

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["heading"] = _("drawing")
        return context

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        try:
            option["picture"] = render_to_string(f"bdhvs_content/drawings/{value}.html")
        except TemplateDoesNotExist:
            option["picture"] = ""
        return option
