from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BdhvsQuizConfig(AppConfig):
    name = "bdhvs_quiz"
    label = "bdhvs_quiz"
    verbose_name = _("Quizzes")
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        super().import_models()
        from bdhvs_quiz.types import load  # which models there are is known now

        load("model")

    def ready(self) -> None:
        # All of them need models, which are there only now.
        from bdhvs_content.api import register_context
        from bdhvs_lms.attempts.api import time_given
        from bdhvs_lms.plugins.api import activity_types, personal_data, question_formats
        from bdhvs_quiz import actions, behind, checks, models, queries
        from bdhvs_quiz.activity import QuizActivity
        from bdhvs_quiz.formats import OFFERED
        from bdhvs_quiz.personal import QuizPersonalData
        from bdhvs_quiz.types import load

        activity_types.register(QuizActivity)
        load("type")
        for kind in OFFERED.values():
            question_formats.register(kind)
        personal_data.register(QuizPersonalData)
        register_context(models.QuizPage, queries.quiz_context)
        time_given.append(actions.more_time)
        checks.connect()
        behind.connect()
