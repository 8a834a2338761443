"""The settings of this app."""

from bdhvs_xapi.app_settings import AppSettings, Setting, text


class ThemeSettings(AppSettings):
    prefix = "BDHVS_TEXT_SIZE_"
    error, warning = "bdhvs_theme.E001", "bdhvs_theme.W001"

    COOKIE = Setting(
        text("a name of a cookie", r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"),
        "bdhvs-text-size",
        "name of the cookie that remembers for a year how large letters are; nothing else is in it",
    )


app_settings = ThemeSettings()
