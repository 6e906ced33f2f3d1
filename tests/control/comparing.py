"""`coalmine diff`, on made-up files and on what a growing program gives."""

import copy
import json
import re
import zlib

from suite import check


def frame(function, offset, module="/usr/bin/prog", build_id="ab" * 20):
    return {"function": function, "file": "prog.c", "line": 7, "module": module, "offset": offset,
            "build_id": build_id, "inlined": False}


def site(function, blocks, size, **more):
    return {"blocks": blocks, "bytes": size,
            "stack": [frame(function, zlib.crc32(function.encode())), frame("main", 0x900)], **more}


def snapshot(*live, second=0, **more):
    return {"coalmine": 1, "program": "/usr/bin/prog", "argv": ["prog"], "pid": 9,
            "time": f"2026-01-01T00:00:{second:02}Z", "options": {}, "snapshot": 1,
            "heap": {}, "live": list(live), **more}


def report(errors=(), leaks=()):
    return {"coalmine": 1, "program": "/usr/bin/prog", "argv": ["prog"], "pid": 9,
            "time": "2026-01-01T00:00:00Z", "options": {}, "errors": list(errors),
            "leaks": list(leaks), "heap": {}, "incomplete": [], "summary": {}}


def error(kind, function, count=1):
    return {"kind": kind, "access": "write", "detected": "free", "count": count,
            "stacks": {"access": [], "alloc": [frame(function, 0x300)], "free": []}}


def leak(function, blocks, size, kind="definite"):
    return {"leak_kind": kind, "blocks": blocks, "bytes": size, "indirect_blocks": 1,
            "indirect_bytes": 8, "stack": [frame(function, 0x400)]}


class Comparing:
    def __init__(self, subjects):
        self.subjects = subjects
        self.ends, self.complains = subjects.ends, subjects.complains

    def diff(self, name, *documents, options=()):
        paths = []
        for number, document in enumerate(documents):
            paths.append(self.subjects.file(f"{name}-{number}.json"))
            with open(paths[-1], "w", encoding="utf-8") as out:
                out.write(document if isinstance(document, str) else json.dumps(document))
        return self.subjects.command("diff", *options, *paths)

    def changes(self, name, *documents, status):
        done = self.ends(self.diff(name, *documents, options=["--json"]), status)
        return {change.get("stack", [{}])[0].get("function", change["kind"]): change
                for change in json.loads(done.stdout)["changes"]}

    def four_kinds_of_change(self):
        old = snapshot(site("grows", 1, 10), site("shrinks", 9, 90), site("goes", 1, 5),
                       site("stays", 3, 30))
        new = snapshot(site("grows", 4, 40), site("shrinks", 2, 20), site("comes", 1, 7),
                       site("stays", 3, 30))
        changes = self.changes("four", old, new, status=1)
        found = {name: (change["change"], change["bytes_gained"], change["blocks_gained"])
                 for name, change in changes.items()}
        check(found == {"grows": ("grew", 30, 3), "shrinks": ("shrank", -70, -7),
                        "goes": ("went-away", -5, -1), "comes": ("appeared", 7, 1)}, f"{found}")
        lines = self.ends(self.diff("four", old, new), 1).stdout.splitlines()
        order = [line.split(":")[0] for line in lines if re.match(r"[a-z ]+: [+-]\d", line)]
        check(order == ["grew", "appeared", "shrank", "went away"], f"{order}")

    def nothing_grew(self):
        old = snapshot(site("goes", 1, 5), site("stays", 3, 30))
        self.ends(self.diff("less", old, snapshot(site("stays", 3, 30))), 0, "went away: -5 bytes")
        self.ends(self.diff("same", old, old), 0)
        self.ends(self.diff("empty", snapshot(), snapshot()), 0)

    def a_trend_is_more_than_one_step(self):
        files = [snapshot(site("leaks", 10 * i, 1000 * i), site("once", 1 + 9 * (i > 2), 100 + 5000
                                                                 * (i > 2)),
                          site("wavers", 1, 100 + 900 * (i % 2)), second=10 * i)
                 for i in range(1, 6)]
        changes = self.changes("trend", *files, status=1)
        steady = [name for name, change in changes.items() if change["steady"]]
        check(steady == ["leaks"], f"{steady}")
        check(changes["leaks"]["bytes"] == [1000, 2000, 3000, 4000, 5000], f"{changes['leaks']}")
        check(abs(changes["leaks"]["bytes_per_interval"] - 1000) < 1e-6 and
              abs(changes["leaks"]["bytes_per_second"] - 100) < 1e-6, f"{changes['leaks']}")
        done = self.ends(self.diff("trend", *files), 1, "grows steadily: 100 bytes/s, 1000 bytes per interval")
        check(done.stdout.count("grows steadily") == 1, done.stdout)
        without = [copy.deepcopy(document) for document in files]
        for document in without:
            document["live"] = document["live"][1:]
        self.ends(self.diff("no-trend", *without), 0, "grow steadily: 0")

    def a_small_dip_is_still_a_trend(self):
        def sizes(name, *values):
            return [snapshot(site(name, 1, value), second=i) for i, value in enumerate(values)]
        changes = self.changes("dip", *sizes("dips", 1000, 2000, 1900, 3000, 4000), status=1)
        check(changes["dips"]["steady"], f"{changes}")
        changes = self.changes("fall", *sizes("falls", 1000, 4000, 1100, 3000, 1200), status=0)
        check(not changes["falls"]["steady"], f"{changes}")

    def a_new_build_is_known_by_its_functions(self):
        old, new = snapshot(site("grows", 1, 10)), snapshot(site("grows", 2, 20))
        for place in new["live"][0]["stack"]:
            place.update(build_id="cd" * 20, offset=place["offset"] + 64, line=99)
        changes = self.changes("built", old, new, status=1)
        check(list(changes) == ["grows"] and changes["grows"]["change"] == "grew", f"{changes}")

    def places_in_one_function_are_told_apart(self):
        old = snapshot(site("f", 1, 10))
        other = site("f", 1, 10)
        other["stack"][0]["offset"] += 5
        done = self.ends(self.diff("places", old, snapshot(site("f", 1, 10), other),
                                   options=["--json"]), 1)
        changes = json.loads(done.stdout)["changes"]
        check([change["change"] for change in changes] == ["appeared"], f"{changes}")

    def reports(self):
        old = report([error("double-free", "a")], [leak("lose", 1, 10)])
        new = report([error("double-free", "a", 3), error("invalid-free", "b")],
                     [leak("lose", 2, 20), leak("other", 1, 5, "possible")])
        changes = self.changes("reports", old, new, status=1)
        found = {name: change["change"] for name, change in changes.items()}
        check(found == {"double-free": "grew", "invalid-free": "appeared", "lose": "grew",
                        "other": "appeared"}, f"{found}")
        check(changes["lose"]["bytes"] == [18, 28], f"{changes['lose']}")
        self.ends(self.diff("reports", old, new), 1, "appeared: invalid-free: +1 (0 -> 1 times)",
                  "grew: leak, definite: +10 bytes")
        self.ends(self.diff("fixed", new, old), 0)

    def depth_and_top(self):
        old = snapshot()
        new = snapshot(*(site("f" * (i + 1), 1, 10 + i) for i in range(5)))
        for place in new["live"]:
            place["stack"][1:1] = [frame("middle", 0x500)]
        done = self.ends(self.diff("options", old, new, options=["--depth=1", "--top=2"]), 1,
                         "and 3 more of what appeared or grew", "2 more (--depth)")
        check(done.stdout.count("#0") == 2 and "#1" not in done.stdout, done.stdout)

    def ages(self):
        aged = [{"generation": 0, "blocks": 1, "bytes": 10},
                {"generation": 2, "blocks": 3, "bytes": 30}]
        self.ends(self.diff("ages", snapshot(), snapshot(site("f", 4, 40, ages=aged))), 1,
                  "10 bytes in 1 block from before the first mark",
                  "30 bytes in 3 blocks since mark 2")

    def bad_files(self):
        good = snapshot(site("f", 1, 1))
        for name, bad in (("text", "hello"), ("empty", ""), ("cut", json.dumps(good)[:-5]),
                          ("list", "[]"), ("other", '{"a": 1}'), ("version", '{"coalmine": 2}'),
                          ("no-parts", '{"coalmine": 1}'),
                          ("number", {**good, "live": [{"blocks": "1", "stack": []}]}),
                          ("negative", {**good, "live": [site("f", -1, 1)]}),
                          ("stack", {**good, "live": [{**site("f", 1, 1), "stack": 5}]}),
                          ("frame", {**good, "live": [{**site("f", 1, 1), "stack": [5]}]}),
                          ("live", {**good, "live": {}}), ("entry", {**good, "live": [7]}),
                          ("ages", {**good, "live": [site("f", 1, 1, ages=[3])]}),
                          ("kind", report([], [{"blocks": 1, "stack": []}])),
                          ("error", report([{"kind": 3}], []))):
            self.complains(self.diff(f"bad-{name}", good, bad), 2, f"bad-{name}-1.json")
        self.complains(self.diff("mixed", good, report()), 2, "cannot be compared")
        self.complains(self.subjects.command("diff", "/nowhere/1", "/nowhere/2"), 2, "/nowhere/1")

    def usage(self):
        for words in ((), ("one",), ("--depth=0", "a", "b"), ("--top=x", "a", "b"), ("--all",)):
            self.complains(self.subjects.command("diff", *words), 2, "coalmine diff")

    def growing_program(self):
        paths = [self.subjects.file(f"growing-{i}.json") for i in range(5)]
        with self.subjects.start() as subject:
            for i, path in enumerate(paths):
                subject.tell("more")
                if i == 2:
                    subject.tell("once")
                    self.ends(subject.ctl("mark"), 0)
                self.ends(subject.ctl("snapshot", path), 0)
        done = self.ends(self.subjects.command("diff", *paths), 1,
                         "bytes: 1000 2000 3000 4000 5000\n  blocks: 10 20 30 40 50\n",
                         "2000 bytes in 20 blocks since mark 1", "#0 keep_more ")
        check(done.stdout.count("grows steadily") == 1, done.stdout)
        check(re.search(r"appeared: \+50000 bytes.*\n(  .*\n)*    #0 keep_once", done.stdout),
              done.stdout)

    def tests(self):
        names = ("four_kinds_of_change", "nothing_grew", "a_trend_is_more_than_one_step",
                 "a_small_dip_is_still_a_trend", "a_new_build_is_known_by_its_functions",
                 "places_in_one_function_are_told_apart", "reports", "depth_and_top", "ages",
                 "bad_files", "usage", "growing_program")
        return [("diff-" + name.replace("_", "-"), getattr(self, name)) for name in names]


def tests(subjects):
    return Comparing(subjects).tests()
