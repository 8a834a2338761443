"""Which answers of a key belong to which questions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from question_files.language import Text, gettext_lazy
from question_files.language import gettext as _
from question_files.values import short_reason
from question_files.word.drafts import Draft, KeyPart, Parsed


def give_keys(parsed: Parsed) -> list[Text]:
    """Each answer to its question; doubts where numbers are not clear. What is to be said of the file."""
    sections = _sections(parsed.drafts)
    for drafts in sections:
        _look_at_numbers(drafts)
    notes: list[Text] = []
    parts = [part for part in parsed.keys if part.entries]
    for place, part in enumerate(parts):
        notes.extend(_give(part, _meant(part, place, parts, sections)))
    for roman, number, lines in parsed.solutions:
        of_part = [draft for draft in parsed.drafts if not roman or draft.section.roman == roman]
        meant = [draft for draft in of_part if draft.number == number]
        if len(meant) == 1 and not meant[0].explanation:
            meant[0].explanation.extend(lines)
        elif lines:
            notes.append(_("The explanation of question %(number)d belongs to no question.") % {"number": number})
    return notes


def _sections(drafts: Sequence[Draft]) -> list[list[Draft]]:
    """Questions whose numbers go on from one another: a title, or a number 1 with another title, begins new ones."""
    found: list[list[Draft]] = []
    for draft in drafts:
        before = found[-1][-1] if found else None
        number, last = draft.number or 0, (before.number or 0) if before is not None else 0
        again = before is not None and before.section is not draft.section and number <= last
        if before is not None and before.section is draft.section and number == 1 and last >= 5 and not draft.automatic:
            # Perhaps another paper of the same examination.
            again = True
            draft.doubts.append(gettext_lazy("Here the numbers begin anew."))
        if before is None or again:
            found.append([])
        found[-1].append(draft)
    return found


def _look_at_numbers(drafts: Sequence[Draft]) -> None:
    """Doubts where a number stands twice, or one is missing."""
    numbers = [draft.number for draft in drafts]
    counted = Counter(number for number in numbers if number is not None)
    # A list that begins anew with each question has no numbers to speak of.
    automatic = all(draft.automatic for draft in drafts) and set(counted) == {1}
    before = 0
    for draft in drafts:
        number = draft.number
        if number is None or automatic:
            continue
        if counted[number] > 1:
            draft.doubts.append(_("Number %(number)d stands at several questions.") % {"number": number})
        elif before and number > before + 1:
            missing = [str(one) for one in range(before + 1, min(number, before + 21))]
            draft.doubts.append(_("Before it numbers are missing: %(numbers)s.") % {"numbers": short_reason(missing)})
        elif before and number < before:
            draft.doubts.append(_("Its number is smaller than that of the question before it."))
        before = max(before, number)


def _meant(part: KeyPart, place: int, parts: Sequence[KeyPart], sections: Sequence[Sequence[Draft]]) -> list[Draft]:
    """The questions that a part of a key is about."""
    every = [draft for section in sections for draft in section]
    if part.roman:
        named = [draft for draft in every if draft.section.roman == part.roman]
        if named:
            return named
    if len(parts) == len(sections) > 1:
        return list(sections[place])
    return every


def _give(part: KeyPart, drafts: Sequence[Draft]) -> list[Text]:
    by_number: dict[int, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.number is not None:
            by_number[draft.number].append(draft)
    automatic = len(drafts) > 1 and all(draft.automatic and draft.number == 1 for draft in drafts)
    if automatic:
        by_number = defaultdict(list, {place: [draft] for place, draft in enumerate(drafts, start=1)})
    lost = []
    for number, told in part.entries:
        meant = by_number.get(number, [])
        if len(meant) == 1:
            meant[0].key.append(told)
        elif meant:
            for draft in meant:
                draft.doubts.append(
                    gettext_lazy("The key has this number, but several questions have it. It was not used.")
                )
        else:
            lost.append(f"{number}. {told}")
    if not lost:
        return []
    return [_("The key has answers without a question: %(entries)s.") % {"entries": short_reason(lost, 10)}]
