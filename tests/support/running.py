"""Runs a program to its end, or ends it when that does not come."""

import subprocess

import suite

TIMEOUT_S = 400


def run_limited(command, timeout_s=TIMEOUT_S, **environment):
    """The finished process, its output as text; Failed if it had to be ended."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE,
                               env=suite.clean_environment(**environment), text=True,
                               errors="replace")
    try:
        stdout, stderr = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        stdout, stderr = process.communicate()
        raise suite.Failed(f"still running after {timeout_s} s: "
                           f"{' '.join(command)}\n{stdout[-300:]}{stderr[-1500:]}") \
            from None
    return subprocess.CompletedProcess(command, process.returncode, stdout, stderr)
