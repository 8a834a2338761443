"""Uploaded contents, and each file that they once had."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.search import index

from bdhvs_content.api import NfcCharField
from bdhvs_h5p.models.fields import PlainJSONField
from bdhvs_lms.base.append_only import AppendOnly
from h5p_python_adapter import FileFacts, LibraryId

__all__ = ["H5PContent", "H5PVersion"]


class H5PContent(index.Indexed, models.Model):
    """One uploaded activity under one name, whatever file is behind it today. Pages choose it.

    Without a version it cannot be shown yet: its package waits for approval (`waiting`).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = NfcCharField(
        pgettext_lazy("H5P activity", "name"),
        max_length=255,
        help_text=_("The name that editors search for. Example: “Safe passwords: five questions”."),
    )
    created_at = models.DateTimeField(_("uploaded on"), editable=False)

    search_fields: ClassVar[list[Any]] = [
        index.SearchField("title"),
        index.AutocompleteField("title"),
        index.FilterField("created_at"),
    ]

    class Meta:
        verbose_name = _("H5P activity")
        verbose_name_plural = _("H5P activities")

    def __str__(self) -> str:
        return self.title

    @cached_property
    def latest(self) -> H5PVersion | None:
        """Return the file that publishing takes; None while the only one waits. One query, without what is large."""
        return self.versions.defer("params", "files").order_by("-number").first()


class H5PVersion(AppendOnly):
    """One package of a content, as it was when it was stored. Attempts are pinned to it (by H5PActivityVersion).

    Its files are in the storage `bdhvs_h5p`, at `file_path(path)`. Sizes are of unpacked files, in bytes.
    Rows that no activity ever published go with their content (`actions.delete_content`); no other way removes one.
    """

    # Names the folder of its files: two uploads at the same moment must not share one.
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    content = models.ForeignKey(H5PContent, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(help_text="1 for the content's first file.")
    title = NfcCharField(max_length=255, help_text="As h5p.json says it.")
    language = models.CharField(max_length=35, help_text="Of the content as h5p.json says it; 'und' without.")
    main_name = models.CharField(max_length=255)
    main_major = models.PositiveIntegerField()
    main_minor = models.PositiveIntegerField()
    h5p = PlainJSONField(help_text="h5p.json, whole.")
    params = PlainJSONField(help_text="content.json, whole.")
    files = PlainJSONField(help_text='Path to {"size", "sha256"}, below content/; content.json is not among them.')
    libraries = models.JSONField(
        help_text='What it needs, in the order of loading: [{"machine_name", "major", "minor", "patch", "tree_hash"}], '
        "as installed when it was stored."
    )
    max_score = models.DecimalField(max_digits=8, decimal_places=2, null=True, help_text="Null: only playing it tells.")
    js_bytes = models.PositiveBigIntegerField(help_text="Of all libraries that it loads.")
    css_bytes = models.PositiveBigIntegerField(help_text="Of all libraries that it loads.")
    media_bytes = models.PositiveBigIntegerField(help_text="Of its own files.")
    packed_bytes = models.PositiveBigIntegerField(help_text="Of the file as it was uploaded.")
    package_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["content", "number"], name="h5p_version_once")]

    def __str__(self) -> str:
        return f"{self.title} · {self.number}"

    @property
    def main(self) -> LibraryId:
        return LibraryId(self.main_name, self.main_major, self.main_minor)

    @property
    def weight(self) -> int:
        """Return the bytes that a learner's browser has to fetch at most: scripts, styles and its own files."""
        return self.js_bytes + self.css_bytes + self.media_bytes

    def file_path(self, path: str = "") -> str:
        """Return the path in the storage `bdhvs_h5p` of a file of content/."""
        return f"contents/{self.uuid}/{path}"

    def file_facts(self) -> dict[str, FileFacts]:
        return {path: FileFacts(one["size"], one["sha256"]) for path, one in self.files.items()}
