#!/usr/bin/env python3
"""Runs the program as *.case files say and compares exit code, stdout and stderr.

A case is a text file of sections, each begun by a line "== NAME":

  == note              what the case shows
  == needs             "engine", "shared": skipped with a reason where they are absent (a failure if CI is set)
  == file NAME         a file that the case finds in its folder
  == edit NAME SOURCE  a copy of SOURCE (below the checkout) with lines "- old" replaced by the "+ new" that follow;
                       "-" without "+" deletes the text
  == copy NAME SOURCE  a copy of a file or folder of the checkout ($SHARED/... for recorded data)
  == zip NAME FOLDER   a ZIP archive of a folder of the case
  == serve             the folder of the case on the web, by tests/support/web_server.py: $WEB stands for its URL in all
                       that follows
  == env NAME=VALUE    for all that follows
  == run ARGUMENTS     the command line behind "zooport"; may stand several times, each with its expectations
  == stdin             what the command gets
  == exit N            0 if absent
  == stdout, == stderr what is expected, exactly; sections that are absent must be empty on that stream
  == stdout-has, == stderr-has   lines that must occur in this order, others may stand between
  == json              lines "PATH = VALUE" on the JSON of stdout: results[0].status = "valid"
  == made NAME...      files that exist afterwards
  == not-made NAME...  files that do not

Placeholders in what is expected: {version} {number} {path} {sha256} {any} stand for themselves' likes.
"""
import argparse
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLACEHOLDERS = {
    "version": r"\d+\.\d+\.\d+",
    "number": r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|NaN|Infinity)",
    "path": r"[^\s:\"]+",
    "sha256": r"[0-9a-f]{64}",
    "any": r".*",
}
SKIP = 77


class Failure(Exception):
    pass


class Skip(Exception):
    pass


def shared_folder():
    folder = pathlib.Path(os.environ.get("ZOOPORT_SHARED", ROOT / ".." / "shared"))
    return folder if folder.is_dir() else None


def pattern(line):
    parts = re.split(r"\{(%s)\}" % "|".join(PLACEHOLDERS), line)
    return "".join(PLACEHOLDERS[part] if i % 2 else re.escape(part) for i, part in enumerate(parts))


def parse(path):
    sections = []
    for line in path.read_text("utf-8").split("\n"):
        if line.startswith("== "):
            name, _, rest = line[3:].partition(" ")
            sections.append([name, rest.strip(), []])
        elif sections:
            sections[-1][2].append(line)
    for section in sections:
        while section[2] and not section[2][-1]:
            section[2].pop()
    return sections


def source_path(name):
    if name.startswith("$SHARED/"):
        shared = shared_folder()
        if shared is None:
            raise Skip("needs ../shared (recorded data), which is not on this machine")
        return shared / name[len("$SHARED/"):]
    return ROOT / name


def edited(text, lines):
    old = None
    for line in lines + ["-"]:
        if line.startswith("-"):
            if old:
                if old not in text:
                    raise Failure("edit: %r is not in the file" % old)
                text = text.replace(old, "", 1)
            old = line[2:]
        elif line.startswith("+"):
            if old is None or old not in text:
                raise Failure("edit: %r is not in the file" % old)
            text = text.replace(old, line[2:].encode().decode("unicode_escape") if "\\" in line else line[2:], 1)
            old = None
    return text


def prepare(kind, argument, lines, folder):
    words = shlex.split(argument)
    target = folder / words[0]
    target.parent.mkdir(parents=True, exist_ok=True)
    if kind == "file":
        target.write_text("\n".join(lines) + ("\n" if lines else ""), "utf-8")
    elif kind == "edit":
        target.write_text(edited(source_path(words[1]).read_text("utf-8"), lines), "utf-8")
    elif kind == "copy":
        source = source_path(words[1])
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, target)
    elif kind == "zip":
        with zipfile.ZipFile(target, "w") as archive:
            for file in sorted((folder / words[1]).rglob("*")):
                if file.is_file():
                    archive.write(file, file.relative_to(folder / words[1]).as_posix())


def value_at(document, path):
    for key in re.findall(r"[^.\[\]]+|\[\d+\]", path):
        if key.startswith("["):
            document = document[int(key[1:-1])]
        else:
            document = len(document) if key == "length" and isinstance(document, list) else document[key]
    return document


def check_json(text, lines):
    documents = [json.loads(line) for line in text.splitlines()] if "\n{" in text else [json.loads(text)]
    document = documents[0] if len(documents) == 1 else documents
    for line in lines:
        path, _, expected = line.partition(" = ")
        try:
            found = value_at(document, path)
        except (KeyError, IndexError, TypeError):
            found = None if expected != "absent" else "absent"
        if expected == "absent":
            if found != "absent":
                raise Failure("%s: expected nothing, found %s" % (path, json.dumps(found)))
            continue
        shown = json.dumps(found, ensure_ascii=False)
        if not re.fullmatch(pattern(expected), shown):
            raise Failure("%s: expected %s, found %s" % (path, expected, shown))


def check_exact(name, expected, text):
    found = text.split("\n")
    while found and not found[-1]:
        found.pop()
    for i in range(max(len(expected), len(found))):
        want = expected[i] if i < len(expected) else None
        have = found[i] if i < len(found) else None
        if want is None or have is None or not re.fullmatch(pattern(want), have):
            raise Failure("%s, line %d:\n  expected %r\n  found    %r" % (name, i + 1, want, have))


def check_has(name, expected, text):
    found = iter(text.split("\n"))
    for want in expected:
        regex = re.compile(pattern(want))
        if not any(regex.search(line) for line in found):
            raise Failure("%s: expected a line with %r behind the ones before, found\n%s" % (name, want, text))


def check_run(run, program, folder):
    command = [program] + shlex.split(run["run"])
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith(("ZOOPORT_", "BIOIMAGEIO_"))}
    for key in ("ZOOPORT_ENGINE",):
        if key in os.environ:
            environment[key] = os.environ[key]
    environment["ZOOPORT_CACHE"] = str(folder / ".cache")
    environment.update(run["env"])
    done = subprocess.run(command, cwd=folder, input="\n".join(run["stdin"]) + "\n" if run["stdin"] else "",
                          capture_output=True, text=True, encoding="utf-8", env=environment, timeout=300)
    try:
        if done.returncode != run["exit"]:
            raise Failure("expected exit code %d, found %d" % (run["exit"], done.returncode))
        for name, text in (("stdout", done.stdout), ("stderr", done.stderr)):
            if name + "-has" in run:
                check_has(name, run[name + "-has"], text)
            elif name in run or not (name == "stdout" and "json" in run):
                check_exact(name, run.get(name, []), text)
        if "json" in run:
            check_json(done.stdout, run["json"])
        for name in run["made"]:
            if not (folder / name).exists():
                raise Failure("%s was not made" % name)
        for name in run["not-made"]:
            if (folder / name).exists():
                raise Failure("%s was made" % name)
    except Failure as failure:
        raise Failure("zooport %s\n%s\n--- stdout\n%s--- stderr\n%s" % (run["run"], failure, done.stdout, done.stderr))


def has_engine(program):
    done = subprocess.run([program, "doctor", "--format", "jsonl"], capture_output=True, text=True)
    return json.loads(done.stdout)["parts"][0]["found"]


def needs(what, program):
    if what == "engine" and not has_engine(program):
        raise Skip("needs ONNX Runtime, which is not on this machine")
    if what == "shared" and shared_folder() is None:
        raise Skip("needs ../shared (recorded data), which is not on this machine")


def serve(folder):
    server = subprocess.Popen([sys.executable, str(ROOT / "tests/support/web_server.py"), str(folder)],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return server, "http://127.0.0.1:" + server.stdout.readline().strip()


def run_case(path, program):
    servers = []
    try:
        run_sections(path, program, servers)
    finally:
        for server in servers:
            server.communicate()


def run_sections(path, program, servers):
    runs = []
    web = "$WEB"
    env = {}
    with tempfile.TemporaryDirectory(prefix="zooport-case-") as name:
        folder = pathlib.Path(name)
        for kind, argument, lines in parse(path):
            argument, lines = argument.replace("$WEB", web), [line.replace("$WEB", web) for line in lines]
            if kind == "note":
                continue
            if kind == "needs":
                for what in argument.split():
                    needs(what, program)
            elif kind == "serve":
                server, web = serve(folder)
                servers.append(server)
            elif kind == "env":
                key, _, value = argument.partition("=")
                env[key] = value
            elif kind in ("file", "edit", "copy", "zip"):
                prepare(kind, argument, lines, folder)
            elif kind == "run":
                if runs:
                    check_run(runs.pop(), program, folder)
                runs.append({"run": argument, "exit": 0, "stdin": [], "made": [], "not-made": [], "env": dict(env)})
            elif kind == "exit":
                runs[-1]["exit"] = int(argument)
            elif kind in ("made", "not-made"):
                runs[-1][kind] += shlex.split(argument)
            elif kind in ("stdin", "stdout", "stderr", "stdout-has", "stderr-has", "json"):
                runs[-1][kind] = lines
            else:
                raise Failure("unknown section %s" % kind)
        if not runs:
            raise Failure("the case runs nothing")
        check_run(runs.pop(), program, folder)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=os.environ.get("ZOOPORT_PROGRAM"))
    parser.add_argument("cases", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    failed = skipped = 0
    for path in arguments.cases:
        try:
            run_case(path, os.path.abspath(arguments.program))
            print("passed  %s" % path.name)
        except Skip as reason:
            if os.environ.get("CI"):
                print("FAILED  %s\n%s" % (path.name, reason))
                failed += 1
            else:
                print("skipped %s: %s" % (path.name, reason))
                skipped += 1
        except Failure as failure:
            print("FAILED  %s\n%s" % (path.name, failure))
            failed += 1
    if failed:
        return 1
    return SKIP if skipped == len(arguments.cases) else 0


if __name__ == "__main__":
    sys.exit(main())
