"""The settings of this app."""

from __future__ import annotations

from bdhvs_xapi.app_settings import AppSettings, Setting, text


class ContentSettings(AppSettings):
    prefix = "BDHVS_CONTENT_"
    error, warning = "bdhvs_content.E002", "bdhvs_content.W004"

    SPEECH_ENGINE = Setting(
        text('the key of a speech engine like "bdhvs_content.espeak", or empty', r"[\w.-]*"),
        "bdhvs_content.espeak",
        "whose voice reads lessons aloud; empty: none does, recordings and the browser's own voice are offered",
    )


app_settings = ContentSettings()
