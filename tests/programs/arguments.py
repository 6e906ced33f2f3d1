"""Bad input: options that are wrong, files that cannot be written, programs that cannot be run.
One clear line each."""

import os
import stat

import compiling
import suite
import workload
from suite import check

HERE = os.path.dirname(os.path.abspath(__file__))

# What is given, and what the line about it must contain.
BAD_OPTIONS = (
    ("quarantin=1M", ("quarantin", "quarantine")),
    ("hlat=on", ("hlat", "halt")),
    ("no_such_thing_at_all=1", ("no_such_thing_at_all",)),
    ("exitcode=256", ("exitcode", "256", "255")),
    ("exitcode=-1", ("exitcode", "-1")),
    ("exitcode=", ("exitcode",)),
    ("exitcode=seven", ("exitcode", "seven")),
    ("redzone=99999999999999999999999", ("redzone", "99999999999999999999999")),
    ("depth=0", ("depth", "0")),
    ("quarantine=12Q", ("quarantine", "12Q")),
    ("mode=bogus", ("mode", "bogus", "debug", "leaks")),
    ("leaks=maybe", ("leaks", "maybe", "on", "off")),
    ("color=blue", ("color", "blue", "auto")),
    ("halt", ("halt",)),
)


class Arguments:
    def __init__(self, build, scratch):
        self.build = build
        self.scratch = os.path.join(scratch, "arguments")
        os.makedirs(self.scratch)

    def compiled(self, name, *flags):
        program = os.path.join(self.scratch, f"{os.path.splitext(name)[0]}{os.urandom(4).hex()}")
        return compiling.compile_to(program, os.path.join(HERE, "src", name), "-O1", *flags)

    def command(self, *words, **environment):
        return workload.run([self.build.command, *words], self.scratch,
                            suite.clean_environment(**environment))

    def preloaded(self, program, options):
        return workload.run([program], self.scratch,
                            suite.clean_environment(LD_PRELOAD=self.build.library,
                                                    COALMINE_OPTIONS=options))

    def bad_option_of_command(self):
        program = self.compiled("clean.c")
        for given, words in BAD_OPTIONS:
            done = self.command("--" + given, "--", program)
            lines = done.stderr.splitlines()
            check(done.returncode == 2 and done.stdout == "",
                  f"--{given}: status {done.returncode}, {done.stdout!r}")
            check(len(lines) == 1 and all(word in lines[0] for word in words),
                  f"--{given}: {done.stderr!r}")

    def bad_option_of_environment(self):
        """The preloaded library says so in one line, and goes on with the default."""
        program = self.compiled("clean.c")
        for given, words in BAD_OPTIONS:
            done = self.preloaded(program, f"quiet=on:{given}")
            lines = done.stderr.splitlines()
            check(done.returncode == 0 and done.stdout == "done\n",
                  f"{given}: status {done.returncode}")
            check(len(lines) == 1 and all(word in lines[0] for word in words),
                  f"{given}: {done.stderr!r}")

    def precedence(self):
        """The command line wins over the environment, the environment over the program's own
        string."""
        faulty = self.compiled("faulty.c")
        own = self.compiled("faulty.c", '-DOWN_OPTIONS="exitcode=11"', "-rdynamic")
        for words, environment, status in (
                ((faulty,), {}, 23),
                ((own,), {}, 11),
                ((own,), {"COALMINE_OPTIONS": "exitcode=12"}, 12),
                (("--exitcode=13", own), {"COALMINE_OPTIONS": "exitcode=12"}, 13),
                (("--exitcode=13", "--", own), {}, 13),
                (("--quiet=on", own), {"COALMINE_OPTIONS": "exitcode=12"}, 12)):
            done = self.command(*words, **environment)
            check(done.returncode == status,
                  f"{words[:-1]} {environment}: status {done.returncode}, not {status}")

    def separators_and_quotes(self):
        program = self.compiled("faulty.c")
        odd = os.path.join(self.scratch, "a b:c")
        os.makedirs(odd)
        for options in (f"exitcode=7 log='{odd}/one'", f"exitcode=7:log=\"{odd}/one\"",
                        f"  exitcode=7 ::\n\tlog='{odd}/one'  "):
            done = self.preloaded(program, options)
            check(done.returncode == 7 and done.stderr == "",
                  f"{options!r}: {done.returncode} {done.stderr!r}")
            check("ERROR: heap-buffer-overflow" in open(f"{odd}/one", encoding="utf-8").read(),
                  "the log is not there")
            os.remove(f"{odd}/one")
        done = self.command(f"--log={odd}/two", "--exitcode=8", "--", program)
        check(done.returncode == 8 and done.stderr == "" and os.path.exists(f"{odd}/two"),
              f"command: {done.returncode} {done.stderr!r}")

    def path_patterns(self):
        program = self.compiled("faulty.c")
        self.preloaded(program, f"log={self.scratch}/%e.%p.%%.log")
        name = os.path.basename(program)
        found = [one for one in os.listdir(self.scratch) if one.startswith(name + ".")
            and one.endswith(".%.log")]
        check(len(found) == 1 and found[0].split(".")[1].isdigit(),
              f"files: {os.listdir(self.scratch)}")

    def unwritable_log(self):
        """One line says so; the report goes to stderr instead."""
        done = self.preloaded(self.compiled("faulty.c"), "log=/no/such/folder/log")
        check(done.returncode == 23, f"status {done.returncode}")
        about = [line for line in done.stderr.splitlines() if "/no/such/folder/log" in line]
        check(len(about) == 1, f"lines about the log: {about}")
        check("ERROR: heap-buffer-overflow" in done.stderr, f"no report: {done.stderr[-1000:]}")

    def unwritable_json(self):
        done = self.preloaded(self.compiled("clean.c"), "json=/no/such/folder/json")
        about = [line for line in done.stderr.splitlines() if "/no/such/folder/json" in line]
        check(done.returncode == 0 and len(about) == 1,
              f"status {done.returncode}: {done.stderr!r}")

    def full_disk(self):
        """A log that takes no byte does not stop the program."""
        done = self.preloaded(self.compiled("faulty.c"), "log=/dev/full json=/dev/full")
        check(done.returncode == 23 and done.stdout == "done\n",
              f"status {done.returncode}: {done.stderr[-500:]}")

    def cannot_run(self):
        script = os.path.join(self.scratch, "not-executable")
        with open(script, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\nexit 0\n")
        os.chmod(script, stat.S_IRUSR)
        nonsense = os.path.join(self.scratch, "nonsense")
        with open(nonsense, "wb") as file:
            file.write(b"\x7fELF" + bytes(60))
        os.chmod(nonsense, 0o700)
        for program, status in (("/no/such/program", 127), ("no-such-program-in-path", 127),
                                (script, 126),
                                (self.scratch, 126), (nonsense, 126)):
            done = self.command(program)
            lines = done.stderr.splitlines()
            check(done.returncode == status,
                  f"{program}: status {done.returncode}: {done.stderr!r}")
            check(len(lines) == 1 and os.path.basename(program) in lines[0],
                  f"{program}: {done.stderr!r}")

    def command_itself(self):
        for words, status in ((("--help",), 0), (("--version",), 0), (("options",), 0), ((), 2)):
            done = self.command(*words)
            check(done.returncode == status,
                  f"{words}: status {done.returncode}: {done.stderr[-300:]}")
            check(done.stdout or status, f"{words}: nothing on stdout")
        listing = self.command("options").stdout
        for name in ("mode", "redzone", "fill", "quarantine", "leaks", "depth", "halt", "exitcode",
                     "log", "json",
                     "children", "color", "quiet"):
            check(name in listing, f"'coalmine options' does not list {name}")

    def status_and_signals_pass(self):
        for script, status in (("exit 0", 0), ("exit 42", 42), ("kill -TERM $$", -15),
                               ("kill -KILL $$", -9)):
            done = self.command("--quiet=on", "sh", "-c", script)
            check(done.returncode == status, f"{script}: status {done.returncode}")

    def arguments_pass(self):
        words = ["", "a b", "--json=x", "-v", "%p", "'q'", "--"]
        done = self.command("--quiet=on", "--", "printf", "[%s]", *words)
        check(done.stdout == "".join(f"[{word}]" for word in words), f"stdout: {done.stdout}")
        done = self.command("--quiet=on", "sh", "-c", "exit 3", "--halt=on")
        check(done.returncode == 3, f"options behind the program's name: status {done.returncode}")

    def preload_is_kept(self):
        """A preload that was there stays."""
        done = self.command("--quiet=on", "sh", "-c", "echo $LD_PRELOAD", LD_PRELOAD="libdl.so.2")
        check("libdl.so.2" in done.stdout and "libcoalmine.so" in done.stdout,
              f"LD_PRELOAD: {done.stdout}")

    def tests(self):
        names = [name for name in dir(self)
                 if callable(getattr(self, name)) and not name.startswith("_")
                 and name not in ("compiled", "command", "preloaded", "tests")]
        return [(name.replace("_", "-"), getattr(self, name)) for name in sorted(names)]


def tests(build, scratch):
    return Arguments(build, scratch).tests()
