from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PluginExampleConfig(AppConfig):
    name = "plugin_example"
    label = "plugin_example"
    verbose_name = _("Practice")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Both need the app registry to be full.
        from bdhvs_lms.plugins.api import activity_types, personal_data
        from plugin_example.activity import PracticeActivity
        from plugin_example.privacy import PracticeData

        activity_types.register(PracticeActivity)
        personal_data.register(PracticeData)
