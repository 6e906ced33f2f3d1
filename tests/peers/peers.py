"""What the comparisons with other tools share: how each tool is run, and the table that is printed."""

import subprocess

import compiling
import running
import suite

TIMEOUT_S = 120
VALGRIND = ["valgrind", "--leak-check=full", "--show-mismatched-frees=yes",
            "--errors-for-leak-kinds=definite,possible"]
DID_NOT_END = "did not end"


def run_of(command, **more):
    """(what a run says on stderr, its exit status); a run that does not end says so."""
    process = running.start(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, env=suite.clean_environment(**more),
                            text=True, errors="replace")
    try:
        return running.finish(process, TIMEOUT_S)[1], process.returncode
    except suite.Failed:
        return DID_NOT_END, None


def can_build(scratch, *flags):
    source = f"{scratch}/empty.c"
    with open(source, "w", encoding="ascii") as file:
        file.write("int main(void) { return 0; }\n")
    try:
        compiling.compile_to(f"{scratch}/empty", source, *flags)
    except suite.Failed:
        return False
    return True


def judge(has_fault, told):
    if has_fault:
        return "found" if told else "missed"
    return "false" if told else "-"


class Table:
    """One row for a program, one column for a tool."""

    def __init__(self, columns, words=("found", "missed", "false")):
        self.columns, self.words = columns, words
        self.rows = {}

    def print(self):
        if not self.rows:
            return
        width = max(len(name) for name in self.rows)
        self._line("program", self.columns, width)
        for name in sorted(self.rows):
            self._line(name, [self.rows[name].get(column, "?") for column in self.columns], width)
        for word in self.words:
            counts = [sum(row.get(column) == word for row in self.rows.values())
                      for column in self.columns]
            self._line(f"all: {word}", counts, width)

    @staticmethod
    def _line(name, cells, width):
        print((f"{name:{width}}  " + "".join(f"{cell!s:10}" for cell in cells)).rstrip())
