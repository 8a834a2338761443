"""`bdhvs`: manage.py of the ready site, with commands of its own: SITE_COMMANDS."""

import os
import sys
from importlib import import_module

from django.core.management import ManagementUtility
from django.core.management.base import BaseCommand

# Kept here and not in an app's management/commands: they belong to the project, and the core must not import it.
SITE_COMMANDS = {
    name: f"bdhvs_lms.site.{name.replace('-', '_')}"
    for name in ("backup", "demo", "move-database", "restore", "sendtestemail", "serve")
}

# Commands whose data depend on the secret key, and which people run beside a demo.
WITH_SECRETS = ("backup", "deliver", "lrs", "move-database", "pull", "restore")


class Utility(ManagementUtility):
    """Django's commands and the site's."""

    def main_help_text(self, commands_only: bool = False) -> str:
        text = super().main_help_text(commands_only)
        names = sorted(SITE_COMMANDS)
        return (
            "\n".join([text, *names])
            if commands_only
            else "\n".join([text, "", "[site]", *(f"    {n}" for n in names)])
        )

    def fetch_command(self, subcommand: str) -> BaseCommand:
        if subcommand not in SITE_COMMANDS:
            return super().fetch_command(subcommand)
        command: BaseCommand = import_module(SITE_COMMANDS[subcommand]).Command()
        return command


def main(argv: list[str] | None = None) -> None:
    """Run a management command with the ready site's settings (DJANGO_SETTINGS_MODULE, when set, wins)."""
    arguments = sys.argv[1:] if argv is None else argv
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdhvs_lms.site.settings")
    if arguments[:1] == ["demo"]:
        # Settings are read before a command runs, so a demo's environment has to be there first.
        import_module(SITE_COMMANDS["demo"]).prepare_environment()
    elif arguments[:1] and arguments[0] in WITH_SECRETS:
        import_module(SITE_COMMANDS["demo"]).use_demos_key()
    import_module("bdhvs_lms.site.checks")
    Utility(["bdhvs", *arguments]).execute()


if __name__ == "__main__":
    main()
