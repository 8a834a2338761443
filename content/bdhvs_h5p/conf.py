"""The settings of this app."""

from __future__ import annotations

from bdhvs_xapi.app_settings import AppSettings, Setting, number, text, texts
from h5p_python_adapter import DEFAULT_LIMITS, ORIGIN


class H5PSettings(AppSettings):
    prefix = "BDHVS_H5P_"
    error, warning = "bdhvs_h5p.E008", "bdhvs_h5p.W005"

    CONTENT_ORIGIN = Setting(
        text("a scheme and a host, like https://noi-dung.example.vn, or empty", r"(https?://[^/?#\s]+)?"),
        "",
        "an origin for the player and the files of packages alone; in ALLOWED_HOSTS too. Empty: the site's own address "
        "serves the player",
        error="bdhvs_h5p.E003",
    )
    MAX_UPLOAD = Setting(number(1), DEFAULT_LIMITS.packed_bytes, "bytes of one package, as it is uploaded (413 beyond)")
    FRAME_HOSTS = Setting(
        texts("a list of origins like https://video.example.org", ORIGIN.pattern),
        (),
        "origins whose frames an activity may show: every learner's browser then asks them",
        error="bdhvs_h5p.E006",
    )


app_settings = H5PSettings()
