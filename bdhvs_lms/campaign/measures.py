"""Measures: how a target's number is to be read, a class for each kind, which everything that differs by kind asks.

A further kind is a subclass and its line in `MEASURES`. Numbers of people are compared as whole numbers and fractions,
shares as decimals, never as floats.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal, assert_never

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bdhvs_lms.base.api import MOST_PEOPLE, format_number

if TYPE_CHECKING:
    from bdhvs_lms.campaign.models import Figure


class Operator(models.TextChoices):
    """An operator as the plan words it. `=` is read as at least: it occurs as '100 %' only, and a plan is not missed
    because more people pass than an old register counts."""

    GT = ">", ">"
    GE = ">=", "≥"
    EQ = "=", "="
    LE = "<=", "≤"

    def holds(self, number: int | Decimal, limit: Decimal | Fraction) -> bool:
        """Tell whether a number meets 'operator limit'."""
        match self:
            case Operator.GT:
                return number > limit
            case Operator.GE | Operator.EQ:
                return number >= limit
            case Operator.LE:
                return number <= limit
            case never:
                assert_never(never)

    def least(self, limit: Fraction) -> int | None:
        """Return the smallest whole number that meets 'operator limit': 'over 850' is 851. None: the
        operator sets none."""
        match self:
            case Operator.GT:
                return limit.__floor__() + 1
            case Operator.GE | Operator.EQ:
                return limit.__ceil__()
            case Operator.LE:
                return None
            case never:
                assert_never(never)


@dataclass(frozen=True)
class Judgement:
    """A verdict on whether a target is met. `met` None: there is nothing to judge by."""

    met: bool | None = None
    share: Decimal | None = None
    """Percent, where the measure is one and it is known."""
    gap: int | None = None
    """How many more people are needed; None where people are not known, or none are asked for."""

    @property
    def verdict(self) -> Literal["met", "not_met", "no_data"]:
        return "no_data" if self.met is None else "met" if self.met else "not_met"


class Measure:
    """A kind of measure. `value` is a target's, in the kind's unit."""

    key: ClassVar[str]
    """As stored, and as a plan's file has it."""
    label: ClassVar[Any]
    unit: ClassVar[str]
    """As a plan's file has it, to be checked against the key."""
    most: ClassVar[int]
    """The largest value that a target may set, and a figure may say."""
    least: ClassVar[int] = 0
    """The smallest that a figure may say."""
    beyond: ClassVar[Any]
    """What is said of a figure that lies outside."""
    whole: ClassVar[bool] = True
    """Whether values are whole numbers."""
    field: ClassVar[str]
    """Of an outside figure: where the number stands."""
    counts_people: ClassVar[bool] = False
    """Whether people are counted who do or do not pass: then our learning records can answer it."""
    of_everyone: ClassVar[bool] = False
    """Whether it is held against everyone in the group, so that somebody has to enter how many they are."""
    adds_up: ClassVar[bool] = False
    """Whether areas reach it together: then a part of the plan's area is not judged by it."""
    column: ClassVar[str] = ""
    """Of a report, and of its months, where the number stands that is held against the target; empty: in none."""

    def goal(self, operator: Operator, value: Decimal) -> str:
        """Say what a target asks for, its operator in words: 'trên 85%'."""
        raise NotImplementedError

    def amount(self, number: int | Decimal, *, short: bool = False) -> str:
        """Write a number with its unit: '84,9%'; `short`: without places that it does not need."""
        raise NotImplementedError

    def distance(self, operator: Operator, difference: Decimal, *, met: bool) -> str:
        """Say how far what was reached lies from the target's value; negative: below."""
        raise NotImplementedError

    def top(self, value: Decimal) -> Decimal:
        """Return the end of the scale of a picture beside the number; it begins at 0."""
        raise NotImplementedError

    def in_words(self, figure: Figure) -> str:
        """Say what an outside figure says in this measure; empty: nothing."""
        number = getattr(figure, self.field)
        return "" if number is None else self.amount(number, short=True)

    def of_people(self, operator: Operator, value: Decimal, people: int | None, everyone: int | None) -> Judgement:
        """Return the judgement by people who were counted, of so many; None: not known."""
        return Judgement()

    def of_figure(self, operator: Operator, value: Decimal, figure: Figure, everyone: int | None) -> Judgement:
        """Return the judgement by an outside figure; `everyone`: among how many, by whomever this is known."""
        return self.of_people(operator, value, figure.numerator, everyone)


class Share(Measure):
    key, unit, most = "share", "percent", 100
    label = gettext_lazy("share of the group (percent)")
    whole = False
    beyond = gettext_lazy("The share must be between 0 and 100.")
    field = "percent"
    counts_people = of_everyone = True
    column = "share"

    def goal(self, operator: Operator, value: Decimal) -> str:
        values = {"value": format_number(value, short=True)}
        match operator:
            case Operator.GT:
                return _("over %(value)s%%") % values
            case Operator.GE:
                return _("%(value)s%% or more") % values
            case Operator.LE:
                return _("%(value)s%% or less") % values
            case Operator.EQ:
                return f"{values['value']}%"
            case never:
                assert_never(never)

    def amount(self, number: int | Decimal, *, short: bool = False) -> str:
        return f"{format_number(number, short=short)}%"

    def distance(self, operator: Operator, difference: Decimal, *, met: bool) -> str:
        """Say it in percentage points; rounded so that it looks no better than it is."""
        rounding = ROUND_UP if difference < 0 else ROUND_DOWN
        distance = abs(difference).quantize(Decimal("0.1"), rounding=rounding)
        points = {"points": format_number(distance)}
        if difference < 0:
            return _("%(points)s percentage points below") % points
        if distance > 0:
            return _("%(points)s percentage points above") % points
        if not met:
            return _("exactly at the limit, not above it")
        if operator == Operator.GT or difference > 0:
            return _("less than 0.1 percentage points above")
        return _("exactly as required")

    def top(self, value: Decimal) -> Decimal:
        return Decimal(100)

    def of_people(self, operator: Operator, value: Decimal, people: int | None, everyone: int | None) -> Judgement:
        """Compare whole numbers, not the share: 850 of 1,000 is not 'trên 85 %'."""
        if people is None or not everyone:
            return Judgement()
        limit = Fraction(value) * everyone / 100
        least = operator.least(limit)
        gap = None if least is None else max(0, least - people)
        return Judgement(operator.holds(people, limit), share_of(people, everyone), gap)

    def of_figure(self, operator: Operator, value: Decimal, figure: Figure, everyone: int | None) -> Judgement:
        if figure.percent is None:
            return super().of_figure(operator, value, figure, everyone)
        return Judgement(operator.holds(figure.percent, value), figure.percent)


class Rank(Measure):
    key, unit, most = "rank", "rank", 10_000
    label = gettext_lazy("rank among units")
    least = 1
    beyond = gettext_lazy("The rank must be between 1 and 10,000.")
    field = "rank"

    def goal(self, operator: Operator, value: Decimal) -> str:
        return _("in the top %(value)s") % {"value": format_number(value, short=True)}

    def amount(self, number: int | Decimal, *, short: bool = False) -> str:
        return _("rank %(rank)d") % {"rank": number}

    def of_figure(self, operator: Operator, value: Decimal, figure: Figure, everyone: int | None) -> Judgement:
        return Judgement() if figure.rank is None else Judgement(operator.holds(figure.rank, value))


class Count(Measure):
    """People of the group who pass by the plan's day, in the whole area of the plan: nobody has to know how many the
    group has."""

    key, unit, most = "count", "people", MOST_PEOPLE
    label = gettext_lazy("number of people")
    beyond = gettext_lazy("This number is too large for a population.")
    field = column = "numerator"
    counts_people = adds_up = True

    def goal(self, operator: Operator, value: Decimal) -> str:
        people = self.amount(value)
        match operator:
            case Operator.GT:
                return _("more than %(people)s") % {"people": people}
            case Operator.GE:
                return _("at least %(people)s") % {"people": people}
            case Operator.LE:
                return _("at most %(people)s") % {"people": people}
            case Operator.EQ:
                return people
            case never:
                assert_never(never)

    def amount(self, number: int | Decimal, *, short: bool = False) -> str:
        people = int(number)
        return ngettext("%(people)s person", "%(people)s people", people) % {"people": format_number(people)}

    def distance(self, operator: Operator, difference: Decimal, *, met: bool) -> str:
        people = {"people": self.amount(abs(difference))}
        if difference < 0:
            return _("%(people)s below") % people
        if difference > 0:
            return _("%(people)s above") % people
        return _("exactly as required") if met else _("exactly at the limit, not above it")

    def top(self, value: Decimal) -> Decimal:
        """Place the target's mark at four fifths, so that one can see by how much it was passed."""
        return value * 5 / 4

    def in_words(self, figure: Figure) -> str:
        if figure.numerator is None or figure.base is None:
            return super().in_words(figure)
        return _("%(people)s of %(among)s people") % {
            "people": format_number(figure.numerator),
            "among": format_number(figure.base),
        }

    def of_people(self, operator: Operator, value: Decimal, people: int | None, everyone: int | None) -> Judgement:
        if people is None:
            return Judgement()
        least = operator.least(Fraction(value))
        return Judgement(operator.holds(people, value), gap=None if least is None else max(0, least - people))


MEASURES: dict[str, Measure] = {kind.key: kind() for kind in (Share, Rank, Count)}


def by_field() -> dict[str, Measure]:
    """Return for each column of an outside figure the kind that words and bounds it: the first of those
    that read it."""
    return {kind.field: kind for kind in reversed(MEASURES.values())}


def choices() -> list[tuple[str, Any]]:
    """Return the choices; the migration names this function, so that a further kind needs none."""
    return [(kind.key, kind.label) for kind in MEASURES.values()]


def share_of(numerator: int, base: int) -> Decimal:
    """Return percent with one decimal, cut: 84.96 is 84.9, because a rounded 85.0 would read as a target
    that is met."""
    return (Decimal(numerator * 1000 // base) / 10).quantize(Decimal("0.1"))
