from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PluginExampleConfig(AppConfig):
    name = "plugin_example"
    label = "plugin_example"
    verbose_name = _("Practice")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # All of them need models, which are there only now.
        from bdhvs_lms.plugins.api import activity_types, personal_data, question_formats, question_types
        from bdhvs_xapi.api import register_transport
        from plugin_example.activity import PracticeActivity
        from plugin_example.folder import FolderTransport
        from plugin_example.number import Number
        from plugin_example.outline import OutlineFormat
        from plugin_example.privacy import PracticeData

        activity_types.register(PracticeActivity)
        question_types.register(Number)
        question_formats.register(OutlineFormat)
        personal_data.register(PracticeData)
        register_transport(FolderTransport)
