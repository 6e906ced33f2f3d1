"""A list of named tests, run two at a time, told one a line, summed up in a last line.

A test is a function without arguments. It passes by returning, fails by raising Failed, and is
left out by raising Skipped. Any other exception is a failure too, told with its traceback.
"""

import argparse
import concurrent.futures
import os
import shutil
import signal
import sys
import tempfile
import threading
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))


class Failed(Exception):
    """What was expected did not happen; the text says what did."""


class Skipped(Exception):
    """Cannot be tried on this machine; the text says why."""


def check(condition, words):
    if not condition:
        raise Failed(words)


def take_signals_back():
    """A shell that starts us in the background has us ignore these, and what we start as well."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)


class Build:
    """Where the products of the build are: the command, the library, the core."""

    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        self.command = os.path.join(self.folder, "coalmine")
        self.library = os.path.join(self.folder, ".libs", "libcoalmine.so")

    def must_exist(self):
        for path in (self.command, self.library):
            if not os.path.exists(path):
                sys.exit(f"{path} is not there: build first, or name the build folder with --build")


def arguments(description):
    """The options that every runner has. COALMINE_BUILD stands in for --build."""
    take_signals_back()
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--build", default=os.environ.get("COALMINE_BUILD",
                                                          os.path.join(SOURCE, "build")),
                        help="build folder (default: build beside the sources)")
    parser.add_argument("--jobs", type=int, default=2, help="tests at a time (default 2)")
    parser.add_argument("--keep", action="store_true", help="keep the scratch folder and name it")
    parser.add_argument("names", nargs="*", help="only tests whose name contains one of these")
    return parser


def clean_environment(**more):
    """The environment without what would change a run: options, preloads, language."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("COALMINE", "LD_", "ASAN_", "MALLOC_", "PYTHON", "LC_",
                                           "LANG"))}
    environment.update(LC_ALL="C", **more)
    return environment


class Suite:
    def __init__(self, name, options):
        self.name = name
        self.options = options
        self.scratch = tempfile.mkdtemp(prefix=f"coalmine-{name}-")
        self.tests = []
        self.passed = self.failed = self.skipped = 0
        self.lock = threading.Lock()

    def add(self, name, function):
        wanted = self.options.names
        if not wanted or any(part in name for part in wanted):
            self.tests.append((name, function))

    def _tell(self, word, name, why):
        with self.lock:
            print(f"{word} {self.name}/{name}" + (f": {why}" if why else ""), flush=True)

    def _run_one(self, name, function):
        try:
            function()
        except Skipped as why:
            self._tell("SKIP", name, why)
            return "skipped"
        except Failed as why:
            self._tell("FAIL", name, why)
            return "failed"
        except Exception:  # a broken test is a failed one; the rest still run
            self._tell("FAIL", name, traceback.format_exc())
            return "failed"
        self._tell("PASS", name, "")
        return "passed"

    def run(self):
        """Runs all; returns the exit status."""
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            for result in pool.map(lambda test: self._run_one(*test), self.tests):
                setattr(self, result, getattr(self, result) + 1)
        if self.options.keep:
            print(f"kept {self.scratch}")
        else:
            shutil.rmtree(self.scratch, ignore_errors=True)
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped", flush=True)
        return 1 if self.failed or not self.tests else 0
