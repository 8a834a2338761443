"""Addresses for programs, long-lived, without language and session: the record store, and the H5P player's files."""

from bdhvs_lms.urls.installed import installed

urlpatterns = installed(
    # Below the base of our IRIs: statements name the profile's address.
    ("bdhvs_lms", "xapi/", "bdhvs_lms.tracking.urls"),
    ("bdhvs_xapi", "xapi/", "bdhvs_xapi.urls"),
    ("bdhvs_h5p", "h5p/", "bdhvs_h5p.urls"),
    # Other systems lead back to it, whatever the language was.
    ("bdhvs_allauth", "", "bdhvs_allauth.return_urls"),
)
