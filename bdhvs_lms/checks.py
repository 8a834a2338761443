"""System checks of the core's clock and pages, for projects with settings of their own. The ready site has all of it.

A project that does not mount the addresses of `bdhvs_lms` shows its own pages, and none of this is asked of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import global_settings, settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.shortcuts import resolve_url
from django.template import Context, Template, TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template
from django.template.loader_tags import BlockNode, ExtendsNode
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve, reverse

from bdhvs_lms.base.api import why_no_pdf
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.api import (
    OUR_SESSIONS,
    OUR_SIGN_IN,
    keeps_places,
    profile_address,
    sign_out_page,
    signed_out_address,
    signs_in_here,
)
from bdhvs_lms.plugins.api import missing_templates
from bdhvs_xapi.app_settings import reads_settings

AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"
MIDDLEWARE = "bdhvs_lms.learners.middleware.LearnerMiddleware"

FRAME = "bdhvs_theme/base.html"

TEMPLATES = (
    "bdhvs_lms/bad_request.html",
    "bdhvs_lms/board.html",
    "bdhvs_lms/board_classes.html",
    "bdhvs_lms/board_gain.html",
    "bdhvs_lms/board_target.html",
    "bdhvs_lms/card.html",
    "bdhvs_lms/certificate.html",
    "bdhvs_lms/certificate_ask.html",
    "bdhvs_lms/certificate_check.html",
    "bdhvs_lms/certificate_revoke.html",
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
    "bdhvs_lms/confirm.html",
    "bdhvs_lms/confirm_review.html",
    "bdhvs_lms/frameworks.html",
    "bdhvs_lms/help.html",
    "bdhvs_lms/join.html",
    "bdhvs_lms/join_class.html",
    "bdhvs_lms/learn_with_account.html",
    "bdhvs_lms/matches.html",
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
    "bdhvs_lms/public_figures.html",
    "bdhvs_lms/reading.html",
    "bdhvs_lms/reading_compare.html",
    "bdhvs_lms/reading_report.html",
    "bdhvs_lms/reading_sheet.html",
    "bdhvs_lms/readings.html",
    "bdhvs_lms/registered.html",
    "bdhvs_lms/retest.html",
    "bdhvs_lms/retest_draw.html",
    "bdhvs_lms/retest_list.html",
    "bdhvs_lms/retest_review.html",
    "bdhvs_lms/retests.html",
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


@reads_settings
def check_pages(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    try:
        sign_in = reverse("bdhvs_lms:sign-in")
    except NoReverseMatch:
        return _unmounted()
    found = [*missing_templates("bdhvs_lms", TEMPLATES), *_shadowed(), *_frame()]
    order = list(settings.MIDDLEWARE)
    if MIDDLEWARE not in order or AUTHENTICATION not in order[: order.index(MIDDLEWARE)]:
        found.append(
            Error(
                "Users who sign in are not recognised as learners: every page treats them as visitors.",
                hint=f"Add {MIDDLEWARE} to MIDDLEWARE, after {AUTHENTICATION}.",
                id="bdhvs_lms.E007",
            )
        )
    nowhere = [*_unnamed_pages()]
    if nowhere:
        return [*found, *nowhere]
    if settings.LOGIN_URL == global_settings.LOGIN_URL and _leads_nowhere(settings.LOGIN_URL):
        found.append(
            Warning(
                f"Users who have to sign in are redirected to {settings.LOGIN_URL}, which does not exist.",
                hint=f'Set LOGIN_URL = "{OUR_SIGN_IN}" ({sign_in}), or the address of your own sign-in page.',
                id="bdhvs_lms.W004",
            )
        )
    elif signs_in_here() and not keeps_places():
        # A site that signs people in itself has its own answer to how long that lasts.
        found.append(
            Warning(
                "Sessions do not end when a user is inactive, and users cannot see where they are signed in.",
                hint=f'Set SESSION_ENGINE = "{OUR_SESSIONS}". All users have to sign in again once.',
                id="bdhvs_lms.W005",
            )
        )
    if not _takes_get(sign_out_page()):
        found.append(
            Error(
                f"Users who sign out are sent to {app_settings.SIGN_OUT_URL}, which only accepts POST.",
                hint="Set BDHVS_SIGN_OUT_URL to a page of yours that can be opened by a link (in django-allauth "
                "account_logout), or leave it empty: sessions then end here.",
                id="bdhvs_lms.E012",
            )
        )
    return found


def _unmounted() -> list[CheckMessage]:
    """Warn (W008) where our addresses are not mounted. Nothing is said of the core alone, which has uses without pages,
    nor of a site with its own pages."""
    with suppress(NoReverseMatch):
        reverse("bdhvs_content:lesson-read", args=[uuid.UUID(int=0)])
        return []
    if not apps.is_installed("bdhvs_content"):
        return []
    return [
        Warning(
            "Courses can be written, but no page that learners and teachers work on has an address.",
            hint='Add path("", include("bdhvs_lms.urls")) to the addresses of the site, before those of Wagtail.',
            id="bdhvs_lms.W008",
        )
    ]


def _shadowed() -> list[CheckMessage]:
    """Report E010: Wagtail's pages take every address that is left, ours included where they come first."""
    if not _leads_nowhere("bdhvs_lms:start"):
        return []
    return [
        Error(
            f"Wagtail's pages answer {reverse('bdhvs_lms:start')} and every other address of bdhvs_lms.",
            hint='Move include("bdhvs_lms.urls") before include("wagtail.urls").',
            id="bdhvs_lms.E010",
        )
    ]


def _frame() -> list[CheckMessage]:
    """Report W009, W010: a block that the templates above do not have is dropped by Django without a word, styles and
    all."""
    try:
        frame: Any = get_template(FRAME)
    except TemplateDoesNotExist:
        return []  # without the theme; W003 says what a template of the site's own lacks
    filled, above, titled = dropped_blocks(frame.template)
    found: list[CheckMessage] = []
    if filled:
        found.append(
            Warning(
                f"{FRAME} fills blocks that {above} does not have, so they are never shown: {', '.join(filled)}.",
                hint=f"Fill a block that {above} has, or add these to it. "
                "Styles may stand in the block of the content.",
                id="bdhvs_lms.W009",
            )
        )
    if not titled:
        found.append(
            Warning(
                f"{above} has no block for a page's title, so every page of ours has the same one, or none.",
                hint=f"Put {{% block title %}}{{% endblock %}} into the <title> of {above} itself (a block of a file "
                f"that it includes cannot be filled) or, in {FRAME}, into the block that stands there.",
                id="bdhvs_lms.W010",
            )
        )
    return found


def dropped_blocks(template: Template) -> tuple[list[str], str, bool]:
    """Return (blocks of the outermost level that no template above this one has, the name of the one that it extends,
    whether the block `title` is anywhere that is shown)."""
    extends: Any = _extends(template)
    if extends is None:
        return [], "", True
    filled: list[Any] = [node for node in extends.nodelist if isinstance(node, BlockNode)]
    known: set[str] = set()
    above = ""
    # One for all: it keeps which of several templates of one name were there already.
    context = Context()
    with context.bind_template(template):
        while extends is not None:
            try:
                parent = extends.get_parent(context)
            except (TemplateDoesNotExist, TemplateSyntaxError):
                return [], "", True  # a name that only a request knows, or W003's
            above = above or parent.name
            blocks: list[Any] = parent.nodelist.get_nodes_by_type(BlockNode)
            known.update(node.name for node in blocks)
            extends = _extends(parent)
    inside: list[Any] = [one for node in filled if node.name in known for one in node.get_nodes_by_type(BlockNode)]
    titled = "title" in known or any(node.name == "title" for node in inside)
    return [node.name for node in filled if node.name not in known], above, titled


def _extends(template: Template) -> Any:
    return next(iter(template.nodelist.get_nodes_by_type(ExtendsNode)), None)


def _unnamed_pages() -> Iterator[CheckMessage]:
    """Names of pages that this project does not have: every page of ours would fail."""
    for name, value, address in (
        ("LOGIN_URL", settings.LOGIN_URL, lambda: resolve_url(settings.LOGIN_URL)),
        ("LOGOUT_REDIRECT_URL", settings.LOGOUT_REDIRECT_URL, signed_out_address),
        ("BDHVS_SIGN_OUT_URL", app_settings.SIGN_OUT_URL, sign_out_page),
        ("BDHVS_PROFILE_URL", app_settings.PROFILE_URL, profile_address),
    ):
        try:
            address()
        except NoReverseMatch:
            yield Error(
                f"{name} names the page {value}, which this project does not have.",
                hint=f"Correct {name}, or include the addresses of the app that has it in ROOT_URLCONF.",
                id="bdhvs_lms.E011",
            )


def _takes_get(address: str) -> bool:
    """Tell whether a browser that is led there gets a page: True for what this project does not have itself, too."""
    try:
        view = resolve(_inside(address)).func
    except Resolver404:
        return True
    methods = getattr(getattr(view, "view_class", None), "http_method_names", ("get",))
    return "get" in methods


@reads_settings
def check_test_clock(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """Refuse the test-only clock outside tests: results would carry dates that never were."""
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
    """Say why nothing that is printed is there as a PDF file. With `--deploy` only: every page prints in
    a browser too."""
    why = why_no_pdf()
    if not why:
        return []
    hint = {
        "package": 'Install bdhvs-lms with its extra: pip install "bdhvs-lms[pdf]".',
        "library": "On Debian and Ubuntu: apt-get install libpangoft2-1.0-0 libharfbuzz-subset0.",
    }
    text = "What is printed is not offered as PDF files: users see why, and print from the browser."
    return [Warning(text, hint=hint[why], id="bdhvs_lms.W007")]


def _inside(address: str) -> str:
    """Return its path below where the project is, which may be a part of another site (FORCE_SCRIPT_NAME)."""
    path, prefix = urlsplit(address).path, get_script_prefix()
    return f"/{path.removeprefix(prefix)}" if path.startswith(prefix) else path


def _leads_nowhere(address: str) -> bool:
    try:
        found = resolve(_inside(resolve_url(address)))
    except Resolver404:
        return True
    # Wagtail's pages take every address that is left; the admin and the learners sign in elsewhere.
    return found.view_name == "wagtail_serve"


def connect() -> None:
    register(check_pages)
    register(check_test_clock)
    register(check_pdf, deploy=True)
