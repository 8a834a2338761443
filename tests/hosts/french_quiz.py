"""Read by the shell of a host's `manage.py`: a quiz that its editor translates with wagtail-localize, taken in French
and then in English, as a browser sends its forms."""

import re
import uuid
from datetime import timedelta
from html import unescape

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from wagtail.models import Locale, Site
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from bdhvs_content.api import CatalogPage, CoursePage
from bdhvs_lms.audit.api import record_consent
from bdhvs_lms.base.api import now
from bdhvs_lms.campaign.api import Area
from bdhvs_lms.courses.api import enrol
from bdhvs_lms.learners.api import LearnerIdentity, register
from bdhvs_quiz.api import QuizItem, QuizPage, QuizVersion, SingleChoiceQuestion
from bdhvs_quiz.types.short_text.model import ShortTextQuestion
from bdhvs_xapi.api import Statement

settings.ALLOWED_HOSTS = ["*"]
french = Locale.objects.get(language_code="fr")
FRENCH = {
    "Courses in two languages": "Cours en deux langues",
    "Keep it to yourself": "Gardez-le pour vous",
    "For all.": "Pour tous.",
    "Last questions": "Dernières questions",
    "A stranger asks for your code. What do you do?": "Un inconnu demande votre code. Que faites-vous ?",
    "Tell the stranger": "Le dire à l'inconnu",
    "Tell nobody": "Ne le dire à personne",
    "What do you keep secret?": "Que gardez-vous secret ?",
    "password": "mot de passe",
}


def publish(parent, page):
    parent.add_child(instance=page)
    page.save_revision().publish()
    return page


def stored(question):
    question.save()
    question.save_revision().publish()
    return question


def translate(thing):
    """As the editor's page of wagtail-localize does: each string, then published. Says which strings there were."""
    source, _ = TranslationSource.get_or_create_from_instance(thing)
    task = Translation.objects.create(source=source, target_locale=french)
    strings = StringSegment.objects.filter(source=source).select_related("string", "context")
    for one in strings:
        if one.string.data in FRENCH:
            StringTranslation.objects.create(
                translation_of=one.string, locale=french, context=one.context, data=FRENCH[one.string.data]
            )
    task.save_target(publish=True)
    return type(thing).objects.get(translation_key=thing.translation_key, locale=french)


home = Site.objects.get(is_default_site=True).root_page
catalog = publish(home, CatalogPage(title="Courses in two languages", slug="two-languages", live=False))
course = publish(catalog, CoursePage(title="Keep it to yourself", intro="For all.", live=False))
answers = {"Tell the stranger": False, "Tell nobody": True}
values = [{"text": text, "right": right, "feedback": ""} for text, right in answers.items()]
options = [{"type": "option", "value": value} for value in values]
prompt = "A stranger asks for your code. What do you do?"
single = stored(SingleChoiceQuestion(prompt=prompt, options=options, live=False))
accepted = [{"type": "answer", "value": "password"}]
short = stored(ShortTextQuestion(prompt="What do you keep secret?", accepted=accepted, live=False))
quiz = QuizPage(title="Last questions", live=False)
quiz.items.add(QuizItem(question=single), QuizItem(question=short))
publish(course, quiz)

for thing in (catalog, course, single, short, quiz):
    translate(thing)
versions = QuizVersion.objects.filter(activity_key=quiz.translation_key).order_by("-number", "pk")
assert [one.language for one in versions[:2]] == ["en", "fr"], [(one.number, one.language) for one in versions]
right = str(next(block.id for block in single.options if block.value["right"]))

user = get_user_model().objects.get(email="chloe@city.example")
at = now() - timedelta(days=1)
learner = register(full_name="Chloe Member", birth_year=1960, area=Area.objects.first(), at=at)
LearnerIdentity.objects.create(learner=learner, kind=LearnerIdentity.Kind.USER, subject=str(user.pk))
record_consent(learner.actor, given=True, at=at)
enrol(learner, course.translation_key, at=at)
client = Client(headers={"host": "localhost"})
client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


def taken(language, typed):
    """The words of the attempt's page and of its result, by that language's page of the quiz."""
    page = QuizPage.objects.get(translation_key=quiz.translation_key, locale__language_code=language)
    html = client.get(page.get_url()).content.decode()
    form = re.search(r'<form method="post"\s+action="([^"]+/start/)">(.*?)</form>', html, re.S)
    assert form and form[1].startswith(f"/{language}/quizzes/"), html
    fields = dict(re.findall(r'name="(act_id|language)" value="([^"]+)"', form[2]))
    begun = client.post(form[1], fields)
    asked = unescape(client.get(begun["Location"]).content.decode())
    sent = {f"q-{single.key}": right, f"q-{short.key}": typed, "act_id": str(uuid.uuid4()), "do": "submit"}
    done = client.post(begun["Location"], sent)
    assert done.status_code == 303, done.content.decode()
    return asked, unescape(client.get(done["Location"]).content.decode())


asked, result = taken("fr", "Mot de passe")
for words in ("Dernières questions", FRENCH[prompt], "Ne le dire à personne", "Que gardez-vous secret ?"):
    assert words in asked, (words, asked)
assert prompt not in asked and "2/2" in result and FRENCH[prompt] in result, result
asked, result = taken("en", "Password")
assert prompt in asked and FRENCH[prompt] not in asked and "2/2" in result, result
_asked, result = taken("en", "Mot de passe")
assert "1/2" in result, result

said = Statement.objects.filter(registration__isnull=False).order_by("seq").select_related("object_term", "verb")
answered = [one.object_term.iri for one in said if one.verb.iri.endswith("/answered")]
assert len(answered) == 6 and len(set(answered)) == 2, answered
# The old address of the French attempt's page leads to the one that it has now.
old = client.get("/fr/viec-hoc/?a=1")
assert (old.status_code, old["Location"]) == (301, "/fr/my-learning/?a=1"), old
assert client.get("/vi/viec-hoc/").status_code == 200
call_command("rebuild", check=True)
print("as it should be")  # noqa: T201
