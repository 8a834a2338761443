"""The example plugin for processes of their own: `installation.manage("migrate", environment=WITH_PLUGIN)`."""

from tests.support.live import ROOT

FOLDER = ROOT / "tests" / "plugin_example"

WITH_PLUGIN = {"BDHVS_EXTRA_APPS": "plugin_example", "PYTHONPATH": str(FOLDER)}
"""What a process's environment needs for the plugin to be installed. Without it the plugin is not there at all."""
