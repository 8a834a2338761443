"""The content of a file of questions, stored between the preview and the import."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from wagtail.models import Collection, Locale


class QuestionImport(models.Model):
    """A file that somebody looks at before it is imported. `uuid` is the act: it is imported once, or never.

    Why not to and fro inside the page, as lists of people go? Files of questions bring pictures: ten megabytes and
    more,
    and no personal data. An unused import is deleted after a day, with the next file that somebody brings.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_index=True)
    file_name = models.CharField(max_length=255)
    format_key = models.CharField(max_length=100)
    locale = models.ForeignKey(Locale, on_delete=models.CASCADE, related_name="+")
    collection = models.ForeignKey(Collection, null=True, on_delete=models.SET_NULL, related_name="+")
    reading: Any = models.JSONField(default=dict, help_text="questions, findings and notes; emptied by the import.")
    choices: Any = models.JSONField(default=dict, help_text="What was ticked and written on the pages so far.")
    done_at = models.DateTimeField(null=True)
    written = models.PositiveIntegerField(null=True, help_text="How many questions came into the bank.")

    collection.wagtail_reference_index_ignore = True  # type: ignore[attr-defined]
    locale.wagtail_reference_index_ignore = True  # type: ignore[attr-defined]

    def __str__(self) -> str:
        return self.file_name


class ImportedFile(models.Model):
    """A picture or a sound of such a file, in the order in which questions name them."""

    question_import = models.ForeignKey(QuestionImport, on_delete=models.CASCADE, related_name="files")
    place = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    alt = models.TextField(blank=True)
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question_import", "place"], name="imported_file_once")]

    def __str__(self) -> str:
        return self.name
