"""Import a list: choose a file, see what would happen, do it. One page for every kind of list."""

from __future__ import annotations

import base64
import binascii
import csv
import io
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import HeaderButton

from bdhvs_lms.base.admin.viewsets import RecordViewSet
from bdhvs_lms.base.api import Finding, Importer, Preview, allowed, apply_import, guarded, now, preview_import

# The file goes to and fro inside the page, so that nothing of a person's list stays on the server before "import".
MOST_BYTES = 2 * 1024 * 1024
SHOWN = 200


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV (UTF-8) or Excel (.xlsx), at most 2 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xls,.ods"}),
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB. Split it."))
        content: bytes = file.read()
        return content


class ActForm(forms.Form):
    act_id = forms.UUIDField(required=False)


class ImportPage(WagtailAdminTemplateMixin, TemplateView):
    """GET: the form, and the columns. POST with a file: the preview. POST with `content`: the import."""

    importer: ClassVar[type[Importer]]
    options_form: ClassVar[type[forms.Form]] = forms.Form
    """What is chosen for the file as a whole; it goes to and fro beside the file."""
    index_url_name = ""
    model: Any = None
    template_name = "bdhvs_lms/admin/import.html"
    header_icon = "upload"
    page_title = gettext_lazy("Import from a file")

    @classmethod
    def of(cls, importer: type[Importer]) -> type[ImportPage]:
        return type(f"Import{importer.__name__}", (cls,), {"importer": importer, "__module__": cls.__module__})

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not allowed(request.user, self.importer.permission):
            raise PermissionDenied
        if request.method == "GET" and "template" in request.GET:
            return self.example()
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": self.importer.label},
            {"url": "", "label": self.page_title},
        ]

    def get_page_subtitle(self) -> Any:
        return self.importer.label

    def example(self) -> HttpResponse:
        """Send the headings with a row of examples, as a CSV that Excel opens: with a mark and semicolons."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";")
        writer.writerow([guarded(column.headings[0]) for column in self.importer.columns])
        writer.writerow([guarded(column.example) for column in self.importer.columns])
        response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{self.importer.key}.csv"'
        return response

    def post(self, request: HttpRequest) -> HttpResponse:
        options = self.options_form(request.POST)
        if "content" in request.POST:
            return self.do(request, options)
        form = FileForm(request.POST, request.FILES)
        if not (form.is_valid() & options.is_valid()):
            return self.render_to_response(self.get_context_data(form=form, options=options), status=422)
        content = form.cleaned_data["file"]
        # Until an import of this kind is done, what the account sends is one act: who was cut off goes on with it.
        act = self.request.session.setdefault(f"import-{self.importer.key}", str(uuid4()))
        preview = preview_import(self.importer, content, at=now(), options=options.cleaned_data, act_id=UUID(act))
        return self.shown(preview, content, options)

    def shown(self, preview: Preview, content: bytes, options: forms.Form) -> HttpResponse:
        rows = preview.to_write
        context = self.get_context_data(
            form=FileForm(),
            options=options,
            preview=preview,
            first=rows[:SHOWN],
            more=max(0, len(rows) - SHOWN),
            content=base64.b64encode(content).decode() if preview.ok and rows else "",
            act_id=self.request.session.get(f"import-{self.importer.key}", ""),
        )
        return self.render_to_response(context, status=200 if preview.ok else 422)

    def do(self, request: HttpRequest, options: forms.Form) -> HttpResponse:
        try:
            content = base64.b64decode(request.POST["content"], validate=True)
        except (binascii.Error, ValueError):
            content = b""
        act = ActForm(request.POST)
        if not (content and options.is_valid() and act.is_valid()):
            # Typed by nobody: the page has them hidden, and what was chosen may have gone meanwhile.
            failed = Preview(findings=[Finding(0, "", _("The upload failed. Choose the file again."))])
            return self.shown(failed, b"", options)
        preview = apply_import(
            self.importer,
            content,
            at=now(),
            by=request.user,
            options=options.cleaned_data,
            sure="sure" in request.POST,
            act_id=act.cleaned_data["act_id"],
        )
        if not preview.applied:
            if preview.written:
                text = ngettext(
                    "The import stopped after %(count)d row, which stays.",
                    "The import stopped after %(count)d rows, which stay.",
                    preview.written,
                )
                messages.warning(request, text % {"count": preview.written})
            elif preview.ok:
                messages.error(request, _("Nothing was imported: confirm first that the remarked numbers are right."))
            return self.shown(preview, content, options)
        request.session.pop(f"import-{self.importer.key}", None)
        done = len(preview.to_write)
        messages.success(
            request, ngettext("%(count)d row was imported.", "%(count)d rows were imported.", done) % {"count": done}
        )
        return redirect(self.done_address(options))

    def done_address(self, options: forms.Form) -> str:
        """Return the address to which the operator goes when it is done."""
        return reverse(self.index_url_name)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", FileForm())
        kwargs.setdefault("options", self.options_form(initial=self.request.GET.dict()))
        return {**super().get_context_data(**kwargs), "columns": self.importer.columns}


class ImportButton:
    """A list whose header leads to the import of its kind."""

    importer: type[Importer]
    import_url_name = ""

    @cached_property
    def header_buttons(self) -> list[Any]:
        buttons = list(super().header_buttons)  # type: ignore[misc]
        if self.add_url:  # type: ignore[attr-defined]
            label, address = _("Import from a file"), reverse(self.import_url_name)
            buttons.append(HeaderButton(label, url=address, icon_name="upload"))
        return buttons


class ImportingViewSet(RecordViewSet):
    """A viewset whose list leads to `import_page`, the page that imports its kind."""

    import_page: ClassVar[type[ImportPage]]

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_index_view_kwargs(import_url_name=self.get_url_name("import"), **kwargs)

    def extra_urlpatterns(self) -> list[URLPattern]:
        return [self.route("import/", self.import_page, "import")]
