"""The conformance kit: what every plugin must do, as tests that a third party subclasses and every built-in passes.

Mix a class below into django.test.TestCase and say what it asks for; the tests are inherited::

    class NumberConforms(QuestionTypeConformance, TestCase):
        question_type = Number

        def samples(self):
            return [QuestionSample(question=..., same_but_for_key=..., right=[["42"]], wrong=[["41"]], refused=[["x"]])]

Runs under pytest and under `manage.py test` alike. `plugged_in` and `unplugged` put a plugin in and take one out.
"""

from bdhvs_lms.plugins.testing.activities import ActivityTypeConformance
from bdhvs_lms.plugins.testing.formats import QuestionFormatConformance
from bdhvs_lms.plugins.testing.people import PersonalDataConformance
from bdhvs_lms.plugins.testing.questions import QuestionSample, QuestionTypeConformance
from bdhvs_lms.plugins.testing.registering import plugged_in, unplugged
from bdhvs_lms.plugins.testing.sign_in import SignInMethodConformance
from bdhvs_lms.plugins.testing.speech import SpeechEngineConformance, mp3_seconds

__all__ = [
    "ActivityTypeConformance",
    "PersonalDataConformance",
    "QuestionFormatConformance",
    "QuestionSample",
    "QuestionTypeConformance",
    "SignInMethodConformance",
    "SpeechEngineConformance",
    "mp3_seconds",
    "plugged_in",
    "unplugged",
]
