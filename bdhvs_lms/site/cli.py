"""`bdhvs`: manage.py of the ready site, with commands of its own: SITE_COMMANDS."""

import gc
import os
import re
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution, requires

from django.conf import settings
from django.core.management import ManagementUtility
from django.core.management.base import BaseCommand

# Kept here and not in an app's management/commands: they belong to the project, and the core must not import it.
SITE_COMMANDS = {
    name: f"bdhvs_lms.site.{name.replace('-', '_')}"
    for name in ("backup", "demo", "move-database", "restore", "sendtestemail", "serve", "startplugin")
}

SETTINGS = "bdhvs_lms.site.settings"
_SITE = re.compile(r"extra == ['\"]site['\"]")

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
        # The site is loaded, and stays to the end: neither the collector nor the end of the process looks through it.
        gc.freeze()
        gc.enable()
        if subcommand not in SITE_COMMANDS:
            return super().fetch_command(subcommand)
        command: BaseCommand = import_module(SITE_COMMANDS[subcommand]).Command()
        return command


def missing_packages() -> list[str]:
    """What the settings of the ready site need and only `bdhvs-lms[site]` brings, by the names that pip knows."""
    wanted = [text for text in requires("bdhvs-lms") or [] if _SITE.search(text)]
    return [name for name in (re.split(r"[^\w.-]", text)[0] for text in wanted) if not _is_installed(name)]


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def main(argv: list[str] | None = None) -> None:
    """Run a management command with the ready site's settings (DJANGO_SETTINGS_MODULE, when set, wins)."""
    # Loading makes some hundred thousand objects and no garbage. With the collector looking for it meanwhile and at
    # the end of the process, a command that does nothing took 2.5 seconds of the processor instead of 1.5.
    gc.disable()
    arguments = sys.argv[1:] if argv is None else argv
    if arguments[:1] == ["startplugin"]:
        # It writes files: whoever has no site yet makes no folder for data by it, and needs no `[site]`.
        settings.configure()
        Utility(["bdhvs", *arguments]).execute()
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    if os.environ["DJANGO_SETTINGS_MODULE"] == SETTINGS and (missing := missing_packages()):
        sys.exit(
            f"`bdhvs` is the ready site, which needs more than is installed: {', '.join(missing)}.\n"
            "Install it with: python -m pip install 'bdhvs-lms[site]'\n"
            "A project of your own has manage.py instead, or names its settings in DJANGO_SETTINGS_MODULE."
        )
    if arguments[:1] == ["demo"]:
        # Settings are read before a command runs, so a demo's environment has to be there first.
        import_module(SITE_COMMANDS["demo"]).prepare_environment()
    elif arguments[:1] and arguments[0] in WITH_SECRETS:
        import_module(SITE_COMMANDS["demo"]).use_demos_key()
    import_module("bdhvs_lms.site.checks")
    try:
        Utility(["bdhvs", *arguments]).execute()
    except Exception as error:
        # Jobs begin again every few minutes: a database that is away for a night is a line each time, not eighty.
        if "--traceback" in arguments or not import_module("bdhvs_lms.site.unavailable").is_unavailable(error):
            raise
        words = " ".join(str(error).split())
        sys.exit(f"bdhvs {' '.join(arguments[:1])}: the database, the disk or the bucket cannot be used now: {words}")


if __name__ == "__main__":
    main()
