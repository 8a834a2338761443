"""The settings of this app."""

from __future__ import annotations

from bdhvs_xapi.app_settings import AppSettings, Setting, number


class QuizSettings(AppSettings):
    prefix = "BDHVS_QUIZ_"
    error, warning = "bdhvs_quiz.E003", "bdhvs_quiz.W001"

    MAX_IMPORT = Setting(
        number(1), 32 * 1024 * 1024, "bytes of one file of questions, and of the pictures and sounds in it together"
    )


app_settings = QuizSettings()
