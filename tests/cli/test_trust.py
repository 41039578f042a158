#!/usr/bin/env python3
"""test_trust.py: what the command says when its file is cut, locked, full or no index at all.

SPDX-License-Identifier: BSD-2-Clause
"""
import json
import os
import resource
import signal
import subprocess
import time

from harness import contains, equal, main, nidx


def many(box, n):
    """An index of n articles with long keys, from JSON lines."""
    lines = [json.dumps({"id": f"{i:06}" + "k" * 200, "title": f"Article {i}", "body": f"harbor number{i}"}) for i in range(n)]
    box.run("add", "--quiet", "--plain-ids", "-", stdin="\n".join(lines).encode())


def start(box, *args):
    return subprocess.Popen([nidx, *args], env=box.env, cwd=box.path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_file_cut_under_a_running_command_ends_in_words(box):
    many(box, 20000)
    p = start(box, "ls")
    # The pipe is full long before all keys are in it, so ls waits in their midst.
    first = p.stdout.read(1)
    os.truncate(box.index, 0)
    rest, said = p.communicate(timeout=60)
    equal(first, b"0")
    equal(p.returncode, 2, said.decode())
    contains(said.decode(), "nidx: a file was cut short, or its disk failed, while it was read")
    if len(rest) > 4000000:
        raise AssertionError("all keys were read before the file was cut")


def test_a_file_cut_between_commits_ends_in_words(box):
    many(box, 100)
    p = start(box, "add", "--quiet", "--plain-ids", "-")
    while not p.poll() and "writer" not in lock_message(box):
        time.sleep(0.01)
    os.truncate(box.index, 8192)
    _, said = p.communicate(json.dumps({"id": "new", "body": "letter"}).encode(), timeout=60)
    equal(p.returncode, 2, said.decode())
    contains(said.decode(), "cut short")


def lock_message(box):
    """Whether somebody writes: `writer` or nothing."""
    run = box.run("compact", status=None)
    return "writer" if "being written by process" in run.said else ""


def test_a_second_writer_is_told_who_the_first_is(box):
    many(box, 10)
    p = start(box, "add", "--quiet", "-")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not lock_message(box):
        time.sleep(0.01)
    run = box.run("compact", status=2)
    contains(run.said, f"being written by process {p.pid} (")
    contains(run.said, " add --quiet -)")
    contains(run.said, " since 2")
    p.communicate(b"", timeout=60)
    box.run("compact")


def test_a_reader_in_the_way_of_compacting_is_named(box):
    many(box, 20000)
    p = start(box, "ls")
    p.stdout.read(1)
    run = box.run("compact", status=2)
    contains(run.said, f"open in process {p.pid} (")
    p.communicate(timeout=60)
    equal(p.returncode, 0)
    box.run("compact")


def test_a_full_disk_is_said_and_nothing_is_lost(box):
    many(box, 10)
    before = box.run("ls").text
    lines = b"".join(json.dumps({"id": str(i), "body": f"word{i} " * 50 + os.urandom(300).hex()}).encode() + b"\n" for i in range(3000))
    size = box.index.stat().st_size

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 8192, resource.RLIM_INFINITY))

    done = subprocess.run([nidx, "add", "--quiet", "-"], input=lines, env=box.env, capture_output=True, preexec_fn=limit, timeout=60)
    equal(done.returncode, 2, done.stderr.decode())
    contains(done.stderr.decode(), "no room on the disk")
    contains(done.stderr.decode(), str(box.index))
    equal(box.run("ls").text, before)
    box.run("check")
    box.run("add", "--quiet", "-", stdin=lines)
    box.run("check")


def test_a_killed_command_leaves_no_lock(box):
    many(box, 10)
    p = start(box, "add", "--quiet", "-")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not lock_message(box):
        time.sleep(0.01)
    p.send_signal(signal.SIGKILL)
    p.communicate(timeout=60)
    many(box, 20)
    equal(box.run("q", "--count", "harbor").text.strip(), "20")


def test_what_is_no_index_is_refused_by_name(box):
    for name, text, part in (("letter.txt", "Dear Mr. Putin,\n", "not an index"), ("zero", b"\0" * 9000, "not an index"), ("empty", "", "empty")):
        path = box.write(name, text)
        for command in (("q", "--index", path, "x"), ("check", "--index", path), ("stats", "--index", path), ("ls", "--index", path)):
            run = box.run(*command, status=2)
            contains(run.said, part)
            contains(run.said, name)
        equal(path.read_bytes(), text if isinstance(text, bytes) else text.encode())
    contains(box.run("q", "--index", box.path, "x", status=2).said, "a folder")
    contains(box.run("q", "--index", box.path / "none.nidx", "x", status=2).said, "none.nidx")


def test_damage_is_said_with_its_place(box):
    many(box, 300)
    whole = box.index.read_bytes()
    damaged = bytearray(whole)
    at = whole.index(b"kkkkkkkk")
    damaged[at] ^= 1
    box.index.write_bytes(damaged)
    run = box.run("check", status=2)
    contains(run.said, "corrupt: ")
    contains(run.said, str(box.index))
    box.index.write_bytes(whole)
    contains(box.run("check").text, "is sound")


main()
