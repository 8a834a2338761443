"""What is on the city's site: pages in three languages, two sites, a library, members, a course of wagtail-lms."""

from io import BytesIO

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.management.base import BaseCommand
from django.db import transaction
from PIL import Image as Picture
from schools.models import CoursePage, LessonPage
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Locale, Page, Site
from wagtail_lms.models import CoursePage as OtherCoursePage

from home.models import HomePage, NewsPage

PASSWORD = "of-a-member-who-was-here-before"  # noqa: S105


class Command(BaseCommand):
    @transaction.atomic
    def handle(self, **options):
        users = get_user_model().objects
        users.create_superuser("mayor@city.example", PASSWORD)
        for name in ("ana", "bao", "chloe"):
            users.create_user(f"{name}@city.example", PASSWORD, first_name=name.title(), last_name="Member")
        file = BytesIO()
        Picture.new("RGB", (640, 400), "#268bd2").save(file, "PNG")
        river = ImageFile(BytesIO(file.getvalue()), name="river.png")
        picture = get_image_model().objects.create(title="The river", photographer="Ana", file=river)
        laws = ContentFile(b"No lamps may be broken.", name="by-laws.txt")
        get_document_model().objects.create(title="By-laws", office="Town clerk", file=laws)
        root = Page.objects.get(depth=1)
        for old in root.get_children():
            old.delete()
        root.refresh_from_db()
        english = Locale.objects.get_or_create(language_code="en")[0]
        home = root.add_child(instance=HomePage(title="Welcome", slug="city", locale=english, picture=picture))
        for n in range(30):
            home.add_child(instance=NewsPage(title=f"News {n}", body="<p>Something happened.</p>", show_in_menus=n < 2))
        course = home.add_child(instance=CoursePage(title="Knitting", fee=20))
        course.add_child(instance=LessonPage(title="First evening", room="B"))
        home.add_child(instance=OtherCoursePage(title="Fire safety (wagtail-lms)"))
        for code in ("fr", "vi"):
            locale = Locale.objects.get_or_create(language_code=code)[0]
            home.copy_for_translation(locale).save_revision().publish()
        Site.objects.all().delete()
        Site.objects.create(hostname="localhost", root_page=home, is_default_site=True, site_name="City")
        harbour = root.add_child(instance=HomePage(title="Harbour", slug="harbour", locale=english))
        harbour.add_child(instance=NewsPage(title="A ship came in"))
        Site.objects.create(hostname="harbour.localhost", root_page=harbour, site_name="Harbour")
