"""The WSGI application of the ready site, for `bdhvs serve` or any other WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdhvs_lms.site.settings")

application = get_wsgi_application()
