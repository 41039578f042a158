#!/usr/bin/env python3
"""io_faults.py [--all]: the disk fails at each write of nidx add, optimize and compact.

Each must end with a message and exit status 2 (or succeed, where the failed call was a courtesy), and leave an index
that opens, holds exactly the last commit, is sound, and can be added to. Without --all, every few calls only.
SPDX-License-Identifier: BSD-2-Clause
"""
import shutil
import sys

from disk import Bench, Tally, commands

KINDS = ("enospc", "eio", "edquot", "short", "full")
thorough = "--all" in sys.argv[1:]
bench = Bench()


def every_byte_is_seen(name):
    """What a command changes in the file went through the calls that io_fault sees."""
    shutil.copyfile(bench.base, bench.path / "before")
    calls = bench.calls(*commands(bench)[name])
    before, after = bench.base.read_bytes(), bench.index.read_bytes()
    seen = bytearray(len(after))
    for c in calls:
        if c.size:
            seen[c.offset:c.offset + c.size] = b"\1" * (min(c.offset + c.size, len(after)) - c.offset)
    before += bytes(max(0, len(after) - len(before)))
    missed = [i for i in range(len(after)) if after[i] != before[i] and not seen[i]]
    if missed:
        raise AssertionError(f"{len(missed)} bytes were not seen, the first at {missed[0]}")
    if not sum(seen) or not any(c.is_meta for c in calls):
        raise AssertionError("nothing was seen at all")


def assert_told(call, kind, done, state, before, after):
    """A message and the last commit; or success, where another write made up for it."""
    said = done.stderr.decode()
    if done.returncode == 0:
        courtesy = call.call in ("ftruncate", "fsync") or (kind == "short" and call.call == "write")
        if not courtesy or state != after:
            raise AssertionError(f"{call.call} failed and nothing was said; is the new state: {state == after}")
    elif done.returncode != 2 or not said.startswith("nidx: ") or bench.index.name not in said:
        raise AssertionError(f"{call.call}: exit status {done.returncode}, said: {said!r}")
    elif state != before:
        raise AssertionError(f"{call.call}: not the last commit; is the new state: {state == after}; said: {said!r}")


def one(name, kind, n, call, before, after):
    bench.reset()
    done = bench.run(*commands(bench)[name], fault=f"{kind}:{n}")
    assert_told(call, kind, done, bench.state(), before, after)
    bench.assert_goes_on()


def at_birth(kind, n):
    """The first command of all: what is left is no index, an empty one, or the whole."""
    for p in bench.path.glob("test.nidx*"):
        p.unlink()
    done = bench.run(*commands(bench)["add"], fault=f"{kind}:{n}")
    if done.returncode not in (0, 2) or (done.returncode == 2 and not done.stderr.startswith(b"nidx: ")):
        raise AssertionError(f"exit status {done.returncode}, said: {done.stderr!r}")
    bench.must("add", "--quiet", bench.path / "news")
    if bench.run("q", "--count", "late").stdout.strip() != b"%d" % bench.n:
        raise AssertionError("not all articles are found")
    bench.assert_goes_on()


def rows(name):
    calls = bench.calls(*commands(bench)[name])
    after = bench.state()
    bench.reset()
    before = bench.state()
    if name == "add" and before == after:
        raise SystemExit("the change cannot be told apart")
    chosen = [(k, n) for k in KINDS for n in range(1, len(calls) + 1)]
    # Only data can be written short.
    chosen = [(k, n) for k, n in chosen if k != "short" or calls[n - 1].size]
    if not thorough:
        chosen = chosen[::4]
    for kind, n in chosen:
        yield name, kind, n, calls[n - 1], before, after


def count_births():
    bench.base.rename(bench.path / "aside")
    bench.base.write_bytes(b"")
    n = len(bench.calls(*commands(bench)["add"]))
    (bench.path / "aside").rename(bench.base)
    return n


def warns_of_a_network():
    article = bench.path / "news" / "000.txt"
    done = bench.run("add", "--quiet", article, more={"NIDX_FAULT_REMOTE": "1"})
    if done.returncode != 0 or b"network file system" not in done.stderr:
        raise AssertionError(f"exit status {done.returncode}, said: {done.stderr!r}")
    done = bench.run("add", "--quiet", article, log=True)
    if done.stderr:
        raise AssertionError(f"said: {done.stderr!r}")


tally = Tally(6)
tally.group("every byte of a commit is seen", every_byte_is_seen, [("add",), ("optimize",)])
births = [(k, n) for k in KINDS for n in range(1, count_births() + 1)]
tally.group("an index that could not be made is made again", at_birth, births if thorough else births[::7])
for command in ("add", "optimize", "compact"):
    tally.group(f"nidx {command} survives each failed call", one, rows(command))
tally.group("a network file system is warned of", warns_of_a_network, [()])
bench.close()
