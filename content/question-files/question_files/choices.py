"""What options earn, as Moodle's family of formats says it: a share of the mark for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from question_files.language import gettext as _
from question_files.plain import PlainOption, PlainQuestion

NONE, WHOLE = Fraction(0), Fraction(1)


def earned(question: PlainQuestion) -> list[Fraction]:
    """Of each option of a 'single' or 'multiple'. Where all or nothing counts, a wrong one costs all."""
    if question.kind == "single":
        return [
            (WHOLE if option.right else NONE) if option.credit is None else option.credit for option in question.options
        ]
    rights = sum(option.right for option in question.options) or 1
    right, wrong = Fraction(1, rights), -Fraction(1, rights) if question.partial else -WHOLE
    return [
        (right if option.right else wrong) if option.credit is None else option.credit for option in question.options
    ]


def chosen_one(options: Sequence[PlainOption], shares: Sequence[Fraction]) -> tuple[tuple[PlainOption, ...], list[str]]:
    """Options of a 'single' with what each earns, and doubts."""
    made = tuple(
        replace(option, right=share == 1, credit=None if share in (NONE, WHOLE) else share)
        for option, share in zip(options, shares, strict=True)
    )
    rights = sum(option.right for option in made)
    if rights == 1:
        return made, []
    if rights:
        return made, [_("Several options earn the whole mark, though only one may be chosen.")]
    return made, [_("No option earns the whole mark.")]


def chosen_several(
    options: Sequence[PlainOption], shares: Sequence[Fraction]
) -> tuple[tuple[PlainOption, ...], list[str]]:
    """Options of a 'multiple' whose parts earn their share, and doubts."""
    doubts = []
    if (wholes := list(shares).count(WHOLE)) > 1:
        # Who chooses one of them alone has not answered the question.
        shares = [share / wholes if share > 0 else share for share in shares]
        doubts.append(_("Each correct option alone earned the whole mark. Here all together do."))
    rights = [share for share in shares if share > 0]
    equal = Fraction(1, len(rights) or 1)
    usual = set(rights) == {equal} and all(share in (equal, -equal) for share in shares)
    made = tuple(
        replace(option, right=share > 0, credit=None if usual else share)
        for option, share in zip(options, shares, strict=True)
    )
    if not rights:
        doubts.append(_("No option earns a part of the mark."))
    elif sum(rights) != 1:
        percentage = f"{float(sum(rights) * 100):.5g}"
        doubts.append(_("All correct options together earn %(percent)s %% of the mark.") % {"percent": percentage})
    return made, doubts
