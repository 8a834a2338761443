"""Named errors; views turn these into pages."""

from django.core.exceptions import ValidationError

from bdhvs_lms.attempts.api import NotOffered


class NotPublishable(ValidationError):
    """A page cannot be published; `messages` say why, in words for the editor. Nothing was pushed."""


class CourseEmpty(NotOffered):
    """The course has nothing to learn now, so nobody enrols in it."""
