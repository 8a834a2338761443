"""An answer that every page that takes a form gives."""

from django.http import HttpResponseRedirect


class SeeOther(HttpResponseRedirect):
    """After a POST: the browser fetches the page, and reloading it sends nothing again."""

    status_code = 303
