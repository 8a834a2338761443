"""Pages of classes for operators: make one, say who is in it and who teaches it. Names that are shown are logged."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_filters import CharFilter
from wagtail.admin.filters import WagtailFilterSet

from bdhvs_lms.audit.api import log_access
from bdhvs_lms.base.admin.forms import ActionForm, day_field
from bdhvs_lms.base.admin.viewsets import ActingPage, RecordAdd, RecordList, RecordViewSet, column, day
from bdhvs_lms.base.api import Refusing, allowed, day_of, now, row_number
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.classes.actions import (
    add_member,
    add_teacher,
    change_class,
    create_class,
    end_teacher,
    enrol_members,
)
from bdhvs_lms.classes.admin.members import EndMember, resume, stays_ended
from bdhvs_lms.classes.admin.merging import Merge
from bdhvs_lms.classes.forms import TeacherField
from bdhvs_lms.classes.models import ClassGroup, ClassTeacher, Membership
from bdhvs_lms.classes.queries import covering, members
from bdhvs_lms.courses.api import Course
from bdhvs_lms.learners.api import Learner, names, person_of, search_by_name, user_named

MATCHES = 50


class ClassForm(ActionForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=20,
        help_text=gettext_lazy("Short: letters, digits and hyphens. Printed on documents. Example: toi-thu-ba."),
    )
    course = forms.ModelChoiceField(label=gettext_lazy("Course"), queryset=Course.objects.filter(active=True))
    area = forms.ModelChoiceField(
        label=gettext_lazy("Area"), queryset=Area.objects.filter(valid_to=None).order_by("name", "pk")
    )
    starts = day_field(gettext_lazy("First day"))
    ends = day_field(gettext_lazy("Last day"), required=False)
    phone = forms.CharField(
        label=gettext_lazy("Phone number for learners"),
        max_length=20,
        required=False,
        help_text=gettext_lazy(
            "The number learners of the class call, for example the teacher's. It is shown on their page."
        ),
    )

    class Meta(ActionForm.Meta):
        model = ClassGroup


class ClassAdd(RecordAdd):
    def perform(self, form: Any) -> ClassGroup:
        return create_class(**form.cleaned_data, **self.stamp)


class ClassFilterSet(WagtailFilterSet):
    name = CharFilter(label=gettext_lazy("Name"), lookup_expr="icontains")

    class Meta:
        model = ClassGroup
        fields: list[str] = []


class ClassList(RecordList):
    def get_base_queryset(self) -> QuerySet[ClassGroup]:
        today = day_of(now())
        inside = Q(memberships__valid_from__lte=today) & (
            Q(memberships__valid_to=None) | Q(memberships__valid_to__gte=today)
        )
        return (
            super()
            .get_base_queryset()
            .annotate(size=Count(person_of("memberships__learner"), filter=inside, distinct=True))
        )


class TeacherForm(forms.Form):
    username = forms.CharField(label=gettext_lazy("Teacher's username"), max_length=150)


class SettingsForm(Refusing, forms.Form):
    """Form for an operator to change a class, for example when its owner is gone: name, place, days and number."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    area = forms.ModelChoiceField(
        label=gettext_lazy("Area"), queryset=Area.objects.filter(valid_to=None).order_by("name", "pk")
    )
    starts = day_field(gettext_lazy("First day"))
    ends = day_field(
        gettext_lazy("Last day"), required=False, help_text=gettext_lazy("A class is closed by its last day.")
    )
    phone = forms.CharField(label=gettext_lazy("Phone number for learners"), max_length=20, required=False)
    phone_of = TeacherField(label=gettext_lazy("Whose number is it?"))

    def __init__(self, group: ClassGroup, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whose = self.fields["phone_of"]
        assert isinstance(whose, TeacherField)  # noqa: S101  narrowing for the type checker
        whose.offer(group)


class ClassPage(ActingPage):
    """Page of a class with its people and teachers; each button posts what it does (`do`)."""

    acts: ClassVar[dict[str, str]] = {
        "add": "_add",
        "resume-member": "_resume_member",
        "teach": "_teach",
        "end-teacher": "_end_teacher",
        "settings": "_change",
    }

    page_title = gettext_lazy("Class")
    refused: SettingsForm | None = None
    template_name = "bdhvs_lms/admin/class.html"

    def facts(self) -> dict[str, Any]:
        group, today = self.object, day_of(now())
        inside = list(members(group, today))
        wanted = self.request.GET.get("q", "")
        found = list(search_by_name(wanted).exclude(pk__in=[one.pk for one in inside])[: MATCHES + 1])
        ended = stays_ended(group, today)
        shown = [*inside, *found[:MATCHES], *(one.membership.learner.whole for one in ended)]
        called = names([one.pk for one in shown])
        if shown:
            log_access(user=self.request.user, actors=[one.actor for one in shown], page="class", at=now())
        lasting = Membership.objects.filter(covering(today), class_group=group).annotate(person=person_of())
        # Of somebody whose records were merged the one that goes on.
        stays = {one.person: one for one in lasting.order_by(F("valid_to").asc(nulls_last=True))}
        teachers = ClassTeacher.objects.filter(class_group=group, ended_at=None)
        teachers = teachers.filter(Q(valid_to=None) | Q(valid_to__gte=today))
        settings_form = self.refused or SettingsForm(group, initial=self._settings())
        return {
            "group": group,
            "members": [(stays[one.pk], called[one.pk]) for one in inside],
            "ended": [(one, called[one.membership.learner.whole.pk]) for one in ended],
            "found": [(one, called[one.pk]) for one in found[:MATCHES]],
            "too_many": len(found) > MATCHES,
            "wanted": wanted,
            "teachers": teachers.select_related("user").order_by("valid_from", "pk"),
            "teacher_form": TeacherForm(),
            "settings_form": settings_form,
            "media": settings_form.media,
            "may_change": allowed(self.request.user, "change_classgroup"),
            "may_import": allowed(self.request.user, "add_person"),
            "may_add": allowed(self.request.user, "add_membership"),
            "may_end": allowed(self.request.user, "change_membership"),
            "may_teach": allowed(self.request.user, "add_classteacher"),
            "may_end_teacher": allowed(self.request.user, "change_classteacher"),
        }

    def _settings(self) -> dict[str, Any]:
        group = self.object
        return {name: getattr(group, name) for name in ("name", "area", "starts", "ends", "phone", "phone_of")}

    def _learner(self, pk: str) -> Learner:
        learner = Learner.objects.filter(pk=row_number(pk)).first()
        if learner is None:
            raise ValidationError(_("Choose a person from the list."))
        return learner

    def _add(self, request: HttpRequest) -> None:
        if not allowed(request.user, "add_membership"):
            raise PermissionDenied
        chosen = [self._learner(pk) for pk in request.POST.getlist("learner")]
        if not chosen:
            raise ValidationError(_("Choose a person from the list."))
        for learner in chosen:
            add_member(self.object, learner, at=now(), by=request.user)
        enrol_members(self.object, at=now())
        text = ngettext("%(count)d person was added.", "%(count)d people were added.", len(chosen))
        messages.success(request, text % {"count": len(chosen)})

    def _resume_member(self, request: HttpRequest) -> None:
        resume(request, self.object, row_number(request.POST.get("membership", "")))

    def _teach(self, request: HttpRequest) -> None:
        form = TeacherForm(request.POST)
        user = user_named(form.cleaned_data["username"]) if form.is_valid() else None
        if user is None:
            raise ValidationError(_("No account has this username."))
        # Who is named first may name others.
        owned = self.object.teachers.filter(owner=True, ended_at=None).exists()
        add_teacher(self.object, user, at=now(), by=request.user, owner=not owned)
        messages.success(request, _("The teacher has access to this class from today."))

    def _change(self, request: HttpRequest) -> Any:
        if not allowed(request.user, "change_classgroup"):
            raise PermissionDenied
        form = SettingsForm(self.object, request.POST)
        if form.is_valid():
            try:
                # Of a row of its own: what is refused is not shown as if it were so.
                group = ClassGroup.objects.get(pk=self.object.pk)
                change_class(group, **form.cleaned_data, at=now(), by=request.user)
            except ValidationError as refused:
                form.refuse(refused)
            else:
                messages.success(request, _("The class was saved."))
                return None
        self.refused = form
        return self.render_to_response(self.get_context_data())

    def _end_teacher(self, request: HttpRequest) -> None:
        pk = request.POST.get("teacher", "")
        teacher = ClassTeacher.objects.filter(class_group=self.object, pk=row_number(pk)).first()
        if teacher is None:
            raise ValidationError(_("No account has this username."))
        end_teacher(self.object, teacher.user, last_day=day_of(now()), at=now(), by=request.user)
        messages.success(request, _("The teacher was removed and no longer sees this class."))


class ClassViewSet(RecordViewSet):
    model = ClassGroup
    name = "classes"
    url_prefix = "lop-hoc/lop"
    icon = "group"
    pages = ("index", "add", "inspect")
    related = ("course", "area")
    index_view_class = ClassList
    add_view_class = ClassAdd
    inspect_view_class = ClassPage
    add_form = ClassForm
    filterset_class = ClassFilterSet
    ordering = ("-starts", "name", "pk")
    list_display = (
        column("name", gettext_lazy("Name"), sort="name"),
        column("code", gettext_lazy("Code")),
        column("course", gettext_lazy("Course")),
        column("area", gettext_lazy("Area"), "area.name"),
        column("size", gettext_lazy("Learners today")),
        column("starts", gettext_lazy("First day"), day("starts"), sort="starts"),
        column("ends", gettext_lazy("Last day"), day("ends"), sort="ends"),
    )

    def extra_urlpatterns(self) -> list[URLPattern]:
        return [
            self.route("gop-ho-so/<int:pk>/", Merge, "merge"),
            self.route("roi-lop/<int:pk>/", EndMember, "end_member"),
        ]
