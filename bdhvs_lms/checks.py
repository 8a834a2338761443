"""System checks of the core's clock and pages, for projects with settings of their own. The ready site has all of it.

A project that does not mount `bdhvs_lms.urls` shows its own pages, and none of this is asked of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import global_settings, settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from bdhvs_lms.base.api import why_no_pdf
from bdhvs_lms.conf import app_settings
from bdhvs_lms.plugins.api import missing_templates
from bdhvs_xapi.app_settings import reads_settings

AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"
MIDDLEWARE = "bdhvs_lms.learners.middleware.LearnerMiddleware"
SESSION_ENGINE = "bdhvs_lms.learners.session_store"

TEMPLATES = (
    "400.html",
    "bdhvs_lms/board.html",
    "bdhvs_lms/board_target.html",
    "bdhvs_lms/card.html",
    "bdhvs_lms/class_add.html",
    "bdhvs_lms/class_cards.html",
    "bdhvs_lms/class_consent_form.html",
    "bdhvs_lms/class_courses.html",
    "bdhvs_lms/class_door.html",
    "bdhvs_lms/class_form.html",
    "bdhvs_lms/class_list.html",
    "bdhvs_lms/class_names.html",
    "bdhvs_lms/class_newcomers.html",
    "bdhvs_lms/class_papers.html",
    "bdhvs_lms/class_person.html",
    "bdhvs_lms/class_person_attempt.html",
    "bdhvs_lms/class_pin.html",
    "bdhvs_lms/class_poster.html",
    "bdhvs_lms/class_questions.html",
    "bdhvs_lms/class_reminders.html",
    "bdhvs_lms/class_review.html",
    "bdhvs_lms/class_sessions.html",
    "bdhvs_lms/class_sign_in.html",
    "bdhvs_lms/class_signatures.html",
    "bdhvs_lms/class_teachers.html",
    "bdhvs_lms/frameworks.html",
    "bdhvs_lms/help.html",
    "bdhvs_lms/join.html",
    "bdhvs_lms/join_class.html",
    "bdhvs_lms/my_classes.html",
    "bdhvs_lms/my_data.html",
    "bdhvs_lms/my_data_accesses.html",
    "bdhvs_lms/my_data_copy.html",
    "bdhvs_lms/my_data_erase.html",
    "bdhvs_lms/my_data_erased.html",
    "bdhvs_lms/my_learning.html",
    "bdhvs_lms/my_results.html",
    "bdhvs_lms/password.html",
    "bdhvs_lms/pdf.html",
    "bdhvs_lms/person_sign_in.html",
    "bdhvs_lms/places.html",
    "bdhvs_lms/registered.html",
    "bdhvs_lms/self_register.html",
    "bdhvs_lms/session.html",
    "bdhvs_lms/sign_in.html",
    "bdhvs_lms/sign_out.html",
    "bdhvs_lms/sign_out_device.html",
    "bdhvs_lms/sign_out_everywhere.html",
    "bdhvs_lms/table_sheet.html",
    "bdhvs_lms/teams.html",
    "bdhvs_lms/visit.html",
    "bdhvs_lms/why.html",
)


def check_pages(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    try:
        sign_in = reverse("bdhvs_lms:sign-in")
    except NoReverseMatch:
        return []
    found = missing_templates("bdhvs_lms", TEMPLATES)
    order = list(settings.MIDDLEWARE)
    if MIDDLEWARE not in order or AUTHENTICATION not in order[: order.index(MIDDLEWARE)]:
        found.append(
            Error(
                "Users who sign in are not recognised as learners: every page treats them as visitors.",
                hint=f"Add {MIDDLEWARE} to MIDDLEWARE, after {AUTHENTICATION}.",
                id="bdhvs_lms.E007",
            )
        )
    if settings.SESSION_ENGINE != SESSION_ENGINE:
        found.append(
            Warning(
                "Sessions do not end when a user is inactive, and users cannot see where they are signed in.",
                hint=f'Set SESSION_ENGINE = "{SESSION_ENGINE}". All users have to sign in again once.',
                id="bdhvs_lms.W005",
            )
        )
    if settings.LOGIN_URL == global_settings.LOGIN_URL and _leads_nowhere(settings.LOGIN_URL):
        found.append(
            Warning(
                f"Users who have to sign in are redirected to {settings.LOGIN_URL}, which does not exist.",
                hint=f'Set LOGIN_URL = "bdhvs_lms:sign-in" ({sign_in}), or the address of your own sign-in page.',
                id="bdhvs_lms.W004",
            )
        )
    return found


@reads_settings
def check_test_clock(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """The test-only clock is refused outside tests: results would carry dates that never were."""
    if app_settings.TEST_CLOCK is None or app_settings.TESTING:
        return []
    return [
        Error(
            "BDHVS_TEST_CLOCK is set outside tests: every record would get a false time.",
            hint="Remove BDHVS_TEST_CLOCK from the environment.",
            id="bdhvs_lms.E001",
        )
    ]


def check_pdf(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """Why nothing that is printed is there as a PDF file. With `--deploy` only: every page prints in a browser too."""
    why = why_no_pdf()
    if not why:
        return []
    hint = {
        "package": 'Install bdhvs-lms with its extra: pip install "bdhvs-lms[pdf]".',
        "library": "On Debian and Ubuntu: apt-get install libpangoft2-1.0-0 libharfbuzz-subset0.",
    }
    text = "What is printed is not offered as PDF files: users see why, and print from the browser."
    return [Warning(text, hint=hint[why], id="bdhvs_lms.W007")]


def _leads_nowhere(address: str) -> bool:
    try:
        found = resolve(resolve_url(address))
    except Resolver404:
        return True
    # Wagtail's pages take every address that is left; the admin and the learners sign in elsewhere.
    return found.view_name == "wagtail_serve"


def connect() -> None:
    register(check_pages)
    register(check_test_clock)
    register(check_pdf, deploy=True)
