"""The ready site's settings for tests: a temporary data folder, no https, cheap passwords, plain static files.

The database is SQLite in memory unless DATABASE_URL names another.
"""

import os
import tempfile

os.environ.setdefault("BDHVS_DATA_DIR", tempfile.mkdtemp(prefix="bdhvs-test-"))
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
os.environ["BDHVS_SECRET_KEY"] = "only-for-tests-" + "x" * 50
os.environ.pop("BDHVS_SECRET_KEY_FILE", None)
os.environ["BDHVS_INSECURE_LOOPBACK"] = "1"
os.environ["BDHVS_TESTING"] = "1"

from bdhvs_lms.site.settings import *  # noqa: E402, F403

ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {  # the manifest exists only after collectstatic
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
