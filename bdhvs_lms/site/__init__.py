"""The ready site: a Django project whose settings come from the environment.

It names apps and addresses only as strings, so any of them can be left out or replaced by a site of one's own.
"""
