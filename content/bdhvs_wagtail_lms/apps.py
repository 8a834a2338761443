from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BdhvsWagtailLmsConfig(AppConfig):
    name = "bdhvs_wagtail_lms"
    label = "bdhvs_wagtail_lms"
    verbose_name = _("Courses of wagtail-lms")

    def ready(self) -> None:
        # They need models, which are there only now.
        from bdhvs_lms.plugins.api import activity_types
        from bdhvs_wagtail_lms import signals
        from bdhvs_wagtail_lms.activity import OtherLesson

        activity_types.register(OtherLesson)
        signals.connect()
