#!/usr/bin/env python3
"""test_progress.py: how a long run tells how far it is, and how it stops.

SPDX-License-Identifier: BSD-2-Clause
"""
import functools
import json
import signal
import threading
import time

from harness import contains, equal, lacks, main


def article(i):
    return json.dumps({"id": str(i), "title": f"Article {i}", "body": "needle " + " ".join(f"w{i * 31 + k}" for k in range(60))}).encode() + b"\n"


@functools.cache
def long_run(n=4000):
    """Articles that take a while."""
    return b"".join(article(i) for i in range(n))


def feed(process, stop, first=0):
    """Feeds articles to a process, slowly, until stop is set; how many."""
    n = first
    try:
        while not stop.is_set():
            process.stdin.write(article(n))
            process.stdin.flush()
            n += 1
            time.sleep(0.001)
    except BrokenPipeError:
        pass


def fed(box, *options):
    """An add that is fed by a thread; the process, and what ends the thread."""
    process = box.start("add", *options, "-")
    stop = threading.Event()
    thread = threading.Thread(target=feed, args=(process, stop))
    thread.start()
    return process, stop, thread


def end(process, stop, thread):
    said = process.stderr.read().decode()
    status = process.wait(30)
    stop.set()
    thread.join()
    return said, status


def wait_for_index(box):
    deadline = time.monotonic() + 20
    while not box.index.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.3)


def test_a_terminal_gets_a_bar_that_is_wiped_away(box):
    box.write("x.jsonl", long_run(15000))
    shown, status = box.terminal("add", "-j", "1", "-m", "32M", "x.jsonl", columns=140)
    equal(status, 0)
    contains(shown, "[")
    contains(shown, " MB of ")
    contains(shown, "MB/s")
    contains(shown, "\r\033[K" + "added 15,000")


def test_a_short_run_shows_no_bar(box):
    box.write("a.txt", "A\nneedle\n")
    shown, _ = box.terminal("add", "a.txt")
    lacks(shown, "\033[K")


def test_a_narrow_terminal_gets_no_line_that_wraps(box):
    box.write("x.jsonl", long_run(15000))
    shown, _ = box.terminal("add", "-j", "1", "-m", "32M", "x.jsonl", columns=80)
    for piece in shown.split("\r\033[K")[1:-1]:
        equal(len(piece) < 80, True, piece)


def test_quiet_says_nothing(box):
    box.write("x.jsonl", long_run())
    equal(box.terminal("add", "--quiet", "x.jsonl"), ("", 0))


def test_elsewhere_there_is_no_bar(box):
    box.write("x.jsonl", long_run())
    said = box.run("add", "x.jsonl").said
    lacks(said, "\r")
    equal(len(said.splitlines()), 1, said)


def test_a_signal_asks_how_far_it_is(box):
    process, stop, thread = fed(box)
    wait_for_index(box)
    process.send_signal(signal.SIGUSR1)
    line = process.stderr.readline().decode()
    contains(line, " read")
    stop.set()
    thread.join()
    process.stdin.close()
    said = process.stderr.read().decode()
    equal(process.wait(30), 0)
    contains(said, "added ")


def stopped_by(box, number):
    process, stop, thread = fed(box)
    wait_for_index(box)
    process.send_signal(number)
    said, status = end(process, stop, thread)
    equal(status, 2)
    contains(said, "stopped: ")
    contains(said, "run the same command again to go on")
    counted = int(said.split("added ")[1].split(",", 1)[0].replace(",", ""))
    equal(counted > 0, True, said)
    box.run("check", "--quiet")
    equal(box.run("q", "-c", "needle").lines, [str(counted)])


def test_ctrl_c_commits_what_is_whole(box):
    stopped_by(box, signal.SIGINT)


def test_sigterm_commits_what_is_whole(box):
    stopped_by(box, signal.SIGTERM)


def test_ctrl_c_stops_also_while_input_is_waited_for(box):
    process = box.start("add", "-")
    process.stdin.write(article(1) + article(2))
    process.stdin.flush()
    wait_for_index(box)
    process.send_signal(signal.SIGINT)
    said = process.stderr.read().decode()
    equal(process.wait(30), 2)
    contains(said, "added 2")
    equal(box.run("q", "-c", "needle").lines, ["2"])


def test_a_second_ctrl_c_stops_at_once(box):
    """The process is stopped, so that it cannot have finished between the two."""
    box.add("a.txt", "A\nneedle\n")
    process, stop, thread = fed(box)
    wait_for_index(box)
    process.send_signal(signal.SIGSTOP)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGCONT)
    said, status = end(process, stop, thread)
    equal(status, 2)
    contains(said, "what was committed stays")
    box.run("check", "--quiet")
    equal(box.names("a"), ["a.txt"])


def test_the_same_command_goes_on_after_a_stop(box):
    box.write("x.jsonl", long_run())
    process = box.start("add", "-j", "1", "x.jsonl")
    wait_for_index(box)
    process.send_signal(signal.SIGINT)
    process.communicate()
    box.run("add", "-q", "x.jsonl")
    equal(box.run("q", "-c", "needle").lines, ["4000"])


def test_the_summary_counts_what_came_twice(box):
    box.write("x.jsonl", article(1) + article(2) + article(1))
    contains(box.run("add", "x.jsonl").said, "added 2, updated 0, 1 keys came twice, skipped 0;")
    contains(box.run("add", "x.jsonl").said, "added 0, updated 0, unchanged 1,")
    box.write("x.jsonl", article(2) + article(1))
    contains(box.run("add", "x.jsonl").said, "added 0, updated 2,")


main()
