"""System checks of this app: pages without a template."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, register

from bdhvs_lms.plugins.api import missing_templates

TEMPLATES = (
    "bdhvs_tasks/class_person.html",
    "bdhvs_tasks/class_sheet.html",
    "bdhvs_tasks/class_task.html",
    "bdhvs_tasks/class_tasks.html",
    "bdhvs_tasks/correct.html",
    "bdhvs_tasks/task_page.html",
)


def check_templates(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    return missing_templates("bdhvs_tasks", TEMPLATES)


def connect() -> None:
    register(check_templates, "bdhvs")
