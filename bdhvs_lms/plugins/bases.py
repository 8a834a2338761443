"""The extension points: one abstract base class each. Static facts are class attributes, read once at registration.

A plugin is an ordinary Django app that calls `register(...)` in its `AppConfig.ready()`. What must be supplied is
declared here as annotations without a value; `registry.py` refuses a class that leaves one out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any, ClassVar, Literal
from uuid import UUID

from django.db.models import Model
from django.utils.functional import Promise

from question_files.plain import PlainMedia, PlainQuestion

Text = str | Promise


class ActivityType(ABC):
    """A kind of thing to do in a course.

    Reports never call it: what they need (`done_on`, titles, scores) is pushed with each activity, so that they open
    when the plugin is gone.
    """

    key: ClassVar[str]
    """Stable, dotted by the owner: 'bdhvs_quiz.quiz'. Stored with every activity."""
    label: ClassVar[Text]
    icon: ClassVar[str]
    """A Wagtail icon name, for editors."""
    activity_iri: ClassVar[str]
    """xAPI activity type IRI."""
    records: ClassVar[frozenset[str]]
    """Verb IRIs that this type records."""
    done_on: ClassVar[Literal["completed", "passed"]]
    """Which statement finishes it."""
    features: ClassVar[frozenset[str]] = frozenset()
    """Any of: 'graded', 'attempts', 'presence' (reading or being there: alone it proves nothing)."""
    not_begun_label: ClassVar[Text]
    """What a cell says before anything happened: 'Chưa học', 'Chưa làm', 'Chưa dự', 'Chưa thực hành'."""
    in_progress_label: ClassVar[Text] = ""
    """What a cell says once it was begun: 'Đang làm'. Empty: the word for lessons, 'Đang học'."""
    short_label: ClassVar[Text] = ""
    """Head of its column in a narrow table, at most three letters: 'KT'. Empty: it is counted, as lessons are."""
    editors_may: ClassVar[tuple[str, ...]] = ()
    """Permissions ('app.codename') that the group of editors holds for it, beside those for its pages."""
    operators_may: ClassVar[tuple[str, ...]] = ()
    """Permissions that the group of operators holds for it."""
    class_view: ClassVar[str] = ""
    """Name of the address at which a teacher records it for a class; its one argument is the class's uuid. Empty: what
    learners do by themselves is all there is."""
    class_label: ClassVar[Text] = ""
    """As the button on the class's page says it: 'Enter paper tests'."""
    attempt_view: ClassVar[str] = ""
    """Name of the address at which a teacher acts on one attempt of a learner; its arguments are the class's uuid, the
    learner's actor and the attempt's uuid. Empty: there is nothing to do but to look."""
    attempt_label: ClassVar[Text] = ""
    """As the button below the attempt's answers says it: 'Reopen the attempt'."""
    result_view: ClassVar[str] = ""
    """Name of the address of a learner's own result of an attempt; its one argument is the attempt's uuid. Empty: there
    is no page of its own for it."""

    @abstractmethod
    def address(self, activity_key: UUID, language: str) -> str | None:
        """Return the path on this site where the learner finds it, or None when it is not offered now."""

    def not_for(self, learner: Any, activities: Sequence[Any]) -> set[UUID]:
        """Return the keys of those that this learner is not to do, of those that a course offers (of this type, in the
        course's order), so that a list of the course leaves them out."""
        return set()


@dataclass(frozen=True)
class Outcome:
    """The grade of one response. `fraction` in 0..1, exact: whatever number is handed over becomes a Fraction;
    `correct`: the whole of it; `matched` are stable ids or normalised words, never what the learner typed: it goes
    into the statement's `response`."""

    fraction: Fraction | Decimal | int
    correct: bool
    matched: tuple[str, ...] = ()
    feedback: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        exact = Fraction(self.fraction)
        if not 0 <= exact <= 1:
            raise ValueError(f"fraction outside 0..1: {self.fraction}")
        object.__setattr__(self, "fraction", exact)

    @property
    def share(self) -> Fraction:
        """Return `fraction`, for who counts with it."""
        return Fraction(self.fraction)


@dataclass(frozen=True)
class Interaction:
    """An xAPI cmi.interaction: `type` as in the specification, components by stable id with language maps."""

    type: str
    components: Mapping[str, Sequence[tuple[str, Mapping[str, str]]]] = field(default_factory=dict)
    """Property name ('choices', 'scale', 'source', 'target', 'steps') to (id, language map) pairs."""


@dataclass(frozen=True)
class PaperBox:
    """A box that is ticked on paper: `value` is what a form posts for it, `mark` what stands beside it ('A')."""

    value: str
    mark: str


class QuestionType(ABC):
    """A kind of question. All methods but `compile` work on the compiled data alone: they are pure and total."""

    key: ClassVar[str]
    label: ClassVar[Text]
    icon: ClassVar[str]
    model: ClassVar[type[Model]]
    """The polymorphic model of the bank whose `type_key` is this key."""
    template: ClassVar[str]
    """Fragment that shows the question in an open attempt; context: `question` (what is shown, no key), `name` (the
    form field's name), `response` (what was answered so far or None), `disabled`. A template's name; what no folder of
    templates has is looked for beside the class, by the last part of its name."""
    review_template: ClassVar[str]
    """Fragment of the result page; context adds `key` and `outcome`."""
    print_template: ClassVar[str]
    """Fragment for paper; context: `question`. An empty <span class="box"></span> is a box to tick."""
    scripts: ClassVar[tuple[str, ...]] = ()
    """Static files that make `template` nicer on the page of an attempt: loaded after the page's own, only where such a
    question is asked. The page does its job without them."""
    styles: ClassVar[tuple[str, ...]] = ()
    """Style sheets, likewise: of what `scripts` put there."""
    on_paper: ClassVar[bool] = True
    """Whether it can be answered on paper. A quiz with one that cannot is not printed as a test, and says why."""
    several_boxes: ClassVar[bool] = False
    """Whether more than one of `paper_boxes` may be ticked."""
    typed: ClassVar[bool] = False
    """A response is a string that a person typed freely, or a mapping of ids to such strings and to lists of ids: each
    string is kept in one erasable table, a step holds a reference. After an erasure `review_template` gets
    {"erased": True} in its place."""

    @abstractmethod
    def compile(self, question: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Convert the bank's object to (`shown`, `key`), both plain JSON. What is not to be seen before submitting
        (which option is right, feedback, accepted answers) is in `key` and only there."""

    def shared(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> Any:
        """Return what a question and its translations have in common, as something to be compared: ids of options,
        which is right. A translation that differs in it is not asked, since an answer would mean something else
        there."""
        return None

    def gives_parts(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> bool:
        """Tell whether an answer to this question may earn a part of the mark: more than nothing, less
        than the whole."""
        return False

    def shuffled(self, shown: Mapping[str, Any], rank: Callable[[str], str]) -> Mapping[str, Any]:
        """Return `shown` with what may stand in any order sorted by `rank` of its stable id; nothing else changes.
        Called for
        the eye only: grading and statements get `shown` as it was compiled."""
        return shown

    @abstractmethod
    def parse(self, shown: Mapping[str, Any], values: Sequence[str]) -> Any:
        """Convert the posted values of the form field to a JSON response; None: unanswered. Raises ValueError with a
        message for the learner when the values cannot be a response to this question."""

    def as_sent(self, shown: Mapping[str, Any], values: Sequence[str]) -> Any:
        """Return what `template` shows again as `response`, of values that `parse` refused. As it is,
        what was typed."""
        return next((value[:2000] for value in values if value), None) if self.typed else None

    @abstractmethod
    def grade(self, shown: Mapping[str, Any], key: Mapping[str, Any], response: Any) -> Outcome:
        """Grade any response, also None or one that was stored under an older rule: it gives an Outcome. Total."""

    @abstractmethod
    def interaction(self, shown: Mapping[str, Any]) -> Interaction:
        """Describe the question for a statement."""

    def paper_boxes(self, shown: Mapping[str, Any]) -> tuple[PaperBox, ...]:
        """Return what is ticked on paper, in the order in which `shown` has it and `print_template` marks it. Empty:
        the answer is written, and whoever keys it in types it into the fragment of an attempt."""
        return ()

    def paper_key(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> tuple[str, ...]:
        """Return what is right, for the sheet of answers: marks of boxes, or words. As it is, the fewest boxes that are
        graded as right; without boxes a type says it itself."""
        boxes = self.paper_boxes(shown)
        for count in range(1, (len(boxes) if self.several_boxes else 1) + 1):
            for ticked in combinations(boxes, count):
                if self.grade(shown, key, self.parse(shown, [box.value for box in ticked])).correct:
                    return tuple(box.mark for box in ticked)
        return ()

    kinds: ClassVar[frozenset[str]] = frozenset()
    """Kinds of `PlainQuestion` that become a question of this type when a file is imported. Of two types that name one
    kind the type registered first takes it."""

    def plain(self, shown: Mapping[str, Any], key: Mapping[str, Any]) -> PlainQuestion | None:
        """Return the question for a file that other systems read; None: they know nothing like it, and the file is
        without it."""
        return None

    def from_plain(self, plain: PlainQuestion, keep: Callable[[PlainMedia], int]) -> dict[str, Any]:
        """Convert it back: to values of the model's own fields, for a question of one of `kinds`. What all questions
        have (prompt, explanation, tags …) is set by the bank. `keep`: stores a picture or a sound, and gives its
        number. `plain(*compile(question))` of what comes of it is the same question. Raises ValueError with a reason
        for the
        editor: the type cannot hold such a question."""
        raise NotImplementedError


class PersonalData(ABC):
    """The tables of an app that hold a person's data, and how to hand them over and erase them. Compulsory for every
    app with a model that points at a learner or a user; a test fails for one that is not declared."""

    key: ClassVar[str]
    """App label or part, e.g. 'bdhvs_quiz'."""
    models: ClassVar[tuple[str, ...]]
    """'app_label.Model' of every table with a reference to a learner or a user."""
    kept: ClassVar[Mapping[str, str]] = {}
    """'app_label.Model' to the reason why erasure leaves the row (opaque, needed for counts)."""
    pages: ClassVar[Mapping[str, Text]] = {}
    """What the app gives `log_access` as `page`, in words for the person who was looked at: 'class-task' to 'practical
    task of a class'."""

    @abstractmethod
    def export(self, learner: Any) -> dict[str, list[dict[str, Any]]]:
        """Return 'app_label.Model' → rows, JSON-ready, readable by the person."""

    @abstractmethod
    def erase(self, learner: Any) -> int:
        """Erase what names or quotes the person; returns how many rows were touched. Called inside a transaction."""

    def close_account(self, user: Any) -> int:
        """Remove what signs in to the account, a learner's or of the staff, which has been emptied and closed for good;
        returns how many rows were touched. Called inside a transaction."""
        return 0


class SignInMethod(ABC):
    """A way to become a known learner.

    Its views recognise somebody by a `LearnerIdentity` and begin the session: with Django's `login()` where there is an
    account, else with `begin_learner_session` (`bdhvs_lms.learners.api`).
    """

    key: ClassVar[str]
    """Stable, dotted by the owner: 'bdhvs_lms.card'. A session without an account names it."""
    label: ClassVar[Text]
    """As the sign-in page offers it: 'My class'."""
    hint: ClassVar[Text]
    """What somebody needs for it, one sentence."""
    icon: ClassVar[str]
    """Name of a template that draws it: one <svg> for 24 × 24."""
    view_name: ClassVar[str]
    """Name of the address where it begins, which takes no arguments; `?next=` says where somebody was going."""
    identity_kind: ClassVar[str]
    """`LearnerIdentity.Kind` of what it recognises somebody by."""
    account: ClassVar[bool]
    """Whether an account signs in. Else the session is limited: no copy or erasure of the person's data, no change of
    how they sign in, nothing of others."""
    operators_may: ClassVar[tuple[str, ...]] = ()
    """Permissions that operators have for it: 'app_label.codename'."""

    def offered(self, request: Any) -> bool:
        """Tell whether the sign-in page offers it on this device. Asked for every visitor: without a query."""
        return True

    def switch_to(self, request: Any) -> str | None:
        """Return where this device goes when somebody leaves it to the next person; None: to the sign-in page."""
        return None

    def made_account(self, user: Any) -> bool:
        """Tell whether it made this account for whoever came by it, for nothing but learning: then the account goes
        with the learner. Else it was there before, and stays."""
        return False


class SpeechFailed(Exception):
    """A text could not be spoken now. Says why, for the operator's log; the page goes on without."""


class SpeechEngine(ABC):
    """A voice that reads texts of lessons aloud, into files that are kept and played by any telephone."""

    key: ClassVar[str]
    label: ClassVar[Text]
    """As the page says it beside the weight, so that nobody takes it for a person: 'machine voice'."""
    version: ClassVar[str]
    """Of how it sounds. Files are kept by text, language, engine and version: with another one all is spoken anew."""
    languages: ClassVar[frozenset[str]]
    """Language codes that it speaks: 'vi', 'en'."""
    quick: ClassVar[bool] = True
    """Whether a text takes it less than a second or so: then it speaks when a page is published, while its editor
    waits. Else only the command `speak` asks it."""

    def problems(self) -> Sequence[Text]:
        """List what keeps it from speaking on this machine, one sentence each, for the operator. Empty: it can."""
        return ()

    @abstractmethod
    def speak(self, text: str, language: str) -> bytes:
        """Return the text as a whole MP3 file (mono, small: learners pay for it). `text` is plain, a line for each
        paragraph, every line a sentence or several. Ends within two minutes. Raises SpeechFailed."""
