"""Installed libraries, one row for each minor version, and packages that wait for approval of theirs."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bdhvs_content.api import NfcCharField
from bdhvs_h5p.models.fields import PlainJSONField
from h5p_python_adapter import FileFacts, LibraryFacts, LibraryId

if TYPE_CHECKING:
    from bdhvs_h5p.models.content import H5PContent

__all__ = ["Library", "WaitingPackage", "facts_to_json"]


def facts_to_json(facts: LibraryFacts) -> dict[str, Any]:
    """Convert everything to plain JSON, for `Library.stored`."""
    return asdict(facts)


def facts_from_json(stored: dict[str, Any]) -> LibraryFacts:
    """Read what `facts_to_json` wrote."""
    given = dict(stored)
    given["id"] = LibraryId(**given["id"])
    for name in ("preloaded", "dynamic", "editor"):
        given[name] = tuple(LibraryId(**one) for one in given[name])
    for name in ("preloaded_js", "preloaded_css"):
        given[name] = tuple(given[name])
    given["core_api"] = None if given["core_api"] is None else tuple(given["core_api"])
    given["files"] = {path: FileFacts(**one) for path, one in given["files"].items()}
    return LibraryFacts(**given)


class Library(models.Model):
    """One installed library: code that runs in learners' browsers, shared by all contents that name it.

    Keyed as content names it ('H5P.MultiChoice 1.16'): a higher patch takes the place of a lower one, never the other
    way round. Its files are at `libraries/<folder>/<tree_hash>/<path>` of the storage `bdhvs_h5p`: an address that
    holds other bytes is another address.
    """

    machine_name = models.CharField(max_length=255)
    major = models.PositiveIntegerField()
    minor = models.PositiveIntegerField()
    patch = models.PositiveIntegerField(_("patch"))
    title = NfcCharField(pgettext_lazy("H5P library", "title"), max_length=255)
    runnable = models.BooleanField(_("runnable on its own"), default=False)
    # LibraryFacts whole, as `facts_to_json` writes and `facts` reads it.
    stored = PlainJSONField()
    tree_hash = models.CharField(
        max_length=64, help_text="SHA-256 of paths and bytes: the same patch number occurs with different bytes."
    )
    js_bytes = models.PositiveBigIntegerField(help_text="Of the files it loads at once.")
    css_bytes = models.PositiveBigIntegerField(help_text="Of the files it loads at once.")
    total_bytes = models.PositiveBigIntegerField(help_text="Of all its files.")
    installed_at = models.DateTimeField(help_text="When this patch came.")

    class Meta:
        verbose_name = _("H5P library")
        verbose_name_plural = _("H5P libraries")
        default_permissions = ("view", "delete")
        permissions = [("install_libraries", _("Can install H5P libraries and approve packages that bring them"))]
        constraints = [
            models.UniqueConstraint(fields=["machine_name", "major", "minor"], name="h5p_library_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.major}.{self.minor}.{self.patch}"

    @property
    def library_id(self) -> LibraryId:
        return LibraryId(self.machine_name, self.major, self.minor)

    @property
    def facts(self) -> LibraryFacts:
        return facts_from_json(self.stored)


class WaitingPackage(models.Model):
    """A package whose uploader may not install its libraries: kept as a file until an operator decides.

    At most one for each content: a later upload replaces the one before.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    content: models.ForeignKey[H5PContent] = models.OneToOneField(
        "bdhvs_h5p.H5PContent", on_delete=models.CASCADE, related_name="waiting"
    )
    file_name = NfcCharField(_("file"), max_length=255, help_text="As it was called where it was chosen.")
    packed_bytes = models.PositiveBigIntegerField(_("size"))
    title = NfcCharField(max_length=255)
    installs = models.JSONField(help_text='[{"machine_name", "major", "minor", "patch", "title", "bytes", "now"}]')
    uploaded_at = models.DateTimeField(_("uploaded on"))

    class Meta:
        verbose_name = _("package awaiting approval")
        verbose_name_plural = _("packages awaiting approval")
        default_permissions = ()

    def __str__(self) -> str:
        return self.title

    @property
    def path(self) -> str:
        """Return the path of the file in the storage."""
        return f"waiting/{self.uuid}.h5p"
