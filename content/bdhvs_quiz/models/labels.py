"""Labels by which questions are found and drawn: competencies and tags. Both belong to a question's drafts."""

from __future__ import annotations

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from taggit.models import ItemBase, TagBase

from bdhvs_content.api import AlignmentBase, NfcCharField
from bdhvs_lms.base.api import without_marks


class Difficulty(models.TextChoices):
    """The difficulty in the editor's opinion; results show what learners made of it."""

    EASY = "easy", _("easy")
    MEDIUM = "medium", _("medium")
    HARD = "hard", _("hard")


class QuestionAlignment(AlignmentBase):
    """The competency that one question asks about: "N per cent of these questions" and a draw by competency read it."""

    question = ParentalKey("bdhvs_quiz.Question", on_delete=models.CASCADE, related_name="alignments")

    class Meta(AlignmentBase.Meta):
        verbose_name = _("competency of a question")
        verbose_name_plural = _("competencies of questions")
        constraints = [models.UniqueConstraint(fields=["question", "competency"], name="question_alignment_once")]


class QuestionTag(TagBase):
    """A tag of the bank's own, apart from those of pictures and documents."""

    name = NfcCharField(_("tag"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("question tag")
        verbose_name_plural = _("question tags")

    def slugify(self, tag: str, i: int | None = None) -> str:
        # "lừa đảo" and "lửa đào" are two tags: the second has a number.
        slug = slugify(without_marks(tag)) or "tag"
        return slug if i is None else f"{slug}_{i}"


class TaggedQuestion(ItemBase):
    tag = models.ForeignKey(QuestionTag, on_delete=models.CASCADE, related_name="tagged_questions")
    content_object = ParentalKey("bdhvs_quiz.Question", on_delete=models.CASCADE, related_name="tagged_items")

    class Meta:
        verbose_name = _("tag of a question")
        verbose_name_plural = _("tags of questions")
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="question_tagged_once")]
