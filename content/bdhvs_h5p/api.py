"""Public interface of H5P activities: contents, their pages, and receiving a file."""

from bdhvs_h5p.models import H5PAlignment, H5PContent, H5PPage
from bdhvs_h5p.uploads import Refused, receive

__all__ = ["H5PAlignment", "H5PContent", "H5PPage", "Refused", "receive"]
