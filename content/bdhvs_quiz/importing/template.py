"""The empty sheet to fill in. It holds no data: everyone who may open the admin gets it."""

from __future__ import annotations

import io

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from question_files.excel.format import ExcelFormat
from question_files.excel.writing import write_template

__all__ = ["template_file"]

NAMES = {"vi": "mau-cau-hoi.xlsx", "en": "questions-template.xlsx"}


@require_safe
def template_file(request: HttpRequest) -> HttpResponse:
    """Send the sheet in the language of the page."""
    language = "en" if (get_language() or "").startswith("en") else "vi"
    into = io.BytesIO()
    write_template(into, language)
    headers = {"Content-Disposition": f'attachment; filename="{NAMES[language]}"'}
    return HttpResponse(into.getvalue(), content_type=ExcelFormat.content_type, headers=headers)
