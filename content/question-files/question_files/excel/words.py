"""Words of the sheet, in the language of its questions."""

from __future__ import annotations

from decimal import Decimal

from question_files.plain import PlainAnswer, PlainBlank, PlainOption, PlainPair, PlainQuestion

SHEETS = {"vi": ("Câu hỏi", "Hướng dẫn", "Ví dụ"), "en": ("Questions", "Instructions", "Examples")}
YES_NO = {"vi": ("Có", "Không"), "en": ("Yes", "No")}
LEVELS = {
    "vi": {"easy": "Dễ", "medium": "Trung bình", "hard": "Khó"},
    "en": {"easy": "Easy", "medium": "Medium", "hard": "Hard"},
}
KIND_LABELS = {
    "vi": {
        "single": "Một đáp án", "multiple": "Nhiều đáp án", "true-false": "Đúng/Sai", "short": "Trả lời ngắn",
        "numeric": "Số", "matching": "Ghép cặp", "ordering": "Sắp xếp", "blanks": "Điền chỗ trống",
    },
    "en": {
        "single": "Single choice", "multiple": "Multiple answers", "true-false": "True/False", "short": "Short answer",
        "numeric": "Number", "matching": "Matching", "ordering": "Ordering", "blanks": "Fill in the blanks",
    },
}  # fmt: skip
TITLES = {
    "vi": {
        "kind": "Loại câu", "question": "Câu hỏi", "text": "Đoạn văn có chỗ trống", "right": "Đáp án đúng",
        "points": "Điểm", "explanation": "Giải thích", "feedback_right": "Phản hồi khi đúng",
        "feedback_partly": "Phản hồi khi đúng một phần", "feedback_wrong": "Phản hồi khi sai",
        "feedback": "Phản hồi {}", "category": "Chủ đề", "tags": "Thẻ", "difficulty": "Độ khó",
        "partial": "Chấm từng phần", "shuffle": "Trộn", "case": "Phân biệt hoa thường", "unit": "Đơn vị",
        "units": "Đơn vị khác", "name": "Tên", "true": "Đúng", "false": "Sai",
    },
    "en": {
        "kind": "Type", "question": "Question", "text": "Text with gaps", "right": "Right answer", "points": "Points",
        "explanation": "Explanation", "feedback_right": "Feedback if right",
        "feedback_partly": "Feedback if partly right", "feedback_wrong": "Feedback if wrong",
        "feedback": "Feedback {}", "category": "Category", "tags": "Tags", "difficulty": "Difficulty",
        "partial": "Partial marks", "shuffle": "Shuffle", "case": "Case sensitive", "unit": "Unit",
        "units": "Other units", "name": "Name", "true": "True", "false": "False",
    },
}  # fmt: skip
HELP = {
    "vi": (
        "Cách điền trang “Câu hỏi”: mỗi dòng một câu. Trang này và trang “Ví dụ” không được đọc.",
        "Bắt buộc: cột “Câu hỏi”, và đáp án. Các cột khác có thể để trống hoặc xóa đi; thứ tự cột không quan trọng.",
        "Một đáp án, Nhiều đáp án: viết phương án ở các cột A, B, C …; “Đáp án đúng” là chữ cái (B hoặc A, C), "
        "số thứ tự "
        "của phương án, hoặc chính lời của phương án.",
        "Đúng/Sai: “Đáp án đúng” là Đúng hoặc Sai.",
        "Trả lời ngắn: mỗi câu trả lời được chấp nhận trên một dòng trong ô “Đáp án đúng” (Alt+Enter để xuống "
        "dòng). Dấu * "
        "thay cho chữ bất kỳ; viết \\* nếu cần đúng dấu sao. Thêm [50%] sau câu trả lời chỉ được một phần điểm.",
        "Số: “Đáp án đúng” là 12,5 hoặc 12,5 ± 0,5. Cột “Đơn vị” (km) và “Đơn vị khác” (m = 1000) nếu cần.",
        "Ghép cặp: mỗi cột A, B, C … một cặp, viết “trái = phải”. Viết “ = phải” để thêm lựa chọn gây nhiễu.",
        "Sắp xếp: viết các bước theo thứ tự đúng ở các cột A, B, C …",
        "Điền chỗ trống: viết chỗ trống trong “Đoạn văn có chỗ trống”. [[Hà Nội|Ha Noi]] để gõ chữ, "
        "[[=12,5 ± 0,5]] để gõ số, [[*Đúng|Sai]] để chọn (dấu * trước lựa chọn đúng).",
        "Chủ đề: các bậc cách nhau bằng dấu >, ví dụ “An toàn > Mật khẩu”. Thẻ: cách nhau bằng dấu phẩy.",
        "Nếu Excel đổi 1/2 thành ngày, hoặc ô bắt đầu bằng = + - @, hãy gõ dấu ' trước nội dung.",
        "Hình không đọc được từ trang tính: thêm hình vào câu hỏi sau khi nhập.",
    ),
    "en": (
        "How to fill in the sheet “Questions”: one question a row. This sheet and “Examples” are not read.",
        "Needed: the column “Question”, and an answer. Other columns may be empty or deleted, in any order.",
        "Single choice, Multiple answers: write the options in columns A, B, C …; “Right answer” is a letter (B "
        "or A, C), "
        "the number of an option, or its words.",
        "True/False: “Right answer” is True or False.",
        "Short answer: each accepted answer on a line of its own in “Right answer” (Alt+Enter). A * stands for any "
        "letters; write \\* for a star. [50%] behind an answer: it earns that share of the mark.",
        "Number: “Right answer” is 12,5 or 12,5 ± 0,5. Columns “Unit” (km) and “Other units” (m = 1000) where needed.",
        "Matching: a pair in each of the columns A, B, C …, as “left = right”. “ = right” adds a wrong choice.",
        "Ordering: write the steps in their right order in columns A, B, C …",
        "Fill in the blanks: write gaps in “Text with gaps”. [[Hà Nội|Ha Noi]] is typed, [[=12,5 ± 0,5]] is "
        "a number, "
        "[[*Right|Wrong]] is chosen from a list (a star before the right one).",
        "Category: levels with > between them, as “Safety > Passwords”. Tags: with commas between them.",
        "Where Excel makes a date of 1/2, or a cell begins with = + - @, type a ' before it.",
        "Pictures are not read from sheets: add them to the questions afterwards.",
    ),
}


def _examples(words: dict[str, tuple[str, ...]]) -> tuple[PlainQuestion, ...]:
    prompts, options, pairs, steps = words["prompts"], words["options"], words["pairs"], words["steps"]
    choices = tuple(PlainOption(text, place == 0) for place, text in enumerate(options))
    return (
        PlainQuestion("single", prompts[0], options=choices, explanation=words["explanation"][0], difficulty="easy"),
        PlainQuestion("multiple", prompts[1], partial=True,
                      options=tuple(PlainOption(text, place < 2) for place, text in enumerate(words["several"]))),
        PlainQuestion("true-false", prompts[2], right=False),
        PlainQuestion("short", prompts[3], answers=(PlainAnswer("115"),)),
        PlainQuestion("numeric", prompts[4], answers=(PlainAnswer("1.5", tolerance=Decimal("0.1")),), unit="km",
                      units=(("m", Decimal(1000)),)),
        PlainQuestion("matching", prompts[5], partial=True,
                      pairs=tuple(PlainPair(*pair) for pair in zip(("113", "114", "115"), pairs, strict=True))),
        PlainQuestion("ordering", prompts[6], steps=steps),
        PlainQuestion("blanks", prompts[7], text=words["text"][0], partial=True, blanks=(
            PlainBlank("short", answers=tuple(map(PlainAnswer, words["accepted"]))),
            PlainBlank("choice", options=(PlainOption(words["list"][0], True), PlainOption(words["list"][1], False))),
        )),
    )  # fmt: skip


EXAMPLES = {
    "vi": _examples({
        "prompts": ("Ai được biết mã OTP của bác?", "Mật khẩu nào khó đoán?", "Đường dẫn lạ: nên mở ngay.",
                    "Gọi cấp cứu số mấy?", "Quãng đường 1.500 m là bao nhiêu?", "Nối số điện thoại với nơi nhận.",
                    "Xếp các bước cho đúng.", "Điền vào chỗ trống."),
        "options": ("Không ai", "Cán bộ", "Người quen trên mạng"),
        "explanation": ("Không cơ quan nào hỏi mã OTP.",),
        "several": ("Một câu dài dễ nhớ", "Mỗi nơi một mật khẩu", "123456"),
        "pairs": ("Công an", "Cứu hỏa", "Cấp cứu"),
        "steps": ("Mở máy", "Mở ứng dụng", "Đăng nhập"),
        "text": ("Thủ đô là {1}; trước khi bấm nên {2}.",),
        "accepted": ("Hà Nội", "Ha Noi"),
        "list": ("đọc kỹ", "bấm nhanh"),
    }),
    "en": _examples({
        "prompts": ("Who may know your OTP code?", "Which password is hard to guess?", "A strange link: open it "
        "at once.",
                    "Which number is the ambulance?", "How far are 1,500 m?", "Match each number with who answers.",
                    "Put the steps in order.", "Fill in the blanks."),
        "options": ("Nobody", "Officials", "A friend on the net"),
        "explanation": ("No office asks for an OTP code.",),
        "several": ("A long sentence", "Another one for each site", "123456"),
        "pairs": ("Police", "Fire brigade", "Ambulance"),
        "steps": ("Switch it on", "Open the app", "Sign in"),
        "text": ("The capital is {1}; before you press, {2}.",),
        "accepted": ("Hanoi", "Hà Nội"),
        "list": ("read", "hurry"),
    }),
}  # fmt: skip
