"""The ready site's settings for tests: a temporary data folder, no https, cheap passwords, plain static files.

The database is SQLite in memory unless DATABASE_URL names another.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

_data_dir = tempfile.mkdtemp(prefix="bdhvs-test-")
atexit.register(shutil.rmtree, _data_dir, ignore_errors=True)

# Nothing of the developer's own environment may decide a test.
_KEPT = {"BDHVS_REQUIRE_ALL", "BDHVS_SCREENSHOTS", "BDHVS_SOAK"}
for _name in [name for name in os.environ if name.startswith("BDHVS_") and name not in _KEPT]:
    del os.environ[_name]
os.environ["BDHVS_DATA_DIR"] = _data_dir
os.environ["BDHVS_SECRET_KEY"] = "only-for-tests-" + "0123456789" * 5
os.environ["BDHVS_INSECURE_LOOPBACK"] = "1"
os.environ["BDHVS_TESTING"] = "1"
# Tests keep mail in memory; that there is a server makes the pages that promise one.
os.environ["BDHVS_EMAIL_URL"] = "smtp://127.0.0.1:1"
os.environ["BDHVS_IRI_BASE"] = "https://bdhvs.example"
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
# Installed, with no provider and no second factor: tests say which they want.
os.environ["BDHVS_ALLAUTH"] = "1"
# A stranger's plugin is installed, as on a site that has one; tests/plugin_example/test_uninstalled.py takes it away.
os.environ["BDHVS_EXTRA_APPS"] = "plugin_example"
sys.path.insert(0, str(Path(__file__).parent / "plugin_example"))

from bdhvs_lms.site.settings import *  # noqa: E402, F403
from bdhvs_lms.site.settings import STATIC_ROOT, STORAGES  # noqa: E402

# WhiteNoise warns of a folder that is not there.
STATIC_ROOT.mkdir()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {  # the manifest exists only after collectstatic
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
