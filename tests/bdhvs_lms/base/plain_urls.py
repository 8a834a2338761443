"""A site without languages in its addresses."""

from django.urls import include, path

urlpatterns = [path("", include("bdhvs_lms.urls"))]
