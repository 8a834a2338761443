from bdhvs_lms.base.api import worded_path
from bdhvs_lms.privacy import paper_views, views

# One address for each act: what a form does can be read from where it goes.
urlpatterns = [
    worded_path("viec-hoc/du-lieu/", views.my_data, name="my-data", en="my-learning/my-data/"),
    worded_path(
        "viec-hoc/du-lieu/ai-da-xem/", views.my_accesses, name="my-data-accesses", en="my-learning/my-data/who-looked/"
    ),
    worded_path("viec-hoc/du-lieu/ban-sao/", views.my_copy, name="my-data-copy", en="my-learning/my-data/copy/"),
    worded_path("viec-hoc/du-lieu/yeu-cau/", views.ask_us, name="my-data-ask", en="my-learning/my-data/requests/"),
    worded_path(
        "day/<uuid:class_uuid>/dong-y/",
        paper_views.class_papers,
        name="class-papers",
        en="teaching/<uuid:class_uuid>/consent/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/dong-y/mau-giay/",
        paper_views.blank_forms,
        name="class-consent-form",
        en="teaching/<uuid:class_uuid>/consent/paper-form/",
    ),
    worded_path(
        "day/<uuid:class_uuid>/dong-y/mau-giay.pdf",
        paper_views.blank_forms,
        {"pdf": True},
        name="class-consent-form-pdf",
        en="teaching/<uuid:class_uuid>/consent/paper-form.pdf",
    ),
    worded_path(
        "viec-hoc/du-lieu/tai-ve/", views.download, name="my-data-download", en="my-learning/my-data/download/"
    ),
    worded_path(
        "viec-hoc/du-lieu/rut-dong-y/",
        views.withdraw,
        name="my-data-withdraw",
        en="my-learning/my-data/withdraw-consent/",
    ),
    worded_path("viec-hoc/du-lieu/xoa/", views.erase_me, name="my-data-erase", en="my-learning/my-data/erase/"),
]
