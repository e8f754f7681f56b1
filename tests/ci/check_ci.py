#!/usr/bin/env python3
"""Runs what other repositories use of this one: the hooks by pre-commit itself, and the steps of the GitHub Action by bash, with the variables
that a runner sets. zizmor looks at the action.

    check_ci.py ARCHWRIGHT --venv FOLDER
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "golden"))

from check_python import make_venv  # noqa: E402

PACKAGES = ["pre-commit==4.7.0", "zizmor==1.32.0", "pyyaml==6.0.3"]
GOOD = "team Care\n"
BAD = "team Care { contct \"care@x.test\" }\n"
UNTIDY = "team   Care\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archwright", type=Path)
    parser.add_argument("--venv", type=Path, required=True)
    arguments = parser.parse_args()
    python = environment(arguments.venv.resolve())
    if Path(sys.prefix).resolve() != arguments.venv.resolve():
        # The checks need what was just installed.
        return subprocess.run([str(python), *sys.argv], check=False).returncode
    binaries = python.parent
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        tool = scratch / "tool" / "bin"
        tool.mkdir(parents=True)
        shutil.copy(arguments.archwright, tool / "archwright")
        path = os.pathsep.join([str(tool), str(binaries), os.environ["PATH"]])
        hooks(scratch, {**os.environ, "PATH": path, "PRE_COMMIT_HOME": str(scratch / "pre-commit")})
        action(scratch)
    run([binaries / "zizmor", "--offline", "--no-progress", "--pedantic", ROOT / "action.yml"], 0)
    print("ok")
    return 0


def environment(venv):
    python = venv / "bin" / "python"
    stamp = venv / "packages.json"
    if not stamp.exists() or json.loads(stamp.read_text()) != PACKAGES:
        make_venv(venv)
        run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES], 0)
        stamp.write_text(json.dumps(PACKAGES))
    return python


def run(command, wanted, **more):
    """What a command prints; it has to end with the wanted code."""
    command = [str(part) for part in command]
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **more)
    if done.returncode != wanted:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}, not {wanted}:\n{done.stdout}")
    return done.stdout


def hooks(scratch, env):
    """The hooks pass on a good blueprint, fail on a bad one, and lay an untidy one out."""
    # pre-commit wants a repository with a commit; a copy of the definitions is all that it reads of ours.
    ours = scratch / "ours"
    ours.mkdir()
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", ours)
    repository(ours)
    theirs = scratch / "theirs"
    theirs.mkdir()
    for text, hook, code, says in [
        (GOOD, "archwright-check", 0, "Passed"),
        (BAD, "archwright-check", 1, "contct"),
        (GOOD, "archwright-fmt", 0, "Passed"),
        (UNTIDY, "archwright-fmt", 1, "files were modified by this hook"),
    ]:
        (theirs / "teams.arch").write_text(text)
        repository(theirs)
        told = run(["pre-commit", "try-repo", ours, hook, "--all-files"], code, cwd=theirs, env=env)
        if says not in told:
            sys.exit(f"{hook} does not say `{says}`:\n{told}")
    if (theirs / "teams.arch").read_text() != GOOD:
        sys.exit("archwright-fmt did not lay the blueprint out")


def repository(folder):
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@x.test", "-c", "commit.gpgsign=false"]
    run([*git, "init", "--quiet"], 0, cwd=folder)
    run([*git, "add", "."], 0, cwd=folder)
    run([*git, "commit", "--quiet", "--allow-empty", "--no-verify", "-m", "x"], 0, cwd=folder)


def action(scratch):
    """The steps of the action that are commands, with the program already in the cache."""
    import yaml

    definition = yaml.safe_load((ROOT / "action.yml").read_text())
    for step in definition["runs"]["steps"]:
        revision = step.get("uses", "@").split("@")[1]
        if revision and len(revision) != 40:
            sys.exit(f"{step['uses']} is not pinned to a commit")
    cached = scratch / "archwright"
    shutil.copytree(scratch / "tool", cached)
    blueprint = scratch / "blueprint"
    blueprint.mkdir()
    sarif = scratch / "archwright.sarif"
    for text, given, codes in [
        (GOOD, {}, [0, 0]),
        (BAD, {"sarif": str(sarif)}, [0, 1]),
        (GOOD, {"sarif": str(sarif), "profile": "strict", "fail-on": "hint"}, [0, 0]),
        (GOOD, {"path": "nowhere", "sarif": str(sarif)}, [0, 1]),
        (GOOD, {"profile": "loose"}, [0, 2]),
    ]:
        (blueprint / "teams.arch").write_text(text)
        inputs = {name: entry["default"] for name, entry in definition["inputs"].items()} | given
        steps = [step for step in definition["runs"]["steps"] if "run" in step]
        for step, code in zip(steps, codes, strict=True):
            env = {"PATH": os.environ["PATH"], "RUNNER_TEMP": str(scratch), "GITHUB_ACTION_PATH": str(ROOT)}
            for name, value in step.get("env", {}).items():
                env[name] = inputs[value.removeprefix("${{ inputs.").removesuffix(" }}")]
            # As a runner calls it.
            shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
            told = run(shell, code, cwd=blueprint, env=env)
        if text == BAD and "::error file=teams.arch,line=1" not in told:
            sys.exit(f"no annotation:\n{told}")
        if "sarif" in given and "path" not in given:
            results = json.loads(sarif.read_text())["runs"][0]["results"]
            if bool(results) != (text == BAD):
                sys.exit(f"{sarif} holds {len(results)} results")


if __name__ == "__main__":
    sys.exit(main())
