#!/usr/bin/env python3
"""test_manuals.py: the manuals say what the command does.

SPDX-License-Identifier: BSD-2-Clause
"""
import re
import shutil
import subprocess

from harness import Skip, contains, equal, main, root

docs = root / "docs"


def commands(box):
    return [line.split("\t")[0] for line in box.run("help", "--list-commands").lines]


def test_each_command_has_the_manual_that_its_options_make(box):
    """scripts/make-manuals build/cli/nidx writes them anew."""
    for name in commands(box):
        equal((docs / f"nidx-{name}.1").read_text(encoding="utf-8"), box.run(name, "--manual").text,
              f"{name}: scripts/make-manuals build/cli/nidx, and commit docs/")


def test_no_manual_is_of_a_command_that_is_not_there(box):
    equal({p.stem[5:] for p in docs.glob("nidx-*.1")}, set(commands(box)))


def test_the_overview_names_every_command_variable_and_exit_status(box):
    page = (docs / "nidx.1").read_text(encoding="utf-8")
    for name in commands(box):
        contains(page, f"Xr nidx-{name} 1")
    for name in ("NIDX_INDEX", "XDG_DATA_HOME", "PAGER", "NO_COLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM"):
        contains(page, f".It Ev {name}")
        contains(box.run("help", "environment").text, name)


def test_all_manuals_are_installed(box):
    listed = set(re.findall(r"'(nidx[^']*\.\d)'", (docs / "meson.build").read_text(encoding="utf-8")))
    equal(listed, {p.name for p in docs.iterdir() if re.search(r"\.\d$", p.name)})


def test_manuals_are_free_of_warnings(box):
    for page in sorted(docs.glob("nidx*.[1-7]")):
        if shutil.which("mandoc"):
            run = subprocess.run(["mandoc", "-T", "lint", "-W", "error", page], capture_output=True, text=True)
        elif shutil.which("groff"):
            run = subprocess.run(["groff", "-mdoc", "-Tutf8", "-Kutf8", "-ww", "-z", page], capture_output=True, text=True)
        else:
            raise Skip("neither mandoc nor groff")
        equal(run.stdout + run.stderr, "", page.name)


def test_the_readme_shows_commands_that_are_there(box):
    text = (root / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"^    nidx (\w+)", text, re.M):
        equal(name in commands(box), True, name)


def test_the_quick_start_of_the_readme_is_true(box):
    """The first commands of the README, on the articles of corpora/."""
    box.run("add", root / "corpora/articles")
    equal(box.run("q", "Putin letter").lines[0].startswith(" 1  "), True)
    equal(len(box.names('("Putin letter" OR (putin BEFORE/5 letters)) date:2018-08..2018-09 -title:opinion')) >= 1, True)


main()
