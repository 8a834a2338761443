"""The door of privacy: hand a person everything, or erase the person."""

from bdhvs_lms.privacy.actions import erase
from bdhvs_lms.privacy.queries import declared, export, personal_models, undeclared

__all__ = ["declared", "erase", "export", "personal_models", "undeclared"]
