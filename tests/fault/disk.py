"""disk.py: an index under a disk that fails: what the tests of this folder stand on.

A Bench holds a small index, the article folder that it was made from, and a changed version of that folder. A trial
copies the index, runs one command under io_fault.c, and looks at what is left.
SPDX-License-Identifier: BSD-2-Clause
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from harness import nidx  # noqa: E402

WORDS = "harbor treaty glacier ferry senate letter bridge library ballot orchard turbine archive".split()


class Call:
    """A line of io_fault's log."""

    def __init__(self, line):
        self.call, offset, size, self.name = line.split(" ", 3)
        self.offset, self.size = int(offset), int(size)

    @property
    def is_meta(self):
        """A commit ends with one small write into the first two pages."""
        return self.call == "pwrite" and self.offset < 8192 and self.size < 200


class Bench:
    def __init__(self, n=24):
        # Where a disk need not be waited for, if there is such a place.
        base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="nidx-fault-", dir=base))
        self.index, self.base = self.path / "test.nidx", self.path / "base"
        self.log = self.path / "log"
        self.env = {"PATH": os.environ["PATH"], "HOME": str(self.path), "LC_ALL": "C.UTF-8", "NIDX_INDEX": str(self.index)}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LD_LIBRARY_PATH"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        self.n = n
        self.write_articles("early")
        # Several segments, deleted documents, free pages: something for merging and compacting to do.
        for i in (*range(n), 3, 4, 5):
            self.must("add", "--quiet", self.path / "news" / f"{i:03}.txt")
        shutil.copyfile(self.index, self.base)
        self.write_articles("late")

    def close(self):
        shutil.rmtree(self.path)

    def write_articles(self, age):
        news = self.path / "news"
        news.mkdir(exist_ok=True)
        for i in range(self.n):
            body = " ".join(WORDS[(i * 7 + j * j) % len(WORDS)] + ("." if j % 9 == 8 else "") for j in range(40 + i * 5))
            (news / f"{i:03}.txt").write_text(f"Article {i} {age}\n\nThe {age} number{i} {body}\n", encoding="utf-8")

    def run(self, *args, fault=None, log=False, timeout=120, more=None):
        env = {**self.env, **(more or {})}
        if fault or log or more:
            env.update(LD_PRELOAD=os.environ["NIDX_IO_FAULT"], NIDX_FAULT=fault or "none:0", NIDX_FAULT_FILES=self.index.name)
            env["ASAN_OPTIONS"] = "verify_asan_link_order=0:detect_leaks=0:" + env.get("ASAN_OPTIONS", "")
        if log:
            self.log.unlink(missing_ok=True)
            env["NIDX_FAULT_LOG"] = str(self.log)
        return subprocess.run([nidx, *map(str, args)], capture_output=True, env=env, timeout=timeout, cwd=self.path)

    def must(self, *args):
        done = self.run(*args)
        if done.returncode != 0:
            raise AssertionError(f"nidx {' '.join(map(str, args))}: exit status {done.returncode}\n{done.stderr.decode()}")
        return done.stdout

    def reset(self):
        for p in self.path.glob("test.nidx*"):
            p.unlink()
        shutil.copyfile(self.base, self.index)

    def state(self):
        """What a reader sees: all keys, and who has the word of each age."""
        ages = [self.run("q", "--paths", "--limit", "1000", age).stdout for age in ("early", "late")]
        return self.run("ls").stdout, *(b"\n".join(sorted(a.splitlines())) for a in ages)

    def calls(self, *command):
        """The calls that a command makes, in order, when nothing fails; leaves its result."""
        self.reset()
        done = self.run(*command, log=True)
        if done.returncode != 0:
            raise AssertionError(done.stderr.decode())
        return [Call(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def assert_goes_on(self):
        """Sound, and can be written."""
        self.must("check")
        extra = self.path / "extra.txt"
        extra.write_text("An extra one\n\nwith the word zyzzyva\n", encoding="utf-8")
        self.must("add", "--quiet", extra)
        if self.must("q", "--paths", "zyzzyva").decode().strip() != str(extra):
            raise AssertionError("what was added after the failure is not found")
        self.must("check")


def commands(bench):
    return {"add": ("add", "--quiet", bench.path / "news"), "optimize": ("optimize", "--quiet"), "compact": ("compact",)}


class Tally:
    """TAP for a known number of groups of trials; each group counts its own."""

    def __init__(self, n):
        self.n, self.bad = 0, 0
        print(f"1..{n}", flush=True)

    def group(self, title, trial, rows):
        self.n += 1
        failures, count = [], 0
        for row in rows:
            count += 1
            try:
                trial(*row)
            except (AssertionError, subprocess.TimeoutExpired) as e:
                failures.append(f"{' '.join(map(str, row))[:60]}: {e}")
        self.bad += bool(failures)
        print(f"{'not ok' if failures else 'ok'} {self.n} - {title}")
        print(f"# {count} trials, {len(failures)} failed")
        for f in failures[:10]:
            print("\n".join("# " + line for line in f.splitlines()))
        sys.stdout.flush()
