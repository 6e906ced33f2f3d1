"""Runs a program to its end, or ends it when that does not come."""

import errno
import subprocess
import time

import suite

TIMEOUT_S = 400
START_TRIES = 50


def start(command, **arguments):
    """Popen; again where the program is busy: a child that another thread has just forked may hold
    it open for writing until its own exec."""
    for attempt in range(START_TRIES):
        try:
            return subprocess.Popen(command, **arguments)
        except OSError as error:
            if error.errno != errno.ETXTBSY or attempt == START_TRIES - 1:
                raise
            time.sleep(0.1)
    raise AssertionError("not reached")


def run_limited(command, timeout_s=TIMEOUT_S, **environment):
    """The finished process, its output as text; Failed if it had to be ended."""
    process = start(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, env=suite.clean_environment(**environment),
                    text=True, errors="replace")
    try:
        stdout, stderr = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        stdout, stderr = process.communicate()
        raise suite.Failed(f"still running after {timeout_s} s: "
                           f"{' '.join(command)}\n{stdout[-300:]}{stderr[-1500:]}") \
            from None
    return subprocess.CompletedProcess(command, process.returncode, stdout, stderr)
