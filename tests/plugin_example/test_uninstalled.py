"""Must hold: a plugin is uninstalled and its tables stay; everything old opens and says what is missing.

Real processes over one database: the first has the plugin, those after it do not know it at all, the last has it again.
"""

from __future__ import annotations

import json
import re
from contextlib import closing
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from tests.support.forks import Forks
from tests.support.live import Installation
from tests.support.plugin import WITH_PLUGIN

pytestmark = pytest.mark.thorough

# Vietnamese is the site's language; an account of the admin may have chosen English.
MISSING = re.compile(r"(thiếu phần mở rộng|plugin missing)[: (]+plugin_example\.number", re.IGNORECASE)

MIGRATE = "from django.core.management import call_command; call_command('migrate', verbosity=0)\n"
BUILD = "from tests.plugin_example.building import main; main()"

# Opens addresses as a signed-in account and prints {address: [status, page]}.
OPEN = """
import json
from django.contrib.auth import get_user_model
from django.test import Client
client = Client(SERVER_NAME="localhost")
client.force_login(get_user_model().objects.get(username={user!r}))
print(json.dumps({{a: [r.status_code, r.content.decode()] for a in {addresses!r} for r in [client.get(a)]}}))
"""

ABSENT = """
from django.apps import apps
from importlib.util import find_spec
from bdhvs_lms.plugins.api import activity_types, question_types
print(apps.is_installed("plugin_example"), find_spec("plugin_example"),
      activity_types.get("plugin_example.practice"), question_types.get("plugin_example.number"))
"""

REBUILD = """
from django.core.management import call_command
for arguments in (["--check"], [], ["--check"]):
    call_command("rebuild", *arguments)
"""

# Prints why a quiz with a question of the plugin is not published, then what grading it again comes to.
PUBLISH_AND_REGRADE = """
import json, re
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from bdhvs_content.api import NotPublishable
from bdhvs_quiz.api import QuizPage
from bdhvs_quiz.models import Attempt
said = {{}}
try:
    QuizPage.objects.get(pk={quiz_page}).save_revision().publish()
except NotPublishable as refused:
    said["refused"] = " ".join(refused.messages)
client = Client(SERVER_NAME="localhost")
client.force_login(get_user_model().objects.get(username="bien-soan"))
said["form"] = client.get(reverse("wagtailadmin_pages:edit", args=[{quiz_page}])).status_code
address = reverse("bdhvs_quiz_regrade", args=[{quiz_page}])
said["preview"] = client.get(address).content.decode()
act_id = re.search(r'name="act_id" value="([^"]+)"', said["preview"])[1]
said["done"] = client.post(address, {{"act_id": act_id, "reason": "Sai"}}, follow=True).content.decode()
said["raw"] = str(Attempt.objects.get(submitted_at__isnull=False).raw)
print(json.dumps(said))
"""

# Prints what `bdhvs check` says.
CHECK = """
import sys
from django.core.management import call_command
call_command("check", databases=["default"], stderr=sys.stdout)
"""

EXPORT = """
import json
from bdhvs_lms.learners.api import learner_for_user
from bdhvs_lms.privacy.api import export
from django.contrib.auth import get_user_model
print(json.dumps(export(learner_for_user(get_user_model().objects.get(username="lan")))))
"""

NUMBER = """
from plugin_example.models import NumberQuestion
row = NumberQuestion.objects.get(pk={pk})
print(row.answer.normalize(), row.type_key)
"""


@dataclass
class Left:
    """A site from which the plugin was taken away, and the keys of what it had made."""

    processes: Forks
    keys: dict[str, Any]

    def open(self, user: str, *addresses: str) -> list[tuple[int, str]]:
        """(status, text of the page without its tags) of each, in one process that has no plugin."""
        answers = json.loads(self.processes.python(OPEN.format(user=user, addresses=addresses)))
        return [(answers[address][0], words_of(answers[address][1])) for address in addresses]


def words_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_a_plugin_is_uninstalled_and_comes_back(installation: Installation) -> None:
    with_plugin = installation.environment | WITH_PLUGIN
    with closing(Forks(with_plugin)) as first:
        keys = json.loads(first.python(MIGRATE + BUILD).splitlines()[-1])
    assert (keys["raw"], keys["success"]) == ("2.00", True), "the stranger's question was not asked and graded"
    with closing(Forks(installation.environment)) as without:
        assert without.python(MIGRATE + ABSENT).split() == ["False", "None", "None", "None"]
        left = Left(without, keys)
        everything_old_opens_and_says_plugin_missing(left)
        bank_and_usage_open_and_say_plugin_missing(left)
        a_quiz_with_it_is_not_published_and_a_regrade_leaves_its_marks(left)
        what_was_computed_stands_and_the_operator_is_told(left)
    # Installed again it finds its own.
    with closing(Forks(with_plugin)) as again:
        assert again.python(MIGRATE + NUMBER.format(pk=keys["number"])).split() == ["114", "plugin_example.number"]
        assert "W001" not in again.python(CHECK)


def everything_old_opens_and_says_plugin_missing(left: Left) -> None:
    keys = left.keys

    ((status, review),) = left.open("co-giao", f"/day/{keys['class']}/")
    assert status == 200
    assert "Đặt lịch khám – thiếu phần mở rộng: plugin_example" in review
    assert "Nguyễn Thị Lan" in review

    result, going_on, own, why = left.open(
        "lan",
        f"/bai-lam/{keys['attempt']}/ket-qua/",
        f"/bai-lam/{keys['open_attempt']}/",
        "/viec-hoc/",
        f"/viec-hoc/nang-luc/{keys['framework']}/A1/1/",
    )
    assert [status for status, _page in (result, going_on, own, why)] == [200, 409, 200, 200]
    assert "Gọi công an thì bấm số nào?" in result[1]
    assert MISSING.search(result[1]), result[1]
    assert MISSING.search(going_on[1]), going_on[1]
    assert "Đặt lịch khám" in why[1]


def bank_and_usage_open_and_say_plugin_missing(left: Left) -> None:
    keys = left.keys
    bank = f"{reverse('wagtailadmin_home')}snippets/bdhvs_quiz/question"
    number, choice = "Gọi công an thì bấm số nào?", "Người lạ hỏi mã OTP. Làm gì?"
    answers = left.open(
        "bien-soan",
        f"{bank}/",
        f"{bank}/?type_key=plugin_example.number",
        f"{bank}/edit/{keys['number']}/",
        f"{bank}/usage/{keys['number']}/",
        f"{bank}/usage/{keys['choice']}/",
        reverse("wagtailadmin_pages:edit", args=[keys["quiz_page"]]),
        reverse("bdhvs_quiz_export", args=[keys["quiz_page"]]),
        reverse("bdhvs_quiz_bank_export"),
        f"{reverse('bdhvs_quiz_bank_export_file', args=['bdhvs_quiz.moodle_xml'])}",
        reverse("wagtailadmin_pages:usage", args=[keys["quiz_page"]]),
    )
    assert [status for status, _page in answers] == [200] * 10
    everything, filtered, edit, usage, usage_of_choice, _quiz, of_quiz, of_bank, moodle, _used = (
        page for _status, page in answers
    )
    assert number in of_quiz and number in of_bank, "what the file is without is named"
    assert choice in moodle and number not in moodle
    assert number in everything
    assert choice in everything
    assert MISSING.search(everything), everything
    assert number in filtered
    assert choice not in filtered
    assert MISSING.search(edit), edit
    assert "Kiểm tra cuối bài" in usage
    assert MISSING.search(usage), usage
    assert "Kiểm tra cuối bài" in usage_of_choice
    assert not MISSING.search(usage_of_choice)


def a_quiz_with_it_is_not_published_and_a_regrade_leaves_its_marks(left: Left) -> None:
    said = json.loads(left.processes.python(PUBLISH_AND_REGRADE.format(**left.keys)).splitlines()[-1])
    assert "Gọi công an thì bấm số nào?" in said["refused"]
    assert "plugin_example.number" in said["refused"]
    assert said["form"] == 200, "the draft that was refused opens"
    preview = words_of(said["preview"])
    assert MISSING.search(preview), preview
    assert "Không đổi: 1" in preview or "Unchanged: 1" in preview
    assert said["raw"] == "2.00"
    assert "Sai (" in words_of(said["done"])


def what_was_computed_stands_and_the_operator_is_told(left: Left) -> None:
    exported = json.loads(left.processes.python(REBUILD + EXPORT).splitlines()[-1])["data"]
    assert len(exported["bdhvs_quiz.Attempt"]) == 2
    assert "plugin_example.PracticeRecord" not in exported
    assert "113" in [answer for step in exported["bdhvs_quiz.AttemptStep"] for answer in step["answers"].values()]
    said = left.processes.python(CHECK)
    assert "bdhvs_lms.W001" in said
    assert "there are activities of type plugin_example.practice, but plugin_example is not installed" in said
