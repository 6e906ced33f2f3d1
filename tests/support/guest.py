"""Runs programs on an emulated machine: a processor that has protection keys, and a kernel of Debian's.

The guest's files are those of the host that are named, at the same paths, with the shared libraries
they need. Its first process (tests/keys/init.c) runs the jobs and sends what comes of them."""

import glob
import os
import re
import shutil
import signal
import stat
import subprocess

import suite
from suite import Failed, Skipped

EMULATOR = "qemu-system-x86_64"
MEMORY = "1536M"

def kernel():
    """COALMINE_KERNEL, what ./quickstart check has fetched, or the newest of this machine."""
    named = os.environ.get("COALMINE_KERNEL")
    found = [named] if named else (glob.glob(os.path.join(suite.SOURCE, "build-kernel", "vmlinuz-*"))
                                   or glob.glob("/boot/vmlinuz-*"))
    found = [path for path in found if os.access(path, os.R_OK)]
    if not found:
        raise Skipped("no kernel's image, in build-kernel (see ./quickstart check), in /boot or "
                      "named by COALMINE_KERNEL")
    return max(found, key=lambda path: [int(part) for part in re.findall(r"\d+", path)])


def libraries(path):
    """The shared libraries that a file needs, with the loader."""
    run = subprocess.run(["ldd", path], capture_output=True, text=True, check=False)
    return re.findall(r"(?:=> )?(/\S+) \(0x", run.stdout)


class Result:
    """What a job left: as a finished process, its id, and its files by name."""

    def __init__(self, command, pieces):
        status = int(pieces["status"])
        code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        texts = [pieces[name].decode(errors="replace") for name in ("stdout", "stderr")]
        self.run = subprocess.CompletedProcess(command, code, *texts)
        self.pid, self.took_ms = int(pieces["pid"]), int(pieces["ms"])
        self.files = {name[len("out/"):]: data for name, data in pieces.items()
                      if name.startswith("out/")}


class Guest:
    def __init__(self, init):
        self.files = {}  # path in the guest: (mode, contents)
        self.jobs = {}
        self.proc = {}
        self._add("/init", stat.S_IFREG | 0o755, self._contents(init))
        for folder in ("/dev", "/proc", "/tmp", "/jobs"):
            self._add(folder, stat.S_IFDIR | 0o755, b"")

    @staticmethod
    def _contents(path):
        with open(path, "rb") as file:
            return file.read()

    def _add(self, path, mode, contents):
        parent = os.path.dirname(path)
        if parent not in ("/", "") and parent not in self.files:
            self._add(parent, stat.S_IFDIR | 0o755, b"")
        self.files[path] = (mode, contents)

    def add(self, path):
        """A file of the host, with the libraries it needs; or a folder with all that is in it."""
        if os.path.isdir(path):
            for name in os.listdir(path):
                self.add(os.path.join(path, name))
        elif path not in self.files:
            self._add(path, stat.S_IFREG | 0o755, self._contents(path))
            for library in libraries(path):
                self.add(library)

    def link(self, path, name):
        """`name` leads to a file of the host that was added."""
        if path != name:
            self._add(name, stat.S_IFLNK | 0o777, path.encode())

    def add_job(self, name, command, environment):
        place = f"/jobs/{name}"
        self.jobs[name] = command
        self._add(f"{place}/out", stat.S_IFDIR | 0o755, b"")
        words = [f"{key}={value}" for key, value in environment.items()]
        for file, lines in (("argv", command), ("environment", words)):
            self._add(f"{place}/{file}", stat.S_IFREG | 0o644, "\n".join(lines).encode())

    def _write_archive(self, path):
        """As cpio's format "newc" has it (Linux, Documentation/driver-api/early-userspace)."""
        with open(path, "wb") as out:
            entries = [(name[1:], *self.files[name]) for name in sorted(self.files)]
            for number, (name, mode, data) in enumerate([*entries, ("TRAILER!!!", 0, b"")], 1):
                fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
                head = b"070701" + b"".join(b"%08x" % field for field in fields)
                head += name.encode() + b"\0"
                out.write(head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4))

    def run(self, scratch, most_s):
        """Boots, runs all jobs within so many seconds, and returns their results by name."""
        archive, sent, console = (os.path.join(scratch, name)
                                  for name in ("initrd", "sent", "console"))
        if not shutil.which(EMULATOR):
            raise Skipped(f"{EMULATOR} is not installed")
        image = kernel()
        self._write_archive(archive)
        command = [EMULATOR, "-cpu", "max", "-accel", "tcg,thread=multi", "-smp", "2", "-m", MEMORY,
                   "-display", "none", "-nodefaults", "-no-reboot", "-serial", f"file:{console}",
                   "-serial", f"file:{sent}", "-kernel", image, "-initrd", archive, "-append",
                   "console=ttyS0 panic=-1 quiet random.trust_cpu=on mitigations=off"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, env=suite.clean_environment(),
                                   text=True, start_new_session=True)
        try:
            output, _ = process.communicate(timeout=most_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            output += f"\nstill running after {most_s} s"
        return self._results(sent, output, console)

    def _results(self, sent, output, console):
        pieces, data = {}, self._contents(sent) if os.path.exists(sent) else b""
        while data:
            head, _, rest = data.partition(b"\n")
            name, length = head.decode().rsplit(" ", 1)
            owner, what = name.split("/", 1)
            pieces.setdefault(owner, {})[what] = rest[:int(length)]
            data = rest[int(length):]
        self.proc = pieces.pop("proc", {})
        missing = [name for name in self.jobs if "status" not in pieces.get(name, {})]
        if missing:
            log = self._contents(console).decode(errors="replace") if os.path.exists(console) else ""
            raise Failed(f"nothing came of {missing}: {output}{log[-3000:]}")
        return {name: Result(self.jobs[name], pieces[name]) for name in self.jobs}
