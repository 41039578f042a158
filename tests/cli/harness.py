"""harness.py: runs the nidx command in a folder of its own and reports as TAP.

A test is a function whose name begins with test_ and says in words what holds; it takes a Box. main() runs all of them.
SPDX-License-Identifier: BSD-2-Clause
"""
import fcntl
import inspect
import json
import os
import pathlib
import pty
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time
import traceback

nidx = os.environ.get("NIDX", "nidx")
root = pathlib.Path(__file__).resolve().parents[2]
shared = root.parent / "shared"


class Skip(Exception):
    """The data that a test wants is not there."""


class Run:
    """What a command printed and how it ended."""

    def __init__(self, done):
        self.out, self.err, self.status = done.stdout, done.stderr, done.returncode

    @property
    def text(self):
        return self.out.decode("utf-8")

    @property
    def said(self):
        return self.err.decode("utf-8")

    @property
    def lines(self):
        return self.text.splitlines()

    @property
    def hits(self):
        return [json.loads(line) for line in self.lines]


class Box:
    """A folder with an index; the environment holds nothing of the user's."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="nidx-test-"))
        self.index = self.path / "test.nidx"
        self.env = {"PATH": os.environ["PATH"], "HOME": str(self.path), "LC_ALL": "C.UTF-8", "NIDX_INDEX": str(self.index)}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "LD_LIBRARY_PATH"):
            if name in os.environ:
                self.env[name] = os.environ[name]

    def close(self):
        for p in self.path.rglob("*"):
            if p.is_dir() and not p.is_symlink():
                p.chmod(0o700)
        shutil.rmtree(self.path)

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return path

    def run(self, *args, stdin=b"", status=0, env=None, timeout=120, **more):
        """Runs nidx; its exit status must be status (None: any)."""
        done = subprocess.run([nidx, *map(str, args)], input=stdin, capture_output=True, timeout=timeout,
                              env={**self.env, **(env or {})}, cwd=self.path, **more)
        run = Run(done)
        if status is not None and run.status != status:
            raise AssertionError(f"nidx {' '.join(map(str, args))}: exit status {run.status}, not {status}\n{run.said}{run.out[:2000]!r}")
        return run

    def start(self, *args, env=None):
        """Starts nidx with pipes, and leaves it running."""
        return subprocess.Popen([nidx, *map(str, args)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env={**self.env, **(env or {})}, cwd=self.path)

    def terminal(self, *args, env=None, rows=24, columns=80, feed=None, timeout=60):
        """Runs nidx with a terminal as its standard output and error: what it showed, and its exit status. feed is
        called with the process and each piece of output."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        process = subprocess.Popen([nidx, *map(str, args)], stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
                                   env={**self.env, "TERM": "xterm", "PAGER": "cat", **(env or {})}, cwd=self.path)
        os.close(slave)
        shown, end = b"", time.monotonic() + timeout
        while time.monotonic() < end:
            if not select.select([master], [], [], 0.1)[0]:
                continue
            try:
                piece = os.read(master, 65536)
            except OSError:
                break
            shown += piece
            if feed:
                feed(process, shown)
        os.close(master)
        return shown.replace(b"\r\n", b"\n").decode("utf-8"), process.wait(timeout)

    def add(self, name, text, *options):
        """Writes a file and adds it."""
        path = self.write(name, text)
        self.run("add", "--quiet", *options, path)
        return path

    def names(self, *query, status=None):
        """The file names of the hits, best first."""
        return [pathlib.PurePath(h["key"]).name for h in self.run("q", "--json", *query, status=status).hits]


def equal(got, expected, what=""):
    if got != expected:
        raise AssertionError(f"{what}\n  got      {got!r}\n  expected {expected!r}")


def contains(text, part):
    if part not in text:
        raise AssertionError(f"{part!r} is not in {text!r}")


def lacks(text, part):
    if part in text:
        raise AssertionError(f"{part!r} is in {text!r}")


def lit(hit):
    """What is lit: (title or body, first byte, byte behind the last, text)."""
    out = [("title", a, b, hit["title"].encode()[a:b].decode()) for a, b in hit["title_lit"]]
    for p in hit["passages"]:
        out += [("body", p["start"] + a, p["start"] + b, p["text"].encode()[a:b].decode()) for a, b in p["lit"]]
    return out


def run_one(test):
    box = Box()
    try:
        test(box)
        return "ok", ""
    except Skip as e:
        return "skip", str(e)
    except Exception:
        return "not ok", traceback.format_exc()
    finally:
        box.close()


def main():
    module = inspect.getmodule(inspect.stack()[1][0])
    wanted = sys.argv[1:]
    tests = [(n, f) for n, f in vars(module).items() if n.startswith("test_") and callable(f) and (not wanted or n in wanted)]
    print(f"1..{len(tests)}")
    for i, (name, test) in enumerate(tests, 1):
        verdict, why = run_one(test)
        title = name[5:].replace("_", " ")
        print(f"ok {i} - {title} # SKIP {why}" if verdict == "skip" else f"{verdict} {i} - {title}", flush=True)
        if verdict == "not ok":
            print("\n".join("# " + line for line in why.splitlines()), flush=True)
