"""What a learner has to do is said in plain words, whatever the rule."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from bdhvs_lms.competency import rules
from bdhvs_lms.competency.advice import advice
from tests.support.loops import for_each

PASS = {"pick": "any", "passed": True}


@for_each(
    ("tree", "vi", "en"),
    [
        (rules.DEFAULT_TREE, "đạt một bài kiểm tra trên trang này", "pass a quiz on this site"),
        ({**PASS, "trust": 0}, "đạt một bài kiểm tra", "pass a quiz"),
        ({"presence": 2}, "đọc bài hoặc tham gia 2 lần", "read or attend 2 times"),
        (
            {**PASS, "trust": 2, "min_scaled": "0.8"},
            "đạt một bài kiểm tra, được ít nhất 80% số điểm, có người hướng dẫn hoặc người quan sát",
            "pass a quiz, with a score of at least 80%, with a teacher or observer present",
        ),
        (
            {"pick": "latest", "min_scaled": "0.5", "trust": 3},
            "làm một bài kiểm tra, được ít nhất 50% số điểm, và được xác nhận, tính lượt làm cuối cùng",
            "complete a quiz, with a score of at least 50%, and have it officially confirmed, the last attempt counts",
        ),
        (
            {**PASS, "times": 3, "distinct": True, "trust": 1, "within_days": 30},
            "đạt 3 bài kiểm tra khác nhau trên trang này, trong vòng 30 ngày",
            "pass 3 different quizzes on this site, within 30 days",
        ),
        (
            {"pick": "firsts", "times": 3, "min_scaled": "0.7"},
            "làm 3 bài kiểm tra khác nhau, đạt trung bình ít nhất 70% số điểm tính theo lượt làm đầu tiên của mỗi bài",
            "complete 3 different quizzes, reach a mean of at least 70% over the first attempt at each",
        ),
        (
            {"pick": "decaying", "times": 4, "min_scaled": "0.7", "trust": 1},
            "làm 4 bài kiểm tra trên trang này, đạt trung bình ít nhất 70% số điểm, kết quả mới tính nhiều hơn",
            "complete 4 quizzes on this site, reach a mean of at least 70%, in which newer results weigh more",
        ),
        ({**PASS, "times": 2}, "đạt bài kiểm tra 2 lần", "pass a quiz 2 times"),
        (
            {"any": [PASS, {"all": [{"presence": 1}, {"pick": "best", "passed": True, "trust": 1}]}]},
            "đạt một bài kiểm tra; hoặc đọc bài hoặc tham gia 1 lần; và đạt một bài kiểm tra trên trang này",
            "pass a quiz; or read or attend once; and pass a quiz on this site",
        ),
        (
            {"n_of": 1, "of": [PASS, {"presence": 3}]},
            "ít nhất 1 trong các điều sau: đạt một bài kiểm tra; đọc bài hoặc tham gia 3 lần",
            "at least 1 of these: pass a quiz; read or attend 3 times",
        ),
    ],
)
def test_a_rule_is_said_as_what_to_do(tree: dict[str, Any], vi: str, en: str) -> None:
    rules.check(tree)
    with translation.override("vi"):
        assert advice(tree) == vi
    with translation.override("en"):
        assert advice(tree) == en
