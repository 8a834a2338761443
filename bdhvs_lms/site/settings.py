"""Settings of the ready site. Every switch is an environment variable; README.md of this folder lists them.

Secure unless told otherwise: https only, strict cookies, a strict content security policy, nothing private served.
"""

import os
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from django.utils.translation import gettext_lazy as _

from bdhvs_lms.configure import OURS, THEIRS, WORDS, error_pages_folder, with_allauth
from bdhvs_lms.site import buckets, database, env, logs, mail, reports, signing_in

# --- Where things are ------------------------------------------------------------------------------------------------

DATA_DIR: Path = env.path("BDHVS_DATA_DIR", "var")
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"
# For files that only code reads (imports, exports); no address leads here.
PRIVATE_ROOT = DATA_DIR / "private"
STATIC_URL = "/static/"
MEDIA_URL = "/media/"
# SQLite opens its file even for `check`, and does not make the folder it lies in.
DATA_DIR.mkdir(mode=0o750, parents=True, exist_ok=True)

# --- Who may talk to the site ----------------------------------------------------------------------------------------

DEBUG = env.flag("BDHVS_DEBUG")

# Left empty when not given: Django then refuses whatever needs a secret (sessions, signing) at the moment it is
# needed, while migrate, check, collectstatic and their like run without one.
SECRET_KEY = env.secret("BDHVS_SECRET_KEY")
# The one before: what it signed, hashed or encrypted (credentials, passwords of other record stores) stays good.
_old_secret = env.secret("BDHVS_OLD_SECRET_KEY")
SECRET_KEY_FALLBACKS = [_old_secret] if _old_secret else []

# http on the visitor's own machine only: for the demo and for tests. bdhvs_lms.site.checks refuses it with other hosts.
BDHVS_INSECURE_LOOPBACK = env.flag("BDHVS_INSECURE_LOOPBACK")
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")

ALLOWED_HOSTS = env.items("BDHVS_ALLOWED_HOSTS", LOOPBACK_HOSTS if BDHVS_INSECURE_LOOPBACK else ())
CSRF_TRUSTED_ORIGINS = env.items("BDHVS_CSRF_TRUSTED_ORIGINS")

_first_host = next((host.lstrip(".") for host in ALLOWED_HOSTS if host != "*"), "localhost")
BDHVS_PUBLIC_URL = env.text(
    "BDHVS_PUBLIC_URL", f"http://{_first_host}:8000" if BDHVS_INSECURE_LOOPBACK else f"https://{_first_host}"
).rstrip("/")

# The base of our IRIs, read once, when the database is set up (bdhvs_lms.tracking.iris): it never follows an address.
BDHVS_IRI_BASE = env.text("BDHVS_IRI_BASE").rstrip("/")

# Both together, and outside tests never: bdhvs_lms.plugins holds the check that refuses them.
BDHVS_TESTING = env.flag("BDHVS_TESTING")
BDHVS_TEST_CLOCK = env.text("BDHVS_TEST_CLOCK") or None

_https = not BDHVS_INSECURE_LOOPBACK
SECURE_SSL_REDIRECT = _https
# A load balancer and Prometheus ask over plain http from inside.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]
SECURE_HSTS_SECONDS = env.integer("BDHVS_HSTS_SECONDS", 31_536_000) if _https else 0
# A commune's site shares its parent domain with sites that are not ours to force onto https: `check --deploy` asks for
# both, and is not to be asked again each time.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("BDHVS_HSTS_INCLUDE_SUBDOMAINS")
SECURE_HSTS_PRELOAD = False
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if env.flag("BDHVS_BEHIND_PROXY"):
    # Only with a proxy that overwrites this header: otherwise a visitor could claim https.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
# The __Host- prefix makes browsers refuse a cookie that a neighbouring subdomain planted; it exists on https only.
SESSION_COOKIE_NAME = "__Host-bdhvs-session" if _https else "bdhvs-session"
CSRF_COOKIE_NAME = "__Host-bdhvs-csrf" if _https else "bdhvs-csrf"

# An editor pastes whole lessons, and a long form has thousands of fields; Django's 2.5 MB and 1,000 refuse both.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
# Of one request in the admin: recordings and H5P packages. `bdhvs serve` reads no more.
BDHVS_MAX_UPLOAD = env.integer("BDHVS_MAX_UPLOAD", 256 * 1024 * 1024)

# --- What is installed -----------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    # A site's own plugins come first, so that their templates win.
    *env.items("BDHVS_EXTRA_APPS"),
    "bdhvs_demo",
    *OURS,
    WORDS,
    *THEIRS,
    "wagtail.contrib.simple_translation",
    "wagtail.locales",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    # runserver must not serve static files in another way than `bdhvs serve` does.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    # Whatever answers, it is noted and counted, where settings ask for that.
    "bdhvs_lms.site.requests.RequestsMiddleware",
    "bdhvs_lms.site.requests.ProbesMiddleware",
    # Before everything else: the host of H5P packages, where there is one, answers nothing but what plays them.
    "bdhvs_h5p.player.middleware.ContentHostMiddleware",
    # First of the site: other systems at /xapi/ pay for no session, language or page, and get none.
    "bdhvs_xapi.lrs.middleware.RecordStoreMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "bdhvs_lms.site.middleware.SecurityHeadersMiddleware",
    "bdhvs_lms.site.middleware.CompressPagesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "bdhvs_lms.site.middleware.PrivatePagesMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Before whoever reads forms: a file that is too large is refused before anything of it is kept.
    "bdhvs_h5p.middleware.UploadLimitMiddleware",
    "bdhvs_lms.site.middleware.UnreadableFormsMiddleware",
    "bdhvs_content.middleware.EditingMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "bdhvs_lms.learners.middleware.LearnerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "bdhvs_lms.site.middleware.SafeSpreadsheetsMiddleware",
    "bdhvs_lms.site.middleware.WrongMethodMiddleware",
]

ROOT_URLCONF = "bdhvs_lms.site.urls"
WSGI_APPLICATION = "bdhvs_lms.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # The admin under this site's mark and name, and the theme's error pages: no app brings them into another site.
        "DIRS": [Path(__file__).parent / "templates", error_pages_folder()],
        "OPTIONS": {
            # Each template is compiled once; ours takes out what a template's layout costs on the wire.
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "bdhvs_lms.site.loaders.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bdhvs_lms.site.branding.site_name",
            ],
        },
    },
]
# Form widgets are looked for in the apps too, so that the theme may replace them.
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# Demo loaders, in order: management commands, each of the app that owns the data. `bdhvs demo` calls them with at=.
BDHVS_DEMO_LOADERS: list[str] = env.items("BDHVS_DEMO_LOADERS", ("load_campaign", "load_demo", "name_in_vietnamese"))

# --- Database --------------------------------------------------------------------------------------------------------

DATABASES = {
    "default": database.configuration(env.text("DATABASE_URL", f"sqlite:///{quote(str(DATA_DIR / 'db.sqlite3'))}"))
}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Wagtail's search needs it there, and on SQLite it cannot start without psycopg.
    INSTALLED_APPS.append("django.contrib.postgres")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Language and time -----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "vi"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = WAGTAILADMIN_PERMITTED_LANGUAGES = [
    ("vi", _("Vietnamese")),
    ("en", _("English")),
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
# The day first, in both languages: 24/11/2026, 19:42.
FORMAT_MODULE_PATH = "bdhvs_wagtail_vi.formats"

# --- Files -----------------------------------------------------------------------------------------------------------

STORAGES = {
    **buckets.storages(env.text("BDHVS_FILES_URL"), MEDIA_URL, PRIVATE_ROOT),
    "staticfiles": {"BACKEND": "bdhvs_lms.site.static.StaticStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o640

# --- H5P -------------------------------------------------------------------------------------------------------------

# Empty: the site's own address serves the player too, shut in by its headers. Else an origin of its own for it.
BDHVS_H5P_CONTENT_ORIGIN = env.text("BDHVS_H5P_CONTENT_ORIGIN", "").rstrip("/")
ALLOWED_HOSTS += [name for name in [urlsplit(BDHVS_H5P_CONTENT_ORIGIN).hostname] if name and name not in ALLOWED_HOSTS]
# Bytes of one package, as it is uploaded.
BDHVS_H5P_MAX_UPLOAD = env.integer("BDHVS_H5P_MAX_UPLOAD", 200 * 1024 * 1024)
# Of one file of questions, and of what it brings along.
BDHVS_QUIZ_MAX_IMPORT = env.integer("BDHVS_QUIZ_MAX_IMPORT", 32 * 1024 * 1024)
# Whose frames an activity may show (videos of others): none, because they are asked by every learner's browser.
BDHVS_H5P_FRAME_HOSTS = env.items("BDHVS_H5P_FRAME_HOSTS")

# --- Reading aloud ---------------------------------------------------------------------------------------------------

# Not as others are read: empty means that no machine reads.
BDHVS_CONTENT_SPEECH_ENGINE = os.environ.get("BDHVS_CONTENT_SPEECH_ENGINE", "bdhvs_content.espeak").strip()

# --- People ----------------------------------------------------------------------------------------------------------

# Django's own check, with a throttle on guessing, and with names as people type them on a telephone.
AUTHENTICATION_BACKENDS = ["bdhvs_lms.learners.backends.AccountBackend"]
BDHVS_SIGN_IN_TRIES = env.integer("BDHVS_SIGN_IN_TRIES", 10)
BDHVS_SIGN_IN_TRIES_PER_DEVICE = env.integer("BDHVS_SIGN_IN_TRIES_PER_DEVICE", 100)
BDHVS_SIGN_IN_ADDRESS_WARNING = env.integer("BDHVS_SIGN_IN_ADDRESS_WARNING", 30)
BDHVS_SIGN_IN_MINUTES = env.integer("BDHVS_SIGN_IN_MINUTES", 15)
BDHVS_SELF_REGISTER = env.flag("BDHVS_SELF_REGISTER", True)
BDHVS_SELF_REGISTER_PER_DEVICE = env.integer("BDHVS_SELF_REGISTER_PER_DEVICE", 5)
BDHVS_SELF_REGISTER_PER_ADDRESS = env.integer("BDHVS_SELF_REGISTER_PER_ADDRESS", 200)
BDHVS_PUBLIC_FIGURES = env.flag("BDHVS_PUBLIC_FIGURES")
BDHVS_CLASS_CODE_TRIES = env.integer("BDHVS_CLASS_CODE_TRIES", 120)
BDHVS_CLASS_NEWCOMERS = env.integer("BDHVS_CLASS_NEWCOMERS", 60)
# Wagtail's own form, in the words of the throttle.
WAGTAILADMIN_USER_LOGIN_FORM = "bdhvs_lms.learners.admin.sign_in.AdminSignInForm"
# Staff is signed out when nobody works and after a working day, learners on a shared device soon, else late.
SESSION_ENGINE = "bdhvs_lms.learners.session_store"
BDHVS_STAFF_IDLE_MINUTES = env.integer("BDHVS_STAFF_IDLE_MINUTES", 60)
BDHVS_STAFF_HOURS = env.integer("BDHVS_STAFF_HOURS", 12)
BDHVS_SHARED_IDLE_MINUTES = env.integer("BDHVS_SHARED_IDLE_MINUTES", 30)
BDHVS_LEARNER_DAYS = env.integer("BDHVS_LEARNER_DAYS", 60)
# A proxy writes the visitor's address into this header; without one nobody but the visitor could have.
BDHVS_CLIENT_ADDRESS_HEADER = "HTTP_X_FORWARDED_FOR" if env.flag("BDHVS_BEHIND_PROXY") else ""
BDHVS_TRUSTED_PROXIES = env.integer("BDHVS_TRUSTED_PROXIES", 1)

# Names of addresses, so that the language of the page a visitor came from is kept.
LOGIN_URL = WAGTAIL_FRONTEND_LOGIN_URL = "bdhvs_lms:sign-in"
LOGIN_REDIRECT_URL = "bdhvs_lms:start"
LOGOUT_REDIRECT_URL = "bdhvs_lms:sign-in"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- Signing in by others, and in two steps --------------------------------------------------------------------------

if signing_in.is_used():
    vars().update(signing_in.configuration())
    with_allauth(vars())

# --- Other systems, at /xapi/ ----------------------------------------------------------------------------------------

# A credential's authority is an account at the home page that our own actors have.
BDHVS_XAPI_HOME_PAGE = "bdhvs_lms.tracking.api.home_page"
BDHVS_XAPI_CLIENT_ADDRESS_HEADER = BDHVS_CLIENT_ADDRESS_HEADER
BDHVS_XAPI_TRUSTED_PROXIES = BDHVS_TRUSTED_PROXIES
BDHVS_XAPI_MAX_BODY = env.integer("BDHVS_XAPI_MAX_BODY", 32 * 1024 * 1024)
# A batch is stored in one transaction, for which everybody else who writes waits on SQLite: 150 is what Moodle sends.
BDHVS_MAX_STATEMENTS_PER_LEARNER = env.integer("BDHVS_MAX_STATEMENTS_PER_LEARNER", 10_000)
BDHVS_XAPI_MAX_BATCH = env.integer("BDHVS_XAPI_MAX_BATCH", 150)
BDHVS_XAPI_REQUESTS_PER_MINUTE = env.integer("BDHVS_XAPI_REQUESTS_PER_MINUTE", 60_000)
BDHVS_XAPI_STATEMENTS_PER_MINUTE = env.integer("BDHVS_XAPI_STATEMENTS_PER_MINUTE", 30_000)
BDHVS_XAPI_DEFAULT_VERSION = env.text("BDHVS_XAPI_DEFAULT_VERSION", "2.0.0")
BDHVS_XAPI_CORS_ORIGINS = env.items("BDHVS_XAPI_CORS_ORIGINS")
# How long it is kept who looked at whom; `bdhvs forget_accesses` takes away what is older. 0: for good.
BDHVS_ACCESS_LOG_DAYS = env.integer("BDHVS_ACCESS_LOG_DAYS", 730)
# Whoever has been away for longer `bdhvs purge_people` erases. 0: nobody.
BDHVS_KEEP_DAYS = env.integer("BDHVS_KEEP_DAYS", 0)
# Days on which the two working days of a request about own data do not run.
BDHVS_HOLIDAYS = env.items("BDHVS_HOLIDAYS")
BDHVS_XAPI_PEER_NETWORKS = env.items(
    "BDHVS_XAPI_PEER_NETWORKS", ("127.0.0.0/8", "::1/128") if BDHVS_INSECURE_LOOPBACK else ()
)

# No other site's: what its choosers offer and where its help leads is ours to say.
BDHVS_OWN_ADMIN = True

# --- Wagtail ---------------------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = env.text("BDHVS_SITE_NAME", "Bình dân học vụ số")
WAGTAILADMIN_BASE_URL = BDHVS_PUBLIC_URL
WAGTAIL_I18N_ENABLED = True
# What its date fields show; FORMAT_MODULE_PATH reads both.
WAGTAIL_DATE_FORMAT = "%d/%m/%Y"
WAGTAIL_DATETIME_FORMAT = "%d/%m/%Y %H:%M"
# One zone for everyone: the day on which something was attained must not depend on who looks.
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
# Gravatar would tell a third party who works here.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
# Documents go through a view that checks their collection's permissions; their files have no address of their own.
WAGTAILDOCS_SERVE_METHOD = "serve_view"
# Of these kinds only, each under a type that is fixed, and always as a file to keep: never a page of this address.
# Office files without macros only (.docm is none of them).
WAGTAILDOCS_CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
WAGTAILDOCS_EXTENSIONS = env.items("BDHVS_DOCUMENT_TYPES", tuple(WAGTAILDOCS_CONTENT_TYPES))
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []
WAGTAILDOCS_DOCUMENT_FORM_BASE = "bdhvs_content.uploads.DocumentForm"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "bdhvs_content.search"}}
# What every browser on a telephone plays and bdhvs_lms.site.media serves.
WAGTAILMEDIA = {
    "VIDEO_EXTENSIONS": ["mp4", "webm"],
    "AUDIO_EXTENSIONS": ["mp3", "m4a", "ogg"],
    "MEDIA_FORM_BASE": "bdhvs_content.uploads.RecordingForm",
}
# SVG stays sharp and is a few KB; a drawing with a script in it is refused by the form.
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "svg", "webp"]
# Width × height × frames. Four bytes each are held twice while a picture is made smaller: 200 MB.
WAGTAILIMAGES_MAX_IMAGE_PIXELS = env.integer("BDHVS_IMAGE_MAX_PIXELS", 25_000_000)
WAGTAILIMAGES_IMAGE_FORM_BASE = "bdhvs_content.uploads.PictureForm"
# No oEmbed provider is asked: a page shows only what the site serves.
WAGTAILEMBEDS_FINDERS: list[dict[str, Any]] = []

# --- Mail ------------------------------------------------------------------------------------------------------------

_mail_url = env.secret("BDHVS_EMAIL_URL")
vars().update(mail.configuration(_mail_url))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("BDHVS_EMAIL_FROM", f"noreply@{_first_host}")
# Nobody is promised a mail that cannot go.
WAGTAIL_PASSWORD_RESET_ENABLED = bool(_mail_url)
WAGTAILADMIN_USER_PASSWORD_RESET_FORM = "bdhvs_lms.learners.admin.password_reset.HonestPasswordResetForm"  # noqa: S105

# --- Logging ---------------------------------------------------------------------------------------------------------

_log_format = env.one_of("BDHVS_LOG_FORMAT", ("lines", "json"))
# A line a request: what a collector of JSON lines wants.
BDHVS_LOG_REQUESTS = env.flag("BDHVS_LOG_REQUESTS", _log_format == "json")
LOGGING = logs.configuration(_log_format, env.text("BDHVS_LOG_LEVEL", "INFO"))

if _dsn := env.secret("BDHVS_SENTRY_DSN"):
    reports.start(_dsn, environment=_first_host, release=f"bdhvs-lms@{version('bdhvs-lms')}")

# --- Numbers for operators -------------------------------------------------------------------------------------------

BDHVS_METRICS_TOKEN = env.secret("BDHVS_METRICS_TOKEN")

_scheme = urlsplit(BDHVS_PUBLIC_URL).scheme
if _https and _scheme == "https" and not CSRF_TRUSTED_ORIGINS and env.flag("BDHVS_BEHIND_PROXY"):
    CSRF_TRUSTED_ORIGINS = [BDHVS_PUBLIC_URL]
