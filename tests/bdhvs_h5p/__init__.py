"""Tests of H5P: packages, player, statements."""
