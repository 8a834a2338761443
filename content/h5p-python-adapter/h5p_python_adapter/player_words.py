"""Texts of H5P's own JavaScript for learners (its `l10n`), in our words. Content types bring theirs with the
content."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["LANGUAGES", "frame_words", "player_words"]

_EN = {
    # around the content
    "fullscreen": "Full screen",
    "disableFullscreen": "Leave full screen",
    "close": "Close",
    "contentChanged": "This content has changed since you were last here.",
    "startingOver": "You start from the beginning.",
    "h5pDescription": "Made with H5P",
    # before a step that cannot be taken back
    "confirmDialogHeader": "Are you sure?",
    "confirmDialogBody": "This cannot be undone.",
    "cancelLabel": "Cancel",
    "confirmLabel": "Go on",
    # when the connection is lost
    "offlineDialogHeader": "The connection is lost",
    "offlineDialogBody": "What you finished could not be sent yet. Please look at your connection.",
    "offlineDialogRetryMessage": "Trying again in :num seconds",
    "offlineDialogRetryButtonLabel": "Try now",
    "offlineSuccessfulSubmit": "Sent.",
    "connectionLost": "The connection is lost. What you did is kept and sent when it is back.",
    "connectionReestablished": "The connection is back.",
    "resubmitScores": "What was kept is being sent.",
    # rights
    "copyrights": "Rights",
    "copyrightsDescription": "Who made this content, and how it may be used",
    "copyrightInformation": "Rights",
    "contentType": "Kind of content",
    "title": "Title",
    "author": "Author",
    "year": "Year",
    "source": "Source",
    "license": "Licence",
    "licenseExtras": "More about the licence",
    "changes": "Changes",
    "thumbnail": "Small picture",
    "noCopyrights": "Nothing is said about rights.",
    "licenseU": "Not said",
    "licenseCCBY": "Attribution",
    "licenseCCBYSA": "Attribution, share alike",
    "licenseCCBYND": "Attribution, no derivatives",
    "licenseCCBYNC": "Attribution, non-commercial",
    "licenseCCBYNCSA": "Attribution, non-commercial, share alike",
    "licenseCCBYNCND": "Attribution, non-commercial, no derivatives",
    "licenseCC40": "4.0 International",
    "licenseCC30": "3.0 Unported",
    "licenseCC25": "2.5 Generic",
    "licenseCC20": "2.0 Generic",
    "licenseCC10": "1.0 Generic",
    "licenseCC010": "No rights reserved",
    "licenseGPL": "General Public License",
    "licenseV3": "Version 3",
    "licenseV2": "Version 2",
    "licenseV1": "Version 1",
    "licensePD": "Public domain",
    "licensePDM": "Public domain mark",
    "licenseC": "All rights reserved",
    "by": "by",
    # not offered here: asked for by the script all the same
    "reuse": "Reuse",
    "reuseDescription": "Reuse this content",
    "reuseContent": "Reuse this content",
    "contentCopied": "The content is copied",
    "embed": "Embed",
    "embedDescription": "Embed this content elsewhere",
    "download": "Download",
    "downloadDescription": "Download this content as a file",
    "size": "Size",
    "width": "Width",
    "height": "Height",
    "showMore": "Show more",
    "showLess": "Show less",
    "showAdvanced": "Show more",
    "hideAdvanced": "Show less",
    "advancedHelp": "Add this script to a page to let the frame follow the height of its content:",
    "subLevel": "Within",
}

_VI = {
    "fullscreen": "Toàn màn hình",
    "disableFullscreen": "Thoát toàn màn hình",
    "close": "Đóng",
    "contentChanged": "Nội dung này đã thay đổi so với lần học trước.",
    "startingOver": "Bài được làm lại từ đầu.",
    "h5pDescription": "Soạn bằng H5P",
    "confirmDialogHeader": "Có chắc chắn không?",
    "confirmDialogBody": "Sau bước này không quay lại được.",
    "cancelLabel": "Hủy",
    "confirmLabel": "Tiếp tục",
    "offlineDialogHeader": "Mất kết nối mạng",
    "offlineDialogBody": "Phần vừa làm xong chưa gửi được. Hãy kiểm tra kết nối mạng.",
    "offlineDialogRetryMessage": "Gửi lại sau :num giây",
    "offlineDialogRetryButtonLabel": "Gửi ngay",
    "offlineSuccessfulSubmit": "Đã gửi.",
    "connectionLost": "Mất kết nối mạng. Phần đã làm được giữ lại và sẽ gửi khi có mạng.",
    "connectionReestablished": "Đã có mạng trở lại.",
    "resubmitScores": "Đang gửi phần đã giữ lại.",
    "copyrights": "Bản quyền",
    "copyrightsDescription": "Tác giả của nội dung và điều kiện sử dụng",
    "copyrightInformation": "Bản quyền",
    "contentType": "Loại nội dung",
    "title": "Tên",
    "author": "Tác giả",
    "year": "Năm",
    "source": "Nguồn",
    "license": "Giấy phép",
    "licenseExtras": "Thông tin thêm về giấy phép",
    "changes": "Thay đổi",
    "thumbnail": "Ảnh nhỏ",
    "noCopyrights": "Nội dung không có thông tin bản quyền.",
    "licenseU": "Không rõ",
    "licenseCCBY": "Ghi công",
    "licenseCCBYSA": "Ghi công, chia sẻ tương tự",
    "licenseCCBYND": "Ghi công, không phái sinh",
    "licenseCCBYNC": "Ghi công, phi thương mại",
    "licenseCCBYNCSA": "Ghi công, phi thương mại, chia sẻ tương tự",
    "licenseCCBYNCND": "Ghi công, phi thương mại, không phái sinh",
    "licenseCC40": "4.0 Quốc tế",
    "licenseCC30": "3.0 Chưa chuyển đổi",
    "licenseCC25": "2.5 Chung",
    "licenseCC20": "2.0 Chung",
    "licenseCC10": "1.0 Chung",
    "licenseCC010": "Không giữ quyền nào",
    "licenseGPL": "Giấy phép công cộng GNU",
    "licenseV3": "Phiên bản 3",
    "licenseV2": "Phiên bản 2",
    "licenseV1": "Phiên bản 1",
    "licensePD": "Phạm vi công cộng",
    "licensePDM": "Dấu phạm vi công cộng",
    "licenseC": "Giữ mọi quyền",
    "by": "của",
    "reuse": "Dùng lại",
    "reuseDescription": "Dùng lại nội dung này",
    "reuseContent": "Dùng lại nội dung này",
    "contentCopied": "Đã chép nội dung",
    "embed": "Nhúng",
    "embedDescription": "Nhúng nội dung này vào trang khác",
    "download": "Tải về",
    "downloadDescription": "Tải nội dung này về thành tệp",
    "size": "Kích thước",
    "width": "Chiều rộng",
    "height": "Chiều cao",
    "showMore": "Hiện thêm",
    "showLess": "Ẩn bớt",
    "showAdvanced": "Hiện thêm",
    "hideAdvanced": "Ẩn bớt",
    "advancedHelp": "Thêm đoạn mã này vào trang để khung tự vừa với nội dung:",
    "subLevel": "Thuộc",
}

LANGUAGES = ("vi", "en")


def player_words(language: str) -> dict[str, str]:
    """Return all words by H5P's keys; English for a language that is not in `LANGUAGES`."""
    by_language: Mapping[str, Mapping[str, str]] = {"en": _EN, "vi": _VI}
    return dict(by_language.get(language.partition("-")[0].lower(), _EN))


_FRAME = {
    "en": {
        "alone": "This activity only plays inside its page.",
        "broken": "This activity could not start. Tell the person who looks after the site.",
    },
    "vi": {
        "alone": "Hoạt động này chỉ chạy bên trong trang của nó.",
        "broken": "Hoạt động này không khởi động được. Hãy báo người phụ trách trang.",
    },
}


def frame_words(language: str) -> Mapping[str, str]:
    """Return the texts of the document in the frame itself: "alone" when it is opened without its page, "broken" when
    nothing plays."""
    return _FRAME["vi" if language.partition("-")[0] == "vi" else "en"]
