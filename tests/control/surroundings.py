"""Forks, programs started, descriptors closed, users changed, main threads that end, name spaces,
privileged programs."""

import os
import shutil
import subprocess

import suite
from peers import names_of
from suite import Skipped, check


class Surroundings:
    def __init__(self, subjects):
        self.subjects = subjects
        self.ends, self.complains = subjects.ends, subjects.complains

    def children_answer_for_themselves(self):
        with self.subjects.start() as subject:
            subject.tell("lose")
            children = [int(subject.ask("fork").split()[1]) for _ in range(3)]
            try:
                for child in children:
                    done = self.ends(self.subjects.ctl(child, "stats"), 0)
                    check(f"=={child}==" in done.stdout, f"another process: {done.stdout}")
                self.ends(subject.ctl("leaks"), 23, f"=={subject.pid}==")
            finally:
                for child in children:
                    os.kill(child, 9)

    def another_program_in_the_same_process(self):
        with self.subjects.start() as subject:
            subject.tell("lose")
            check(subject.ask("exec") == "ready", "the program did not start again")
            self.ends(subject.ctl("leaks"), 0, "no leaks")

    def closed_descriptors(self):
        with self.subjects.start() as subject:
            subject.tell("close")
            check(subject.ask("open") == "opened 3", "a number is taken")
            self.ends(subject.ctl("stats"), 0)
            check(subject.ask("open") == "opened 3", "a number is taken")

    def no_descriptor_is_the_programs(self):
        with self.subjects.start() as subject:
            self.ends(subject.ctl("stats"), 0)
            folder = f"/proc/{subject.pid}/fd"
            kinds = [os.readlink(os.path.join(folder, fd)) for fd in os.listdir(folder)]
            check(not any(kind.startswith("socket:") for kind in kinds), f"{kinds}")

    def user_changed_by_the_program(self):
        if os.getuid() != 0:
            raise Skipped("takes the superuser to become somebody else")
        with self.subjects.start() as subject:
            check(subject.ask("nobody") == "setuid 0", "setuid fails")
            for task in os.listdir(f"/proc/{subject.pid}/task"):
                with open(f"/proc/{subject.pid}/task/{task}/status", encoding="utf-8") as status:
                    users = [line.split()[1:] for line in status if line.startswith("Uid:")]
                check(users == [["65534"] * 4], f"thread {task} is still {users}")
            self.ends(subject.ctl("stats"), 0)

    def main_thread_ends(self):
        """The process ends with the program's last thread, its output written, status 0."""
        with self.subjects.start(self.subjects.compiled("subject.c"), "alone") as subject:
            subject.process.stdin.write("end\n")
            subject.expect("worked")
            subject.ends(0)

    def threads_are_told_apart(self):
        """Our thread is none that could not be stopped."""
        with self.subjects.start() as subject:
            subject.tell("lose")
            done = self.ends(subject.ctl("leaks"), 23)
            check("incomplete" not in done.stdout, f"{done.stdout}")
            subject.process.stdin.close()
            subject.ends(23)
        check("incomplete" not in subject.stderr, f"{subject.stderr}")

    def nothing_is_left_behind(self):
        with self.subjects.start() as subject:
            check(len(names_of(subject.pid)) == 1, f"{names_of(subject.pid)}")
        check(not names_of(subject.pid), f"{names_of(subject.pid)}")

    def other_network(self):
        prefix = ["unshare", "--net"] if os.getuid() == 0 else ["unshare", "--user",
                                                               "--map-root-user", "--net"]
        if not shutil.which("unshare") or subprocess.run([*prefix, "true"], check=False,
                                                         stderr=subprocess.DEVNULL).returncode:
            raise Skipped("no name space to be had")
        with self.subjects.start(prefix=prefix) as subject:
            check(not names_of(subject.pid), "the socket is in this name space")
            subject.tell("lose")
            self.ends(subject.ctl("leaks"), 23, "333 bytes")

    def privileged_program(self):
        folder = os.path.join(self.subjects.scratch, "privileged")
        home = os.path.join(folder, "lib")
        shutil.copytree(os.path.dirname(self.subjects.build.library), home, symlinks=True)
        program = self.subjects.compiled("privileged.c", f"-L{home}", "-Wl,--no-as-needed",
                                         "-lcoalmine", f"-Wl,-rpath,{home}", "-rdynamic")
        run = subprocess.run([program], capture_output=True, text=True, check=False,
                             env=suite.clean_environment())
        check(run.stdout == "plain 2\n", f"no thread to begin with: {run.stdout}{run.stderr}")
        if os.getuid() != 0:
            raise Skipped("takes the superuser to make a privileged program")
        os.chown(program, 65534, 65534)
        os.chmod(program, 0o6755)
        for path in (self.subjects.scratch, os.path.dirname(self.subjects.scratch)):
            os.chmod(path, 0o755)
        run = subprocess.run([program], capture_output=True, text=True, check=False,
                             env=suite.clean_environment())
        if run.stdout.startswith("plain"):
            raise Skipped("the kernel does not honour set-uid here")
        check(run.stdout == "secure 1\n", f"{run.stdout}{run.stderr}")

    def tests(self):
        names = ("children_answer_for_themselves", "another_program_in_the_same_process",
                 "closed_descriptors", "no_descriptor_is_the_programs",
                 "user_changed_by_the_program", "main_thread_ends", "threads_are_told_apart",
                 "nothing_is_left_behind", "other_network", "privileged_program")
        return [(name.replace("_", "-"), getattr(self, name)) for name in names]


def tests(subjects):
    return Surroundings(subjects).tests()
