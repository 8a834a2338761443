"""Phúc tra: a random sample of people who have achieved something is tested again; how many are still "đạt"."""
