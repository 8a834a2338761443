"""The question bank in the admin: one list and one chooser for all types, one form per type.

The base's viewset lists, chooses and leads on; the types' viewsets edit. A row whose type is uninstalled stays in the
list and in usage, says "plugin missing", and cannot be opened, copied or deleted: its own table cannot be reached.
"""

from bdhvs_quiz.bank.viewsets import BankViewSet, TypeViewSet, viewset_for

__all__ = ["BankViewSet", "TypeViewSet", "viewset_for"]
