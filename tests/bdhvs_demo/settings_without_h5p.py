"""The ready site without bdhvs_h5p."""

from bdhvs_lms.site.settings import *  # noqa: F403
from bdhvs_lms.site.settings import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [name for name in INSTALLED_APPS if name != "bdhvs_h5p"]
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("bdhvs_h5p.")]
ROOT_URLCONF = "tests.bdhvs_demo.urls_without_h5p"
