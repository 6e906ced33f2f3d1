"""Real programs from the distribution, each with a workload of its own."""

import os
import shutil

import suite
from workload import Workload

PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else "python3"

SQL = """
create table t(id integer primary key, name text, value real);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)
  insert into t select i, printf('name-%06d', (i * 7919) % 20011), i * 1.5 from n;
create index by_name on t(name);
select count(*), sum(value), min(name), max(name) from t;
select substr(name, 6, 2) as part, count(*), avg(value) from t group by part order by part limit 5;
update t set name = upper(name) where id % 3 = 0;
delete from t where id % 5 = 0;
select a.id, b.name from t a join t b on a.id = b.id + 1 order by b.name desc limit 5;
select json_group_array(id) from (select id from t order by name limit 10);
vacuum;
pragma integrity_check;
"""

PYTHON_SCRIPT = """
import json, re, subprocess, sys, threading, zlib, decimal, collections, hashlib
rows = [{"id": i, "name": "n%d" % (i * 7919 % 1009), "parts": list(range(i % 17))}
        for i in range(4000)]
text = json.dumps(rows)
assert json.loads(text) == rows
words = collections.Counter(re.findall(r"n(\\d)\\d*", text))
print(sorted(words.items()))
data = text.encode()
print(len(zlib.decompress(zlib.compress(data * 5))), hashlib.sha256(data).hexdigest())
sums = [0] * 8
def work(n):
    sums[n] = sum(len(str(decimal.Decimal(i) / 7)) for i in range(2000))
threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
for t in threads: t.start()
for t in threads: t.join()
print(sums)
print(subprocess.run(["sh", "-c", "echo child; exit 4"], capture_output=True))
class Node:
    pass
for i in range(2000):
    a, b = Node(), Node()
    a.other, b.other = b, a
"""

PERL_SCRIPT = """
use strict;
my (%count, @lines);
push @lines, join(' ', map { ($_ * $_[0] // 7) % 91 } 1 .. $_ % 40 + 1) for 1 .. 3000;
for my $line (@lines) { $count{$_}++ for split / /, $line; }
print join(',', map { "$_=$count{$_}" } sort { $a <=> $b } keys %count), "\\n";
my $text = join("\\n", @lines); $text =~ s/(\\d)(\\d)/$2$1/g;
print length($text), ' ', unpack('%32C*', $text), "\\n";
my @files = `ls /etc`; print @files > 3 ? "many\\n" : "few\\n";
my $pid = fork; if (!$pid) { print "child\\n"; exit 0; } waitpid $pid, 0; print "$?\\n";
eval { die { code => 7 } }; print $@->{code}, "\\n";
"""

BASH_SCRIPT = """
for i in $(seq 1 40); do echo $((i * i % 17)); done | sort -n | uniq -c |
    awk '{ s += $1 * $2 } END { print s }'
declare -A map; for i in {1..300}; do map[k$((i % 50))]+=$i; done; echo ${#map[@]} ${map[k7]}
f() {
    local n=$1
    (( n < 2 )) && { echo $n; return; }
    echo $(( $(f $((n - 1))) + $(f $((n - 2))) ))
}
f 7
cat <(echo one) <(echo two) | tr a-z A-Z
x=$(printf '%s\\n' {a..z} | shuf --random-source=/dev/zero | wc -l); echo $x
for i in 1 2 3 4 5; do (sleep 0.01; exit $i) & done; wait
trap 'echo bye' EXIT; read -r line <<< "here"; echo "$line"
"""

GIT_SCRIPT = """
set -e
export GIT_AUTHOR_DATE='2024-01-02T03:04:05Z' GIT_COMMITTER_DATE='2024-01-02T03:04:05Z'
git init -q -b trunk .
git config user.name A; git config user.email a@example.org; git config gc.auto 0
for i in 1 2 3 4 5; do
    seq 1 $((i * 40)) > file$i; seq $i $((i + 60)) > common
    git add .; git commit -qm "change $i"
done
git log --stat --format=%H%n%s; git diff HEAD~3 | tail -20
git branch side HEAD~2; git merge -q side; git blame common | tail -3
git gc -q; git fsck --full --no-progress; git status --short; git rev-parse HEAD
"""

C_PROGRAM = r"""
#include <stdio.h>

struct pair {
    int key;
    double value;
};

static int fold(const struct pair *p, int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        sum += p[i].key * 3;
    }
    return sum;
}

int main(void)
{
    struct pair p[40];
    for (int i = 0; i < 40; i++) {
        p[i] = (struct pair){i, i / 3.0};
    }
    printf("%d %f\n", fold(p, 40), p[20].value);
    return 0;
}
"""

CXX_PROGRAM = r"""
#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <vector>

int main()
{
    std::map<std::string, std::vector<int>> parts;
    for (int i = 0; i < 100; i++) {
        parts[std::to_string(i % 7)].push_back(i);
    }
    for (auto &part : parts) {
        std::sort(part.second.rbegin(), part.second.rend());
        std::cout << part.first << part.second[0] << "\n";
    }
}
"""


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def sources(folder, _environment):
    write(folder, "a.c", C_PROGRAM)
    write(folder, "b.cc", CXX_PROGRAM)


def documents(folder, _environment):
    os.makedirs(os.path.join(folder, "tree"))
    for i in range(60):
        write(os.path.join(folder, "tree"), f"part{i:02}.txt", f"line {i} of many\n" * (i * 20))


def workloads(build, scratch):
    """(name, function) of every workload whose program is installed."""

    def make(name, command, **how):
        return Workload(build, scratch, name, command, **how)

    plain_home = {"HOME": "/nonexistent"}
    git = {"HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "GIT_PAGER": "cat"}
    loads = [
        make("sqlite3", ["sqlite3", ":memory:"], stdin=SQL, environment=plain_home),
        make("sqlite3-file", ["sqlite3", "t.db"], stdin=SQL, environment=plain_home),
        make("python3", [PYTHON, "-c", PYTHON_SCRIPT],
             environment={"PYTHONMALLOC": "malloc", "PYTHONHASHSEED": "0"}),
        make("perl", ["perl", "-e", PERL_SCRIPT], environment={"PERL_HASH_SEED": "0"}),
        make("bash", ["bash", "-c", BASH_SCRIPT]),
        make("git", ["bash", "-c", GIT_SCRIPT], environment=git, judge_leaks=False),
        make("git-leaks", ["bash", "-c", GIT_SCRIPT.replace("git gc -q; ", "")], environment=git),
        make("gcc", ["bash", "-c", "gcc -O2 -g -Wall -o a a.c && ./a"], prepare=sources,
             judge_leaks=False),
        make("gcc-leaks", ["gcc", "-O1", "-o", "a", "a.c"], prepare=sources),
        make("g++", ["bash", "-c", "g++ -O1 -o b b.cc && ./b"], prepare=sources, judge_leaks=False),
        make("tar-gzip-xz", ["bash", "-c",
                             "tar --sort=name --mtime=@0 -cf - tree | gzip -9n | tee t.gz | "
                             "gunzip | xz -T2 | "
                             "tee t.xz | unxz | tar tf - | sort"], prepare=documents,
             files=("t.gz", "t.xz")),
        make("grep-awk-find-sed", ["bash", "-c",
                                   "find tree -name '*5.txt' | sort; grep -rhoE 'line [0-9]+' "
                                   "tree | sort | "
                                   "uniq -c | awk '{ s += $1 * $3; n[$3 % 7]++ } END { print s, "
                                   "length(n) }'; "
                                   "sed -n 's/many/few/p' tree/part09.txt | tail -2; sort -r "
                                   "tree/*.txt | md5sum"],
             prepare=documents),
    ]
    return [(load.name, load.test if shutil.which(load.command[0]) else missing(load.command[0]))
             for load in loads]


def missing(program):
    def skip():
        raise suite.Skipped(f"{program} is not installed")
    return skip
