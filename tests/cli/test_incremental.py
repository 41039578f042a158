#!/usr/bin/env python3
"""test_incremental.py: nidx add, run again: what changed, moved, vanished or was left out.

SPDX-License-Identifier: BSD-2-Clause
"""
import os
import random
import re
import shutil
import subprocess
import time

from harness import Skip, contains, equal, main, nidx

WORDS = ("added", "updated", "moved", "unchanged", "removed", "skipped")


def add(box, *args, status=0):
    """The counts of the closing line that are not 0."""
    said = box.run("add", *args, status=status).said
    counts = {word: int(n.replace(",", "")) for word, n in re.findall(r"(?:^|, )([a-z]+) ([\d,]*\d)", said.splitlines()[-1])}
    return {word: counts[word] for word in WORDS if counts.get(word)}, said


def age(path, seconds=1000):
    """Makes a file look as if it had been written a while ago."""
    when = time.time_ns() - int(seconds * 1e9)
    os.utime(path, ns=(when, when))
    return path


def tree(box, files):
    for name, text in files.items():
        age(box.write(name, text))


def keys(box, under=""):
    base = str(box.path) + "/" + under
    return sorted(k[len(base):] for k in box.run("ls", status=None).lines if k.startswith(base))


def test_an_unchanged_tree_is_not_read(box):
    tree(box, {"d/a.txt": "alpha", "d/s/b.md": "beta", "d/r.jsonl": '{"id":1,"body":"one"}\n{"id":2,"body":"two"}\n'})
    equal(add(box, "d")[0], {"added": 4})
    counts, said = add(box, "d")
    equal(counts, {"unchanged": 3})
    contains(said, "; 0 bytes in")
    equal(add(box, "--prune", "d")[0], {"unchanged": 3})


def test_a_changed_file_is_replaced(box):
    tree(box, {"d/a.txt": "alpha", "d/b.txt": "beta"})
    add(box, "d")
    box.write("d/a.txt", "gamma")
    equal(add(box, "d")[0], {"updated": 1, "unchanged": 1})
    equal(box.names("gamma"), ["a.txt"])
    box.run("q", "alpha", status=1)


def test_a_change_that_keeps_size_and_time_is_seen_by_neither_but_inode(box):
    a = age(box.write("d/a.txt", "alpha"))
    add(box, "d")
    stat = a.stat()
    b = box.write("new", "gamma")
    os.utime(b, ns=(stat.st_mtime_ns, stat.st_mtime_ns))
    b.rename(a)
    equal(add(box, "d")[0], {"updated": 1})


def test_a_touched_file_is_compared_once(box):
    tree(box, {"d/a.txt": "alpha", "d/r.jsonl": '{"id":1,"body":"one"}\n'})
    add(box, "d")
    age(box.path / "d/a.txt", 500)
    age(box.path / "d/r.jsonl", 500)
    equal(add(box, "d")[0], {"unchanged": 2})
    equal(add(box, "d")[0], {"unchanged": 2})
    box.run("check")
    # What the note says is of these bytes alone.
    age(box.write("d/a.txt", "gamma"), 400)
    equal(add(box, "d")[0], {"updated": 1, "unchanged": 1})
    equal(box.names("gamma"), ["a.txt"])


def test_a_renamed_file_and_folder_move(box):
    tree(box, {"d/a.txt": "alpha", "d/x/b.txt": "beta", "d/x/c.txt": "gamma", "d/r.jsonl": '{"id":1,"body":"one"}\n'})
    add(box, "d")
    (box.path / "d/a.txt").rename(box.path / "d/z.txt")
    (box.path / "d/x").rename(box.path / "d/y")
    (box.path / "d/r.jsonl").rename(box.path / "d/q.jsonl")
    equal(add(box, "d")[0], {"moved": 4})
    equal(keys(box, "d/"), ["q.jsonl#1", "y/b.txt", "y/c.txt", "z.txt"])
    equal(add(box, "--prune", "d")[0], {"unchanged": 4})


def test_a_copy_is_new_and_a_moved_copy_has_moved(box):
    tree(box, {"d/a.txt": "alpha"})
    add(box, "d")
    shutil.copyfile(box.path / "d/a.txt", box.path / "d/b.txt")
    equal(add(box, "d")[0], {"added": 1, "unchanged": 1})
    shutil.copyfile(box.path / "d/a.txt", box.path / "d/c.txt")
    (box.path / "d/a.txt").unlink()
    (box.path / "d/b.txt").unlink()
    equal(add(box, "d")[0], {"moved": 1})
    equal(len(keys(box, "d/")), 2)
    equal(add(box, "--prune", "d")[0], {"unchanged": 1, "removed": 1})


def test_a_copy_elsewhere_never_takes_the_place_of_what_is_away(box):
    tree(box, {"disk/a.txt": "alpha"})
    add(box, "disk")
    shutil.copytree(box.path / "disk", box.path / "backup")
    shutil.move(box.path / "disk", box.path / "away")
    (box.path / "away/a.txt").unlink()
    equal(add(box, "backup")[0], {"added": 1})
    equal(keys(box), ["backup/a.txt", "disk/a.txt"])


def test_what_vanished_goes_with_prune_alone_and_below_what_is_named(box):
    tree(box, {"d/a.txt": "alpha", "d/b.txt": "beta", "e/c.txt": "gamma", "e/sub/d.txt": "delta"})
    add(box, "d", "e")
    (box.path / "d/a.txt").unlink()
    (box.path / "e/c.txt").unlink()
    equal(add(box, "d")[0], {"unchanged": 1})
    equal(keys(box), ["d/a.txt", "d/b.txt", "e/c.txt", "e/sub/d.txt"])
    equal(add(box, "--prune", "d")[0], {"unchanged": 1, "removed": 1})
    equal(keys(box), ["d/b.txt", "e/c.txt", "e/sub/d.txt"])
    equal(add(box, "--prune", "e")[0], {"unchanged": 1, "removed": 1})
    equal(keys(box), ["d/b.txt", "e/sub/d.txt"])


def test_a_folder_that_begins_like_another_is_not_pruned(box):
    tree(box, {"d/a.txt": "alpha", "d2/b.txt": "beta", "d.txt": "gamma"})
    add(box, "d", "d2", "d.txt")
    shutil.rmtree(box.path / "d2")
    (box.path / "d.txt").unlink()
    equal(add(box, "--prune", "d")[0], {"unchanged": 1})
    equal(len(keys(box)), 3)


def test_what_was_below_a_folder_that_is_empty_now_stays(box):
    tree(box, {"d/a.txt": "alpha", "d/m/b.txt": "beta", "d/m/n/c.txt": "gamma"})
    add(box, "d")
    shutil.rmtree(box.path / "d/m/n")
    (box.path / "d/m/b.txt").unlink()
    counts, said = add(box, "--prune", "d")
    equal(counts, {"unchanged": 1})
    contains(said, "d/m: nothing below it was pruned: the folder is empty")
    equal(len(keys(box)), 3)
    (box.path / "d/a.txt").unlink()
    (box.path / "d/m").rmdir()
    equal(add(box, "--prune", "d")[0], {})
    equal(len(keys(box)), 3)
    box.write("d/new.txt", "delta")
    equal(add(box, "--prune", "d")[0], {"added": 1, "removed": 3})


def as_nobody(box, *args):
    """Runs nidx as a user who cannot read everything."""
    if os.geteuid() != 0:
        return box.run(*args).said
    for p in [box.path, *box.path.rglob("*")]:
        os.chown(p, 65534, 65534, follow_symlinks=False)
    try:
        done = subprocess.run([nidx, *args], capture_output=True, timeout=60, env=box.env, cwd=box.path, user=65534, group=65534,
                              extra_groups=[])
    except PermissionError:
        raise Skip("nobody may not run this program")
    equal(done.returncode, 0, done.stderr)
    return done.stderr.decode()


def test_below_a_folder_that_cannot_be_read_nothing_vanishes(box):
    tree(box, {"d/a.txt": "alpha", "d/s/b.txt": "beta", "d/s/t/c.txt": "gamma", "d/z.txt": "z"})
    as_nobody(box, "add", "d")
    (box.path / "d/z.txt").unlink()
    (box.path / "d/s").chmod(0o100)  # that b.txt is gone can be known
    (box.path / "d/s/b.txt").unlink()
    said = as_nobody(box, "add", "--prune", "d")
    contains(said, "unchanged 1, removed 1, skipped 1 (1 unreadable)")
    contains(said, f"{box.path}/d/s/: nothing below it was pruned")
    (box.path / "d/s").chmod(0o000)
    contains(as_nobody(box, "add", "--prune", "d"), "unchanged 1, skipped 1 (1 unreadable)")
    (box.path / "d/s").chmod(0o700)
    equal(keys(box, "d/"), ["a.txt", "s/b.txt", "s/t/c.txt"])
    contains(as_nobody(box, "add", "--prune", "d"), "unchanged 2, removed 1, skipped 0")


def test_below_a_link_that_leads_nowhere_nothing_vanishes(box):
    tree(box, {"d/a.txt": "alpha", "disk/b.txt": "beta"})
    (box.path / "d/link").symlink_to(box.path / "disk")
    add(box, "d")
    shutil.rmtree(box.path / "disk")
    equal(add(box, "--prune", "d")[0], {"unchanged": 1, "skipped": 1})
    equal(keys(box), ["d/a.txt", "d/link/b.txt"])


def test_what_is_left_out_now_is_not_removed(box):
    tree(box, {"d/a.txt": "alpha", "d/b.md": "beta"})
    add(box, "d")
    equal(add(box, "--prune", "-g", "*.md", "d")[0], {"unchanged": 1, "skipped": 1})
    equal(len(keys(box)), 2)


def test_records_that_vanished_from_a_changed_file_go_with_prune(box):
    tree(box, {"d/r.jsonl": "".join(f'{{"id":{n},"body":"number {n}"}}\n' for n in range(5)), "d/x/y.txt": "stays"})
    equal(add(box, "d")[0], {"added": 6})
    box.write("d/r.jsonl", '{"id":1,"body":"number one"}\n{"id":7,"body":"seven"}\n')
    equal(add(box, "d")[0], {"added": 1, "updated": 1, "unchanged": 1})
    equal(len(keys(box)), 7)
    box.write("d/r.jsonl", '{"id":1,"body":"number one"}\n{"id":7,"body":"seven"}\n{"id":8,"body":"eight"}\n')
    equal(add(box, "--prune", "d")[0], {"added": 1, "updated": 2, "unchanged": 1, "removed": 4})
    equal(keys(box, "d/"), ["r.jsonl#1", "r.jsonl#7", "r.jsonl#8", "x/y.txt"])
    (box.path / "d/r.jsonl").unlink()
    equal(add(box, "--prune", "d")[0], {"unchanged": 1, "removed": 3})
    box.run("check")


def test_records_that_were_deleted_all_come_again(box):
    tree(box, {"r.jsonl": '{"id":1,"body":"one"}\n'})
    add(box, "r.jsonl")
    box.run("rm", str(box.path / "r.jsonl") + "#1")
    equal(add(box, "r.jsonl")[0], {"added": 1})


def test_other_names_of_members_read_the_file_again(box):
    tree(box, {"r.jsonl": '{"id":1,"text":"one","body":"two"}\n'})
    add(box, "r.jsonl")
    equal(add(box, "--map", "title=text", "r.jsonl")[0], {"updated": 1})
    equal(add(box, "--map", "title=text", "r.jsonl")[0], {"unchanged": 1})


def test_ids_that_are_keys_stay_and_that_is_said(box):
    tree(box, {"d/r.jsonl": '{"id":"k1","body":"one"}\n', "d/a.txt": "alpha"})
    add(box, "--plain-ids", "d")
    equal(add(box, "--plain-ids", "d")[0], {"unchanged": 2})
    (box.path / "d/r.jsonl").unlink()
    counts, said = add(box, "--plain-ids", "--prune", "d")
    equal(counts, {"unchanged": 1})
    contains(said, "its records stay")


def test_a_second_folder_harms_no_first(box):
    tree(box, {"a/one.txt": "one", "b/two.txt": "two", "a/r.jsonl": '{"id":1,"body":"r"}\n'})
    add(box, "a")
    equal(add(box, "--prune", "b")[0], {"added": 1})
    equal(keys(box), ["a/one.txt", "a/r.jsonl#1", "b/two.txt"])


def test_equal_keys_are_counted_and_the_last_stands(box):
    tree(box, {"r.jsonl": '{"id":1,"body":"one"}\n{"id":1,"body":"two"}\n'})
    contains(box.run("add", "r.jsonl").said, "1 keys came twice")
    equal(len(box.names("two")), 1)
    box.run("q", "one", status=1)


def test_ignore_files_are_heeded_and_can_be_overruled(box):
    tree(box, {"d/.gitignore": "*.log\nbuild/\n!keep.log\n/only.txt\n", "d/a.txt": "a", "d/x.log": "x", "d/keep.log": "k", "d/only.txt": "o",
               "d/s/only.txt": "o", "d/s/build/y.txt": "y", "d/s/.nidxignore": "z*.txt", "d/s/zebra.txt": "z", "d/.h.txt": "h"})
    counts, said = add(box, "--list-skipped", "d")
    equal(counts, {"added": 3, "skipped": 7})
    contains(said, "(3 hidden, 4 ignored)")
    contains(said, f"skipped: {box.path}/d/s/build: ignored")
    equal(keys(box, "d/"), ["a.txt", "keep.log", "s/only.txt"])
    equal(add(box, "--no-ignore", "d")[0], {"added": 4, "unchanged": 3, "skipped": 3})
    # Of the hidden ones only .h.txt has a name that says what it is.
    add(box, "--hidden", "d")
    equal(".h.txt" in keys(box, "d/"), True)


def test_globs_choose(box):
    tree(box, {"d/a.txt": "a", "d/b.md": "b", "d/s/c.md": "c", "d/drafts/d.md": "d"})
    equal(add(box, "-g", "*.md", "-g", "!drafts/", "d")[0], {"added": 2, "skipped": 2})
    equal(keys(box, "d/"), ["b.md", "s/c.md"])


def test_skipped_files_are_counted_by_reason(box):
    tree(box, {"d/a.txt": "alpha", "d/b.bin": b"\0\1\2" * 100, "d/c.exe2": "text", "d/empty.txt": "", "d/l.txt": "x" * 5000 + "\n"})
    (box.path / "d/loop").symlink_to(box.path / "d")
    os.mkfifo(box.path / "d/pipe.txt")
    counts, said = add(box, "--list-skipped", "d")
    equal(counts, {"added": 2, "skipped": 5})
    for name in ("b.bin", "c.exe2", "empty.txt", "loop", "pipe.txt"):
        contains(said, f"skipped: {box.path}/d/{name}: ")


def check_model(box, model, rng):
    """model: path -> text of the files that are there."""
    equal(keys(box, "d/"), sorted(model))
    for name in rng.sample(sorted(model), min(3, len(model))):
        shown = box.run("show", "--json", str(box.path / "d" / name)).hits[0]
        equal((shown.get("title") or shown.get("body")).strip(), model[name], name)


def edit(box, model, rng, serial):
    """One random edit of the tree and of the model."""
    root = box.path / "d"
    what = rng.choice(["new", "new", "change", "touch", "delete", "rename", "folder", "copy"])
    name = f"{rng.choice(['', 'x/', 'y/', 'x/z/'])}{rng.choice('abcdefgh')}.txt"
    old = rng.choice(sorted(model)) if model else None
    if what == "new" or old is None:
        box.write(f"d/{name}", f"text {serial}")
        model[name] = f"text {serial}"
    elif what == "change":
        box.write(f"d/{old}", f"text {serial}")
        model[old] = f"text {serial}"
    elif what == "touch":
        age(root / old, rng.randrange(10, 1000))
    elif what == "delete":
        (root / old).unlink()
        del model[old]
    elif what == "rename" and name != old:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / old).rename(root / name)
        model[name] = model.pop(old)
    elif what == "copy" and name != old:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / old, root / name)
        model[name] = model[old]
    elif what == "folder" and (root / "x").is_dir() and not (root / "w").exists():
        (root / "x").rename(root / "w")
        for k in [k for k in model if k.startswith("x/")]:
            model["w" + k[1:]] = model.pop(k)


def remove_empty_folders(root):
    for p in sorted(root.rglob("*"), reverse=True):
        if p.is_dir() and not any(p.iterdir()):
            p.rmdir()


def test_random_edits_leave_what_the_tree_holds(box):
    seed = int(os.environ.get("SEED", "20261125"))
    print(f"# seed {seed}")
    rng = random.Random(seed)
    (box.path / "d").mkdir()
    box.write("d/keep.md", "keep")
    model = {"keep.md": "keep"}
    for step in range(25):
        for n in range(rng.randrange(1, 6)):
            edit(box, model, rng, step * 10 + n)
        remove_empty_folders(box.path / "d")
        add(box, "--prune", "d")
        check_model(box, model, rng)
    box.run("check")


main()
