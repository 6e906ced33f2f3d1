"""A program that runs with control=on, and `coalmine ctl` asked about it."""

import os
import queue
import subprocess
import threading

import compiling
import running
import suite
from suite import Failed, check

HERE = os.path.dirname(os.path.abspath(__file__))
WAIT_S = 60


class Subjects:
    """Programs under src/, compiled once, and the command."""

    def __init__(self, build, scratch):
        self.build = build
        self.scratch = os.path.join(scratch, "control")
        os.makedirs(self.scratch)
        self.programs, self.compiling = {}, threading.Lock()

    def compiled(self, name, *flags):
        with self.compiling:
            if (name, flags) not in self.programs:
                program = os.path.join(self.scratch, f"{name[:-2]}-{len(self.programs)}")
                source = os.path.join(HERE, "src", name)
                self.programs[name, flags] = compiling.compile_to(program, source, "-O0",
                                                                  f"-I{suite.SOURCE}/include", *flags)
            return self.programs[name, flags]

    def file(self, name):
        return os.path.join(self.scratch, name)

    def start(self, *words, options="", prefix=()):
        return Subject(self, [*prefix, self.build.command, "--control=on", "--", *words] if words
                       else [*prefix, self.build.command, "--control=on", "--",
                             self.compiled("subject.c")],
                       options)

    def command(self, *words, timeout_s=WAIT_S):
        return running.run_limited([self.build.command, *map(str, words)], timeout_s)

    def ctl(self, *words):
        return self.command("ctl", *words)

    def ends(self, done, status, *texts):
        """The finished command has that status and all the texts in its output."""
        check(done.returncode == status,
              f"{done.args[1:]}: status {done.returncode}, not {status}: "
              f"{done.stdout[-800:]}{done.stderr[-800:]}")
        for text in texts:
            check(text in done.stdout + done.stderr,
                  f"{done.args[1:]}: no {text!r} in {done.stdout[-800:]}{done.stderr[-800:]}")
        return done

    def complains(self, done, status, *texts):
        """As ends(); there is nothing but one line on standard error."""
        self.ends(done, status, *texts)
        lines = done.stderr.splitlines()
        check(len(lines) == 1 and not done.stdout, f"not one line: {done.stdout!r}{done.stderr!r}")


class Subject:
    """One running process; a context, at whose end it is ended."""

    def __init__(self, subjects, command, options):
        self.subjects = subjects
        self.process = running.start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE, text=True, errors="replace",
                                     env=suite.clean_environment(COALMINE_OPTIONS=options),
                                     bufsize=1)
        self.lines, self.errors = queue.Queue(), []
        self.readers = [threading.Thread(target=self._read, daemon=True),
                        threading.Thread(target=self._read_errors, daemon=True)]
        for reader in self.readers:
            reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def _read_errors(self):
        self.errors.extend(self.process.stderr)

    def __enter__(self):
        self.expect("ready")
        return self

    def __exit__(self, *unused):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(WAIT_S)
        self.process.stdin.close()
        for reader in self.readers:
            reader.join(WAIT_S)

    @property
    def pid(self):
        return self.process.pid

    @property
    def stderr(self):
        return "".join(self.errors)

    def line(self):
        try:
            line = self.lines.get(timeout=WAIT_S)
        except queue.Empty:
            raise Failed(f"no answer: {self.stderr[-1000:]}") from None
        if line is None:
            raise Failed(f"the program ended: {self.process.wait(WAIT_S)}, {self.stderr}")
        return line

    def expect(self, line):
        found = self.line()
        check(found == line, f"the program says {found!r}, not {line!r}: {self.stderr[-500:]}")

    def tell(self, *words):
        """Each word is answered by 'done'."""
        for word in words:
            self.process.stdin.write(word + "\n")
            self.expect("done")

    def ask(self, word):
        self.process.stdin.write(word + "\n")
        return self.line()

    def ends(self, status=0):
        found = self.process.wait(WAIT_S)
        check(found == status, f"ends with {found}, not {status}: {self.stderr[-1000:]}")

    def ctl(self, *words):
        return self.subjects.ctl(self.pid, *words)
