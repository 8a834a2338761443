"""What can go wrong, named; views turn these into pages."""

from django.core.exceptions import ValidationError


class NotPublishable(ValidationError):
    """A page cannot be published; `messages` say why, in words for the editor. Nothing was pushed."""


class NotOffered(LookupError):
    """There is no such activity, or nobody can begin it now."""


class CourseEmpty(NotOffered):
    """There is nothing to learn in the course now, so nobody enrols in it."""


class NotEnrolled(PermissionError):
    """The learner has not enrolled in the course."""
