"""A real program's run, plain and preloaded, side by side: same output, same status, no
findings."""

import json
import os
import re
import shutil
import subprocess

import running
import suite
from suite import check

TIMEOUT_S = 240


class Result:
    def __init__(self, status, stdout, stderr, files):
        self.status, self.stdout, self.stderr, self.files = status, stdout, stderr, files


class Leaks:
    """Bytes and blocks lost, by the program's name."""

    def __init__(self):
        self.blocks, self.bytes = {}, {}

    def add(self, program, blocks, size):
        program = os.path.basename(os.path.realpath(shutil.which(program) or program))
        self.blocks[program] = self.blocks.get(program, 0) + blocks
        self.bytes[program] = self.bytes.get(program, 0) + size

    def beyond(self, other):
        """Words about programs that lost more than `other` has; empty if none."""
        return [f"{program}: {blocks} blocks, {self.bytes[program]} bytes lost, "
                f"by Valgrind {other.blocks.get(program, 0)} and {other.bytes.get(program, 0)}"
                for program, blocks in sorted(self.blocks.items())
                if blocks > other.blocks.get(program, 0)
                                             or self.bytes[program] > other.bytes.get(program, 0)]


def run(command, folder, environment, stdin=None, limit=None, timeout_s=TIMEOUT_S):
    """The finished process; `limit` is called in the child before the program starts."""
    process = running.start(command, cwd=folder, env=environment, text=True, errors="replace",
                            preexec_fn=limit,
                            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    stdout, stderr = running.finish(process, timeout_s, stdin)
    return subprocess.CompletedProcess(command, process.returncode, stdout, stderr)


def preloaded_environment(build, reports, options="", **more):
    os.makedirs(reports, exist_ok=True)
    own = f"log={reports}/%e.%p.txt json={reports}/%e.%p.json exitcode=0 quiet=on {options}"
    return suite.clean_environment(LD_PRELOAD=build.library, COALMINE_OPTIONS=own, **more)


def read_reports(folder):
    reports = []
    for name in sorted(os.listdir(folder)):
        if ".json" in name:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                reports.append(json.load(file))
    return reports


def named(frame):
    """A frame in one word."""
    where = f"{os.path.basename(frame.get('module', '?'))}+{frame.get('offset')}"
    return frame.get("function", where)


def told(error):
    """One line about an error of a report."""
    stacks = {name: [named(frame) for frame in stack[:8]]
              for name, stack in error.get("stacks", {}).items()}
    return (f"{error['kind']} {error['detected']} offset {error.get('offset')} "
            f"block {error.get('block')} {stacks}")


def no_errors(reports):
    bad = [f"{report['program']} ({report['pid']}): {told(error)}" for report in reports
           for error in report["errors"]]
    check(not bad, f"{len(bad)} findings:\n" + "\n".join(bad[:5]))


def leaks_in(reports):
    leaks = Leaks()
    for report in reports:
        for group in report["leaks"]:
            leaks.add(report["program"],
                      group["blocks"] + group["indirect_blocks"],
                      group["bytes"] + group["indirect_bytes"])
    return leaks


def leaks_by_valgrind(command, folder, logs, environment, stdin=None):
    """What Valgrind calls lost, definitely, indirectly or possibly, in all processes of the
    command."""
    os.makedirs(logs, exist_ok=True)
    run(["valgrind", "-q", "--leak-check=full", "--trace-children=yes",
         "--child-silent-after-fork=no", "-v",
         f"--log-file={logs}/%p.log", *command], folder, environment, stdin,
        timeout_s=3 * TIMEOUT_S)
    leaks = Leaks()
    for name in os.listdir(logs):
        with open(os.path.join(logs, name), encoding="utf-8", errors="replace") as file:
            text = file.read()
        program = re.search(r"^==\d+== Command: (\S+)", text, re.M)
        for size, blocks in re.findall(r"^==\d+== +(?:definitely|indirectly|possibly) lost: "
                                       r"([\d,]+) bytes in ([\d,]+)",
                                       text, re.M):
            leaks.add(program[1] if program else "?",
                      int(blocks.replace(",", "")),
                      int(size.replace(",", "")))
    return leaks


class Workload:
    """`command` runs in a fresh folder that `prepare(folder, environment)` has filled. Outputs,
    status and `files` must be the same plain and preloaded."""

    def __init__(self, build, scratch, name, command, *, prepare=None, files=(), stdin=None,
                 environment=None,
                 limit=None, compare_stderr=True, judge_leaks=True):
        self.build, self.scratch, self.name, self.command = build, scratch, name, command
        self.prepare, self.files, self.stdin, self.limit = prepare, files, stdin, limit
        self.environment = environment or {}
        self.compare_stderr, self.judge_leaks = compare_stderr, judge_leaks

    def _folder(self, kind):
        folder = os.path.join(self.scratch, self.name, kind, "work")
        os.makedirs(folder)
        return folder

    def _run(self, kind, environment):
        """The folder has the same name's length each time: programs may print it."""
        folder = self._folder(kind)
        if self.prepare:
            self.prepare(folder, suite.clean_environment(**self.environment))
        done = run(self.command, folder, environment, self.stdin, self.limit)
        contents = {}
        for name in self.files:
            with open(os.path.join(folder, name), "rb") as file:
                contents[name] = file.read()
        return Result(done.returncode, done.stdout.replace(folder, "."),
                      done.stderr.replace(folder, "."), contents)

    def _compare(self, plain, preloaded):
        check(plain.status == preloaded.status,
              f"status {preloaded.status}, plain {plain.status}; "
              f"stderr: {preloaded.stderr[-2000:]}")
        check(plain.stdout == preloaded.stdout,
              f"stdout differs:\n{preloaded.stdout[-1000:]}\nplain:\n{plain.stdout[-1000:]}")
        check(not self.compare_stderr or plain.stderr == preloaded.stderr,
              f"stderr differs:\n{preloaded.stderr[-1000:]}\nplain:\n{plain.stderr[-1000:]}")
        for name, content in plain.files.items():
            check(preloaded.files[name] == content, f"{name} differs")

    def _judge(self, reports):
        """Leaks that the program really has are fine: those that Valgrind sees in the same run."""
        ours = leaks_in(reports)
        if not ours.blocks:
            return
        folder = self._folder("judge")
        environment = suite.clean_environment(**self.environment)
        if self.prepare:
            self.prepare(folder, environment)
        theirs = leaks_by_valgrind(self.command, folder,
                                   os.path.join(self.scratch, self.name, "valgrind"),
                                   environment, self.stdin)
        beyond = ours.beyond(theirs)
        stacks = [f"{report['program']}: {group['blocks']} of {group['bytes']} bytes: " + told({
            "kind": group["leak_kind"], "detected": "exit", "stacks": {"alloc": group["stack"]}})
            for report in reports for group in report["leaks"]]
        check(not beyond, "leaks that Valgrind does not see:\n" + "\n".join(beyond + stacks[:6]))

    def test(self):
        plain = self._run("plain", suite.clean_environment(**self.environment))
        check(plain.status == 0, f"fails by itself: {plain.stderr[-2000:]}")
        reports = os.path.join(self.scratch, self.name, "reports")
        leaks = "leaks=on" if self.judge_leaks else "leaks=off"
        self._compare(plain, self._run("preld",
                                       preloaded_environment(self.build, reports, leaks,
                                           **self.environment)))
        found = read_reports(reports)
        check(found, "no process wrote a report")
        no_errors(found)
        if self.judge_leaks:
            self._judge(found)
