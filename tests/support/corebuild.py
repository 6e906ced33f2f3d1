"""Builds the core library in other flavours than make does: with sanitizers, with invariants
proven at run time.

A flavour is built once and kept in the build folder until a source changes."""

import concurrent.futures
import fcntl
import glob
import os
import subprocess

from suite import SOURCE, Failed

LAYERS = ("base", "os", "options", "stack", "block", "heap", "alloc", "inspect", "report")
COMMON = ["-std=gnu11", "-g", "-O1", "-D_GNU_SOURCE", "-DCOALMINE_CHECKED",
          '-DCOALMINE_BINDIR="/usr/bin"', "-fexceptions",
          "-fasynchronous-unwind-tables", "-fno-omit-frame-pointer", "-pthread", "-Wall", "-Wextra"]
FLAVOURS = {
    "plain": [],
    "asan": ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
    "tsan": ["-fsanitize=thread"],
}


def compiler():
    return os.environ.get("CC", "gcc").split()


def _include_flags():
    return [f"-I{SOURCE}/src", f"-I{SOURCE}/tests/stress"]


def _run(command):
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise Failed(f"{' '.join(command)}\n{run.stderr[:3000]}")


def _compile(flavour, source, target):
    _run([*compiler(), *COMMON, *FLAVOURS[flavour], *_include_flags(), "-c", source, "-o", target])
    return target


def _sources():
    return sorted(path for layer in LAYERS for path in glob.glob(f"{SOURCE}/src/{layer}/*.c"))


def _is_current(archive, stamp):
    if not os.path.exists(archive) or not os.path.exists(stamp):
        return False
    made = os.path.getmtime(archive)
    headers = glob.glob(f"{SOURCE}/src/*/*.h") + glob.glob(f"{SOURCE}/src/*/*.def")
    with open(stamp, encoding="utf-8") as file:
        same = file.read() == " ".join(compiler() + _sources())
    return same and all(os.path.getmtime(path) < made for path in _sources() + headers)


def archive(build, flavour):
    """The core as an archive; several suites may ask at the same time."""
    folder = os.path.join(build.folder, "tests", "flavours", flavour)
    os.makedirs(folder, exist_ok=True)
    path, stamp = os.path.join(folder, "core.a"), os.path.join(folder, "made-of")
    with open(os.path.join(folder, "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_current(path, stamp):
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                objects = list(pool.map(lambda source: _compile(
                    flavour, source, os.path.join(folder,
                                                  source[len(SOURCE) + 5:].replace("/", "-")[:-2]
                                                      + ".o")),
                    _sources()))
            if os.path.exists(path):
                os.remove(path)
            _run(["ar", "crs", path, *objects])
            with open(stamp, "w", encoding="utf-8") as file:
                file.write(" ".join(compiler() + _sources()))
    return path


def program(build, flavour, target, *sources):
    """Links a test program with that flavour of the core."""
    core = archive(build, flavour)
    _run([*compiler(), *COMMON, *FLAVOURS[flavour], *_include_flags(),
          *(os.path.join(SOURCE, "tests", source) for source in sources), core, "-o", target,
          "-ldl"])
    return target
