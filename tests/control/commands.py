"""What each command answers."""

import json
import re
import subprocess

import servers
import suite
from suite import check

LOST = "333 bytes in 1 block"


class Commands:
    def __init__(self, subjects):
        self.subjects = subjects
        self.ends, self.complains = subjects.ends, subjects.complains

    def leaks(self):
        with self.subjects.start() as subject:
            done = self.ends(subject.ctl("leaks"), 0, "no leaks")
            check(f"=={subject.pid}==" in done.stdout, f"another process: {done.stdout}")
            subject.tell("lose")
            done = self.ends(subject.ctl("leaks"), 23, f"ERROR: leak: definite: {LOST}", "SUMMARY:")
            check(re.search(r"#0 lose .*subject\.c:\d+ \(", done.stdout),
                  f"no names: {done.stdout}")
            check(LOST not in subject.stderr, f"told there as well: {subject.stderr}")

    def leaks_as_json(self):
        with self.subjects.start() as subject:
            subject.tell("lose", "lose")
            done = self.ends(subject.ctl("--json", "leaks"), 23)
            report = json.loads(done.stdout)
            check(report["pid"] == subject.pid and report["coalmine"] == 1, f"{done.stdout[:300]}")
            group = report["leaks"][0]
            check((group["blocks"], group["bytes"]) == (2, 666), f"{group}")
            check(group["stack"][0]["function"] == "lose", f"{group}")
            check(report["summary"]["leaked_bytes"] == 666, f"{report['summary']}")

    def status_is_the_programs_own_choice(self):
        with self.subjects.start(options="exitcode=7") as subject:
            subject.tell("lose")
            self.ends(subject.ctl("leaks"), 7, LOST)

    def new_leaks(self):
        with self.subjects.start() as subject:
            subject.tell("lose")
            self.ends(subject.ctl("mark"), 0, "mark 1")
            self.ends(subject.ctl("new-leaks"), 0)
            subject.tell("lose", "lose")
            self.ends(subject.ctl("new-leaks"), 23, "666 bytes in 2 blocks")
            self.ends(subject.ctl("new-leaks"), 0)
            self.ends(subject.ctl("leaks"), 23, "999 bytes in 3 blocks")

    def stats(self):
        with self.subjects.start() as subject:
            subject.tell("more")  # now it has its buffers
            before = json.loads(self.ends(subject.ctl("--json", "stats"), 0).stdout)["heap"]
            subject.tell("once")
            after = json.loads(self.ends(subject.ctl("stats", "--json"), 0).stdout)["heap"]
            gained = after["live_bytes"] - before["live_bytes"]
            check(50000 - 64 <= gained <= 50000 + 64, f"{before} {after}")
            self.ends(subject.ctl("stats"), 0, "live blocks", "subject")

    def check_finds_damage(self):
        with self.subjects.start() as subject:
            self.ends(subject.ctl("check"), 0, "no damage")
            subject.tell("smash")
            done = self.ends(subject.ctl("check"), 23, "ERROR: heap-buffer-overflow", ": 1 error")
            check("#0 smash" in done.stdout, f"no stack: {done.stdout}")
            self.ends(subject.ctl("check"), 0, "no damage")
            report = json.loads(self.ends(subject.ctl("check", "--json"), 0).stdout)
            check([error["kind"] for error in report["errors"]] == ["heap-buffer-overflow"],
                  f"{report['errors']}")
            subject.process.stdin.close()
            subject.ends(23)
        check(subject.stderr.count("ERROR: heap-buffer-overflow") == 1,
              f"not told where errors go: {subject.stderr}")

    def unknown_command(self):
        with self.subjects.start() as subject:
            self.complains(subject.ctl("leak"), 2, "'leak'", "check, leaks, mark")
            self.complains(subject.ctl("stats", "now"), 2, "no argument")

    def without_control(self):
        program = self.subjects.compiled("subject.c")
        environment = suite.clean_environment(LD_PRELOAD=self.subjects.build.library)
        for more in (environment, suite.clean_environment()):
            process = subprocess.Popen([program], env=more, stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            try:
                process.stdout.readline()
                self.complains(self.subjects.ctl(process.pid, "leaks"), 1, "--control=on",
                               str(process.pid))
            finally:
                process.kill()
                process.communicate()
        self.complains(self.subjects.ctl(process.pid, "leaks"), 1, "no process")

    def usage(self):
        for words in ((), ("12",), ("x", "leaks"), ("0", "leaks"), ("1", "leaks", "a", "b"),
                      ("1", "snapshot"), ("1", "leaks", "--jsn"), ("--timeout=x", "1", "leaks")):
            self.complains(self.subjects.ctl(*words), 2, "coalmine ctl")

    def snapshot(self):
        path = self.subjects.file("one-snapshot.json")
        with self.subjects.start() as subject:
            subject.tell("more", "once")
            self.ends(subject.ctl("snapshot", path), 0)
            with open(path, encoding="utf-8") as file:
                live = json.load(file)["live"]
            sites = {site["stack"][0].get("function"): site for site in live}
            check((sites["keep_more"]["blocks"], sites["keep_more"]["bytes"]) == (10, 1000),
                  f"{sites['keep_more']}")
            check(sites["keep_once"]["bytes"] == 50000, f"{sites['keep_once']}")
            printed = self.ends(subject.ctl("snapshot", "-"), 0).stdout
            check(json.loads(printed)["snapshot"] == 1, printed[:200])
            self.complains(subject.ctl("snapshot", "/nowhere/file"), 1, "/nowhere/file")

    def snapshot_by_the_program(self):
        path = self.subjects.file("own-snapshot.json")
        with self.subjects.start() as subject:
            subject.tell("more")
            check(subject.ask("save " + path) == "saved 1", "it is not written")
            check(subject.ask("save /nowhere/file") == "saved 0", "it is written nowhere")
        with open(path, encoding="utf-8") as file:
            names = [site["stack"][0].get("function") for site in json.load(file)["live"]]
        check("keep_more" in names, f"{names}")

    def why(self):
        with self.subjects.start() as subject:
            last = subject.ask("chain").split()[1]
            done = self.ends(subject.ctl("why", last), 0, "Held by the variable chain_head")
            check(done.stdout.count("-> 48-byte block") == 3 and
                  done.stdout.count("#0 make_chain") == 1 and
                  done.stdout.count("allocated at the same place") == 2, done.stdout)
            inside = f"{int(last, 16) + 9:x}"
            self.ends(subject.ctl("why", inside), 0, "9 bytes into a live 48-byte block")
            way = json.loads(self.ends(subject.ctl("why", last, "--json"), 0).stdout)
            check(way["root"]["variable"] == "chain_head" and way["length"] == 3 and
                  way["steps"][2]["address"] == last, f"{way}")
            first = subject.ask("drop").split()[1]
            self.ends(subject.ctl("why", first), 0, "nothing points to any more", "#0 make_chain")
            way = json.loads(self.ends(subject.ctl("why", first, "--json"), 0).stdout)
            check(way["live"] and way["root"] == {"kind": "none"}, f"{way}")
            on_stack, in_tls = subject.ask("hold").split()[1:]
            way = json.loads(self.ends(subject.ctl("why", on_stack, "--json"), 0).stdout)
            check(way["root"]["kind"] == "stack" and
                  way["root"]["frame"]["function"] == "hold_two", f"{way}")
            self.ends(subject.ctl("why", on_stack), 0, ", in the frame of hold_two ")
            way = json.loads(self.ends(subject.ctl("why", in_tls, "--json"), 0).stdout)
            check(way["root"]["kind"] == "thread" and
                  way["root"]["variable"] == "of_thread+8", f"{way}")
            self.ends(subject.ctl("why", "0x10"), 1, "in no live block")
            self.complains(subject.ctl("why", "here"), 2, "hexadecimal")
            self.complains(subject.ctl("why", "1" * 17), 2, "hexadecimal")
            self.complains(subject.ctl("why"), 2, "needs an argument")

    def redis_under_load(self):
        """Ten leak checks one after another; no request fails."""
        folder = self.subjects.file("redis")
        with servers.controlled_redis(self.subjects.build, folder,
                                      "--leak_kinds=definite") as (server, port):
            load = subprocess.Popen(["redis-benchmark", "-h", "127.0.0.1", "-p", str(port), "-n",
                                     "60000", "-c", "20", "-r", "5000", "-d", "100", "-q", "-t",
                                     "set,get,lpush,lpop"], stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, text=True)
            try:
                for _ in range(10):
                    self.ends(self.subjects.ctl(server.pid, "leaks"), 0, "no leaks")
                output, _ = load.communicate(timeout=200)
            finally:
                if load.poll() is None:
                    load.kill()
                    load.communicate()
            check(load.returncode == 0 and "rror" not in output, f"requests fail: {output[-500:]}")
            check(output.count("requests per second") == 4, f"not all were made: {output[-500:]}")

    def tests(self):
        names = ("leaks", "leaks_as_json", "status_is_the_programs_own_choice", "new_leaks", "stats",
                 "check_finds_damage", "unknown_command", "without_control", "usage", "snapshot",
                 "snapshot_by_the_program", "why", "redis_under_load")
        return [(name.replace("_", "-"), getattr(self, name)) for name in names]


def tests(subjects):
    return Commands(subjects).tests()
