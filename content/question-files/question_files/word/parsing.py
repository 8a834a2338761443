"""From lines to questions: which line begins one, which is an option, an answer, an explanation, a key."""

from __future__ import annotations

import re
from collections.abc import Sequence

from question_files.language import gettext_lazy as _
from question_files.values import letters_of
from question_files.word import labels
from question_files.word.ahead import Ahead, mode_of
from question_files.word.drafts import Draft, KeyPart, Option, Parsed, Section
from question_files.word.lines import NOWHERE, Line
from question_files.word.splitting import options_inside, split_options
from question_files.word.tables import key_of, key_pairs


def parse(lines: Sequence[Line]) -> Parsed:
    return _Parser([line for line in lines if not line.blank]).run()


class _Parser:
    def __init__(self, lines: list[Line]) -> None:
        self.lines, self.ahead = lines, Ahead(lines)
        self.found = Parsed()
        self.now: Draft | None = None
        self.target = ""
        """What a line without a label belongs to: 'prompt', 'option', 'explanation', 'answer', or nothing."""
        self.section = Section()
        self.headings: dict[int, str] = {}
        self.in_key = False
        self.key = KeyPart()
        self.solution: list[Line] | None = None
        self.inner = 0
        """The number last seen of a list within a question."""
        self.shared: tuple[int, int, list[Line]] | None = None
        self.gathering = False
        worded = [one for line in lines if (one := labels.question_label(line.text)) is not None and one.word]
        bare = [one for line in lines if (one := labels.question_label(line.text)) is not None and not one.word]
        self.worded, self.mixed = len(worded) > 0, bool(worded and bare)

    def run(self) -> Parsed:
        for place, line in enumerate(self.lines):
            self._take(place, line)
        self._close()
        return self.found

    # One line ---------------------------------------------------------------------------------------------------------

    def _take(self, place: int, line: Line) -> None:
        if line.table is not None:
            self._table(line)
            return
        if line.style and self._styled(line):
            return
        text = line.text
        if labels.is_end(text):
            self._close()
            return
        if line.heading or labels.is_section(text):
            if self._title(place, line):
                return
        if self._key_line(place, line):
            return
        label = labels.question_label(text)
        if label is not None and self._begins(place, line, label):
            self._begin(place, line, label)
            return
        if self.solution is not None:
            self.solution.append(line)
            return
        if self.in_key:
            self.found.stray.append(line)
            return
        shared = labels.passage(text)
        if shared is not None and (self.target != "prompt" or self.now is None or self.now.options):
            self._close()
            self.shared, self.gathering = (*shared, [line]), True
            return
        if self.now is None:
            if self.gathering and self.shared is not None:
                self.shared[2].append(line)
            else:
                self.found.stray.append(line)
            return
        self._within(self.now, line, self.ahead.following(place))

    def _within(self, now: Draft, line: Line, following: str) -> None:
        text = line.text
        now.paragraphs.add(line.number)
        answer = labels.answer_of(text)
        if answer is not None:
            self._answer(now, line, answer)
            return
        end = labels.explanation_end(text)
        if end is not None:
            self.target = "explanation"
            rest = line.cut(end)
            if not rest.blank:
                now.explanation.append(rest)
                now.told.extend(filter(None, [labels.chosen(rest.text)]))
            return
        if self.target == "explanation":
            now.explanation.append(line)
            now.told.extend(filter(None, [labels.chosen(text)]))
            return
        if self.target == "answer" and not now.answers:
            now.answers.append((text, ""))
            return
        options = split_options(line, [option.letter for option in now.options], following)
        if options:
            before, found = options
            if not before.blank:
                self._more(now, before)
            now.options.extend(found)
            self.target = "option"
            return
        self._more(now, line)

    def _more(self, now: Draft, line: Line) -> None:
        if self.target == "option" and now.options:
            last = now.options[-1]
            if last.text and line.text and line.number != last.lines[-1].number:
                last.loose = True
            last.lines.append(line)
        elif self.target == "answer":
            now.explanation.append(line)
        else:
            now.prompt.append(line)

    def _answer(self, now: Draft, line: Line, answer: labels.Answer) -> None:
        self.target = "answer"
        told = answer.told
        # "Đáp án: B. Vì …": what follows the letter explains it.
        found = re.match(r"([A-H](?:\s*[,;&]\s*[A-H])*)\s*([.:)\-–—]?)\s+(?=\S)", told)
        end = labels.explanation_end(told[found.end() :]) if found else None
        if found and end is None and found[2] and now.explained(found[1], told[found.end() :]):
            end = 0
        if found and end is not None:
            now.explanation.append(line.cut(len(line.text) - len(told) + found.end() + end))
            told = found[1]
        if told:
            now.answers.append((told, answer.hint))

    # Beginnings -------------------------------------------------------------------------------------------------------

    def _begins(self, place: int, line: Line, label: labels.Label) -> bool:
        """Whether a line with a number is a question, not an entry of a list within one."""
        now = self.now
        if label.word:
            return True
        number = label.number
        last = now.number if now is not None and now.number is not None else None
        if self.in_key and not self.ahead.followed_by_options(place):
            # "12. abc" in a list of solutions.
            return not self.worded or self.solution is None
        if now is None:
            return not self.mixed or self.ahead.followed_by_options(place)
        closed = bool(now.options) or bool(now.answers)
        if not closed and self.target == "prompt" and not line.cell:
            if number == 1 or number == self.inner + 1:
                followed = self.ahead.followed_by_options(place) and number == (last or 0) + 1 and self.inner == 0
                if not followed and (number == 1 and last is not None or self.inner):
                    self.inner = number
                    return False
        if self.target == "explanation":
            if number != (last or 0) + 1 and not self.ahead.followed_by_options(place):
                self.inner = number
                return False
            if self.inner and number == self.inner + 1 and not self.ahead.followed_by_options(place):
                self.inner = number
                return False
        if self.mixed and not (self.ahead.followed_by_options(place) or (closed and number == (last or 0) + 1)):
            return False
        return True

    def _begin(self, place: int, line: Line, label: labels.Label) -> None:
        rest = line.cut(label.end)
        if self.in_key and self._solution(place, rest, label.number):
            return
        self._close()
        self.in_key = False
        aside = labels.aside_of(rest.text)
        rest = rest.cut(aside.end)
        if re.match(r"[:.]\s*", rest.text):
            rest = rest.cut(1)
        now = Draft(label.number, self.section, line.number, line.automatic)
        now.points, now.level, now.several = aside.points, aside.level, aside.several
        now.paragraphs.add(line.number)
        if self.shared is not None:
            first, last, lines = self.shared
            if first <= label.number <= last:
                now.before = list(lines)
                now.paragraphs.update(one.number for one in lines)
                now.doubts.append(_("A text that is shared by several questions was put before each of them."))
            if label.number >= last or not first <= label.number:
                self.shared = None
        self.gathering = False
        self.now, self.target, self.inner = now, "prompt", 0
        self.found.drafts.append(now)
        told = labels.answer_at_end(rest.text)
        if told is not None and told[0] > 0:
            now.answers.append((told[1], ""))
            rest = rest.cut(0, told[0])
        inside = options_inside(rest, self.ahead.following(place))
        if inside is not None:
            rest, options = inside
            now.options.extend(options)
            self.target = "option"
        if not rest.blank:
            now.prompt.append(rest)

    def _close(self) -> None:
        self.now, self.target, self.solution = None, "", None

    def _styled(self, line: Line) -> bool:
        """Paragraphs of the styles that exporting writes: one is one part, whatever stands in it."""
        if line.style in ("title", "intro"):
            self._close()
            return True
        if line.style == "category":
            self._close()
            text = line.text.strip()
            self.section = Section(() if text == NOWHERE else tuple(text.split(" > ")))
            return True
        if line.style == "question":
            label = labels.question_label(line.text)
            self._close()
            self.in_key = False
            number = label.number if label is not None else None
            rest = line.cut(label.end if label is not None else 0)
            aside = labels.aside_of(rest.text)
            self.now = Draft(number, self.section, line.number, line.automatic, True)
            self.now.points, self.now.level, self.now.several = aside.points, aside.level, aside.several
            self.now.paragraphs.add(line.number)
            self.now.prompt.append(rest.cut(aside.end))
            self.found.drafts.append(self.now)
            self.target = "prompt"
            return True
        now = self.now
        if now is None:
            return False
        now.paragraphs.add(line.number)
        if line.style == "text":
            now.body.append(line)
        elif line.style == "option":
            label_ = labels.styled_option(line.text)
            if label_ is None:
                return False
            option = Option(
                label_.letter,
                label_.small,
                [line.cut(label_.end)],
                line.cut(label_.place, label_.place + 1),
                label_.star,
            )
            now.options.append(option)
            self.target = "option"
        elif line.style == "answer":
            answer = labels.answer_of(line.text)
            if answer is None:
                return False
            if answer.told:
                now.answers.append((answer.told, answer.hint))
        else:
            end = labels.explanation_end(line.text) if not now.explanation else None
            now.explanation.append(line.cut(end or 0))
            self.target = "explanation"
        return True

    # Titles, keys, tables ---------------------------------------------------------------------------------------------

    def _title(self, place: int, line: Line) -> bool:
        text = line.text.strip()
        if line.heading and labels.question_label(text) is not None and self.ahead.followed_by_options(place):
            return False
        if labels.is_key_title(text):
            self._open_key(text)
            return True
        if not text:
            return False
        roman = labels.roman_of(text)
        if self.in_key:
            self._close()
            self.key = KeyPart(roman)
            self.found.keys.append(self.key)
            if not any(map(self._is_question, self.lines[place + 1 : place + 2])):
                return True
            entry = self.lines[place + 1].text
            label = labels.question_label(entry)
            if not self.ahead.followed_by_options(place + 1) or (label and labels.judges(entry[label.end :])):
                return True
            self.in_key = False
        self._close()
        level = line.heading or (1 if labels.is_section(text) and not self.headings else max(self.headings, default=1))
        self.headings = {one: title for one, title in self.headings.items() if one < level}
        self.headings[level] = " ".join(text.split())[:200]
        self.section = Section(tuple(self.headings[one] for one in sorted(self.headings)), roman, mode_of(text))
        return True

    def _is_question(self, line: Line) -> bool:
        return labels.question_label(line.text) is not None

    def _open_key(self, text: str) -> None:
        self._close()
        self.in_key = True
        self.key = KeyPart(labels.roman_of(text))
        self.found.keys.append(self.key)

    def _key_line(self, place: int, line: Line) -> bool:
        text = line.text.strip()
        if labels.is_key_title(text) and not self._answers_the_question(place, text):
            after = text.rpartition(":")[2]
            self._open_key(text)
            self.key.entries.extend(key_pairs(after))
            return True
        pairs = key_pairs(text)
        if not pairs:
            return False
        if self.in_key or len(pairs) > 1 or self.ahead.run_of_keys(place):
            if not self.in_key:
                if self.now is not None and not self.now.options and len(pairs) > 1 and "." not in text:
                    return False
                self._open_key("")
            self.solution = None
            self.key.entries.extend(pairs)
            return True
        return False

    def _answers_the_question(self, place: int, text: str) -> bool:
        """ "Đáp án:" of the question above it, not the title of a key."""
        answer = labels.answer_of(text)
        if answer is not None and answer.told and not key_pairs(answer.told):
            told = answer.told
            return self.now is not None and not re.match(r"(?:và|chi\s+tiết|tham\s+khảo|đề|mã|trắc|môn)\b", told, re.I)
        if self.now is None or self.now.answers:
            return False
        after = self.lines[place + 1] if place + 1 < len(self.lines) else None
        if after is None or after.table is not None or key_pairs(after.text) or labels.is_section(after.text):
            return False
        return bool(letters_of(after.text)) or (answer is not None and labels.question_label(after.text) is None)

    def _solution(self, place: int, rest: Line, number: int) -> bool:
        """In a key: 'Câu 3: Chọn B. Vì …', 'Câu 3. Đúng', 'Câu 3' with lines below."""
        letter = re.match(r"([A-H](?:\s*[,;&]\s*[A-H])*)\s*(?:[.:)\-–]|$)\s*", rest.text)
        told = labels.chosen(rest.text)
        answer = labels.answer_of(rest.text)
        if not (letter or told or answer or labels.judges(rest.text)) and self.ahead.followed_by_options(place):
            return False
        lines: list[Line] = []
        if letter:
            self.key.entries.append((number, letter[1]))
            rest = rest.cut(letter.end())
        elif answer is not None and answer.told:
            self.key.entries.append((number, answer.told))
            rest = rest.cut(len(rest.text))
        elif told:
            self.key.entries.append((number, told))
        elif rest.text and len(rest.text) <= 60:
            self.key.entries.append((number, rest.text))
            rest = rest.cut(len(rest.text))
        end = labels.explanation_end(rest.text)
        rest = rest.cut(end) if end is not None else rest
        if not rest.blank:
            lines.append(rest)
        self.found.solutions.append((self.key.roman, number, lines))
        self.now, self.solution = None, lines
        return True

    def _table(self, line: Line) -> None:
        table = line.table
        if table is None:
            return
        if line.table_kind == "sheet":
            self._close()
            self.found.sheets.append(line)
        elif line.table_kind == "key" and self.found.drafts:
            entries = key_of(table)
            if not self.in_key or self.key.entries:
                roman = self.key.roman if self.in_key else ""
                self._open_key("")
                self.key.roman = roman
            self.key.entries.extend(entries)
        elif self.now is not None:
            text = "\n".join("\t".join(" ".join(cell.text.split()) for cell in row) for row in table.rows)
            pictures = tuple((0, one) for row in table.rows for cell in row for block in cell.blocks
                             if hasattr(block, "pictures") for one in block.pictures)  # fmt: skip
            self.now.table = True
            self.now.paragraphs.add(line.number)
            plain = Line(text, (None,) * len(text), line.number, pictures)
            if self.target == "explanation":
                self.now.explanation.append(plain)
            elif self.now.options:
                self.now.options[-1].lines.append(plain)
            else:
                self.now.prompt.append(plain)
        else:
            self.found.stray.append(line)
