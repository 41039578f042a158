#!/usr/bin/env python3
"""crash.py [SECONDS]: nidx add, optimize and compact are killed at each write, and at any moment.

At each write: the process dies instead of it, or half way through it, or loses some of what it has not synced, as when
the power is cut (compacting excepted, whose last step is a rename). What is left must open, hold exactly the last
commit, be sound, and be added to. Without SECONDS, every few writes and some moments; with it, every write, and moments
for that long. Prints how many kills were survived.
SPDX-License-Identifier: BSD-2-Clause
"""
import random
import signal
import subprocess
import sys
import time

from disk import Bench, Tally, commands
from harness import nidx

seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0
bench = Bench()
kills = 0


def killed(done):
    global kills
    if done.returncode != -signal.SIGKILL:
        raise AssertionError(f"was not killed: exit status {done.returncode}, said {done.stderr!r}")
    kills += 1


def at_write(name, kind, n, expected):
    bench.reset()
    killed(bench.run(*commands(bench)[name], fault=f"{kind}:{n}"))
    if bench.state() != expected:
        raise AssertionError("not the last commit")
    bench.assert_goes_on()


def publishing_call(name, calls, after):
    """The write that makes the change visible: it must be that of a meta page."""
    for n, call in enumerate(calls, 1):
        if not call.is_meta:
            continue
        bench.reset()
        if n == len(calls) or bench.run(*commands(bench)[name], fault=f"abort:{n + 1}").returncode == 0 or bench.state() == after:
            return n
    raise AssertionError("no write makes the change visible")


def rows(name):
    calls = bench.calls(*commands(bench)[name])
    after = bench.state()
    bench.reset()
    before = bench.state()
    publish = publishing_call(name, calls, after) if name == "add" else 0
    for n, call in enumerate(calls, 1):
        for i, kind in enumerate(("abort", "torn", "power")):
            if (kind == "torn" and not call.size) or (kind == "power" and name == "compact"):
                continue
            if seconds or (n + i) % 3 == 0 or call.is_meta:
                yield name, kind, n, before if n <= publish else after


def at_birth(kind, n):
    for p in bench.path.glob("test.nidx*"):
        p.unlink()
    killed(bench.run(*commands(bench)["add"], fault=f"{kind}:{n}"))
    bench.must("add", "--quiet", bench.path / "news")
    if bench.run("q", "--count", "late").stdout.strip() != b"%d" % bench.n:
        raise AssertionError("not all articles are found")
    bench.assert_goes_on()


def births():
    bench.base.rename(bench.path / "aside")
    bench.base.write_bytes(b"")
    calls = bench.calls(*commands(bench)["add"])
    (bench.path / "aside").rename(bench.base)
    for n, call in enumerate(calls, 1):
        for kind in ("abort", "torn") if call.size else ("abort",):
            if seconds or n < 3 or n % 3 == 0:
                yield kind, n


def at_any_moment(name, seed, longest, before, after):
    """Ends by itself if it is quicker than the kill."""
    global kills
    bench.reset()
    process = subprocess.Popen([nidx, *map(str, commands(bench)[name])], env=bench.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(random.Random(seed).uniform(0, longest))
    process.kill()
    kills += process.wait() == -signal.SIGKILL
    if bench.state() not in (before, after):
        raise AssertionError("neither the commit before nor the one behind")
    bench.assert_goes_on()


def moments():
    for name in ("add", "optimize", "compact"):
        bench.reset()
        before, start = bench.state(), time.monotonic()
        bench.must(*commands(bench)[name])
        took, after = time.monotonic() - start, bench.state()
        end, seed = time.monotonic() + seconds / 3, 0
        while seed < 5 or time.monotonic() < end:
            seed += 1
            yield name, seed, took * 1.1, before, after


tally = Tally(5)
for command in ("add", "optimize", "compact"):
    tally.group(f"nidx {command} killed at a write leaves the last commit", at_write, rows(command))
tally.group("a killed first command can be repeated", at_birth, births())
tally.group("a process killed at any moment leaves the last commit", at_any_moment, moments())
print(f"# {kills} kills survived")
bench.close()
