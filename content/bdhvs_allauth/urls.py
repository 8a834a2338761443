"""Pages, in the words of the address's language. Of allauth's own addresses none is needed."""

from bdhvs_allauth import oidc_views, views
from bdhvs_lms.base.api import worded_path

app_name = "bdhvs_allauth"

urlpatterns = [
    worded_path("dang-nhap/dinh-danh/", oidc_views.oidc, name="oidc", en="sign-in/identity/"),
    worded_path("dang-nhap/dinh-danh/di/", oidc_views.go, name="oidc-go", en="sign-in/identity/go/"),
    worded_path("dang-nhap/dinh-danh/da-thoat/", oidc_views.left, name="left", en="sign-in/identity/signed-out/"),
    worded_path("hai-buoc/", views.overview, name="second-factor", en="two-step/"),
    worded_path("hai-buoc/nhap-ma/", views.check, name="check", en="two-step/code/"),
    worded_path("hai-buoc/ung-dung/", views.add_app, name="add-app", en="two-step/app/"),
    worded_path("hai-buoc/khoa/", views.add_key, name="add-key", en="two-step/passkey/"),
    worded_path("hai-buoc/ma-du-phong/", views.codes, name="codes", en="two-step/recovery-codes/"),
]
