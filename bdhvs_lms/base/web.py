"""What every page that takes a form answers, and who asks."""

from django.http import HttpRequest, HttpResponseRedirect


class SeeOther(HttpResponseRedirect):
    """After a POST: the browser fetches the page, and reloading it sends nothing again."""

    status_code = 303


def wants_json(request: HttpRequest) -> bool:
    """A script asks that saves quietly: it shows no messages, and all would stand on the next page."""
    return "application/json" in request.headers.get("Accept", "")
