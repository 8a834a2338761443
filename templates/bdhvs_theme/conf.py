"""The settings of this app."""

from bdhvs_xapi.app_settings import AppSettings, Setting, flag, text


class ThemeSettings(AppSettings):
    prefix = "BDHVS_THEME_"
    error, warning = "bdhvs_theme.E001", "bdhvs_theme.W001"

    SCOPED = Setting(
        flag,
        False,
        "style sheets style nothing outside of the element of the class `bdhvs`, which holds our pages in a frame of "
        "the site's own ([install.md](install.md)), and colours are dark only where that element has the class "
        "`follows-dark`; there is no environment variable",
    )
    TEXT_SIZE_COOKIE = Setting(
        text("a name of a cookie", r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"),
        "bdhvs-text-size",
        "name of the cookie that remembers for a year how large letters are; nothing else is in it",
    )


app_settings = ThemeSettings()
