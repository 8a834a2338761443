"""Questions as H5P packages: native ones are written, those of H5P's question types are read."""

from bdhvs_h5p.formats.format import H5PFormat

__all__ = ["H5PFormat"]
