"""The ends of processes: by signals at any moment, by exec, one after the other under a shell; what
is said of them, and in which files."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import compiling
import servers
import suite
import workload
from suite import Skipped, check

HERE = os.path.dirname(os.path.abspath(__file__))
FAULTS = os.path.join(os.path.dirname(HERE), "faults")
DEADLY = (signal.SIGTERM, signal.SIGINT, signal.SIGSEGV, signal.SIGABRT, signal.SIGUSR1,
          signal.SIGQUIT, signal.SIGALRM, signal.SIGBUS)
STORMS = 40  # deaths at random moments
PATIENCE_S = 120


class Exits:
    def __init__(self, build, scratch):
        self.build = build
        self.scratch = os.path.join(scratch, "exits")
        os.makedirs(self.scratch)

    def folder(self, name):
        path = os.path.join(self.scratch, name)
        os.makedirs(path)
        return path

    def compiled(self, folder, source):
        return compiling.compile_to(os.path.join(folder, "program"), source, "-O1")

    def coalmine(self, folder, *arguments, **more):
        return workload.run([self.build.command, *arguments], folder, suite.clean_environment(),
                            **more)

    def signals_at_random_moments(self):
        """Whatever its threads are doing, the process dies by the signal and has its summary."""
        folder = self.folder("storm")
        program = self.compiled(folder, os.path.join(HERE, "src", "storm.cc"))
        for i in range(STORMS):
            number = random.choice(DEADLY)
            process = subprocess.Popen([self.build.command, "--leaks=off", program],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                       env=suite.clean_environment())
            try:
                process.stdout.readline()
                time.sleep(random.random() / 10)
                process.send_signal(number)
                if i % 3 == 0:
                    process.send_signal(number)
                _, stderr = process.communicate(timeout=PATIENCE_S)
            finally:
                process.kill()
            check(process.returncode == -number,
                  f"run {i}: {number!r}, died by {process.returncode}: {stderr[-1500:]}")
            check(f"; ended by {number.name}" in stderr and "ERROR" not in stderr,
                  f"run {i}: {stderr[-1500:]}")

    def unread_report(self):
        """Standard error is a full pipe that nobody reads: the process dies all the same, at once by
        a second signal, else when the report has had its minute."""
        program = self.compiled(self.folder("unread"), os.path.join(HERE, "src", "storm.cc"))
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        try:
            while True:
                os.write(writing, b" " * 4096)
        except BlockingIOError:
            os.set_blocking(writing, True)
        numbers = (signal.SIGTERM, signal.SIGSEGV, signal.SIGTERM)
        processes = []
        try:
            for number in numbers:
                processes.append(subprocess.Popen(
                    [self.build.command, "--leaks=off", program], stdout=subprocess.PIPE,
                    stderr=writing, env=suite.clean_environment()))
                processes[-1].stdout.readline()
                processes[-1].send_signal(number)
            time.sleep(1.5)
            processes[2].send_signal(numbers[2])
            for process, number in zip(reversed(processes), reversed(numbers)):
                process.wait(timeout=PATIENCE_S)
                check(process.returncode == -number, f"{number!r}: {process.returncode}")
        finally:
            for process in processes:
                process.kill()
                process.communicate()
            os.close(reading)
            os.close(writing)

    def timeout_sends_twice(self):
        done = workload.run(["timeout", "0.5", self.build.command, "sleep", "100"], self.scratch,
                            suite.clean_environment())
        check(done.returncode == 124, f"status {done.returncode}")
        check("no errors, no leaks" in done.stderr and "; ended by SIGTERM" in done.stderr,
              f"stderr: {done.stderr}")

    def shell_says_one_line(self):
        """Children, pipes and programs of a clean script are the script's business."""
        script = ("echo a | cat; (true); x=$(echo hi); for i in {1..50}; do /bin/true; done; "
                  "env -i /bin/true; exec echo $x")
        done = self.coalmine(self.folder("shell"), "bash", "-c", script)
        check(done.returncode == 0 and done.stdout == "a\nhi\n", f"stdout: {done.stdout}")
        lines = done.stderr.splitlines()
        check(len(lines) == 1 and "no errors, no leaks" in lines[0], f"stderr: {done.stderr}")

    def dead_child_of_a_shell(self):
        """What a program that the script started did is told."""
        folder = self.folder("dead-child")
        program = self.compiled(folder, os.path.join(FAULTS, "dies_abort.c"))
        done = self.coalmine(folder, "sh", "-c", f"{program}; echo $?")
        check(done.stdout == "134\n", f"stdout: {done.stdout}")
        check("the program dies by SIGABRT" in done.stderr, f"stderr: {done.stderr}")

    def files_of_images_and_children(self):
        """One log name for all: the second program of a process adds .2, another process .PID."""
        folder = self.folder("files")
        script = "import os, subprocess; subprocess.run(['true']); os.execvp('env', ['env', '-i', "
        script += "'PATH=' + os.environ['PATH'], 'python3', '-c', 'import os; os.system(\"true\")'])"
        done = self.coalmine(folder, f"--json={folder}/r.json", "python3", "-c", script)
        check(done.returncode == 0, f"status {done.returncode}: {done.stderr[-1000:]}")
        names = {}
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                names[name] = json.load(file)
        first = names.get("r.json", {}).get("pid")
        check(first and names.get("r.json.2", {}).get("pid") == first, f"files: {sorted(names)}")
        for name, report in names.items():
            if report["pid"] != first:
                check(name.startswith(f"r.json.{report['pid']}"), f"{name}: {report['argv']}")
        argvs = [report["argv"] for name, report in sorted(names.items())
                 if report["pid"] == first]
        check(any(argv[:2] == ["env", "-i"] for argv in argvs), f"programs: {argvs}")
        check(len(argvs) >= 3, f"programs of the first process: {argvs}")

    def killed_at_random_moments(self):
        """After SIGKILL the JSON report is whole, and misses one finding at most."""
        folder = self.folder("killed")
        program = self.compiled(folder, os.path.join(HERE, "src", "many_errors.c"))
        for i in range(15):
            log, report = os.path.join(folder, f"{i}.log"), os.path.join(folder, f"{i}.json")
            process = subprocess.Popen(
                [self.build.command, "--symbols=off", f"--log={log}", f"--json={report}", program],
                stdout=subprocess.PIPE, env=suite.clean_environment())
            process.stdout.readline()
            time.sleep(random.random() / 5)
            process.kill()
            process.communicate()
            told = 0
            if os.path.exists(log):
                with open(log, encoding="utf-8") as file:
                    told = file.read().count("ERROR: ")
            if told > 1:
                with open(report, encoding="utf-8") as file:
                    kept = len(json.load(file)["errors"])
                check(told - kept in (0, 1), f"the text tells {told} errors, the JSON {kept}")

    def multiprocessing(self):
        """Python's ways to start processes, one of which the program ends by a signal."""
        script = """
import multiprocessing, os, signal, subprocess, time
def double(n):
    return 2 * n
if __name__ == '__main__':
    for method in ('fork', 'spawn', 'forkserver'):
        context = multiprocessing.get_context(method)
        with context.Pool(2) as pool:
            print(sum(pool.map(double, range(100))))
    child = subprocess.Popen(['sleep', '100'])
    child.terminate()
    print(child.wait())
    print(subprocess.run('exit 5', shell=True, env={}).returncode)
"""
        folder = self.folder("multiprocessing")
        path = os.path.join(folder, "script.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(script)
        plain = workload.run([sys.executable, path], folder,
                             suite.clean_environment(PYTHONMALLOC="malloc"))
        check(plain.returncode == 0, f"fails by itself: {plain.stderr[-1000:]}")
        reports = os.path.join(folder, "reports")
        done = workload.run([sys.executable, path], folder,
                            workload.preloaded_environment(self.build, reports, "leaks=off",
                                                           PYTHONMALLOC="malloc"))
        check(done.returncode == 0 and done.stdout == plain.stdout,
              f"status {done.returncode}: {done.stdout}{done.stderr[-1500:]}")
        workload.no_errors(workload.read_reports(reports))

    def redis_by_signal(self):
        """One that it handles, and one that kills it."""
        if not shutil.which("redis-server"):
            raise Skipped("redis-server is not installed")
        for number, status in ((signal.SIGINT, 0), (signal.SIGUSR1, -signal.SIGUSR1)):
            folder, port = self.folder(f"redis{int(number)}"), servers.free_port()
            reports = os.path.join(folder, "reports")
            server = subprocess.Popen(
                ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir",
                 folder, "--logfile", os.path.join(folder, "log")],
                env=workload.preloaded_environment(self.build, reports), stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            try:
                servers.wait_until_ready(server, port)
                server.send_signal(number)
                _, stderr = server.communicate(timeout=PATIENCE_S)
            finally:
                server.kill()
            check(server.returncode == status, f"{number!r}: {server.returncode}: {stderr[-800:]}")
            found = workload.read_reports(reports)
            check(len(found) == 1, f"{len(found)} reports")
            workload.no_errors(found)
            check(not found[0]["leaks"], f"leaks: {str(found[0]['leaks'])[:800]}")

    def own_fault_handlers(self):
        """Runtimes that live by SIGSEGV and alternate stacks run as ever."""
        if not shutil.which("node"):
            raise Skipped("node is not installed")
        script = ("function f(n) { return f(n + 1) + 1 } try { f(0) } catch (e) "
                  "{ console.log(e instanceof RangeError) } "
                  "process.on('SIGTERM', () => { console.log('term'); process.exit(4) }); "
                  "setInterval(() => {}, 1000); process.kill(process.pid, 'SIGTERM')")
        plain = workload.run(["node", "-e", script], self.scratch, suite.clean_environment())
        done = self.coalmine(self.scratch, "--leaks=off", "node", "-e", script)
        check(plain.returncode == 4, f"plain status {plain.returncode}")
        check(done.returncode == 4 and done.stdout == plain.stdout and "dies" not in done.stderr,
              f"status {done.returncode}: {done.stdout}{done.stderr[-1500:]}")

    def failed_scan(self, how, words):
        folder = self.folder(f"scan-{how}")
        program = self.compiled(folder, os.path.join(HERE, "src", "scan_fails.c"))
        done = self.coalmine(folder, f"--json={folder}/r.json", program, how)
        if done.returncode == 77:
            raise Skipped("no filter of system calls can be installed")
        check(done.returncode == 5 and done.stdout == "done\n",
              f"status {done.returncode}: {done.stdout}{done.stderr[-1000:]}")
        line = "leaks were not looked for: the process that did " + words
        check(line in done.stderr and "ERROR" not in done.stderr, f"stderr: {done.stderr}")
        with open(os.path.join(folder, "r.json"), encoding="utf-8") as file:
            report = json.load(file)
        check(report["incomplete"] == [line] and not report["leaks"] and not report["errors"],
              f"incomplete: {report['incomplete']}, leaks: {report['leaks']}")

    def scan_that_crashes(self):
        """The process that looks for leaks dies; the program does not, and the report says so."""
        self.failed_scan("crash", "died of signal 31")

    def scan_that_hangs(self):
        """It is given up after a minute."""
        self.failed_scan("hang", "took too long")

    def tests(self):
        names = ("signals_at_random_moments", "unread_report", "timeout_sends_twice",
                 "shell_says_one_line", "dead_child_of_a_shell", "files_of_images_and_children",
                 "killed_at_random_moments", "multiprocessing", "redis_by_signal",
                 "own_fault_handlers", "scan_that_crashes", "scan_that_hangs")
        return [(name.replace("_", "-"), getattr(self, name)) for name in names]


def tests(build, scratch):
    return Exits(build, scratch).tests()
