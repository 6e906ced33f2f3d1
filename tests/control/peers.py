"""Who may ask, who may answer, and clients that misbehave."""

import os
import socket
import struct
import subprocess
import threading

from suite import Skipped, check

NOBODY = 65534
WAIT_S = 60


def names_of(pid):
    with open("/proc/net/unix", encoding="utf-8") as table:
        paths = [line.split()[-1] for line in table]
    return [path[1:] for path in paths if path.startswith(f"@coalmine.{pid}.")]


def connect(pid):
    names = names_of(pid)
    check(names, f"process {pid} has no socket")
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(WAIT_S)
    client.connect("\0" + names[0])
    return client


def read_all(client):
    data = b""
    try:
        while piece := client.recv(65536):
            data += piece
    except ConnectionResetError:
        pass
    return data


def ask(pid, question):
    with connect(pid) as client:
        try:
            client.sendall(question)
        except BrokenPipeError:
            pass  # who is refused is answered before that
        return read_all(client)


def as_nobody(function):
    """What the function, called by a child that is nobody, returns as bytes."""
    ours, its = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setresuid(NOBODY, NOBODY, NOBODY)
            os.write(its, function())
        finally:
            os._exit(0)
    os.close(its)
    with os.fdopen(ours, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


def listening_child(user):
    """A process of that user that listens as ours do; it ends when the descriptor is closed."""
    ours, its = socket.socketpair()
    child = os.fork()
    if child == 0:
        try:
            ours.close()
            os.setresuid(user, user, user)
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(f"\0coalmine.{os.getpid()}.1000000000000000")
            listener.listen()
            its.send(b"!")
            its.recv(1)
        finally:
            os._exit(0)
    its.close()
    check(ours.recv(1) == b"!", "the child does not listen")
    return child, ours.detach()


class Peers:
    def __init__(self, subjects):
        self.subjects = subjects
        self.ends, self.complains = subjects.ends, subjects.complains

    def other_users_are_refused(self):
        if os.getuid() != 0:
            raise Skipped("takes the superuser to be somebody else")
        with self.subjects.start() as subject:
            said = as_nobody(lambda: ask(subject.pid, b"coalmine 1 text stats\n"))
            check(said.startswith(b"coalmine 1 no 1 ") and b"refused" in said, f"{said}")
            done = subprocess.run([self.subjects.build.command, "ctl", str(subject.pid), "stats"],
                                  capture_output=True, text=True, check=False, user=NOBODY)
            self.complains(done, 1, "refused")
            self.ends(subject.ctl("stats"), 0)

    def the_command_trusts_no_other_user(self):
        if os.getuid() != 0:
            raise Skipped("takes the superuser to be somebody else")
        child, stop = listening_child(NOBODY - 1)
        try:
            done = subprocess.run([self.subjects.build.command, "ctl", str(child), "stats"],
                                  capture_output=True, text=True, check=False, user=NOBODY)
            self.complains(done, 1, f"belongs to user {NOBODY - 1}")
        finally:
            os.close(stop)
            os.waitpid(child, 0)

    def another_process_does_not_pass_for_it(self):
        with socket.socket(socket.AF_UNIX) as impostor:
            impostor.bind(f"\0coalmine.{os.getppid()}.0000000000000000")
            impostor.listen()
            self.complains(self.subjects.ctl(os.getppid(), "stats"), 1, "--control=on")

    def silence_keeps_nobody_out(self):
        with self.subjects.start() as subject:
            with connect(subject.pid), connect(subject.pid) as second:
                second.sendall(b"coalmine 1 te")
                self.ends(subject.ctl("stats"), 0)

    def going_away_harms_nothing(self):
        with self.subjects.start() as subject:
            subject.tell("lose")
            for question in (b"", b"coal", b"coalmine 1 text leaks\n", b"coalmine 1 json leaks\n"):
                for reset in (False, True):
                    client = connect(subject.pid)
                    client.sendall(question)
                    if reset:
                        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                          struct.pack("ii", 1, 0))
                    client.close()
            self.ends(subject.ctl("leaks"), 23)
            subject.tell("more")

    def nonsense_is_answered_or_dropped(self):
        with self.subjects.start() as subject:
            for question in (b"\n", b"GET / HTTP/1.0\r\n\r\n", b"coalmine 2 text stats\n",
                             b"coalmine 1 xml stats\n", b"coalmine 1 text\n",
                             b"coalmine 1 text  stats\n", b"coalmine 1 text \xff\x00\x01\n",
                             b"coalmine 1 text " + b"x" * 200 + b"\n"):
                said = ask(subject.pid, question)
                check(said == b"" or said.startswith(b"coalmine 1 no "), f"{question}: {said}")
            with connect(subject.pid) as client:
                try:
                    client.sendall(b"x" * 100000)
                except OSError:
                    pass
                check(read_all(client) == b"", "too long a question is answered")
            self.ends(subject.ctl("stats"), 0)

    def two_at_once_are_both_served(self):
        with self.subjects.start() as subject:
            subject.tell("lose")
            done = []
            threads = [threading.Thread(target=lambda: done.append(subject.ctl("leaks")))
                       for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            check(len(done) == 4, f"{len(done)} of 4 answered")
            for one in done:
                self.ends(one, 23, "333 bytes in 1 block")

    def tests(self):
        names = ("other_users_are_refused", "the_command_trusts_no_other_user",
                 "another_process_does_not_pass_for_it", "silence_keeps_nobody_out",
                 "going_away_harms_nothing", "nonsense_is_answered_or_dropped",
                 "two_at_once_are_both_served")
        return [(name.replace("_", "-"), getattr(self, name)) for name in names]


def tests(subjects):
    return Peers(subjects).tests()
