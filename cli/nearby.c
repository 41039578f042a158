/* nearby.c: what somebody may have meant who mistyped a name.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "nearby.h"

#include <string.h>

enum {
    LONGEST = 31
};

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned nidx_cli_slips(const char *a, const char *b)
{
    unsigned row[LONGEST + 1][LONGEST + 1];
    const size_t n = strlen(a), m = strlen(b);

    if (n > LONGEST || m > LONGEST)
        return LONGEST + 1;
    for (size_t i = 0; i <= n; i++)
        row[i][0] = (unsigned)i;
    for (size_t j = 0; j <= m; j++)
        row[0][j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        for (size_t j = 1; j <= m; j++) {
            const unsigned wrong = a[i - 1] != b[j - 1];
            unsigned best = least(row[i - 1][j], row[i][j - 1]) + 1;
            best = least(best, row[i - 1][j - 1] + wrong);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = least(best, row[i - 2][j - 2] + 1);
            row[i][j] = best;
        }
    }
    return row[n][m];
}

int nidx_cli_is_nearby(const char *typed, const char *name)
{
    const size_t len = strlen(name);
    const unsigned most = len < 3 ? 0 : len < 5 ? 1 : 2;

    /* lst for ls */
    if (strlen(typed) == strlen(name) + 1 && strlen(name) > 1 &&
        nidx_cli_slips(typed, name) == 1)
        return 1;
    if (strlen(typed) >= 2 && strncmp(typed, name, strlen(typed)) == 0)
        return 1;
    return nidx_cli_slips(typed, name) <= most;
}
