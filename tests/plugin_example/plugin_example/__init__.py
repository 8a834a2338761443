"""A plugin as a stranger would write it: a practical task that an observer ticks off, and a question with a number.

It uses the public doors only (`bdhvs_….api`, `bdhvs_lms.plugins.testing` in its tests); a test reads its imports.
"""
