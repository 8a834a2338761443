"""The import of questions in the admin: choose a file, see what is in it, take it over."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template import Context
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages
from wagtail.models import Page

from bdhvs_lms.base.api import act_once, now
from bdhvs_lms.plugins.api import PlainMedia, UnreadableFile, fragment, question_formats
from bdhvs_quiz.importing.actions import (
    AlreadyImported,
    Appeared,
    Written,
    begin_import,
    finish_import,
    waiting_reading,
)
from bdhvs_quiz.importing.choices import MAX_ALT, Choices
from bdhvs_quiz.importing.duplicates import twins
from bdhvs_quiz.importing.forms import UploadForm
from bdhvs_quiz.importing.planning import Plan, Planned, plan
from bdhvs_quiz.importing.quizzes import locked_meanwhile, place_named, places, put_into
from bdhvs_quiz.importing.reading import reading_formats
from bdhvs_quiz.importing.rights import Rights, categories_for
from bdhvs_quiz.importing.staging import place_of
from bdhvs_quiz.models import Question, QuestionImport, QuizPage

logger = logging.getLogger(__name__)

ON_A_PAGE = 100
# Rows that are not questions: a list of a thousand reasons is for nobody.
NAMED = 200
# Categories of the file that are named.
SHOWN = 10
LIST = "wagtailsnippets_bdhvs_quiz_question:list"
# Pictures of strangers, shown to one editor before anybody has looked at them.
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

View = Callable[..., HttpResponseBase]


def for_importers(view: View) -> View:
    """Wrap a view so that only users who may add questions somewhere reach it."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not categories_for(request.user).exists():
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


def _own(request: HttpRequest, uuid: UUID) -> QuestionImport:
    """Return the user's own import, else raise Http404: nobody sees a file that somebody else has brought."""
    rows: Any = QuestionImport.objects.select_related("collection", "locale")
    row: QuestionImport | None = rows.filter(uuid=uuid, user=request.user).first()
    if row is None:
        raise Http404(_("This import is no longer there. Choose the file again."))
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@for_importers
@act_once
def import_page(request: HttpRequest) -> HttpResponseBase:
    """Show the form. POST reads the file and leads to its preview."""
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        data: dict[str, Any] = form.cleaned_data
        file = data["file"]
        try:
            row = begin_import(
                file,
                file.name,
                category=data["collection"],
                locale=data["locale"],
                by=request.user,
                at=now(),
                key=data["format"],
            )
        except UnreadableFile as unreadable:
            form.add_error("file", str(unreadable))
        else:
            preview = Preview(row, request.user, 1)
            place = place_named(request.GET.get("page"), request.user, row.locale)
            preview.choices.into = place.pk if place is not None else None
            preview.keep()
            return redirect("bdhvs_quiz_import_preview", row.uuid)
    context = {
        **_heading(_("Import from a file")),
        "form": form,
        "formats": reading_formats(),
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "bdhvs_quiz/admin/import.html", context, status=status)


def _heading(title: str) -> dict[str, Any]:
    return {
        "page_title": title,
        "header_title": title,
        "page_subtitle": _("Question bank"),
        "header_icon": "upload",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse(LIST), "label": _("Question bank")},
            {"url": "", "label": title},
        ],
    }


class Preview:
    """One page of the file's questions, as an editor sees it."""

    def __init__(self, row: QuestionImport, user: Any, page: int) -> None:
        self.row, self.user = row, user
        self.choices = Choices.from_json(row.choices)
        self.plan: Plan = plan(waiting_reading(row), row.locale)
        if row.collection is not None:
            self.rights = Rights(user, row.collection)
            self.plan = self.rights.within(self.plan)
        if not row.choices:
            self.choices.known_now(twins(self.plan.planned))
            self.choices.left_out |= set(self.choices.twins)
        self.pages = max(1, -(-len(self.plan.planned) // ON_A_PAGE))
        self.page = min(max(page, 1), self.pages)

    @cached_property
    def shown(self) -> list[Planned]:
        """Return the questions of this page, in the order of the file."""
        start = (self.page - 1) * ON_A_PAGE
        return self.plan.planned[start : start + ON_A_PAGE]

    @property
    def may_publish(self) -> bool:
        kinds = {each.kind.key: each.kind for each in self.plan.planned}.values()
        return self.row.collection is not None and any(self.rights.may("publish", kind) for kind in kinds)

    @cached_property
    def place(self) -> Page | None:
        """Return the page that the questions go into beside the bank."""
        return place_named(str(self.choices.into), self.user, self.row.locale) if self.choices.into else None

    @cached_property
    def own_categories(self) -> list[str]:
        """List the file's categories, if this user may make them."""
        found = dict.fromkeys(" / ".join(each.plain.category) for each in self.plan.planned if each.plain.category)
        return list(found) if found and self.row.collection is not None and self.rights.may_make_categories() else []

    def take(self, posted: Any) -> None:
        places = {place_of(media) for each in self.shown for media in each.media if not media.alt}
        self.choices.take_from(posted, self.shown, places)

    def keep(self) -> None:
        self.row.choices = self.choices.to_json()
        self.row.save(update_fields=["choices"])

    def context(self) -> dict[str, Any]:
        kind = question_formats.get(self.row.format_key)
        return {
            **_heading(_("Preview of the import")),
            "page_subtitle": self.row.file_name,
            "row": self.row,
            "format": kind.label if kind else self.row.format_key,
            "plan": self.plan,
            "known": len(self.choices.twins),
            "questions": [self._question(each) for each in self.shown],
            "unsupported": self.plan.unsupported[:NAMED],
            "unsupported_more": max(0, len(self.plan.unsupported) - NAMED),
            "page": self.page,
            "pages": range(1, self.pages + 1),
            "publish": self.choices.publish,
            "places": places(self.user, self.row.locale, self.place),
            "into": self.choices.into,
            "own_categories": self.own_categories[:SHOWN],
            "own_more": max(0, len(self.own_categories) - SHOWN),
            "own": self.choices.own,
            "may_publish": self.may_publish,
            "ticked": sum(each.index not in self.choices.left_out for each in self.plan.planned),
            "max_alt": MAX_ALT,
        }

    def _question(self, each: Planned) -> dict[str, Any]:
        twin = self.choices.twins.get(each.index)
        bank = (
            None
            if twin is None or twin.pk is None
            else reverse("wagtailsnippets_bdhvs_quiz_question:edit", args=[twin.pk])
        )
        return {
            "index": each.index,
            "plain": each.plain,
            "label": capfirst(str(each.kind.label)),
            "reasons": each.reasons,
            "twin": twin,
            "twin_url": bank,
            "take": each.index not in self.choices.left_out,
            "asked": _asked(each),
            "right": _right(each),
            "files": [self._file(media) for media in each.media],
        }

    def _file(self, media: PlainMedia) -> dict[str, Any]:
        place = place_of(media)
        return {
            "place": place,
            "name": media.name,
            "picture": media.content_type.startswith("image/"),
            "url": reverse("bdhvs_quiz_import_file", args=[self.row.uuid, place]),
            "alt": media.alt,
            "written": self.choices.alts.get(place, ""),
        }


def _asked(each: Planned) -> str:
    """Render the question as it is printed: whatever its type, and without fields that look like those of this page."""
    shown, _key = each.compiled
    try:
        return fragment(each.kind, each.kind.print_template).render(Context({"question": shown}))
    except Exception:
        logger.exception("The question type %s could not show a question of a file.", each.kind.key)
        return each.plain.prompt


def _right(each: Planned) -> str:
    try:
        return " · ".join(each.kind.paper_key(*each.compiled))
    except Exception:
        logger.exception("The question type %s could not say what is right.", each.kind.key)
        return ""


def _page_number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else 1


@require_http_methods(["GET", "HEAD", "POST"])
@for_importers
def preview_page(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Show the file's questions, a page at a time. POST keeps what was ticked, and goes on to `go`: a page, or the
    import."""
    row = _own(request, uuid)
    if row.done_at is not None:
        return _done(request, row, row.written or 0)
    if row.collection is None:
        messages.error(request, _("The category is no longer there. Choose the file again."))
        return redirect("bdhvs_quiz_import")
    if request.method != "POST":
        return _shown(request, Preview(row, request.user, _page_number(request.GET.get("p"))))
    preview = Preview(row, request.user, _page_number(request.POST.get("p")))
    preview.take(request.POST)
    preview.keep()
    go = request.POST.get("go", "")
    if go != "import":
        return redirect(reverse("bdhvs_quiz_import_preview", args=[row.uuid]) + f"?p={_page_number(go)}")
    return _finished(request, preview)


def _shown(request: HttpRequest, preview: Preview, status: int = 200) -> HttpResponseBase:
    return TemplateResponse(request, "bdhvs_quiz/admin/import_preview.html", preview.context(), status=status)


def _finished(request: HttpRequest, preview: Preview) -> HttpResponseBase:
    choices = preview.choices
    taken = [each for each in preview.plan.planned if each.index not in choices.left_out]
    if not taken:
        messages.error(request, _("No question is ticked."))
        return _shown(request, preview, 422)
    locked = locked_meanwhile(choices.into, request.user, preview.row.locale)
    if locked is not None:
        choices.into = None
        preview.keep()
        text = _(
            "Nothing was imported: the quiz “%(title)s” that was chosen is locked by now. Unlock it or choose another "
            "place below, then import again; without a place the questions come into the bank alone."
        )
        messages.warning(request, text % {"title": locked.get_admin_display_title()})
        return _shown(request, preview, 409)
    may_publish = {
        each.kind.key: choices.publish and preview.rights.may("publish", each.kind) for each in preview.plan.planned
    }
    quizzes: list[QuizPage] = []

    def put(rows: Sequence[Question]) -> None:
        if preview.place is not None:
            quizzes.append(put_into(preview.place, rows, file_name=preview.row.file_name, user=request.user))

    try:
        written = finish_import(
            preview.row,
            taken,
            known=choices.twins,
            alts=choices.alts,
            publish=lambda each: may_publish[each.kind.key],
            by=request.user,
            at=now(),
            own_categories=choices.own and bool(preview.own_categories),
            then=put,
        )
    except AlreadyImported as already:
        return _done(request, preview.row, already.written)
    except Appeared as appeared:
        fresh = choices.known_now(appeared.twins)
        preview.keep()
        messages.warning(
            request,
            ngettext(
                "Nothing was imported: since the preview %(count)s of the questions came into the bank. It is not "
                "ticked any more.",
                "Nothing was imported: since the preview %(count)s of the questions came into the bank. They are not "
                "ticked any more.",
                len(fresh),
            )
            % {"count": len(fresh)},
        )
        return _shown(request, preview, 409)
    _say(request, written, quizzes)
    if choices.into and not quizzes:
        messages.warning(
            request,
            _(
                "The questions are in the bank alone: the page that was chosen takes no questions of yours any more. "
                "Choose them from the bank in a quiz."
            ),
        )
    return redirect("wagtailadmin_pages:edit", quizzes[0].pk) if quizzes else redirect(LIST)


def _say(request: HttpRequest, written: Written, quizzes: Sequence[QuizPage]) -> None:
    text = ngettext("%(count)s question was imported.", "%(count)s questions were imported.", written.questions)
    drafts = written.questions - written.published
    sentence = text % {"count": written.questions}
    if drafts:
        sentence += " " + ngettext("%(count)s of them is a draft.", "%(count)s of them are drafts.", drafts) % {
            "count": drafts
        }
    if quizzes:
        sentence += " " + _("They are in this quiz: look at it, then publish it.")
    messages.success(request, sentence)


def _done(request: HttpRequest, row: QuestionImport, written: int) -> HttpResponseBase:
    messages.info(
        request,
        ngettext(
            "This file has been imported already: %(count)s question.",
            "This file has been imported already: %(count)s questions.",
            written,
        )
        % {"count": written},
    )
    return redirect(LIST)


@require_safe
@for_importers
def file_page(request: HttpRequest, uuid: UUID, place: int) -> HttpResponseBase:
    """Send a picture or a sound of the preview."""
    file = _own(request, uuid).files.filter(place=place).first()
    if file is None:
        raise Http404
    headers = {
        "Content-Security-Policy": FILE_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=3600",
    }
    return HttpResponse(bytes(file.data), content_type=file.content_type, headers=headers)
