"""Compares a run with its expectation: exit status, text report, JSON report."""

import json
import os
import re

import expect
from suite import check

FRAME = re.compile(r"^    #\d+ (?:(?P<function>.+?) (?P<file>[^ ]+):(?P<line>\d+) |(?P<bare>.+?) )?"
                   r"\((?P<module>.+)\+0x(?P<offset>[0-9a-f]+)\)")
FIRST = re.compile(r"^==(\d+)== coalmine: ERROR: ([a-z-]+)", re.M)


def matches(value, wanted):
    """A value of the report against one of the expectation."""
    for one in wanted.split("|"):
        if one.endswith(".."):
            if isinstance(value, int) and value >= int(one[:-2]):
                return True
        elif str(value) == one:
            return True
    return False


def plain(function):
    """A function's name without its parameters."""
    return re.sub(r"\(.*\)$", "", function)


def same_frame(frame, wanted, source, marks):
    name, _, mark = wanted.partition(":")
    if plain(frame.get("function", "?")) != name:
        return False
    return not mark or (os.path.basename(frame.get("file", "")) == os.path.basename(source)
                        and frame.get("line") == marks[mark])


def shown(stack):
    return " < ".join(f"{frame.get('function', '?')}:{frame.get('line', '?')}"
                      for frame in stack[:6])


def verify_stack(name, stack, wanted, source, marks):
    position, skip = 0, False
    for one in wanted:
        if one == "...":
            skip = True
            continue
        if one == "$":
            check(position == len(stack), f"{name} stack goes on: {shown(stack)}")
            continue
        while skip and position < len(stack) and not same_frame(stack[position], one, source,
            marks):
            position += 1
        check(position < len(stack) and same_frame(stack[position], one, source, marks),
              f"{name} stack: wanted {' '.join(wanted)} ({one} at line "
              f"{marks.get(one.partition(':')[2])}), "
              f"is {shown(stack) or 'empty'}")
        position, skip = position + 1, False


def verify_text_stack(name, text, wanted, source, marks):
    """Every named frame with a line is in the text as well, in the form that is promised."""
    for one in wanted:
        function, _, mark = one.partition(":")
        if mark and not any(match and match["function"] and plain(match["function"]) == function
                            and os.path.basename(match["file"]) == os.path.basename(source)
                            and int(match["line"]) == marks[mark]
                            for match in map(FRAME.match, text.splitlines())):
            check(False,
                  f"the text has no frame '#N {function} {os.path.basename(source)}:{marks[mark]} "
                  f"(...)' "
                         f"for the {name} stack")


def verify_threads(error):
    threads = error.get("threads", {})
    tids = {name: threads.get(name, {}).get("tid") for name in expect.STACKS}
    others = {tids[name] for name in ("access", "free") if tids[name]}
    check(tids["alloc"] and others - {tids["alloc"]}, f"threads do not differ: {threads}")


def verify_error(error, wanted, source, marks):
    check(error["kind"] == wanted.kind,
          f"kind is {error['kind']}, not {wanted.kind}: {json.dumps(error)[:600]}")
    block, damage = error.get("block", {}), error.get("damage", {})
    for key, value in wanted.values.items():
        if key == "threads":
            verify_threads(error)
        elif key == "damage":
            check(value in damage.get("text", ""), f"damage is {damage}, without {value}")
        else:
            actual = block.get(key) if key in ("size", "state", "via") else error.get(key)
            check(matches(actual, value), f"{wanted.kind}: {key} is {actual}, not {value}")
    for name, frames in wanted.stacks.items():
        verify_stack(name, error.get("stacks", {}).get(name, []), frames, source, marks)


def verify_signal(report, wanted, source, marks):
    told = report.get("signal", {})
    name = wanted.kind if wanted else None
    check(told.get("name") == name, f"signal is {told.get('name')}, not {name}")
    if wanted:
        for key, value in wanted.values.items():
            check(matches(told.get(key), value), f"signal: {key} is {told.get(key)}, not {value}")
        for stack, frames in wanted.stacks.items():
            verify_stack(stack, told["stacks"].get(stack, []), frames, source, marks)


def verify_leak(group, wanted, source, marks):
    check(group["leak_kind"] == wanted.kind,
          f"leak kind is {group['leak_kind']}, not {wanted.kind}")
    for key, value in wanted.values.items():
        check(matches(group.get(key), value), f"leak: {key} is {group.get(key)}, not {value}")
    verify_stack("alloc", group["stack"], wanted.stacks.get("alloc", []), source, marks)


def verify_shape(report):
    """What every JSON report has, whatever was found."""
    for name, kind in (("coalmine", int), ("program", str), ("argv", list), ("pid", int),
                       ("time", str),
                       ("options", dict), ("errors", list), ("leaks", list), ("heap", dict),
                       ("incomplete", list), ("summary", dict)):
        check(isinstance(report.get(name), kind), f"JSON: {name} is {report.get(name)!r}")
    check(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$", report["time"]),
          f"JSON: time is {report['time']}")
    for name in ("live_blocks", "live_bytes", "peak_bytes", "allocations", "frees"):
        check(isinstance(report["heap"].get(name), int), f"JSON: heap.{name} is missing")
    summary = report["summary"]
    check(summary["errors"] == sum(error["count"] for error in report["errors"]),
          f"JSON: summary.errors is {summary['errors']}")
    for error in report["errors"]:
        check(error["access"] in ("read", "write", "unknown"), f"JSON: access is {error['access']}")
        check(error["detected"] in ("free", "realloc", "reuse", "exit", "sweep", "guard", "call",
                                    "api"),
              f"JSON: detected is {error['detected']}")
        for stack in error["stacks"].values():
            for frame in stack:
                check("address" in frame or "offset" in frame, f"JSON: frame {frame}")


def verify_json(report, wanted, source, marks):
    verify_shape(report)
    errors = [one for one in wanted.findings if one.what == "error"]
    leaks = [one for one in wanted.findings if one.what == "leak"]
    kinds = [error["kind"] for error in report["errors"]]
    groups = [(group["leak_kind"], group["blocks"], shown(group["stack"]))
               for group in report["leaks"]]
    check(len(kinds) >= len(errors),
          f"errors found: {kinds}, wanted {[one.kind for one in errors]}")
    check(wanted.more or len(kinds) == len(errors), f"errors found: {kinds}, wanted {len(errors)}")
    check(wanted.more or len(groups) == len(leaks), f"leaks found: {groups}, wanted {len(leaks)}")
    for error, one in zip(report["errors"], errors):
        verify_error(error, one, source, marks)
    for group, one in zip(report["leaks"], leaks):
        verify_leak(group, one, source, marks)
    verify_signal(report, wanted.signal, source, marks)
    if wanted.total is not None:
        check(report["summary"]["errors"] == wanted.total,
              f"summary.errors is {report['summary']['errors']}, not {wanted.total}")


def verify_text(text, report, wanted, source, marks, pid):
    told = [kind for owner, kind in FIRST.findall(text) if int(owner) == pid]
    should = [error["kind"] for error in report["errors"]] + ["leak"] * len(report["leaks"])
    check(told == should if wanted.told is None else len(told) == wanted.told,
          f"the text tells {told}, the JSON {should}")
    for line in text.splitlines():
        check(not re.match(r"\s+#\d", line) or FRAME.match(line), f"frame line out of form: {line}")
    for one in wanted.findings + ([wanted.signal] if wanted.signal else []):
        for name, frames in one.stacks.items():
            verify_text_stack(name, text, frames, source, marks)
    for pattern in wanted.texts:
        check(any(map(pattern.search, text.splitlines())), f"no line matches {pattern.pattern}")
    if wanted.clean:
        lines = text.splitlines()
        check(len(lines) == 1 and re.match(rf"=={pid}== coalmine: ", lines[0]),
              f"not one line, of the process itself: {text}")
    if wanted.silent:
        check(text == "", f"not silent: {text}")


def load_reports(folder):
    """All reports in a folder, by process id."""
    reports = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".json"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                report = json.load(file)
            reports[report["pid"]] = report
    return reports


def verify_run(run, pid, folder, wanted, source):
    """`run` is the finished process (text output), `folder` holds its JSON reports."""
    marks = expect.marks(source)
    check(run.returncode == wanted.status,
          f"status is {run.returncode}, not {wanted.status}; stderr:\n{run.stderr[-3000:]}")
    if wanted.stdout is not None:
        check(run.stdout.strip() == wanted.stdout.strip(), f"stdout is {run.stdout!r}")
    reports = load_reports(folder)
    check(pid in reports, f"no JSON report of process {pid}; stderr:\n{run.stderr[-3000:]}")
    verify_json(reports[pid], wanted, source, marks)
    verify_text(run.stderr, reports[pid], wanted, source, marks, pid)
    others = {one: report for one, report in reports.items() if one != pid}
    count = wanted.children or (0 if wanted.child is None else 1)
    check(len(others) == count, f"reports of {len(others)} other processes, not {count}")
    for report in others.values():
        verify_shape(report)
        check(wanted.child is None or report["summary"]["exitcode"] == wanted.child,
              f"the child's summary: {report['summary']}")
