from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BdhvsContentConfig(AppConfig):
    name = "bdhvs_content"
    label = "bdhvs_content"
    verbose_name = _("Courses and lessons")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Both need the app registry to be full.
        from bdhvs_content.activity import LessonActivity
        from bdhvs_content.signals import connect
        from bdhvs_lms.plugins.api import activity_types

        activity_types.register(LessonActivity)
        connect()
