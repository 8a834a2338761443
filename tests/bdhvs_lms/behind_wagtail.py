"""Addresses in the wrong order."""

from django.urls import include, path

urlpatterns = [path("", include("wagtail.urls")), path("", include("bdhvs_lms.urls"))]
