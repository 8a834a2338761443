"""“Thêm bài học từ tệp Word”: upload, preview, description of pictures, draft."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from bdhvs_content.models import CoursePage, LessonPage, SectionPage
from bdhvs_content.word_lessons import keeping
from bdhvs_content.word_lessons.forms import AnswersForm, FileForm
from bdhvs_content.word_lessons.making import make_lesson
from bdhvs_content.word_lessons.pictures import NotTaken, taken_by
from bdhvs_content.word_lessons.plan import Plan, plan_lesson
from bdhvs_lms.base.api import now, post_once
from question_files.document.opening import open_docx
from question_files.document.parts import WordRefused


def takes_lessons(page: Any, user: Any) -> bool:
    """Tell whether this account may put a lesson below this page: a course, or a section of one."""
    return (
        issubclass(page.specific_class or Page, CoursePage | SectionPage)
        and page.alias_of_id is None
        and page.permissions_for_user(user).can_add_subpage()
    )


@post_once
class FromWordView(WagtailAdminTemplateMixin, TemplateView):
    """View of the import. GET: the form. POST with a file: what would come of it. POST with the `key` of such a file:
    the draft."""

    template_name = "bdhvs_content/admin/from_word.html"
    header_icon = "doc-full"
    page_title = gettext_lazy("Add a lesson from a Word file")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not issubclass(self.parent.specific_class or Page, CoursePage | SectionPage):
            raise Http404
        if not takes_lessons(self.parent, request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def parent(self) -> Page:
        found: Page = get_object_or_404(Page, pk=self.kwargs["parent_pk"])
        return found

    @cached_property
    def parents(self) -> list[Page]:
        """Return the course and its sections that this account may put the lesson below."""
        course = self.parent if self.parent.specific_class is CoursePage else self.parent.get_parent()
        sections = Page.objects.child_of(course).exact_type(SectionPage).order_by("path")
        return [page for page in (course, *sections) if takes_lessons(page, self.request.user)]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        address = reverse("wagtailadmin_explore", args=[self.parent.pk])
        return [
            *self.breadcrumbs_items,
            {"url": address, "label": self.parent.get_admin_display_title()},
            {"url": "", "label": self.page_title},
        ]

    def get_page_subtitle(self) -> str:
        return self.parent.get_admin_display_title()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.confirmed() if "key" in request.POST else self.uploaded()

    def plan_of(self, name: str, content: bytes) -> Plan:
        """Plan the lesson. Raises WordRefused, also for a file without anything for a lesson."""
        file = open_docx(io.BytesIO(content))
        plan = plan_lesson(file, name=name, why_not=taken_by(self.request.user))
        if not plan.parts:
            raise WordRefused("empty", _("Nothing was found in the file that a lesson could show."))
        return plan

    def uploaded(self) -> HttpResponse:
        form = FileForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            return self.again(form)
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            plan = self.plan_of(file.name, content)
        except WordRefused as refused:
            form.add_error("file", str(refused))
            return self.again(form)
        keeping.clean(at=now())
        key = keeping.keep(content, name=file.name, user=self.request.user, parent=self.parent)
        answers = AnswersForm(plan, self.parents, self.parent)
        return self.render_to_response(self.get_context_data(plan=plan, answers=answers, key=key, name=file.name))

    def confirmed(self) -> HttpResponse:
        key, mine = self.request.POST["key"], {"user": self.request.user, "parent": self.parent}
        found = keeping.kept(key, **mine)
        if found is None:
            form = FileForm()
            form.errors["file"] = form.error_class(
                [_("This file is no longer kept: it was added already, or is older than a day. Choose it again.")]
            )
            return self.again(form)
        name, content = found
        try:
            plan = self.plan_of(name, content)
        except WordRefused:
            # It was read before: only somebody's tampering or a change of rules brings this.
            return redirect(self.request.path)
        answers = AnswersForm(plan, self.parents, self.parent, self.request.POST)
        if answers.is_valid():
            try:
                lesson = make_lesson(plan, answers.answers(), parent=answers.below, user=self.request.user)
            except NotTaken as refused:
                answers.add_error(None, str(refused))
            except PermissionError:
                raise PermissionDenied from None
            else:
                keeping.forget(key, **mine)
                return self.done(lesson)
        context = self.get_context_data(plan=plan, answers=answers, key=key, name=name)
        return self.render_to_response(context, status=422)

    def done(self, lesson: LessonPage) -> HttpResponse:
        messages.success(
            self.request,
            _("“%(title)s” is a draft now: nobody sees it before it is published. Look through it.")
            % {"title": lesson.title},
        )
        return redirect("wagtailadmin_pages:edit", lesson.pk)

    def again(self, form: FileForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", FileForm())
        kwargs |= {"doubtful_title": _("Please check"), "left_out_title": _("Left out")}
        return super().get_context_data(**kwargs)
