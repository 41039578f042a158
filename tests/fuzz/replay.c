/* replay.c: runs a fuzz target over the files of a folder, as a test.
 *
 *   fuzz_x FOLDER
 *
 * With a fuzzing engine (-Dfuzzing=libfuzzer) this file is left out and the
 * same program is `fuzz_x work/ seeds/`.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/* Runs each prefix of short files too: cut input is the commonest damage. */
static void run(const uint8_t *data, size_t len)
{
    const size_t shortest = len < 512 ? 0 : len;

    for (size_t n = shortest; n <= len; n++) {
        /* A copy of its own, so that a read past the end is seen. */
        uint8_t *copy = malloc(n ? n : 1);
        if (!copy)
            exit(1);
        for (size_t i = 0; i < n; i++)
            copy[i] = data[i];
        LLVMFuzzerTestOneInput(copy, n);
        free(copy);
    }
}

static int run_file(const char *folder, const char *name)
{
    static uint8_t data[1 << 20];
    char path[4096];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    if (!f)
        return 0;
    const size_t len = fread(data, 1, sizeof(data), f);
    fclose(f);
    run(data, len);
    return 1;
}

int main(int argc, char **argv)
{
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    int n = 0;

    if (!dir) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        if (e->d_name[0] != '.')
            n += run_file(argv[1], e->d_name);
    }
    closedir(dir);
    printf("%d files\n", n);
    return n > 0 ? 0 : 1;
}
