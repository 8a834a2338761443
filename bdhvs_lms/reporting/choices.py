"""What an address chooses: the answer to what no form of ours makes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


class WrongChoice(Exception):
    """A filter in the address that no form of ours makes. The text is for the reader."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text or _("This option does not exist. Choose from the lists."))


View = Callable[..., HttpResponse]


def refusing_wrong_choices(view: View) -> View:
    """A view that may raise WrongChoice: answered with its text, 400."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except WrongChoice as wrong:
            return render(request, "bdhvs_lms/bad_request.html", {"message": str(wrong)}, status=400)

    return wrapped
