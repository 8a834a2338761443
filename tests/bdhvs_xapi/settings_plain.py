"""A plain Django project: no Wagtail, no users, nothing but the ledger.

SQLite in memory by default, ``PLAIN_SQLITE=path`` for a file tuned as the system check wants it,
``DATABASE_URL=postgres://…`` for PostgreSQL.
"""

import os

import dj_database_url

SECRET_KEY = "for tests only"
INSTALLED_APPS = ["bdhvs_xapi"]
MIDDLEWARE = ["bdhvs_xapi.lrs.middleware.RecordStoreMiddleware"]
ROOT_URLCONF = "tests.bdhvs_xapi.urls_plain"
ALLOWED_HOSTS = ["testserver"]
BDHVS_XAPI_HOME_PAGE = "https://plain.example.org/"
BDHVS_XAPI_PEER_NETWORKS = ["127.0.0.0/8", "::1/128"]
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

_sqlite = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": os.environ.get("PLAIN_SQLITE", ":memory:"),
    "CONN_MAX_AGE": 60,
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        " PRAGMA cache_size=-32768; PRAGMA mmap_size=2147418112;",
    },
}
_url = os.environ.get("DATABASE_URL", "")
DATABASES = {"default": dj_database_url.parse(_url, conn_max_age=60) if _url.startswith("postgres") else _sqlite}
