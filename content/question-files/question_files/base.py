"""What a kind of file with questions is."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from typing import BinaryIO, ClassVar

from question_files.language import Text
from question_files.plain import Loss, PlainQuiz, Reading


class QuestionFormat(ABC):
    """A kind of file in which questions leave for other systems, or come from there. Editors get it; it holds what is
    right. A format reads, writes, or both."""

    key: ClassVar[str]
    label: ClassVar[Text]
    """As the button says it: 'H5P'."""
    suffix: ClassVar[str]
    """Of the file's name: '.h5p'."""
    content_type: ClassVar[str]
    kinds: ClassVar[frozenset[str]] = frozenset({"single", "multiple", "true-false"})
    """Of `PlainQuestion` that it can write. It is handed no others; the page names the questions that it leaves out."""
    reads: ClassVar[bool] = False
    """Whether files of this kind can be imported."""
    writes: ClassVar[bool] = True
    """Whether questions can be exported as this kind of file."""

    def problems(self, quiz: PlainQuiz) -> Sequence[Text]:
        """What keeps this quiz from being written now, one sentence each, for the editor. Empty: `write` will do."""
        return ()

    def losses(self, quiz: PlainQuiz) -> Sequence[Loss]:
        """What the file will not hold of these questions, in words for the editor: 'feedback', 'pictures'."""
        return ()

    def write(self, quiz: PlainQuiz, into: BinaryIO) -> None:
        """The whole file. The same quiz gives the same bytes. Asked only for a quiz with a question and no problems."""
        raise NotImplementedError

    def recognises(self, head: bytes, name: str) -> int:
        """How surely a file is of this kind: 0 not at all, 1 by its name alone, 2 by what stands in it too, 3 by
        something that no other kind has. `head`: its first 64 KiB; `name`: as it was uploaded, in small letters."""
        return 1 if self.reads and name.endswith(self.suffix) else 0

    def read(self, file: BinaryIO, *, name: str, language: str) -> Reading:
        """All of a file that somebody uploaded, however it looks: each question in it is read, or named with a reason.
        `language`: of the questions, where the file does not say it. Raises UnreadableFile; nothing else, ever."""
        raise NotImplementedError
