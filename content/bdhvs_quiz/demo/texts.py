"""The demonstration course, in plain words of our own.

It states only what was checked and marked as fit to teach (facts of 24/11/2026): names of the quick settings and of
the application store, emergency numbers, the one address of public services and how to sign in there, what a QR
payment asks, what banks and the police never ask. Every lesson shows the day on which it was checked.
"""

from __future__ import annotations

from dataclasses import dataclass

CHECKED = "<p><i>Kiểm ngày 24/11/2026.</i></p>"


@dataclass(frozen=True)
class Choice:
    text: str
    right: bool = False
    feedback: str = ""


@dataclass(frozen=True)
class AskedQuestion:
    slug: str
    prompt: str
    choices: tuple[Choice, ...]
    explanation: str


@dataclass(frozen=True)
class Lesson:
    slug: str
    title: str
    before: str
    picture: str
    alt: str
    after: str


COURSE_TITLE = "Bước đầu dùng điện thoại thông minh"
COURSE_SLUG = "buoc-dau-dung-dien-thoai-thong-minh"
COURSE_INTRO = (
    "Dành cho người mới dùng điện thoại thông minh. Học xong: biết kết nối mạng, tìm dịch vụ công, thanh toán bằng mã "
    "QR, và biết giữ mình trước kẻ lừa đảo."
)
CATALOG_TITLE = "Bình dân học vụ số"
CATALOG_INTRO = "Học từng bài ngắn, lúc nào cũng được. Không ai bị bỏ lại phía sau."

LESSONS = (
    Lesson(
        slug="dien-thoai-va-mang",
        title="Điện thoại và mạng",
        before=(
            "<h2>Bảng cài đặt nhanh</h2><p>Vuốt từ mép trên màn hình xuống. Ở đó có các nút <b>Wi-Fi</b>, <b>Dữ liệu "
            "di động</b>, <b>Độ sáng</b>, <b>Đèn pin</b>. Chạm một lần để bật, chạm lần nữa để tắt.</p>"
        ),
        picture="phone",
        alt="Hình vẽ điện thoại với bốn nút cài đặt nhanh ở phía trên màn hình",
        after=(
            "<h2>Cài ứng dụng</h2><p>Chỉ cài ứng dụng từ <b>CH Play</b> (còn gọi là Google Play) hoặc <b>App "
            "Store</b>. Ai gửi tệp có đuôi <b>.apk</b> qua Zalo hay tin nhắn thì không mở.</p>"
            "<h2>Số cần nhớ</h2><ul><li>113: công an</li><li>114: cháy, cứu nạn</li><li>115: cấp cứu</li>"
            "<li>111: bảo vệ trẻ em</li></ul>" + CHECKED
        ),
    ),
    Lesson(
        slug="dich-vu-so-va-an-toan",
        title="Dịch vụ số và an toàn",
        before=(
            "<h2>Dịch vụ công</h2><p>Mọi thủ tục có chung một địa chỉ: <b>dichvucong.gov.vn</b>. Đăng nhập bằng tài "
            "khoản <b>VNeID</b> (ứng dụng định danh điện tử của Bộ Công an). Tự gõ địa chỉ, xem kỹ đuôi "
            "<b>.gov.vn</b>, vì có trang giả giống hệt.</p>"
        ),
        picture="shield",
        alt="Hình vẽ chiếc khiên màu xanh có dấu tích, nghĩa là an toàn",
        after=(
            "<h2>Trả tiền bằng mã QR</h2><p>Quét mã QR (hình vuông nhiều ô đen trắng) chỉ điền sẵn số tài khoản. Phải "
            "tự xem <b>tên người nhận</b> và <b>số tiền</b> rồi mới xác nhận.</p>"
            "<h2>Giữ mã OTP</h2><p>OTP là mã dùng một lần, gửi đến điện thoại. Ngân hàng không hỏi OTP qua điện thoại "
            "hay tin nhắn. Không đọc mã cho bất kỳ ai.</p>"
            "<h2>Người thân gọi xin tiền gấp</h2><p>Tắt máy, gọi lại bằng <b>số đã lưu</b>. Kẻ gian giả được cả mặt và "
            "giọng nói.</p>" + CHECKED
        ),
    ),
)

QUIZ_TITLE = "Bài kiểm tra cuối khóa"
QUIZ_SLUG = "bai-kiem-tra-cuoi-khoa"
QUIZ_INTRO = "Năm câu hỏi, không giới hạn thời gian. Đúng từ bốn câu là đạt. Làm lại được."
# Of the plan's framework, each at level 1: one question each.
ALIGNED = ("A1", "A2", "A3", "A4", "A5")
LEVEL = 1

QUESTIONS = (
    AskedQuestion(
        "dich-vu-cong",
        "Muốn làm thủ tục hành chính qua mạng thì vào địa chỉ nào?",
        (
            Choice("dichvucong.gov.vn", True),
            Choice("Đường dẫn người lạ gửi qua tin nhắn", feedback="Đường dẫn lạ có thể dẫn tới trang giả."),
            Choice("Trang nào hiện ra đầu tiên cũng được", feedback="Trang đầu tiên có thể là trang giả."),
        ),
        "Mọi thủ tục có chung một địa chỉ là dichvucong.gov.vn, đuôi .gov.vn.",
    ),
    AskedQuestion(
        "cai-dat-nhanh",
        "Muốn bật Wi-Fi thật nhanh thì làm thế nào?",
        (
            Choice("Tháo pin ra rồi lắp lại", feedback="Không cần tháo pin."),
            Choice("Vuốt từ mép trên màn hình xuống, chạm nút Wi-Fi", True),
            Choice("Gọi 113", feedback="113 là số của công an."),
        ),
        "Bảng cài đặt nhanh mở ra khi vuốt từ mép trên màn hình xuống.",
    ),
    AskedQuestion(
        "tep-apk",
        "Có người gửi tệp đuôi .apk qua Zalo và bảo cài đặt. Nên làm gì?",
        (
            Choice("Cài ngay cho kịp", feedback="Ứng dụng như vậy có thể chiếm điện thoại."),
            Choice("Gửi tiếp cho bạn bè", feedback="Làm vậy thì bạn bè cũng gặp nguy hiểm."),
            Choice("Không mở; chỉ cài từ CH Play hoặc App Store", True),
        ),
        "Chỉ cài ứng dụng từ CH Play (Google Play) hoặc App Store.",
    ),
    AskedQuestion(
        "ma-qr",
        "Sau khi quét mã QR để trả tiền, việc phải làm trước khi xác nhận là gì?",
        (
            Choice("Xem tên người nhận và số tiền", True),
            Choice("Xác nhận ngay cho nhanh", feedback="Mã QR có thể đã bị dán đè mã của kẻ gian."),
            Choice("Đọc mã OTP cho người bán", feedback="Mã OTP không đọc cho bất kỳ ai."),
        ),
        "Mã QR chỉ điền sẵn số tài khoản; tên người nhận và số tiền phải tự xem.",
    ),
    AskedQuestion(
        "nguoi-than-goi",
        "Có cuộc gọi thấy mặt người thân, xin chuyển tiền gấp. Nên làm gì?",
        (
            Choice("Chuyển tiền ngay vì nhìn đúng mặt", feedback="Mặt và giọng nói đều giả được."),
            Choice("Tắt máy, gọi lại bằng số đã lưu", True),
            Choice("Đọc mã OTP để người thân tự chuyển", feedback="Mã OTP không đọc cho bất kỳ ai."),
        ),
        "Gọi lại bằng số đã lưu thì biết có đúng người thân hay không.",
    ),
)
