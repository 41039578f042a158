#!/usr/bin/env python3
"""test_bad_input.py: whatever is wrong is said clearly, and nothing is lost.

SPDX-License-Identifier: BSD-2-Clause
"""
import json
import os
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import time

from harness import Skip, contains, equal, lacks, lit, main, nidx

NOBODY = 65534


def as_nobody(box):
    """Options of run that take root's powers away; the box must be open to others then."""
    if os.geteuid() != 0:
        return {}
    if any(not os.stat(p).st_mode & 1 for p in [nidx, *pathlib.Path(nidx).resolve().parents]):
        raise Skip("another user cannot reach the command")
    box.path.chmod(0o777)
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def sound(box, n):
    """The index holds n articles and is undamaged."""
    box.run("check", "--quiet")
    equal(len(box.run("ls", status=None).lines), n)


def test_an_unreadable_file_is_skipped_and_named(box):
    other = as_nobody(box)
    box.write("open.txt", "Open\nharbor\n")
    box.write("closed.txt", "Closed\nharbor\n").chmod(0)
    said = box.run("add", "--list-skipped", ".", **other).said
    contains(said, f"skipped: {box.path}/closed.txt: unreadable: Permission denied")
    contains(said, "added 1, updated 0, skipped")
    contains(said, "1 unreadable")


def test_an_unreadable_folder_is_skipped_and_named(box):
    other = as_nobody(box)
    box.write("open.txt", "Open\nharbor\n")
    box.write("closed/in.txt", "In\nharbor\n").parent.chmod(0)
    said = box.run("add", "--list-skipped", ".", **other).said
    contains(said, f"{box.path}/closed: unreadable: Permission denied")


def test_a_token_of_a_megabyte_is_passed_over(box):
    box.add("token.txt", "Head\n" + "a" * 1000000 + " needle\n")
    equal(box.names("needle"), ["token.txt"])
    sound(box, 1)


def test_a_line_of_20_megabytes_shows_its_last_words_fast(box):
    box.add("line.txt", "Head\n" + "lorem ipsum dolor sit amet " * 750000 + "zebra crossing\n")
    start = time.monotonic()
    hit = box.run("q", "--json", "zebra").hits[0]
    equal([t for *_, t in lit(hit)], ["zebra"])
    contains(hit["passages"][0]["text"], "zebra crossing")
    equal(len(hit["passages"][0]["text"]) < 1000, True)
    equal(time.monotonic() - start < 5, True, "it took too long")


def test_zero_bytes_end_a_word_and_nothing_else(box):
    box.add("nul.txt", b"Head\nab\0cd needle\n")
    equal(box.names("needle"), ["nul.txt"])
    lacks(box.run("q", "needle").text, "\0")
    equal(json.loads(box.run("show", "--json", "nul.txt").text)["body"].split()[-1], "needle")


def test_invalid_utf8_is_converted_and_found(box):
    box.add("utf.txt", b"Head\n\xff\xfe\x80 caf\xe9 needle \xc3\x28\n")
    equal(box.names("needle"), ["utf.txt"])
    equal(box.names("cafe"), ["utf.txt"])


def test_broken_json_lines_are_counted_and_named_on_request(box):
    box.write("x.jsonl", '{"id":"1","body":"needle"}\n{"id":"2","title":\n[1,2]\n{"id":"3","body":"needle"}\nnot json\n')
    said = box.run("add", "x.jsonl").said
    contains(said, "added 2, updated 0, skipped 3 (3 broken)")
    lacks(said, "skipped:")
    said = box.run("add", "--index", "other.nidx", "--list-skipped", "x.jsonl").said
    for line in (2, 3, 5):
        contains(said, f"skipped: {box.path}/x.jsonl:{line}: broken: ")
    equal(box.run("q", "-c", "needle").lines, ["2"])


def test_add_strict_makes_a_skip_an_error_but_loses_nothing(box):
    box.write("x.jsonl", '{"id":"1","body":"needle"}\nnot json\n')
    contains(box.run("add", "--strict", "x.jsonl", status=2).said, "--strict")
    equal(box.run("q", "-c", "needle").lines, ["1"])
    box.run("add", "--strict", box.write("y.txt", "Fine\nneedle\n"))


def disk_of(box, size):
    """A small disk of its own."""
    disk = box.path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or not shutil.which("mount"):
        raise Skip("needs root")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], capture_output=True).returncode:
        raise Skip("cannot mount a small disk here")
    return disk


def many(box, name, n):
    """n articles of distinct words, so that they do not shrink to nothing."""
    words = [f"w{i * 7919 % 1000003}x{i}" for i in range(n * 100)]
    lines = [json.dumps({"id": str(i), "body": "needle " + " ".join(words[i * 100:i * 100 + 100])}) for i in range(n)]
    return box.write(name, "\n".join(lines) + "\n")


def test_a_full_disk_is_said_and_loses_nothing(box):
    disk = disk_of(box, "3m")
    try:
        index = disk / "x.nidx"
        few = box.write("few.txt", "Few\nneedle\n")
        box.run("add", "-q", "-i", index, few)
        run = box.run("add", "-i", index, many(box, "many.jsonl", 5000), status=2)
        contains(run.said, f"nidx: {index}")
        equal(re.search("disk|space", run.said) is not None, True, run.said)
        box.run("check", "-i", index)
        equal(box.run("q", "-c", "-i", index, "few").lines, ["1"])
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_a_file_above_the_limit_is_an_error_and_loses_nothing(box):
    box.add("few.txt", "Few\nneedle\n")
    size = box.index.stat().st_size

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100000, size + 100000))
    run = box.run("add", many(box, "many.jsonl", 5000), status=2, preexec_fn=limit)
    contains(run.said, f"nidx: {box.index}")
    sound(box, 1)


def test_a_read_only_index_is_searched_and_not_written(box):
    other = as_nobody(box)
    box.add("a.txt", "A\nneedle\n")
    box.index.chmod(0o444)
    pathlib.Path(f"{box.index}-lock").chmod(0o666)
    equal(box.run("q", "-c", "needle", **other).lines, ["1"])
    said = box.run("add", "a.txt", status=2, **other).said
    contains(said, f"nidx: {box.index}: ")
    contains(said, "no permission to write it")


def test_an_index_of_a_newer_version_is_refused_by_name(box):
    tool = os.environ.get("NEWER_INDEX")
    if not tool:
        raise Skip("NEWER_INDEX is not set")
    box.add("a.txt", "A\nneedle\n")
    subprocess.run([tool, box.index], check=True)
    for command in (["q", "needle"], ["add", "a.txt"], ["stats"]):
        said = box.run(*command, status=2).said
        contains(said, str(box.index))
        contains(said, "newer")


def test_a_file_that_is_no_index_is_left_alone(box):
    for text in (b"some text\n" * 1000, b"\0" * 10000, b""):
        path = box.write("note.txt", text)
        for command in (["q", "x"], ["stats"], ["ls"], ["check"], ["rm", "x"]):
            run = box.run(*command, "-i", path, status=2)
            equal(re.match(f"nidx: {path}: .*(not an index|no index)", run.said) is not None, True, run.said)
        equal(path.read_bytes(), text)


def test_an_index_cut_short_is_said(box):
    box.add("a.txt", "A\nneedle\n")
    whole = box.index.read_bytes()
    for size in (1, 4096, len(whole) // 2 // 4096 * 4096 + 7):
        box.index.write_bytes(whole[:size])
        run = box.run("q", "needle", status=2)
        contains(run.said, f"nidx: {box.index}: ")


def first_words(process, part, seconds=20):
    """What a process says until part stands in it."""
    said, end = b"", time.monotonic() + seconds
    os.set_blocking(process.stderr.fileno(), False)
    while part not in said and time.monotonic() < end:
        said += process.stderr.read() or b""
        time.sleep(0.01)
    os.set_blocking(process.stderr.fileno(), True)
    return said.decode()


def test_the_second_writer_waits_and_says_for_whom(box):
    first = box.start("add", "-")
    first.stdin.write(b'{"id":"1","body":"needle"}\n')
    first.stdin.flush()
    box.write("a.txt", "A\nneedle\n")
    while not box.index.exists():
        time.sleep(0.01)
    deadline = time.monotonic() + 20
    while True:
        run = box.run("add", "--no-wait", "a.txt", status=None)
        if run.status == 2 or time.monotonic() > deadline:
            break
    equal(run.status, 2)
    contains(run.said, str(first.pid))
    second = box.start("add", "a.txt")
    contains(first_words(second, b"no-wait"), f"note: waiting for another writer: ")
    first.communicate()
    second.communicate()
    equal((first.returncode, second.returncode), (0, 0))
    equal(box.run("q", "-c", "needle").lines, ["2"])


def test_loops_of_folders_end(box):
    box.write("loop/a.txt", "A\nneedle\n")
    (box.path / "loop/self").symlink_to(box.path / "loop")
    (box.path / "loop/up").symlink_to("..")
    run = box.run("add", "--list-skipped", "loop", timeout=30)
    contains(run.said, "loop/self: special: ")
    equal(box.run("q", "-c", "needle").lines, ["1"])


def test_special_files_are_skipped_and_not_waited_for(box):
    os.mkfifo(box.path / "pipe")
    s = socket.socket(socket.AF_UNIX)
    s.bind(str(box.path / "socket"))
    box.write("a.txt", "A\nneedle\n")
    said = box.run("add", "--list-skipped", ".", timeout=30).said
    s.close()
    for name in ("pipe", "socket"):
        contains(said, f"{box.path}/{name}: special: ")
    contains(said, "added 1")


def test_empty_input_is_no_error(box):
    box.write("empty.txt", "")
    contains(box.run("add", "--list-skipped", "empty.txt").said, "empty.txt: empty")
    contains(box.run("add", "-", stdin=b"").said, "added 0")
    (box.path / "folder").mkdir()
    contains(box.run("add", "folder").said, "added 0")
    equal(box.run("q", "-c", "needle", status=1).lines, ["0"])
    box.run("ls", status=1)


def test_missing_paths_are_named_and_the_others_added(box):
    box.write("a.txt", "A\nneedle\n")
    run = box.run("add", "nowhere", "a.txt", "", status=2)
    contains(run.said, "/nowhere: No such file or directory")
    contains(run.said, "added 1")
    equal(box.run("q", "-c", "needle").lines, ["1"])


def test_a_missing_folder_for_the_index_is_named(box):
    box.write("a.txt", "A\nneedle\n")
    contains(box.run("add", "-i", "no/such/x.nidx", "a.txt", status=2).said, "nidx: no/such: no such folder")
    contains(box.run("q", "-i", "no/such/x.nidx", "a", status=2).said, "no index yet")


def test_the_default_index_makes_its_folders_private(box):
    box.write("a.txt", "A\nneedle\n")
    box.run("add", "-q", "a.txt", env={"NIDX_INDEX": "", "XDG_DATA_HOME": str(box.path / "data")})
    equal((box.path / "data/nidx").stat().st_mode & 0o777, 0o700)
    equal((box.path / "data/nidx/default.nidx").stat().st_mode & 0o777, 0o600)


def test_numbers_that_are_none_are_refused(box):
    box.write("a.txt", "A\nneedle\n")
    for bad in (["--memory", "3x"], ["--threads", "-1"], ["--memory", ""], ["--threads", "1000"], ["--memory=99999999999999999999"]):
        contains(box.run("add", *bad, "a.txt", status=2).said, f"nidx: {bad[0].split('=')[0]}")


def test_output_that_cannot_be_written_is_an_error(box):
    if not os.path.exists("/dev/full"):
        raise Skip("no /dev/full")
    box.add("a.txt", "A\nneedle\n")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([nidx, "q", "needle"], stdout=full, stderr=subprocess.PIPE, env=box.env)
    equal(done.returncode, 2)
    contains(done.stderr.decode(), "nidx: standard output: No space left on device")


def test_a_reader_that_leaves_early_is_no_error_to_shout_about(box):
    box.write("x.jsonl", "".join(json.dumps({"id": str(i), "body": "needle"}) + "\n" for i in range(20000)))
    box.run("add", "-q", "x.jsonl")
    done = subprocess.run(f"'{nidx}' ls | head -n 1", shell=True, capture_output=True, env=box.env)
    equal((done.stdout.count(b"\n"), done.stderr), (1, b""))


main()
