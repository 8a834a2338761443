"""What cells of a sheet call kinds of questions and how hard they are. Folded."""

from __future__ import annotations

from typing import Literal

KINDS: dict[str, tuple[str, ...]] = {
    "single": (
        "mot dap an", "1 dap an", "mot lua chon", "trac nghiem", "trac nghiem mot dap an", "chon mot", "single choice",
        "single", "multiple choice", "multiplechoice", "multichoice", "mcq", "quiz", "tn", "nhieu phuong an",
    ),
    "multiple": (
        "nhieu dap an", "nhieu lua chon", "trac nghiem nhieu dap an", "chon nhieu", "checkbox", "multiple",
        "multiple response", "multiple answers", "multiple answer", "multiple select", "multi select", "multiselect",
        "checkboxes", "msq",
    ),
    "true-false": (
        "dung/sai", "dung sai", "dung hay sai", "dung hoac sai", "true/false", "true or false", "true false", "tf",
        "ds",
    ),
    "short": (
        "tra loi ngan", "dien dap an", "tra loi", "short answer", "short", "type answer", "fill-in-the-blank",
        "fill in the blank", "tln",
    ),
    "numeric": ("so", "tra loi bang so", "dien so", "numeric", "number", "numerical"),
    "matching": ("ghep cap", "ghep doi", "noi", "noi cot", "ghep noi", "matching", "match", "pairs"),
    "ordering": ("sap xep", "thu tu", "sap xep thu tu", "ordering", "order", "reorder", "sequence", "jumble"),
    "blanks": (
        "dien cho trong", "dien khuyet", "dien tu", "dien vao cho trong", "blanks", "fill in the blanks", "cloze",
    ),
}  # fmt: skip
NO_QUESTIONS = ("tu luan", "essay", "open ended", "open-ended", "poll", "khao sat", "draw", "slide", "bai viet")
LEVELS: dict[str, Literal["easy", "medium", "hard"]] = {
    "de": "easy", "nhan biet": "easy", "nb": "easy", "easy": "easy", "1": "easy",
    "trung binh": "medium", "vua": "medium", "thong hieu": "medium", "th": "medium", "medium": "medium", "2": "medium",
    "kho": "hard", "van dung": "hard", "van dung cao": "hard", "vd": "hard", "vdc": "hard", "hard": "hard", "3": "hard",
}  # fmt: skip
