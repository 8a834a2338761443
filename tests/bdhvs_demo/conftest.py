"""Where the files of H5P are in these tests."""

from tests.bdhvs_h5p.conftest import h5p_folder

__all__ = ["h5p_folder"]
