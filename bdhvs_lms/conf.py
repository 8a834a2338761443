"""The settings of this app. What the ready site sets of Django and others is in `bdhvs_lms/site/settings.py`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from bdhvs_xapi.app_settings import AppSettings, Kind, Setting, flag, number, text, texts


def _moment(value: Any) -> datetime | None:
    if not value:
        return None
    moment = parse_datetime(value)
    if moment is None or moment.tzinfo is None:
        raise ValueError
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError from error


PAGE = text("the name of a page like account_logout, an address, or empty", r"\S*")
URL = text("an address like https://hoc.example.vn, or empty", r"(https?://[^\s?#]+)?")


class LmsSettings(AppSettings):
    prefix = "BDHVS_"
    error, warning = "bdhvs_lms.E008", "bdhvs_lms.W006"

    # audit
    CONSENT_VERSION = Setting(
        text("a text of 1 to 40 characters", ".{1,40}"),
        "2025-1",
        "version of the consent text that is shipped, until operators put one of their own in force. A new value asks "
        "everybody again before the next enrolment, lesson or attempt, and until then nothing is recorded; there is no "
        "environment variable",
    )
    ACCESS_LOG_DAYS = Setting(
        number(0, 36_500),
        730,
        "days for which it is kept who looked at whom; `forget_accesses` takes away what is older; 0: for good",
    )

    # privacy
    KEEP_DAYS = Setting(
        number(0, 36_500),
        0,
        "days after which `purge_people` erases whoever has had no activity and no class since; 0: nobody is erased",
    )
    HOLIDAYS = Setting(
        texts("a list of days like 2026-01-01", r"\d{4}-\d{2}-\d{2}"),
        (),
        "days that are no working days, beside Saturdays and Sundays: requests about own data are answered in two "
        "working days",
    )

    # learners
    SIGN_IN_TRIES = Setting(
        number(0, 1_000),
        10,
        "wrong passwords for one account name, from all devices together that never signed in to it, before signing in "
        "rests for such devices (429); 0: no such throttle. This and the next three count when AUTHENTICATION_BACKENDS "
        "names `bdhvs_lms.learners.backends.AccountBackend`",
    )
    SIGN_IN_TRIES_PER_DEVICE = Setting(
        number(0, 10_000),
        100,
        "wrong passwords from one device that has signed in to the account before; beyond, it is a device like any "
        "other for a while; 0: no bound",
    )
    SIGN_IN_ADDRESS_WARNING = Setting(
        number(0, 100_000),
        30,
        "wrong passwords from one network address after which the log (`bdhvs_lms.sign_in`) names it; 0: never",
    )
    SIGN_IN_MINUTES = Setting(number(1, 24 * 60), 15, "how long a wrong password counts")

    SIGN_OUT_URL = Setting(
        PAGE,
        "",
        "your own page that signs accounts out and takes GET (`account_logout` of django-allauth), where signing out "
        "ends more than this site's session: our button leads there, still signed in; empty: ours signs out and leads "
        "to LOGOUT_REDIRECT_URL. There is no environment variable",
    )
    PROFILE_URL = Setting(
        PAGE,
        "",
        "your own page for one's account: our menu and pages lead there, to change a password too; empty: to ours. "
        "There is no environment variable",
    )

    WHO_LEARNS = Setting(
        text("everyone, groups or by-hand", "everyone|groups|by-hand"),
        "everyone",
        "whose accounts may become learners by themselves, until operators say so in the admin: everyone, accounts of "
        "the next setting's groups, or only people whom an operator adds. There is no environment variable",
    )
    LEARNER_GROUPS = Setting(
        texts("a list of names of groups", ".{1,150}"),
        (),
        "names of the groups whose accounts may, where the setting before says `groups`; there is no environment "
        "variable",
    )
    SELF_REGISTER = Setting(
        flag, True, "people may register by themselves, with a class's code or without; they count when claimed"
    )
    SELF_REGISTER_PER_DEVICE = Setting(
        number(1, 1_000), 5, "so many people may register on one device in a day (429 beyond)"
    )
    SELF_REGISTER_PER_ADDRESS = Setting(
        number(0, 100_000),
        200,
        "and so many without a class's code from one network address, which a village hall and a carrier's customers "
        "share; 0: no bound",
    )
    CLASS_CODE_TRIES = Setting(
        number(0, 100_000),
        120,
        "wrong class codes from one network address, counted as wrong passwords are, after which further wrong ones "
        "are answered by 429 and the log names it; right codes always pass; 0: no bound",
    )
    SMALLEST_GROUP = Setting(
        number(5, 1_000),
        10,
        "fewest people of a group with a row of its own on the committee's pages of classes; there is no environment "
        "variable",
    )
    PUBLIC_FIGURES = Setting(
        flag,
        False,
        "the last reading of each area with a plan is a page for everybody, without signing in, rounded to 5 people",
    )
    CLASS_NEWCOMERS = Setting(
        number(0, 10_000),
        60,
        "so many who came in by a class's code may wait at once for its teacher to answer; until then nobody else who "
        "is in no list comes in by it (429); 0: no bound",
    )

    STAFF_IDLE_MINUTES = Setting(
        number(5, 24 * 60),
        60,
        "whoever may do more than learn is signed out after so long without doing anything. This and the next three "
        "count when SESSION_ENGINE is `bdhvs_lms.learners.session_store`",
    )
    STAFF_HOURS = Setting(
        number(1, 7 * 24), 12, "and so long after signing in, whatever they do; on a shared device learners are too"
    )
    SHARED_IDLE_MINUTES = Setting(
        number(5, 24 * 60), 30, "the same for whoever ticked “Máy dùng chung” when signing in"
    )
    LEARNER_DAYS = Setting(
        number(1, 400), 60, "a learner is signed out after so many days without a visit, on a device of their own"
    )

    CLIENT_ADDRESS_HEADER = Setting(
        text('a key of `request.META` like "HTTP_X_FORWARDED_FOR", or empty', "[A-Z0-9_]*"),
        "",
        "the header whose last entry is the visitor's address as our own proxy saw it; empty: REMOTE_ADDR. "
        "The ready site sets `HTTP_X_FORWARDED_FOR` with `BDHVS_BEHIND_PROXY`. Your server must not take "
        "`X_Forwarded_For` for the same: gunicorn and `bdhvs serve` do not",
    )
    TRUSTED_PROXIES = Setting(
        number(1, 10), 1, "how many proxies of yours stand one behind the other: each writes an entry of that header"
    )

    # classes
    TEAM_NAME_VI = Setting(
        text("a text of 1 to 60 characters", ".{1,60}"),
        "Tổ Chuyển đổi số cộng đồng",
        "what the teams of villages are called, in Vietnamese; there is no environment variable",
    )
    TEAM_NAME_EN = Setting(
        text("a text of 1 to 60 characters", ".{1,60}"),
        "Community digital team",
        "and in English",
    )

    # the admin
    OWN_ADMIN = Setting(
        flag,
        False,
        "Wagtail's choosers and lists offer each account only pages, pictures and documents that it works with, and "
        "its help menu leads to the guides in place of Wagtail's documentation, on the whole site. The ready site sets "
        "it; there is no environment variable",
    )

    # tracking
    PUBLIC_URL = Setting(URL, "", "address of the site; base of IRIs at the first `migrate`, when https")
    IRI_BASE = Setting(URL, "", "base of IRIs at the first `migrate`; goes before the public address")
    MAX_STATEMENTS_PER_LEARNER = Setting(
        number(0),
        10_000,
        "statements about one learner from which on other systems can add no more about them (403; a pull rejects "
        "them); 0: no limit",
    )

    # base: the clock of tests
    TESTING = Setting(flag, False, "says that this is a test; nothing but the next depends on it")
    TEST_CLOCK = Setting(
        Kind("a date and time with a zone, like 2025-11-15T19:30:00+07:00, or None", _moment),
        None,
        "where the clock starts; refused without `BDHVS_TESTING` (`bdhvs_lms.E001`)",
        error="bdhvs_lms.E002",
    )

    # site
    INSECURE_LOOPBACK = Setting(
        flag, False, "http and its cookies on this machine; `bdhvs_site.E001` refuses other hosts"
    )
    MAX_UPLOAD = Setting(
        number(1), 256 * 1024 * 1024, "bytes of one request in the admin that `bdhvs serve` reads (413 beyond)"
    )
    LOG_REQUESTS = Setting(
        flag,
        False,
        "each request is a line of the log: method, path without its query and without what may say who somebody is, "
        "status, time, size, id",
    )
    METRICS_TOKEN = Setting(
        text("a text of 16 characters or more without blanks, or empty", r"(\S{16,})?"),
        "",
        "opens `/metrics` to whoever sends it and to operators who are signed in; empty: nothing is counted, and the "
        "address is not there",
    )
    DEMO_LOADERS = Setting(
        texts("a list of names of commands", r"\w+"),
        ("load_campaign", "load_demo", "name_in_vietnamese"),
        "what `bdhvs demo` runs, in order",
    )


app_settings = LmsSettings()
