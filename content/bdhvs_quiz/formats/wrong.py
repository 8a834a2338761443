"""How a question that cannot be taken is given up while it is read."""


class Refused(Exception):
    """The text says why, in words for the editor."""
