"""The two forms: the file, and the editor's answers about what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdhvs_content.blocks import WORDS_NEEDED
from bdhvs_content.word_lessons.making import Answers
from bdhvs_content.word_lessons.pictures import thumbnail
from bdhvs_content.word_lessons.plan import MOST_ALT, MOST_TITLE, Plan
from question_files.document.opening import MB, MOST_BYTES


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Word file"),
        help_text=gettext_lazy("A .docx file of one lesson, at most 20 MB. Nothing is added before you have seen it."),
        widget=forms.FileInput(attrs={"accept": ".docx,.doc"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(most)d MB. Split it, or compress its images in Word.")
                % {"most": MOST_BYTES // MB}
            )
        return file


class AnswersForm(forms.Form):
    """Title and place; for each picture its words, or that it only decorates; for each table its name.

    parents: pages that the lesson may be put below, course and sections.
    """

    def __init__(self, plan: Plan, parents: Sequence[Any], parent: Any, data: Any = None) -> None:
        super().__init__(data, initial={"title": plan.title, "below": str(parent.pk)})
        self.plan = plan
        self._parents = {str(page.pk): page for page in parents}
        self.fields["title"] = forms.CharField(label=_("Title"), max_length=MOST_TITLE)
        if len(parents) > 1:
            places = [(key, page.get_admin_display_title()) for key, page in self._parents.items()]
            self.fields["below"] = forms.ChoiceField(label=_("Put into"), choices=places)
        for part in plan.pictures:
            self.fields[f"alt-{part.number}"] = forms.CharField(
                label=f"{_('Image description')} ({part.number})",
                max_length=MOST_ALT,
                required=False,
                initial=part.alt,
            )
            self.fields[f"caption-{part.number}"] = forms.CharField(
                label=_("Caption"), max_length=MOST_ALT, required=False, initial=part.caption[:MOST_ALT]
            )
            self.fields[f"decorates-{part.number}"] = forms.BooleanField(
                label=_("It only decorates: leave it out"), required=False, initial=part.picture.decorative
            )
        for table in plan.tables:
            self.fields[f"table-{table.number}"] = forms.CharField(
                label=_("What the table shows"),
                max_length=MOST_ALT,
                required=False,
                initial=table.caption,
                help_text=_("Read aloud before the table. It can be entered later, before the lesson is published."),
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for part in self.plan.pictures:
            alt = f"alt-{part.number}"
            if not cleaned.get(f"decorates-{part.number}") and alt not in self.errors and not cleaned.get(alt):
                self.add_error(alt, WORDS_NEEDED)
        return cleaned

    @property
    def below_field(self) -> Any:
        return self["below"]

    @property
    def below(self) -> Any:
        """Return the page that was chosen, from valid answers."""
        chosen = self.cleaned_data.get("below")
        return self._parents[chosen] if chosen else next(iter(self._parents.values()))

    def answers(self) -> Answers:
        """Return the valid answers."""
        given = self.cleaned_data
        pictures = [part.number for part in self.plan.pictures if not given[f"decorates-{part.number}"]]
        return Answers(
            title=given["title"],
            alts={number: given[f"alt-{number}"] for number in pictures},
            captions={number: given[f"caption-{number}"] for number in pictures},
            tables={table.number: given[f"table-{table.number}"] for table in self.plan.tables},
        )

    def shown(self) -> list[dict[str, Any]]:
        """Return the parts in their order, with their fields."""
        return [self._shown(part) for part in self.plan.parts]

    def _shown(self, part: Any) -> dict[str, Any]:
        if part in self.plan.pictures:
            names = ("alt", "caption", "decorates")
            fields = {name: self[f"{name}-{part.number}"] for name in names}
            return {"kind": "picture", "part": part, "src": thumbnail(part.picture), **fields}
        if part in self.plan.tables:
            return {"kind": "table", "part": part, "field": self[f"table-{part.number}"]}
        # Made by us of escaped words, with addresses of the web only.
        return {"kind": "text", "part": part, "html": mark_safe(part.html)}  # noqa: S308
