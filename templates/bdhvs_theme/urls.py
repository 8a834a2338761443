from bdhvs_lms.base.api import worded_path
from bdhvs_theme import views

app_name = "bdhvs_theme"

urlpatterns = [
    worded_path("co-chu/", views.text_size, name="text-size", en="text-size/"),
    worded_path("cach-dung/", views.guides, name="guides", en="learning-guides/"),
    worded_path("cach-dung/<slug:slug>/", views.guide, name="guide", en="learning-guides/<slug:slug>/"),
]
