from django.urls import include, path

urlpatterns = [
    path(address, include(urls))
    for address, urls in (
        ("quan-tri/", "wagtail.admin.urls"),
        ("", "bdhvs_lms.urls.core"),
        ("", "bdhvs_quiz.urls"),
        ("", "bdhvs_content.urls"),
        ("", "wagtail.urls"),
    )
]
