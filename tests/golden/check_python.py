#!/usr/bin/env python3
"""Examines a generated Python service from the outside: linter, formatter, types, its own tests, its API document,
its migrations, and whether it starts with one command and answers.

    check_python.py SERVICE --venv FOLDER [--schemathesis] [--only STEP]…

The environment is made once and kept in FOLDER; the service's folder is left as it was. The last line on success is
`ok`; the exit status is 0 when everything holds, 1 when something does not, 2 when the check itself could not run.
"""

import argparse
import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

START_SECONDS = 60
SCHEMATHESIS = "schemathesis==4.32.5"


class Failed(Exception):
    """Something about the service does not hold."""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("service", type=Path)
    parser.add_argument("--venv", type=Path, required=True)
    parser.add_argument("--schemathesis", action="store_true", help="also examine the running service with schemathesis")
    parser.add_argument("--only", action="append", choices=list(STEPS), help="run these steps only")
    arguments = parser.parse_args()
    service = arguments.service.resolve()
    if not (service / "pyproject.toml").is_file():
        print(f"{service} holds no pyproject.toml, so it is no generated service.", file=sys.stderr)
        return 2
    try:
        binaries = environment(service, arguments.venv.resolve(), arguments.schemathesis)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"The environment could not be made: {error}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="check-", dir="/tmp") as scratch:
        # PostgreSQL gives up root, and then has to be able to enter this folder.
        os.chmod(scratch, 0o755)
        check = Check(service, binaries, Path(scratch))
        steps = arguments.only or [step for step in STEPS if step != "schemathesis" or arguments.schemathesis]
        try:
            for step in steps:
                started = time.monotonic()
                STEPS[step](check)
                print(f"{step}: ok ({time.monotonic() - started:.1f} s)", flush=True)
        except Failed as error:
            print(f"{step}: FAILED\n{error}", file=sys.stderr)
            return 1
    print("ok")
    return 0


def make_venv(venv):
    """An empty virtual environment. Debian's own Python comes without the module; there its package is installed first."""
    command = [sys.executable, "-m", "venv", "--clear", str(venv)]
    if subprocess.run(command, check=False).returncode == 0:
        return
    if shutil.which("apt-get"):
        privileges = [] if os.geteuid() == 0 else ["sudo", "-n"]
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([*privileges, "apt-get", "update", "-qq"], check=True, env=quiet)
        subprocess.run([*privileges, "apt-get", "install", "-y", "-qq", "python3-venv"], check=True, env=quiet)
    subprocess.run(command, check=True)


def environment(service, venv, schemathesis):
    """A virtual environment with everything that the service's pyproject.toml pins; made anew only when that changes."""
    project = tomllib.loads((service / "pyproject.toml").read_text())["project"]
    wanted = sorted({*project["dependencies"], *project["optional-dependencies"]["dev"]})
    if schemathesis:
        wanted.append(SCHEMATHESIS)
    python = venv / "bin" / "python"
    if not python.exists():
        make_venv(venv)
    stamp = venv / "installed.json"
    installed = json.loads(stamp.read_text()) if stamp.exists() else []
    missing = [requirement for requirement in wanted if requirement not in installed]
    if missing:
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
        subprocess.run(command, check=True)
        stamp.write_text(json.dumps(wanted))
    return venv / "bin"


class Check:
    """One service under examination."""

    def __init__(self, service, binaries, scratch):
        self.service = service
        self.binaries = binaries
        self.scratch = scratch
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("APP_", "PYTHON"))},
            "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "RUFF_CACHE_DIR": str(scratch / "ruff"),
            "MYPY_CACHE_DIR": str(binaries.parent / "mypy-cache" / hashlib.sha256(str(service).encode()).hexdigest()[:12]),
            "TMPDIR": str(scratch),
        }

    def run(self, *command, seconds=300):
        """Runs a program in the service's folder; fails with its output."""
        done = subprocess.run(
            [str(self.binaries / command[0]), *command[1:]],
            cwd=self.service,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds,
            check=False,
        )
        if done.returncode != 0:
            raise Failed(f"{shlex.join(command)} ended with {done.returncode}:\n{done.stdout[-8000:]}")
        return done.stdout


def ruff(check):
    check.run("ruff", "check", ".")


def ruff_format(check):
    check.run("ruff", "format", "--check", "--diff", ".")


def mypy(check):
    check.run("mypy")


def pytest(check):
    output = check.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", seconds=600)
    summary = output.strip().splitlines()[-1]
    if "passed" not in summary or re.search(r"skipped|xfailed|deselected|error", summary):
        raise Failed(f"not every test ran: {summary}")
    print(f"  {summary}")


def openapi(check):
    check.run("python", "-m", "openapi_spec_validator", "openapi.json")


class Running:
    """The service, started with its one command."""

    def __init__(self, check):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = check.scratch / "serve.log"
        command = [str(check.binaries / "python"), "-m", "dev", "serve", "--port", str(self.port)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=check.service, env=check.environment, stdout=log, stderr=log, start_new_session=True
            )

    def __enter__(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Failed(f"the service ended with {self.process.returncode}:\n{self.log.read_text()[-8000:]}")
            try:
                urllib.request.urlopen(f"{self.origin}/readyz", timeout=2).close()
                return self
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise Failed(f"the service was not ready after {START_SECONDS} s:\n{self.log.read_text()[-8000:]}")

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.port}"

    def tries(self):
        """The requests that the service offers when it starts, as lists of curl's arguments."""
        lines = [line.strip() for line in self.log.read_text().splitlines() if line.strip().startswith("curl ")]
        return [shlex.split(line) for line in lines]


def fetched(url, headers):
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def headers_of(arguments):
    pairs = [arguments[at + 1] for at, argument in enumerate(arguments) if argument == "-H"]
    return dict(pair.split(": ", 1) for pair in pairs)


def best_answer(running):
    """Headers, address and body of the offered request that is answered with most."""
    tries = running.tries()
    if not tries:
        raise Failed(f"the service offers no request to try:\n{running.log.read_text()[-4000:]}")
    answered = [(headers_of(arguments), arguments[-1]) for arguments in tries]
    answered = [(headers, url, *fetched(url, headers)) for headers, url in answered]
    good = [(headers, url, body) for headers, url, status, body in answered if status == 200]
    if not good:
        raise Failed(f"none of the offered requests was answered with 200: {answered}")
    documents = [one for one in good if not one[1].endswith("/openapi.json")]
    return max(documents or good, key=lambda one: len(one[2]))


def serve(check):
    with Running(check) as running:
        status, body = fetched(f"{running.origin}/openapi.json", {})
        if status != 200 or json.loads(body) != json.loads((check.service / "openapi.json").read_text()):
            raise Failed(f"/openapi.json ({status}) is not the document in the folder")
        _, url, body = best_answer(running)
        print(f"  GET {url.removeprefix(running.origin)} -> {len(body)} bytes: {body[:300].decode()}")
    if "Traceback" in running.log.read_text():
        raise Failed(f"the service's log holds a traceback:\n{running.log.read_text()[-8000:]}")


# What no document can say: the CSRF token is the session's, a key is used for one request only, and a cursor is one
# that the service has made.
HOOKS = """
import os
import uuid
import schemathesis

@schemathesis.hook
def before_call(context, case, **kwargs):
    headers = case.headers or {}
    if isinstance(headers.get("X-CSRF-Token"), str):
        headers["X-CSRF-Token"] = os.environ["CSRF_TOKEN"]
    key = headers.get("Idempotency-Key")
    if isinstance(key, str) and 0 < len(key) <= 255 and all("!" <= letter <= "~" for letter in key):
        headers["Idempotency-Key"] = uuid.uuid4().hex
    cursor = (case.query or {}).get("cursor")
    if isinstance(cursor, str) and len(cursor) <= 512:
        del case.query["cursor"]
"""


def schemathesis(check):
    """Random requests, valid and invalid. 501 is no fault: it says that a rule is still to be written."""
    with Running(check) as running:
        headers = best_answer(running)[0]
        lines = ["[checks.not_a_server_error]", 'expected-statuses = ["2xx", "3xx", "4xx", "501"]']
        document = json.loads((check.service / "openapi.json").read_text())
        schemes = document.get("components", {}).get("securitySchemes", {})
        for name, scheme in schemes.items():
            if scheme.get("in") == "cookie" and "Cookie" in headers:
                lines += [f"[auth.openapi.{name}]", f'api_key = "{headers["Cookie"].split("=", 1)[1]}"']
        hooks = check.scratch / "examiner_hooks.py"
        hooks.write_text(HOOKS)
        check.environment |= {
            "PYTHONPATH": str(check.scratch),
            "SCHEMATHESIS_HOOKS": hooks.stem,
            "CSRF_TOKEN": headers.get("X-CSRF-Token", ""),
        }
        config = check.scratch / "schemathesis.toml"
        config.write_text("\n".join(lines) + "\n")
        url = f"{running.origin}/openapi.json"
        options = ("--max-examples=25", "--seed=1", "--no-color", "--suppress-health-check=all")
        check.run("schemathesis", "--config-file", str(config), "run", url, *options, seconds=900)


STEPS = {
    "ruff": ruff,
    "ruff format": ruff_format,
    "mypy": mypy,
    "pytest": pytest,
    "openapi": openapi,
    "serve": serve,
    "schemathesis": schemathesis,
}

if __name__ == "__main__":
    sys.exit(main())
