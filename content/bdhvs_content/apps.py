import mimetypes

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BdhvsContentConfig(AppConfig):
    name = "bdhvs_content"
    label = "bdhvs_content"
    verbose_name = _("Courses and lessons")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Python 3.11 does not know it, and captions are served by what it says.
        mimetypes.add_type("text/vtt", ".vtt")
        # All of it needs the app registry to be full.
        from wagtail.admin.forms.models import register_form_field_override
        from wagtail.admin.widgets import AdminAutoHeightTextInput

        from bdhvs_content import (
            announcement_models,
            announcement_queries,
            catalog_queries,
            checks,
            lesson_queries,
            models,
            queries,
        )
        from bdhvs_content.activity import LessonActivity
        from bdhvs_content.contexts import register_context
        from bdhvs_content.fields import NfcTextField
        from bdhvs_content.pixels import bound_avatars
        from bdhvs_content.signals import connect
        from bdhvs_content.speech.espeak import Espeak
        from bdhvs_lms.plugins.api import activity_types, speech_engines

        # Wagtail's own field of growing height is for the class TextField only, not for what derives from it.
        register_form_field_override(NfcTextField, override={"widget": AdminAutoHeightTextInput})
        activity_types.register(LessonActivity)
        speech_engines.register(Espeak)
        register_context(models.CatalogPage, catalog_queries.catalog_context)
        register_context(models.CoursePage, queries.course_context)
        register_context(models.ActivityPageMixin, queries.activity_context)
        register_context(models.LessonPage, lesson_queries.lesson_context)
        register_context(announcement_models.AnnouncementIndexPage, announcement_queries.index_context)
        register_context(announcement_models.AnnouncementPage, announcement_queries.announcement_context)
        bound_avatars()
        connect()
        checks.connect()
