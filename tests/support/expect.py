"""Expectation files: what a run of a fault program must give, as text and as JSON.

One statement a line; '#' starts a comment.

  option NAME=VALUE        given to coalmine on the command line
  status N | SIGNAME       exit status, or the signal of the death
  stdout TEXT              all that the program prints, but for white space around it
  clean                    exactly one line on stderr, none of a child, and no finding
  silent                   nothing on stderr
  child N                  there is one forked child; its own report gives this exit code
  children N               there are so many children that report; any exit codes
  text REGEX               some line of the text report matches
  error KIND [KEY=VALUE..] the next error of the report; see below
  leak KIND [KEY=VALUE..]  the next group of leaks
  signal SIGNAME [KEY=VALUE..]  the report's "signal"; lines below it as for an error
  more                     further errors may follow those named
  unseen                   there is a fault, but not one that is looked for here
  told N                   headlines of errors in the text, where that is not one for each finding
  total N                  errors in the summary, repeats included

Values of KEY=VALUE may be alternatives (free|exit), a least number (8..), and have %20 for a
space. Keys are the members of the JSON error, its block and its damage ('damage' is a part of
the damage's text); 'threads=differ' asks for an allocating thread other than the one of access
or release. Indented lines below an error or leak:

    KEY=VALUE ..                more of them
    access|alloc|free FRAME..   the stack's first frames: FUNCTION or FUNCTION:MARK, where the
                                source has the comment @MARK in that line; '...' skips frames, '$'
                                is the end of the stack
    text REGEX                   as above
"""

import re
import signal
import urllib.parse

STACKS = ("access", "alloc", "free")


class Finding:
    def __init__(self, line):
        words = line.split()
        self.what, self.kind = words[0], words[1]
        self.values = {}
        self.stacks = {}
        self.add_values(words[2:])

    def add_values(self, words):
        for word in words:
            key, value = word.split("=", 1)
            self.values[key] = urllib.parse.unquote(value)


class Expectation:
    def __init__(self, path):
        self.options, self.findings, self.texts = [], [], []
        self.status = self.stdout = self.child = self.told = self.total = None
        self.children = self.signal = self.last = None
        self.clean = self.silent = self.more = self.unseen = False
        with open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip() and not line.startswith("#"):
                    try:
                        self._statement(line.rstrip("\n"))
                    except (ValueError, IndexError, KeyError) as why:
                        raise SystemExit(f"{path}:{number}: not understood ({why})") from why

    def _statement(self, line):
        word, _, rest = line.strip().partition(" ")
        if line[0] == " " and "=" in word:
            self.last.add_values(line.split())
        elif line[0] == " " and word in STACKS:
            self.last.stacks[word] = rest.split()
        elif word == "option":
            self.options.append("--" + rest)
        elif word == "status":
            self.status = -signal.Signals[rest] if rest.startswith("SIG") else int(rest)
        elif word == "stdout":
            self.stdout = rest
        elif word == "text":
            self.texts.append(re.compile(rest))
        elif word in ("error", "leak"):
            self.last = Finding(line)
            self.findings.append(self.last)
        elif word == "signal":
            self.signal = self.last = Finding(line)
        elif word in ("clean", "silent", "more", "unseen"):
            setattr(self, word, True)
        elif word in ("child", "children", "told", "total"):
            setattr(self, word, int(rest))
        else:
            raise ValueError(word)


def marks(source):
    """Line numbers of the comments /* @NAME */ in a source file."""
    found = {}
    with open(source, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            for name in re.findall(r"@(\w+)", line):
                found[name] = number
    return found
