"""System checks of a project's settings, before an editor meets an error. The ready site has them all."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning, register
from django.utils.module_loading import import_string

from bdhvs_content.conf import app_settings
from bdhvs_content.uploads import PictureForm
from bdhvs_lms.plugins.api import missing_templates, speech_engines
from bdhvs_xapi.app_settings import reads_settings

MIDDLEWARE = "bdhvs_content.middleware.EditingMiddleware"
FORMS = "bdhvs_lms.site.middleware.UnreadableFormsMiddleware"
CSRF = "django.middleware.csrf.CsrfViewMiddleware"
TABLES = "wagtail.contrib.typed_table_block"
TEMPLATES = (
    "bdhvs_content/announcement_index_page.html",
    "bdhvs_content/announcement_page.html",
    "bdhvs_content/blocks/activity.html",
    "bdhvs_content/blocks/audio.html",
    "bdhvs_content/blocks/callout.html",
    "bdhvs_content/blocks/check.html",
    "bdhvs_content/blocks/document.html",
    "bdhvs_content/blocks/picture.html",
    "bdhvs_content/blocks/steps.html",
    "bdhvs_content/blocks/table.html",
    "bdhvs_content/blocks/text.html",
    "bdhvs_content/blocks/video.html",
    "bdhvs_content/catalog_page.html",
    "bdhvs_content/course_page.html",
    "bdhvs_content/lesson_page.html",
    "bdhvs_content/pocket_sheet.html",
    "bdhvs_lms/message.html",
    "bdhvs_content/too_large.html",
)


def check_project(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    found = missing_templates("bdhvs_content", TEMPLATES)
    if not apps.is_installed("wagtailmedia"):
        found.append(
            Error(
                "Lessons can have video and audio, but wagtailmedia is not installed.",
                hint='Add "wagtailmedia" to INSTALLED_APPS.',
                id="bdhvs_content.E001",
            )
        )
    if not apps.is_installed(TABLES):
        found.append(
            Error(
                f"Lessons can have tables, but {TABLES} is not installed.",
                hint=f'Add "{TABLES}" to INSTALLED_APPS.',
                id="bdhvs_content.E003",
            )
        )
    before = list(settings.MIDDLEWARE)
    before = before[: before.index(CSRF)] if CSRF in before else before
    if MIDDLEWARE not in settings.MIDDLEWARE or FORMS not in before:
        found.append(
            Warning(
                "Refused approvals and forms that are too large would show bare error pages.",
                hint=f"Add {FORMS} and {MIDDLEWARE} to MIDDLEWARE, the first before CsrfViewMiddleware.",
                id="bdhvs_content.W001",
            )
        )
    if "svg" in getattr(settings, "WAGTAILIMAGES_EXTENSIONS", ()) and not _drawings_are_looked_into():
        found.append(
            Warning(
                "SVG files may be uploaded, but are not checked for scripts.",
                hint='Set WAGTAILIMAGES_IMAGE_FORM_BASE = "bdhvs_content.uploads.PictureForm".',
                id="bdhvs_content.W002",
            )
        )
    return found


def _drawings_are_looked_into() -> bool:
    base = getattr(settings, "WAGTAILIMAGES_IMAGE_FORM_BASE", "")
    return bool(base) and issubclass(import_string(base), PictureForm)


@reads_settings
def check_speech(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Report why no machine reads lessons aloud (W003, I001). With `--deploy` only: everything else works without."""
    key = app_settings.SPEECH_ENGINE
    found = {each.key: each for each in speech_engines.registered()}
    if not key:
        return []
    if key not in found:
        return [
            Warning(
                f"BDHVS_CONTENT_SPEECH_ENGINE is {key!r}, but no installed app registers such a speech engine.",
                hint=f"Registered: {', '.join(found) or 'none'}. Empty: no machine reads lessons aloud.",
                id="bdhvs_content.W003",
            )
        ]
    return [
        Info(
            f"No machine reads lessons aloud: {problem}",
            hint="Then run the command speak. If none shall read, set BDHVS_CONTENT_SPEECH_ENGINE to an empty text.",
            id="bdhvs_content.I001",
        )
        for problem in found[key].problems()
    ]


def connect() -> None:
    register(check_project)
    register(check_speech, deploy=True)
    app_settings.register_checks()
