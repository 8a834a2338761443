"""Download of an uploaded activity, with the libraries as installed now: for another site, or an editor."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.admin import messages

from bdhvs_content.api import policy_of
from bdhvs_h5p.libraries import InstalledLibraries, needed_by
from bdhvs_h5p.models import H5PContent, H5PVersion
from bdhvs_h5p.storage import storage
from bdhvs_lms.base.api import fold
from h5p_python_adapter import LibraryFacts, MissingLibrary, PackageFacts, export

__all__ = ["download"]

_PIECE = 64 * 1024
_IN_MEMORY = 1024 * 1024


@require_safe
def download(request: HttpRequest, pk: str) -> HttpResponseBase:
    if not policy_of(H5PContent).user_has_permission(request.user, "change"):
        raise PermissionDenied
    content = get_object_or_404(H5PContent, pk=unquote(pk))
    version = content.versions.order_by("-number").first()
    try:
        libraries = None if version is None else needed_by(version)
    except MissingLibrary as missing:
        libraries = None
        names = ", ".join(map(str, missing.ids))
        messages.error(request, _("Libraries are missing on this site: %(names)s.") % {"names": names})
    if version is None or libraries is None:
        return redirect("wagtailsnippets_bdhvs_h5p_h5pcontent:edit", pk)
    name = slugify(fold(content.title)) or "h5p"
    headers = {"Content-Disposition": f'attachment; filename="{name}.h5p"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(_pieces(version, libraries), content_type="application/zip", headers=headers)


def _pieces(version: H5PVersion, libraries: tuple[LibraryFacts, ...]) -> Iterator[bytes]:
    """Write the whole file before yielding the first piece: a file that cannot be read is an error, not half a
    package."""

    def of_content(path: str) -> Any:
        return storage().open(version.file_path(path))

    facts = PackageFacts(
        title=version.title,
        language=version.language,
        main=version.main,
        h5p=version.h5p,
        params=version.params,
        libraries=libraries,
        content=version.file_facts(),
    )
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        export(file, facts, libraries, InstalledLibraries(one.id.machine_name for one in libraries), of_content)  # type: ignore[arg-type]
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece
