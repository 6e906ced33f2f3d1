"""A finished hunt of damages.c, and what is expected of it."""

import os
import re

from suite import check

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "damages.c")


def marked(mark):
    with open(SOURCE, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if f"@{mark} " in line:
                return number
    raise KeyError(mark)


def caught(report):
    """Errors whose access is known."""
    return [error for error in report["errors"] if error["stacks"]["access"]]


class Hunted:
    """One finished hunt: its report, and how many runs it took."""

    def __init__(self, done, report, runs):
        self.done = done
        self.report = report
        self.runs = runs

    def names(self, kind, mark):
        """The write is caught in the marked line, once; what was found first is there as well."""
        guilty = caught(self.report)
        check(len(guilty) == 1, f"{len(guilty)} caught: {self.done.stderr}")
        error = guilty[0]
        frame = error["stacks"]["access"][0]
        check(error["kind"] == kind and error["access"] == "write" and error["detected"] == "guard", error)
        check((frame["function"], frame["line"]) == (mark, marked(mark)), f"access: {frame}")
        check(error["stacks"]["alloc"][0]["function"] in ("make", "make_other"), error["stacks"]["alloc"])
        check(any(not other["stacks"]["access"] for other in self.report["errors"]), self.done.stderr)
        check(re.search(rf"#0 {mark} \S*damages.c:{marked(mark)} ", self.done.stderr), self.done.stderr)
        check(re.search(r"hunt: run \d+: caught in the act: " + kind, self.done.stderr), self.done.stderr)

    def concludes(self, *lines):
        """These are the last words, each a pattern."""
        last = self.done.stderr.splitlines()[-len(lines):]
        for line, pattern in zip(last, lines):
            check(re.fullmatch("coalmine: hunt: " + pattern, line), f"{pattern}: {self.done.stderr}")

    def ran(self, *times):
        check(self.runs in times, f"{self.runs} runs, not {times}: {self.done.stderr}")

    def ended(self, status):
        check(self.done.returncode == status, f"status {self.done.returncode}, not {status}: {self.done.stderr}")
