from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PluginExampleConfig(AppConfig):
    name = "plugin_example"
    label = "plugin_example"
    verbose_name = _("Practice")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # All of them need models, which are there only now.
        from bdhvs_lms.plugins.api import activity_types, personal_data, question_types
        from plugin_example.activity import PracticeActivity
        from plugin_example.number import Number
        from plugin_example.privacy import PracticeData

        activity_types.register(PracticeActivity)
        question_types.register(Number)
        personal_data.register(PracticeData)
