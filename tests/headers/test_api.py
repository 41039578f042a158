#!/usr/bin/env python3
"""test_api.py: what the library exports, installs and promises to programs that embed it, as TAP.

Reads BUILD (the build folder), LIBNIDX (the shared library), EXAMPLES (the folder of the example programs).
SPDX-License-Identifier: BSD-2-Clause
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import traceback

root = pathlib.Path(__file__).resolve().parents[2]
build = pathlib.Path(os.environ["BUILD"])
library = os.environ["LIBNIDX"]
examples = pathlib.Path(os.environ["EXAMPLES"])
header = (root / "include/nidx.h").read_text(encoding="utf-8")


class Skip(Exception):
    """Something that a test wants is not there."""


def run(*args, **more):
    done = subprocess.run([*map(str, args)], capture_output=True, text=True, timeout=120, **more)
    if done.returncode:
        raise AssertionError(f"{args}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def declared():
    code = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
    return set(re.findall(r"NIDX_API[^;(]*?\b(nidx_\w+)\s*\(", code))


def sanitized():
    options = run(sys.executable, "-c", "import json,sys; print([o['value'] for o in json.load(open(sys.argv[1])) if o['name']=='b_sanitize'][0])",
                  build / "meson-info/intro-buildoptions.json")
    return options.strip() != "none"


def test_the_library_exports_what_the_header_declares(tmp):
    if not shutil.which("nm"):
        raise Skip("no nm")
    exported = {line.split()[-1].split("@")[0] for line in run("nm", "-D", "--defined-only", library).splitlines()}
    exported = {s for s in exported if not s.startswith(("_init", "_fini", "__"))}
    assert exported == declared(), f"only exported: {exported - declared()}; only declared: {declared() - exported}"


def test_the_manual_names_every_function(tmp):
    page = (root / "docs/nidx.3").read_text(encoding="utf-8")
    missing = {f for f in declared() if not re.search(rf"\b{f}\b", page)}
    assert not missing, missing
    named = set(re.findall(r"^\.Fn (nidx_\w+)", page, re.M))
    assert named <= declared(), named - declared()


def test_the_program_in_the_header_is_true(tmp):
    """The complete program at the head of nidx.h compiles and runs."""
    text = header[header.index("#include <nidx.h>"):]
    lines = re.findall(r"^ \*(?: {5}(.*))?$", text[:text.index("SPDX")].replace("#include <nidx.h>", " *     #include <nidx.h>", 1), re.M)
    (tmp / "p.c").write_text("\n".join(lines).replace("news.nidx", str(tmp / "news.nidx")) + "\n")
    run("cc", "-std=c11", "-Wall", "-Werror", tmp / "p.c", "-I", root / "include", library, f"-Wl,-rpath,{pathlib.Path(library).parent}", "-o", tmp / "p") \
        if not sanitized() else None
    if sanitized():
        raise Skip("built with a sanitizer")
    done = subprocess.run([tmp / "p"], capture_output=True, text=True)
    assert done.returncode == 2 and "news.nidx" in done.stderr, done
    run(examples / "example_memory", tmp / "news.nidx")
    assert subprocess.run([tmp / "p"], capture_output=True).returncode == 0


def test_the_example_memory_runs(tmp):
    assert run(examples / "example_memory", tmp / "x.nidx") == "1\n"


def test_the_example_search_runs(tmp):
    run(examples / "example_memory", tmp / "x.nidx")
    out = run(examples / "example_search", tmp / "x.nidx", "glacier ice")
    assert out.startswith("1. Glacier melts (") and "*Ice* on the *glacier*" in out, out
    assert subprocess.run([examples / "example_search", tmp / "x.nidx", "zebra"]).returncode == 1
    assert subprocess.run([examples / "example_search", tmp / "no.nidx", "zebra"], capture_output=True).returncode == 2


def test_the_example_threads_runs(tmp):
    assert run(examples / "example_threads", tmp / "x.nidx") == "3 readers saw 1000 articles\n"


def test_an_installed_library_is_found_by_pkg_config(tmp):
    """Installs into a folder of its own, and builds an example against that, shared and static."""
    if sanitized():
        raise Skip("built with a sanitizer")
    for tool in ("pkg-config", "meson", "cc"):
        if not shutil.which(tool):
            raise Skip(f"no {tool}")
    run("meson", "install", "--no-rebuild", "-C", build, "--destdir", tmp / "d")
    pc = next((tmp / "d").rglob("nidx.pc"))
    env = {**os.environ, "PKG_CONFIG_PATH": str(pc.parent), "PKG_CONFIG_SYSROOT_DIR": str(tmp / "d")}
    version = re.search(r"VERSION_MAJOR (\d+)\n.*MINOR (\d+)\n.*PATCH (\d+)", header).groups()
    assert run("pkg-config", "--modversion", "nidx", env=env).strip() == ".".join(version)
    cflags = run("pkg-config", "--cflags", "nidx", env=env).split()
    libs = run("pkg-config", "--libs", "nidx", env=env).split()
    source = root / "examples/memory.c"
    run("cc", "-std=c11", source, *cflags, *libs, "-o", tmp / "shared")
    folder = next((tmp / "d").rglob("libnidx.so")).parent
    assert run(tmp / "shared", tmp / "a.nidx", env={**os.environ, "LD_LIBRARY_PATH": str(folder)}) == "1\n"
    assert (folder / "libnidx.so.0").exists()
    static = run("pkg-config", "--static", "--libs", "nidx", env={**env, "PKG_CONFIG_SYSROOT_DIR": ""}).split()
    static = [f"{folder}/libnidx.a" if f == "-lnidx" else f for f in static]
    run("cc", "-std=c11", source, *cflags, *static, "-o", tmp / "static")
    assert run(tmp / "static", tmp / "b.nidx") == "1\n"
    pages = {p.name for p in (tmp / "d").rglob("man/**/*.[1-7]")}
    assert {"nidx.1", "nidx.3", "nidx-q.1", "nidx-index.5", "nidx-query.7"} <= pages, pages


def run_one(test):
    with tempfile.TemporaryDirectory(prefix="nidx-test-") as tmp:
        try:
            test(pathlib.Path(tmp))
            return "ok", ""
        except Skip as e:
            return "skip", str(e)
        except Exception:
            return "not ok", traceback.format_exc()


tests = [(n, f) for n, f in list(globals().items()) if n.startswith("test_")]
print(f"1..{len(tests)}")
for i, (name, test) in enumerate(tests, 1):
    verdict, why = run_one(test)
    title = name[5:].replace("_", " ")
    print(f"ok {i} - {title} # SKIP {why}" if verdict == "skip" else f"{verdict} {i} - {title}", flush=True)
    if verdict == "not ok":
        print("\n".join("# " + line for line in why.splitlines()))
