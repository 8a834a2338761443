from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BdhvsAllauthConfig(AppConfig):
    name = "bdhvs_allauth"
    label = "bdhvs_allauth"
    verbose_name = _("Signing in by others and in two steps")

    def ready(self) -> None:
        # They need models, which are there only now.
        from django.contrib.auth.signals import user_logged_out

        from bdhvs_allauth import checks
        from bdhvs_allauth.conf import app_settings
        from bdhvs_allauth.methods import OpenIdSignIn, note_provider
        from bdhvs_allauth.personal import SignInData
        from bdhvs_lms.plugins.api import personal_data, sign_in_methods

        sign_in_methods.register(OpenIdSignIn)
        personal_data.register(SignInData)
        user_logged_out.connect(note_provider, dispatch_uid="bdhvs_allauth.methods")
        app_settings.register_checks()
        checks.connect()
