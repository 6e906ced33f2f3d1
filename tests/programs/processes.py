"""What goes on around a heap: threads, forks, other programs started, limits, missing files,
modules that come and go. The programs are in src/."""

import os
import resource
import shutil
import threading

import compiling
import suite
import workload
from suite import Failed, Skipped, check

HERE = os.path.dirname(os.path.abspath(__file__))
MIB = 1 << 20


class Processes:
    def __init__(self, build, scratch):
        self.build = build
        self.scratch = os.path.join(scratch, "processes")
        os.makedirs(self.scratch)
        self.programs, self.compiling = {}, threading.Lock()

    def compiled(self, name, *flags):
        """Each program once, whoever asks; tests run side by side."""
        with self.compiling:
            if (name, flags) not in self.programs:
                program = os.path.join(self.scratch, f"{os.path.splitext(name)[0]}-"
                                                     f"{len(self.programs)}")
                source = os.path.join(HERE, "src", name)
                self.programs[name, flags] = compiling.compile_to(program, source, "-O1", *flags)
            return self.programs[name, flags]

    def folder(self, name):
        path = os.path.join(self.scratch, name)
        os.makedirs(path)
        return path

    def clean(self, name, command, *, limit=None, options="", stdout=None):
        """Runs preloaded: status 0, no findings, no leaks; returns its output."""
        reports = self.folder(name)
        done = workload.run(command, self.scratch,
                            workload.preloaded_environment(self.build, reports, options),
                            limit=limit)
        check(done.returncode == 0,
              f"status {done.returncode}: {done.stdout[-500:]}{done.stderr[-2000:]}")
        if stdout is not None:
            check(done.stdout == stdout, f"stdout is {done.stdout!r}")
        found = workload.read_reports(reports)
        check(found, "no report was written")
        workload.no_errors(found)
        lost = [f"{report['program']}: {group}" for report in found for group in report["leaks"]]
        check(not lost, f"leaks: {lost[:3]}")
        return done

    def threads(self):
        plain = workload.run([self.compiled("threads.cc")], self.scratch, suite.clean_environment())
        self.clean("threads", [self.compiled("threads.cc")], stdout=plain.stdout)

    def modern_language(self):
        plain = workload.run([self.compiled("modern.cc")], self.scratch, suite.clean_environment())
        self.clean("modern", [self.compiled("modern.cc")], stdout=plain.stdout)

    def threads_leave_nothing(self):
        """Peak memory does not grow with the number of threads that were."""
        program = self.compiled("threads.cc")
        peaks = []
        for library in ("", self.build.library):
            run = workload.run(["bash", "-c",
                                f"LD_PRELOAD={library} {program} > /dev/null 2>&1 & pid=$!; "
                                "peak=0; while read -r _ now _ < <(grep VmRSS /proc/$pid/status "
                                "2>/dev/null); do "
                                "(( now > peak )) && peak=$now; sleep 0.05; done; wait $pid; echo "
                                "$peak"],
                               self.scratch,
                               suite.clean_environment(COALMINE_OPTIONS="leaks=off quiet=on"))
            peaks.append(int(run.stdout))
        check(peaks[1] < peaks[0] * 4 + 40 * 1024, f"peak is {peaks[1]} KiB, plain {peaks[0]} KiB")

    def fork_with_threads(self):
        self.clean("fork", [self.compiled("fork_threads.c")], stdout="0 children failed\n")

    def starting_programs(self):
        line = "vfork 7, failed vfork 9, posix_spawn 7, popen 3, system 5\n"
        self.clean("spawn", [self.compiled("spawn.c")], stdout=line * 5)

    def little_address_space(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (512 * MIB, 512 * MIB))
        self.clean("address-space", [self.compiled("exhaust.c")], limit=limit,
                   stdout="exhausted and recovered\n")
        self.clean("address-space-sql", ["sqlite3", ":memory:",
                                        "select sum(value) from generate_series(1,1000)"],
                   limit=limit)

    def little_data(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_DATA, (256 * MIB, 256 * MIB))
        self.clean("data", [self.compiled("exhaust.c")], limit=limit,
                   stdout="exhausted and recovered\n")

    def tiny_limits(self):
        """With next to nothing a program either runs or fails as it would by itself; it does not
        crash."""
        program = self.compiled("clean.c")
        for mebibytes in (12, 16, 24, 32, 48, 64, 128):
            def limit(most=mebibytes * MIB):
                resource.setrlimit(resource.RLIMIT_AS, (most, most))
            done = workload.run([program], self.scratch, suite.clean_environment(
                LD_PRELOAD=self.build.library, COALMINE_OPTIONS="quiet=on"), limit=limit)
            plain = workload.run([program], self.scratch, suite.clean_environment(), limit=limit)
            check(done.returncode == plain.returncode or "cannot" in done.stderr
                  or done.returncode == 127,
                  f"{mebibytes} MiB: status {done.returncode}, plain {plain.returncode}: "
                  f"{done.stderr[-500:]}")

    def unwinder_stays(self):
        plain = workload.run([self.compiled("unwinder.cc")], self.scratch,
                             suite.clean_environment())
        check("libgcc_s.so.1, libgcc_s.so.1" in plain.stdout, f"plain: {plain.stdout}")
        self.clean("unwinder", [self.compiled("unwinder.cc")], stdout=plain.stdout)

    def plugin(self):
        return compiling.compile_to(os.path.join(self.scratch, f"plugin{os.urandom(4).hex()}.so"),
                                    os.path.join(HERE, "src", "plugin.c"), "-O1", "-shared",
                                    "-fPIC")

    def loading_and_unloading(self):
        for i in range(3):
            self.clean(f"load{i}", [self.compiled("load.c"), self.plugin()],
                       stdout="loaded and unloaded\n")

    def names_of_unloaded_modules(self):
        """A block that an unloaded plugin made is lost: its frames still have their names."""
        reports = self.folder("unloaded")
        plugin = self.plugin()
        workload.run([self.compiled("load.c"), plugin, "lose"], self.scratch,
                     workload.preloaded_environment(self.build, reports))
        groups = [group for report in workload.read_reports(reports) for group in report["leaks"]]
        check(len(groups) == 1 and groups[0]["bytes"] == 77, f"leaks: {groups}")
        first = groups[0]["stack"][0]
        check(first.get("function") == "plugin_make" and first.get("module") == plugin,
              f"first frame: {first}")

    def static_program(self):
        program = self.compiled("faulty.c", "-static")
        done = workload.run([self.build.command, program], self.scratch, suite.clean_environment())
        check(done.returncode == 0 and done.stdout == "done\n",
              f"status {done.returncode}: {done.stdout}")
        lines = done.stderr.splitlines()
        check(len(lines) == 1 and "static" in lines[0], f"not one line about it: {done.stderr}")

    def linked(self):
        """The library linked into the program, and its archive, and a wholly static program."""
        libraries = os.path.dirname(self.build.library)
        archive = os.path.join(libraries, "libcoalmine.a")
        for flags in ((f"-L{libraries}", "-Wl,--no-as-needed", "-lcoalmine",
                       f"-Wl,-rpath,{libraries}"),
                      ("-Wl,--whole-archive", archive, "-Wl,--no-whole-archive", "-rdynamic"),
                      ("-static", "-Wl,--whole-archive", archive, "-Wl,--no-whole-archive")):
            done = workload.run([self.compiled("faulty.c", *flags)], self.scratch,
                                suite.clean_environment())
            check(done.returncode == 23 and done.stdout == "done\n",
                  f"{flags[0]}: status {done.returncode}: {done.stderr[-1000:]}")
            check("ERROR: heap-buffer-overflow" in done.stderr,
                  f"{flags[0]}: {done.stderr[-1000:]}")

    def closed_descriptors(self):
        def close_all():
            for descriptor in (0, 1, 2):
                os.close(descriptor)
        program = self.compiled("closed.c")
        for count in (0, 1, 2, 3):
            folder = self.folder(f"closed{count}")
            files = [os.path.join(folder, f"own{i}") for i in range(count)]
            process = workload.subprocess.Popen(
                [program, *files], preexec_fn=close_all, env=suite.clean_environment(
                    LD_PRELOAD=self.build.library, COALMINE_OPTIONS=f"log={folder}/log"))
            status = process.wait(timeout=60)
            check(status == 23, f"{count} files: status {status}")
            for path in files:
                with open(path, encoding="utf-8", errors="replace") as file:
                    text = file.read()
                check(text == "mine\n", f"{count} files: the program's own file holds {text!r}")
            with open(os.path.join(folder, "log"), encoding="utf-8") as file:
                check("ERROR: heap-buffer-overflow" in file.read(), "the log misses the finding")

    def without_proc(self):
        """In a mount namespace of its own, with an empty /proc."""
        hide = "mount -t tmpfs none /proc && exec env LD_PRELOAD=\"$0\" \"$@\""
        if workload.run(["unshare", "-m", "sh", "-c", "mount -t tmpfs none /proc"], "/",
                        suite.clean_environment()).returncode != 0:
            raise Skipped("no mount namespace of our own")
        for name, status in (("clean.c", 0), ("faulty.c", 23)):
            done = workload.run(["unshare", "-m", "sh", "-c", hide, self.build.library,
                                 self.compiled(name)],
                                self.scratch, suite.clean_environment())
            check(done.returncode == status and done.stdout == "done\n",
                  f"{name}: status {done.returncode}: {done.stdout}{done.stderr[-1500:]}")
            check(status == 0 or "ERROR: heap-buffer-overflow" in done.stderr,
                  f"{name}: {done.stderr[-1500:]}")

    def exec_in_between(self):
        """The image that called exec has its own report, and so has the one that came after."""
        reports = self.folder("exec")
        done = workload.run([self.compiled("exec.c"), self.compiled("clean.c")], self.scratch,
                            workload.preloaded_environment(self.build, reports))
        check(done.stdout == "done\n", f"stdout: {done.stdout}")
        found = {os.path.basename(report["program"]).split("-")[0]: report["summary"]["errors"]
                 for report in workload.read_reports(reports)}
        check(found == {"exec": 1, "clean": 0}, f"reports: {found}")

    def children_have_own_files(self):
        """A path without %p gets the child's pid, so that no process writes over another's
        report."""
        folder = self.folder("own-files")
        environment = suite.clean_environment(LD_PRELOAD=self.build.library,
                                              COALMINE_OPTIONS=f"json={folder}/r.json quiet=on")
        source = os.path.join(os.path.dirname(HERE), "faults", "overflow_in_child.c")
        program = compiling.compile_to(os.path.join(folder, "child"), source, "-O0")
        done = workload.run([program], folder, environment)
        check(done.returncode == 0, f"status {done.returncode}: {done.stderr[-1000:]}")
        pids = {report["pid"]: report["summary"]["errors"]
                                                 for report in workload.read_reports(folder)}
        check(sorted(pids.values()) == [0, 1], f"errors by process: {pids}")
        child = next(pid for pid, errors in pids.items() if errors)
        check(os.path.exists(f"{folder}/r.json") and os.path.exists(f"{folder}/r.json.{child}"),
              f"files: {os.listdir(folder)}")

    def children_off(self):
        """With children=off neither forked children nor started programs report."""
        folder = self.folder("children-off")
        program = self.compiled("faulty.c")
        done = workload.run([self.build.command, "--children=off", "--", "sh", "-c",
                             f"{program}; {program}"], folder,
                            suite.clean_environment())
        check(done.returncode == 0 and done.stdout == "done\ndone\n" and "ERROR" not in done.stderr,
              f"status {done.returncode}: {done.stdout}{done.stderr[-1000:]}")

    def _privileged(self, program):
        """Makes it set-uid of nobody, and sees whether the kernel honours that here."""
        if os.geteuid() != 0:
            raise Skipped("only root can make a program privileged")
        os.chown(program, 65534, 65534)
        os.chmod(program, 0o4755)
        for folder in (self.scratch, os.path.dirname(self.scratch)):
            os.chmod(folder, 0o755)

    def set_uid_program(self):
        program = shutil.copy(self.compiled("secure.c"), os.path.join(self.scratch, "setuid"))
        self._privileged(program)
        plain = workload.run([program], "/", suite.clean_environment())
        if plain.stdout != "secure\n":
            raise Skipped("the kernel does not honour set-uid here")
        done = workload.run([self.build.command, program], "/", suite.clean_environment())
        check(done.returncode == plain.returncode and done.stdout == "secure\n",
              f"status {done.returncode}: {done.stdout}{done.stderr[-1000:]}")
        check("set-uid" in done.stderr or "setuid" in done.stderr,
              f"no word about it: {done.stderr!r}")

    def secure_and_linked(self):
        """Linked into a privileged program, the library takes no order from the environment."""
        folder = self.folder("secure")
        os.chmod(folder, 0o777)
        home = os.path.join(folder, "lib")
        shutil.copytree(os.path.dirname(self.build.library), home, symlinks=True)
        program = self.compiled("secure.c", f"-L{home}", "-Wl,--no-as-needed", "-lcoalmine",
                                f"-Wl,-rpath,{home}")
        self._privileged(program)
        options = f"log={folder}/log json={folder}/json exitcode=5"
        done = workload.run([program], "/", suite.clean_environment(COALMINE_OPTIONS=options))
        if done.stdout != "secure\n":
            raise Skipped("the kernel does not honour set-uid here")
        check(done.returncode in (0, 23), f"status {done.returncode}: {done.stderr[-1000:]}")
        left = sorted(os.listdir(folder))
        check(left == ["lib"], f"files were written: {left}")

    def tests(self):
        names = ("threads", "modern_language", "threads_leave_nothing", "fork_with_threads",
                 "starting_programs", "little_address_space", "little_data", "tiny_limits", "unwinder_stays",
                 "loading_and_unloading", "names_of_unloaded_modules", "static_program", "linked",
                 "closed_descriptors", "without_proc", "exec_in_between",
                 "children_have_own_files", "children_off", "set_uid_program",
                 "secure_and_linked")
        return [(name.replace("_", "-"), getattr(self, name)) for name in names]


def tests(build, scratch):
    return Processes(build, scratch).tests()
