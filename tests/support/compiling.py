"""Compiles the programs of the tests so that the planted bug is still in them."""

import os
import subprocess

from suite import Failed, HERE as SUPPORT

# At -O2 the compiler may take calls and stores away that only the bug needs, or turn the last call
# of a function into a jump, which leaves no frame to name.
OPTIMIZED = ["-fno-builtin", "-fno-optimize-sibling-calls", "-fno-unroll-loops"]
OPTIMIZED_BY_GCC = ["-fno-tree-dse", "-flifetime-dse=0"]


def sources(folder):
    return sorted(os.path.join(folder, name) for name in os.listdir(folder)
                  if name.endswith((".c", ".cc")))


def compile_to(program, source, *flags, libraries=()):
    """Compiles and links one C or C++ source; returns the program's path."""
    is_c = source.endswith(".c")
    compiler = os.environ.get("CC", "gcc") if is_c else os.environ.get("CXX", "g++")
    language = ["-std=gnu11"] if is_c else ["-std=gnu++17", "-fsized-deallocation"]
    command = [*compiler.split(), *language, "-w", "-g", "-pthread", f"-I{SUPPORT}", *flags, source,
               "-o", program, *libraries, "-ldl"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise Failed(f"does not compile: {' '.join(command)}\n{run.stderr[:3000]}")
    return program


def is_clang(variable, default):
    run = subprocess.run([*os.environ.get(variable, default).split(), "--version"],
                         capture_output=True, text=True, check=False)
    return "clang" in run.stdout


def fault(source, program, level):
    flags = [level]
    is_c = source.endswith(".c")
    if level != "-O0":
        flags += OPTIMIZED
        if not is_clang("CC" if is_c else "CXX", "gcc"):
            flags += OPTIMIZED_BY_GCC if is_c else [*OPTIMIZED_BY_GCC, "-fno-allocation-dce"]
    return compile_to(program, source, *flags)
