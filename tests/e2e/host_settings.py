"""The ready site as a site of somebody else: it signs people in at a page of its own."""

from bdhvs_lms.site.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bdhvs_lms.learners.host_urls"
LOGIN_URL = "host-sign-in"
LOGOUT_REDIRECT_URL = "/"
BDHVS_SIGN_OUT_URL = "host-sign-out"
BDHVS_PROFILE_URL = "host-profile"
