"""Runs a program to its end, or ends it when that does not come."""

import errno
import os
import signal
import subprocess
import time

import suite

TIMEOUT_S = 400
START_TRIES = 50


def start(command, **arguments):
    """Popen, in a session of its own; again where the program is busy: a child that another thread
    has just forked may hold it open for writing until its own exec."""
    for attempt in range(START_TRIES):
        try:
            return subprocess.Popen(command, start_new_session=True, **arguments)
        except OSError as error:
            if error.errno != errno.ETXTBSY or attempt == START_TRIES - 1:
                raise
            time.sleep(0.1)
    raise AssertionError("not reached")


def finish(process, timeout_s=TIMEOUT_S, stdin=None):
    """What a started process says on its two pipes; Failed if it had to be ended. Children of its
    own that hold the pipes are ended with it."""
    try:
        return process.communicate(stdin, timeout=timeout_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        stdout, stderr = process.communicate()
        raise suite.Failed(f"still running after {timeout_s} s: {' '.join(process.args)}\n"
                           f"{(stdout or '')[-300:]}{stderr[-2000:]}") from None


def run_limited(command, timeout_s=TIMEOUT_S, **environment):
    """The finished process, its output as text; Failed if it had to be ended."""
    process = start(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, env=suite.clean_environment(**environment),
                    text=True, errors="replace")
    stdout, stderr = finish(process, timeout_s)
    return subprocess.CompletedProcess(command, process.returncode, stdout, stderr)
