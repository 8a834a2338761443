"""Lists of the commune: `places` finds the area that is meant; one module for each kind of list says its columns and
its rules. How a file is read and written is `base`'s.
"""
