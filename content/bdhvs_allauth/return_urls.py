"""The address that the provider leads back to: one for all languages, for it is registered there."""

from django.urls import path

from bdhvs_allauth.oidc_views import come_back

app_name = "bdhvs_allauth_return"

urlpatterns = [
    path("dang-nhap/dinh-danh/ve/", come_back, name="return"),
]
