"""Addresses below the base of our IRIs that answer: the profile, with and without its version."""

from django.urls import path

from bdhvs_lms.tracking.views import profile

app_name = "bdhvs_profile"

urlpatterns = [
    path("profiles/bdhvs", profile, name="profile"),
    path("profiles/bdhvs/<slug:version>", profile, name="profile-version"),
]
