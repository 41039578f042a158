#!/usr/bin/env python3
"""threads.py NIDX CORPUS [-f FOLDER] [-c THREADS:MEMORY]...: one corpus, several numbers of threads and budgets of memory.

Indexes JSON lines once for each -c (1:256M 2:64M 4:32M), says how long that took and how much memory was in use at
most (RssAnon of /proc: all but pages of files), and then, after `nidx optimize`, whether what the index says is the
same each time: `ls`, `show --json` of some keys, and what queries find.
"""
import argparse
import pathlib
import random
import subprocess
import sys
import tempfile
import time

args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
args.add_argument("nidx")
args.add_argument("corpus", type=pathlib.Path)
args.add_argument("-f", "--folder", default=None)
args.add_argument("-c", "--config", action="append")
a = args.parse_args()
queries = [
    "the", "of OR in", "government president", "+state -president", '"united states"', '"the state of"', "pre*",
    "world NEAR/5 war", "title:new", "=states", "the BEFORE/3 of", '"of the"~2', "river OR bank OR company", "zzzyx",
]


def peak_of(command):
    """Runs it; seconds, and the greatest RssAnon and VmHWM in KiB that were seen."""
    start = time.monotonic()
    p = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    anon = high = 0
    while p.poll() is None:
        try:
            for line in open(f"/proc/{p.pid}/status"):
                if line.startswith("RssAnon:"):
                    anon = max(anon, int(line.split()[1]))
                if line.startswith("VmHWM:"):
                    high = max(high, int(line.split()[1]))
        except (FileNotFoundError, ProcessLookupError):
            pass
        time.sleep(0.01)
    said = p.stderr.read().strip()
    if p.returncode:
        sys.exit(f"{' '.join(command)}: {p.returncode}: {said}")
    return time.monotonic() - start, anon, high, said


def run(*command):
    p = subprocess.run([a.nidx, *command], stdout=subprocess.PIPE, check=False)
    if p.returncode > 1:
        sys.exit(f"{command}: exit status {p.returncode}")
    return p.stdout


def contents_of(index):
    listed = run("ls", "-i", index)
    keys = listed.decode().split("\n")[:-1]
    said = {"ls": listed}
    some = random.Random(1).sample(keys, min(len(keys), 50))
    for i, key in enumerate(some):
        said[f"show {key}"] = run("show", "--json", "-i", index, "--", key)
    for q in queries:
        said[f"q {q}"] = run("q", "--json", "-n", "200", "-i", index, q)
        said[f"q --count {q}"] = run("q", "--count", "-i", index, q)
    return said


first = None
differ = 0
with tempfile.TemporaryDirectory(dir=a.folder) as folder:
    for config in a.config or ["1:256M", "2:64M", "4:32M"]:
        threads, memory = config.split(":")
        index = f"{folder}/{threads}-{memory}.nidx"
        took, anon, high, said = peak_of(
            [a.nidx, "add", "-j", threads, "-m", memory, "-i", index, str(a.corpus)])
        print(f"add      {config:8} {took:7.1f} s  RssAnon {anon / 1024:7.1f} MiB  with file pages {high / 1024:7.1f} MiB"
              f"  file {pathlib.Path(index).stat().st_size / 1048576:.1f} MiB  {said}")
        took, anon, high, said = peak_of([a.nidx, "optimize", "-i", index])
        print(f"optimize {config:8} {took:7.1f} s  RssAnon {anon / 1024:7.1f} MiB  with file pages {high / 1024:7.1f} MiB")
        sys.stdout.flush()
        now = contents_of(index)
        pathlib.Path(index).unlink()
        first = first or now
        for what in first:
            if now[what] != first[what]:
                differ += 1
                print(f"{config}: {what} differs")
print(f"{differ} differences")
sys.exit(1 if differ else 0)
