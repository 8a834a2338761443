"""Tests of the adapter: none of them needs Django."""
