"""The site's name, for every page that shows it: also those of the admin."""

from django.conf import settings
from django.http import HttpRequest

__all__ = ["site_name"]


def site_name(_request: HttpRequest) -> dict[str, str]:
    """For the templates' context processors: `bdhvs_site_name`, as BDHVS_SITE_NAME gives it."""
    return {"bdhvs_site_name": settings.WAGTAIL_SITE_NAME}
