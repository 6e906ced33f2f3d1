"""redis-server under load, and stopped by SIGTERM as a service manager does."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time

import suite
import workload
from suite import Failed, Skipped, check

TESTS = "ping_inline,set,get,incr,lpush,rpush,lpop,rpop,sadd,hset,spop,zadd,zpopmin,lrange_100,mset"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, words):
    """One inline command; the answer's first line."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(words.encode() + b"\r\n")
        return connection.makefile("rb").readline().decode().strip()


def wait_until_ready(server, port):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        check(server.poll() is None, f"redis-server ended: {server.returncode}")
        try:
            if ask(port, "PING") == "+PONG":
                return
        except OSError:
            time.sleep(0.05)
    raise Failed("redis-server does not answer")


def load(port):
    run = workload.run(["redis-benchmark", "-h", "127.0.0.1", "-p", str(port), "-n", "1500", "-c",
                        "20", "-P", "4",
                        "-r", "500", "-d", "100", "-q", "-t", TESTS], "/",
                       suite.clean_environment())
    check(run.returncode == 0, f"redis-benchmark fails: {run.stdout[-500:]}{run.stderr[-500:]}")
    check(ask(port,
              "EVAL \"local s = 0; for i = 1, 10000 do s = s + i end; return s\" 0") == ":50005000",
          "a script gives a wrong sum")
    check(ask(port, "FLUSHALL") == "+OK", "FLUSHALL fails")


def start_redis(command, folder, environment, stderr, more=()):
    """The process and its port, which it will answer on soon."""
    for program in ("redis-server", "redis-benchmark"):
        if not shutil.which(program):
            raise Skipped(f"{program} is not installed")
    os.makedirs(folder)
    port = free_port()
    server = subprocess.Popen([*command, "redis-server", "--port", str(port), "--bind", "127.0.0.1",
                               "--save", "", "--appendonly", "no", "--dir", folder, "--daemonize",
                               "no", "--logfile", os.path.join(folder, "log"), *more],
                              env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr,
                              text=True)
    return server, port


@contextlib.contextmanager
def controlled_redis(build, folder, *options, more=()):
    """The process and its port, answering, and coalmine ctl too; ended at the end."""
    server, port = start_redis([build.command, "--control=on", *options], folder,
                               suite.clean_environment(), subprocess.DEVNULL, more)
    try:
        wait_until_ready(server, port)
        yield server, port
    finally:
        server.kill()
        server.wait()


def redis(build, scratch):
    reports = os.path.join(scratch, "redis-reports")
    server, port = start_redis([], os.path.join(scratch, "redis"),
                               workload.preloaded_environment(build, reports), subprocess.PIPE)
    try:
        wait_until_ready(server, port)
        load(port)
        server.send_signal(signal.SIGTERM)
        _, stderr = server.communicate(timeout=60)
    finally:
        if server.poll() is None:
            server.kill()
            server.communicate()
    check(server.returncode == 0, f"redis-server ends with {server.returncode}: {stderr[-1000:]}")
    found = workload.read_reports(reports)
    check(found, "redis-server wrote no report")
    workload.no_errors(found)
    lost = workload.leaks_in(found)
    check(not lost.blocks, f"leaks: {lost.blocks} blocks, {lost.bytes} bytes: "
          + "; ".join(str(group)[:800] for report in found for group in report["leaks"][:3]))


def tests(build, scratch):
    return [("redis", lambda: redis(build, scratch))]
