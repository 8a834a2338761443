"""Filters of the bank's list and of its chooser. They offer only what is in categories where the user may look."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.models import Collection

from bdhvs_lms.base.api import account_name, row_number
from bdhvs_lms.competency.api import Competency
from bdhvs_lms.plugins.api import question_types
from bdhvs_quiz.bank.access import visible
from bdhvs_quiz.bank.policy import BANK_POLICY, RIGHTS
from bdhvs_quiz.bank.uses import alike
from bdhvs_quiz.models import Difficulty, Question, QuestionAlignment, QuestionTag, QuizAlignment, QuizItem

Choices = list[tuple[str, str]]

STATUSES = {
    "draft": (gettext_lazy("Draft"), Q(live=False)),
    "live": (gettext_lazy("Published"), Q(live=True, has_unpublished_changes=False)),
    "newer": (gettext_lazy("Published, with unpublished changes"), Q(live=True, has_unpublished_changes=True)),
}
ALIKE = {
    "prompt": gettext_lazy("Same question"),
    "options": gettext_lazy("Same question and same answers"),
}


def categories_of(user: Any) -> Choices:
    """List the categories where the user may look, as a tree."""
    rows = BANK_POLICY.collections_user_has_any_permission_for(user, RIGHTS).order_by("path")
    return [(str(row.pk), "\u2003" * max(row.depth - 2, 0) + row.name) for row in rows]


def type_choices() -> Choices:
    """List the installed types, and those that only old rows name."""
    known = {kind.key: capfirst(str(kind.label)) for kind in question_types}
    named = Question.objects.rows().values_list("type_key", flat=True).distinct()
    for key in named:
        known.setdefault(key, _("Plugin missing: %(key)s") % {"key": key})
    return sorted(known.items(), key=lambda pair: pair[1])


def _competencies(pks: Any) -> Choices:
    """List competencies with their framework, as codes repeat between frameworks."""
    rows = Competency.objects.filter(pk__in=pks).select_related("framework")
    return [(str(row.pk), f"{row.code} {row.label_vi} · {row.framework}") for row in rows.order_by("framework", "pk")]


def in_category(rows: QuerySet[Question], value: Any) -> QuerySet[Question]:
    """Return the rows in this category and those below it; none if there is no such category."""
    number = row_number(value)
    given = Collection.objects.filter(pk=number).first() if number else None
    return rows.none() if given is None else rows.filter(collection__path__startswith=given.path)


class BankFilterSet(WagtailFilterSet):
    category = ChoiceFilter(label=gettext_lazy("Category"), method="by_category")
    tag = ChoiceFilter(label=gettext_lazy("Tag"), method="by_tag")
    competency = ChoiceFilter(label=gettext_lazy("Competency of the question"), method="by_competency")
    difficulty = ChoiceFilter(label=gettext_lazy("Difficulty"), choices=Difficulty.choices)
    type_key = ChoiceFilter(label=gettext_lazy("Type"), choices=type_choices)
    status = ChoiceFilter(
        label=gettext_lazy("Status"),
        choices=[(name, label) for name, (label, _condition) in STATUSES.items()],
        method="by_status",
    )
    used = ChoiceFilter(
        label=gettext_lazy("Used in quizzes"),
        choices=[("yes", gettext_lazy("Used in at least one quiz")), ("no", gettext_lazy("Not used in any quiz"))],
        method="by_use",
    )
    quiz_competency = ChoiceFilter(label=gettext_lazy("Competency of the quizzes"), method="by_quiz_competency")
    author = ChoiceFilter(label=gettext_lazy("Author"), method="by_author")
    alike = ChoiceFilter(label=gettext_lazy("Possible duplicates"), choices=list(ALIKE.items()), method="by_likeness")

    class Meta:
        model = Question
        fields = ["difficulty", "type_key"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.request.user
        rows = visible(Question.objects.rows(), user)
        everywhere = BANK_POLICY.everywhere(user, RIGHTS)
        tags, aligned = QuestionTag.objects.all(), QuestionAlignment.objects.all()
        if everywhere:
            tags = tags.filter(tagged_questions__isnull=False)
        else:
            tags = tags.filter(tagged_questions__content_object__in=rows)
            aligned = aligned.filter(question__in=rows)
        authors = get_user_model().objects.filter(pk__in=rows.exclude(author=None).values("author"))
        offered: dict[str, Choices] = {
            "category": categories_of(user),
            "tag": [(str(tag.pk), tag.name) for tag in tags.distinct().order_by("name")],
            "competency": _competencies(aligned.values("competency")),
            "quiz_competency": _competencies(QuizAlignment.objects.values("competency")),
            "author": sorted(((str(one.pk), account_name(one)) for one in authors), key=lambda pair: pair[1]),
        }
        for name, choices in offered.items():
            self.filters[name].extra["choices"] = choices

    def by_category(self, rows: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        return in_category(rows, value)

    def by_tag(self, rows: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        return rows.filter(Exists(Question.tags.through.objects.filter(content_object=OuterRef("pk"), tag=value)))

    def by_competency(self, rows: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        return rows.filter(Exists(QuestionAlignment.objects.filter(question=OuterRef("pk"), competency=value)))

    def by_author(self, rows: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        return rows.filter(author=value)

    def by_status(self, rows: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        return rows.filter(STATUSES[value][1])

    def by_use(self, rows: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        used = Exists(QuizItem.objects.filter(question=OuterRef("pk")))
        return rows.filter(used if value == "yes" else ~used)

    def by_quiz_competency(self, rows: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        items = QuizItem.objects.filter(question=OuterRef("pk"), page__alignments__competency=value)
        return rows.filter(Exists(items))

    def by_likeness(self, rows: QuerySet[Question], name: str, value: str) -> QuerySet[Question]:
        # Among all that the user may see: the other filters say which of them are shown. Beside each other.
        found = alike(visible(Question.objects.rows(), self.request.user), options_too=value == "options")
        return rows.filter(pk__in=found).order_by("folded", "pk")
