"""The model of questions answered by a number."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField

from bdhvs_content.api import NfcCharField
from bdhvs_quiz.models.bank import AFTERWARDS, ASKED, Question
from bdhvs_quiz.types.layout import ROW, on_demand
from bdhvs_quiz.types.numbers import NumberBlock, ShareBlock, share_of
from bdhvs_quiz.types.options import MAX_FEEDBACK

MAX_ANSWERS = 10
MAX_UNITS = 10
MAX_UNIT = 20


class NumberAnswerBlock(blocks.StructBlock):
    number = NumberBlock(label=_("Number"), help_text=_("Example: “12,5”."))
    tolerance = NumberBlock(
        label=_("Tolerance"),
        required=False,
        percent=True,
        least=Decimal(0),
        help_text=_("How far an answer may be off: “0,5”, or “5 %” of the number. Empty: it has to be the number."),
    )
    credit = ShareBlock(label=_("Share of the mark"), help_text=_("Empty: all of it. Example: “50 %”."))
    feedback = blocks.CharBlock(label=_("Feedback"), required=False, default="", max_length=MAX_FEEDBACK)

    class Meta:
        icon = "order"
        label = _("Accepted number")
        form_classname = ROW
        form_layout = on_demand("number", "tolerance", more=["credit", "feedback"])


class NumberAnswersBlock(blocks.StreamBlock):
    answer = NumberAnswerBlock()

    class Meta:
        required = False


class UnitBlock(blocks.StructBlock):
    unit = blocks.CharBlock(label=_("Unit"), max_length=MAX_UNIT, help_text=_("Example: “m”."))
    factor = NumberBlock(
        label=_("How many of it make one of the shown unit"),
        help_text=_("Example: 1000, where the unit shown is km and this one is m."),
    )

    class Meta:
        icon = "decimal"
        label = _("Another unit")
        form_classname = ROW


class UnitsBlock(blocks.StreamBlock):
    unit = UnitBlock()

    class Meta:
        required = False


class NumericQuestion(Question):
    """A question answered by a number; several can be right, each within its tolerance."""

    kind = "bdhvs_quiz.numeric"

    answers = StreamField(NumberAnswersBlock(), verbose_name=_("accepted numbers"), blank=True)
    unit = NfcCharField(
        _("unit"), blank=True, max_length=MAX_UNIT, help_text=_("Shown behind the field. Example: “km”, “đồng”.")
    )
    units = StreamField(
        UnitsBlock(),
        verbose_name=_("other units"),
        blank=True,
        help_text=_("Units in which the answer may be given too: the learner types them behind the number."),
    )

    problems_at = "answers"
    panels: ClassVar[list[Any]] = [
        ASKED,
        MultiFieldPanel(
            [
                HelpPanel(
                    content=_(
                        "Learners type a number as they write it: “12,5”, “1.000”. Of several accepted numbers the one "
                        "that earns most counts."
                    )
                ),
                FieldPanel("answers"),
                FieldPanel("unit"),
                FieldPanel("units"),
            ],
            heading=_("Correct answers"),
        ),
        AFTERWARDS,
    ]

    class Meta:
        verbose_name = _("numeric question")
        verbose_name_plural = _("numeric questions")

    def problems(self) -> list[str]:
        answers = [block.value for block in self.answers or []]
        if not answers:
            return [str(_("Add an accepted number. Without one, every answer would be incorrect."))]
        problems = []
        if len(answers) > MAX_ANSWERS:
            problems.append(str(_("Use at most %(count)s accepted numbers.") % {"count": MAX_ANSWERS}))
        if not any(share_of(value) == 1 for value in answers):
            problems.append(str(_("No answer earns the whole mark. Leave the share of one of them empty.")))
        return [*problems, *self._unit_problems()]

    def _unit_problems(self) -> list[str]:
        rows = [block.value for block in self.units or []]
        problems = []
        if rows and not self.unit:
            problems.append(str(_("Other units need the unit that is shown behind the field.")))
        if len(rows) > MAX_UNITS:
            problems.append(str(_("Use at most %(count)s other units.") % {"count": MAX_UNITS}))
        names = [self.unit, *(str(row.get("unit") or "") for row in rows)]
        if any(name[:1].isdigit() or name[:1] in {".", ",", "+", "-", "−"} for name in names if name):
            problems.append(
                str(_("A unit cannot begin with a digit or a sign: it would be read as part of the number."))
            )
        if len({name.casefold() for name in names}) < len(names):
            problems.append(str(_("Two units are written alike. Remove one.")))
        if any((row.get("factor") or "0").lstrip("-0.") == "" or str(row["factor"]).startswith("-") for row in rows):
            problems.append(str(_("How many of a unit make one of the shown unit has to be above zero.")))
        return problems

    def searched(self) -> Iterable[str]:
        return (*super().searched(), self.unit, *(str(block.value.get("number") or "") for block in self.answers))
