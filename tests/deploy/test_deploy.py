"""What deploy/ holds is read by the programs it is for, where they are there, and agrees with what the site reads.

No container is built and no unit is started here: docs/deploy.md says so.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import yaml
from django.core.management import get_commands

from bdhvs_lms.site.cli import SITE_COMMANDS
from tests.architecture.layers import ROOT
from tests.deploy.two_servers import nginx
from tests.support.fixtures import require
from tests.support.mailbox import make_certificate

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("bdhvs-*.*"))
BDHVS = "/srv/bdhvs/venv/bin/bdhvs"
# For tests only.
NOT_FOR_OPERATORS = {"BDHVS_TESTING", "BDHVS_TEST_CLOCK"}


def test_the_env_file_has_every_variable_that_settings_read_and_no_other() -> None:
    read: set[str] = set()
    for path in (ROOT / "bdhvs_lms" / "site").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("env.", "os.environ.get")):
                if node.args and isinstance(node.args[0], ast.Constant):
                    read.add(node.args[0].value)
                    if ast.unparse(node.func) == "env.secret":
                        read.add(f"{node.args[0].value}_FILE")
    text = (DEPLOY / "bdhvs.env").read_text(encoding="utf-8")
    named = re.findall(r"^#?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE)
    read = {name for name in read if name.startswith(("BDHVS_", "DATABASE_"))}
    assert sorted(named) == sorted(read - NOT_FOR_OPERATORS - {"BDHVS_DEMO_NEW"})


def test_the_env_file_is_read_alike_by_systemd_and_compose() -> None:
    for line in (DEPLOY / "bdhvs.env").read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"(#.*|[A-Z][A-Z0-9_]+=[^\s\"'$\\]+|)", line), line


# --- systemd ---------------------------------------------------------------------------------------------------------


def command_lines() -> dict[str, list[str]]:
    """Unit → what `bdhvs` is told."""
    found = {}
    for unit in UNITS:
        if unit.suffix == ".service":
            # The day in a file's name needs a shell, and its signs are doubled for systemd.
            shell = "/bin/sh -c 'exec "
            [line] = re.findall(rf"^ExecStart=(?:{shell})?{BDHVS} ([^'\n]+)'?$", unit.read_text(), re.MULTILINE)
            found[unit.stem] = line.replace("$$", "$").replace("%%", "%").split()
    return found


def jobs_in_the_guide() -> dict[str, tuple[str, str]]:
    """Timer → (what `bdhvs` is told, when)."""
    text = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(bdhvs-[\w-]+)` \| `bdhvs ([^`]+)` \| ([^|]+) \|$", text, re.MULTILINE)
    return {name: (command, when) for name, command, when in rows}


def when(timer: str) -> str:
    """As the guide says it: of what has an hour, in the time of Vietnam."""
    text = (DEPLOY / "systemd" / f"{timer}.timer").read_text(encoding="utf-8")
    [said] = re.findall(r"^OnCalendar=(.+)$", text, re.MULTILINE)
    if re.fullmatch(r"\*:\d/5", said):
        return "every 5 minutes"
    assert said.endswith(" Asia/Ho_Chi_Minh"), f"{timer}: a server's clock may be set to any zone"
    return said.removesuffix(" Asia/Ho_Chi_Minh")


def test_every_unit_runs_a_command_that_is_there() -> None:
    known = {*get_commands(), *SITE_COMMANDS}
    assert {words[0] for words in command_lines().values()} <= known
    assert command_lines()["bdhvs-site"][0] == "serve" and command_lines()["bdhvs-deliver"] == ["deliver"]


def test_timers_the_guide_and_the_container_run_the_same_jobs() -> None:
    services = {name: " ".join(words) for name, words in command_lines().items()}
    timers = {unit.stem for unit in UNITS if unit.suffix == ".timer"}
    assert timers == set(services) - {"bdhvs-site", "bdhvs-deliver"}
    assert jobs_in_the_guide() == {name: (services[name], when(name)) for name in timers}
    script = (DEPLOY / "jobs.sh").read_text()
    # Where a container's copies go is not the container's to say.
    there = timers - {"bdhvs-backup"}
    assert sorted(re.findall(r"^ +run (.+)$", script, re.MULTILINE)) == sorted(services[name] for name in there)


def test_the_containers_loop_ends_when_it_is_told_and_its_job_with_it(tmp_path: Path) -> None:
    program = tmp_path / "bdhvs"
    program.write_text(
        "#!/bin/sh\ntrap 'echo ended; kill $!; exit 0' TERM\n[ $1 != pull ] || sleep 60 &\necho $1\nwait $!\n"
    )
    program.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "BDHVS_JOBS_HOUR": "never"}
    with subprocess.Popen([DEPLOY / "jobs.sh"], env=environment, stdout=subprocess.PIPE, text=True) as loop:
        assert loop.stdout
        before = [loop.stdout.readline() for _job in range(3)]
        loop.terminate()
        assert [*before, *loop.stdout] == ["publish_scheduled\n", "close_attempts\n", "pull\n", "ended\n"]
    assert loop.returncode == 0


def test_systemd_reads_the_units(tmp_path: Path) -> None:
    """With the program in its place, and without what a machine under test has not: a user, a folder."""
    require(shutil.which("systemd-analyze"), "systemd-analyze")
    shutil.copytree(DEPLOY / "systemd", tmp_path, dirs_exist_ok=True)
    for unit in tmp_path.glob("bdhvs-*.service"):
        unit.write_text(unit.read_text().replace(BDHVS, shutil.which("true") or "/bin/true"))
    units = sorted(str(unit) for unit in tmp_path.glob("bdhvs-*.*") if unit.is_file())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, timeout=120
    )
    ours = [line for line in done.stderr.splitlines() if "bdhvs" in line]
    assert (done.returncode, ours) == (0, []), done.stderr
    broken = tmp_path / "bdhvs-broken.timer"
    broken.write_text("[Timer]\nOnCalendar=sometimes\n")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", broken], capture_output=True, text=True, timeout=120
    )
    assert "sometimes" in done.stderr, "it says what is wrong"


# --- nginx, Caddy ----------------------------------------------------------------------------------------------------


def nginx_reads(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    certificate, key = make_certificate(folder)
    text = text.replace("/etc/ssl/bdhvs/fullchain.pem", str(certificate))
    text = text.replace("/etc/ssl/bdhvs/privkey.pem", str(key)).replace("/var/log/nginx", str(folder))
    whole = folder / "nginx.conf"
    whole.write_text(f"pid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{text}\n}}\n")
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    return subprocess.run([program, "-t", "-p", folder, "-c", whole], capture_output=True, text=True, timeout=60)


def test_nginx_reads_its_configuration(tmp_path: Path) -> None:
    require(shutil.which("nginx") or Path("/usr/sbin/nginx").exists(), "nginx")
    text = (DEPLOY / "nginx" / "bdhvs.conf").read_text(encoding="utf-8")
    done = nginx_reads(tmp_path, text)
    assert done.returncode == 0 and "[warn]" not in done.stderr, done.stderr
    assert nginx_reads(tmp_path, text.replace("client_body_timeout 20s", "client_body_timeout soon")).returncode != 0


class Yes(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None: ...


def test_nginx_slows_who_guesses_and_nobody_beside_them(tmp_path: Path) -> None:
    """300 guesses at once from one address, and a hall of the same address beside them."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    require(Path(program).exists(), "nginx")
    hall = ["GET /lop/0/token/", "POST /lop/0/12/", "GET /the/card/", "POST /the/", "GET /dang-nhap/", "GET /lop/"]
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), Yes) as site,
        nginx(program, tmp_path, [site.server_port]) as url,
        httpx.Client(base_url=url, verify=False, limits=httpx.Limits(max_keepalive_connections=0)) as browser,  # noqa: S501  a certificate of today
        ThreadPoolExecutor(60) as many,
    ):
        Thread(target=site.serve_forever).start()

        def ask(line: str) -> int:
            return browser.request(*line.split()).status_code

        guesses = many.map(ask, ["POST /dang-nhap/", "POST /en/class/", "POST /vao-lop/", "GET /vao-lop/K1/"] * 75)
        beside = list(many.map(ask, hall * 7))
        guessed = Counter(guesses)
        site.shutdown()
    assert set(beside) == {204}
    assert set(guessed) == {204, 429} and guessed[429] > 100, guessed


def test_the_proxies_say_what_the_guide_asks_of_them() -> None:
    nginx = (DEPLOY / "nginx" / "bdhvs.conf").read_text(encoding="utf-8")
    caddy = (DEPLOY / "caddy" / "Caddyfile").read_text(encoding="utf-8")
    for directive in ("proxy_request_buffering on", "client_body_timeout 20s", "client_max_body_size 257m"):
        assert directive in nginx
    # Of both, the one that only leads to https too: the address on a card may come without a certificate.
    for server in re.split(r"^server \{", nginx, flags=re.MULTILINE)[1:]:
        assert re.findall(r"access_log .+;", server) == [
            "access_log /var/log/nginx/bdhvs.log combined if=$bdhvs_in_log;"
        ]
    for directive in ("read_body 15m", "request_buffers 1MiB", "max_size 257MiB"):
        assert directive in caddy
    # Caddy itself is in no test: at least its blocks close.
    depth = 0
    for line in caddy.splitlines():
        line = line.split("#")[0].rstrip()
        depth += line.endswith("{") - (line.strip() == "}")
        assert depth >= 0
    assert depth == 0


# --- Containers ------------------------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n", " ", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def test_the_dockerfile_copies_what_is_there_and_serves_as_nobody() -> None:
    found = instructions()
    known = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL"}
    assert {word for word, _ in found} <= known | {"ENTRYPOINT", "CMD"}
    stages = [rest.split(" AS ")[1] for word, rest in found if word == "FROM" and " AS " in rest]
    for word, rest in found:
        if word == "COPY" and "--from=" not in rest:
            assert all((ROOT / name).exists() for name in rest.split()[:-1]), rest
        for stage in re.findall(r"--from=(\w+)|from=(\w+),", rest):
            assert set(stage) & set(stages), rest
    [user] = [rest for word, rest in found if word == "USER"]
    assert user == "bdhvs"
    # What the repository builds, as `make dist` does, each before what needs it.
    loop = re.search(r"for folder in ([^;]+);", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"))
    assert loop
    others = re.search(r"^OTHERS := (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    adapter = re.search(r"^ADAPTER := (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert others and adapter
    assert loop[1].split() == [*others[1].replace("$(ADAPTER)", adapter[1]).split(), "."]


SERVICE = {
    "build", "cap_drop", "command", "depends_on", "entrypoint", "env_file", "environment", "healthcheck", "image",
    "logging", "ports", "read_only", "restart", "secrets", "security_opt", "stop_grace_period", "tmpfs", "volumes",
}  # fmt: skip
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}


def faults(compose: dict[str, Any]) -> list[str]:
    """What is wrong with a compose file, of what its schema and docker would refuse and this one uses."""
    found = [f"unknown: {name}" for name in set(compose) - {"name", "services", "secrets", "volumes", "x-site"}]
    services = compose["services"]
    for name, service in services.items():
        found += [f"{name}: unknown {key}" for key in set(service) - SERVICE]
        if "image" not in service:
            found.append(f"{name}: no image")
        for other, how in service.get("depends_on", {}).items():
            if other not in services or how.get("condition") not in CONDITIONS:
                found.append(f"{name}: depends on {other}")
            elif how["condition"] == "service_completed_successfully" and services[other].get("restart") != "no":
                found.append(f"{name}: waits for {other}, which never ends")
        if not service.get("logging", {}).get("options", {}).get("max-size"):
            found.append(f"{name}: a log without an end")
        found += [f"{name}: no secret {each}" for each in service.get("secrets", ()) if each not in compose["secrets"]]
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            there = (DEPLOY / source).exists() if source.startswith(".") else source in compose["volumes"]
            found += [] if there else [f"{name}: no volume {source}"]
        if not all(isinstance(value, str) for value in service.get("environment", {}).values()):
            found.append(f"{name}: a value of its environment is no text")
    return found


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return read


def test_the_compose_file_is_whole() -> None:
    read = compose()
    assert faults(read) == []
    assert set(read["services"]) == {"db", "prepare", "site", "deliver", "jobs", "proxy"}
    assert read["services"]["prepare"]["build"]["dockerfile"] == "deploy/Dockerfile"
    assert (DEPLOY / read["services"]["prepare"]["build"]["context"]).resolve() == ROOT
    # No password stands in it, and nothing starts without one.
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{(\w+)(.*?)\}", text)) == {("BDHVS_HOST", ":?"), ("BDHVS_DB_PASSWORD", ":?")}
    assert (
        read["services"]["jobs"]["environment"]["DATABASE_URL"]
        == read["services"]["site"]["environment"]["DATABASE_URL"]
    )


def test_a_compose_file_with_faults_is_seen() -> None:
    read = compose()
    services = read["services"]
    services["site"]["depends_on"] = {"nobody": {"condition": "service_healthy"}}
    services["db"]["volume"] = []
    del services["db"]["logging"]
    services["prepare"]["restart"] = "always"
    services["proxy"]["volumes"] = ["elsewhere:/x"]
    assert sorted(faults(read)) == [
        "db: a log without an end",
        "db: unknown volume",
        "deliver: waits for prepare, which never ends",
        "jobs: waits for prepare, which never ends",
        "proxy: no volume elsewhere",
        "site: depends on nobody",
    ]


def test_the_image_and_the_compose_file_keep_secrets_out_of_git_and_of_the_build() -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    # Later lines win, as docker reads them.
    assert ignored[-2:] == ["deploy/*", "!deploy/jobs.sh"]
    for name in ("secret-key", "site.env", ".env"):
        done = subprocess.run(["git", "check-ignore", "-q", DEPLOY / name], cwd=ROOT, check=False)
        assert done.returncode == 0, name
