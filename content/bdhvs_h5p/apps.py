from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BdhvsH5PConfig(AppConfig):
    name = "bdhvs_h5p"
    label = "bdhvs_h5p"
    verbose_name = _("H5P activities")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # They need models, which are there only now.
        from bdhvs_content.api import register_context
        from bdhvs_h5p import checks, models, queries
        from bdhvs_h5p.activity import H5PActivity
        from bdhvs_h5p.attempts.personal import H5PPersonalData
        from bdhvs_h5p.formats import H5PFormat
        from bdhvs_lms.plugins.api import activity_types, personal_data, question_formats

        activity_types.register(H5PActivity)
        question_formats.register(H5PFormat)
        personal_data.register(H5PPersonalData)
        register_context(models.H5PPage, queries.page_context)
        checks.connect()
