"""The ASGI application of the ready site, for servers that speak it. The site itself is synchronous: each process works
on one request at a time, as with WSGI."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdhvs_lms.site.settings")

application = get_asgi_application()
