/* names.c: texts to numbers: each distinct text once.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/large/names.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a. */
static uint32_t hash_of(struct nidx_bytes text)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < text.len; i++)
        h = (h ^ text.data[i]) * 16777619u;
    return h ^ h >> 15;
}

struct nidx_bytes names_text(const struct names *m, uint32_t name)
{
    return (struct nidx_bytes){m->bytes.data + m->starts[name],
                               m->starts[name + 1] - m->starts[name]};
}

static uint32_t *slot_of(const struct names *m, struct nidx_bytes text)
{
    uint32_t i = hash_of(text) & (m->size - 1);

    for (; m->table[i]; i = (i + 1) & (m->size - 1)) {
        struct nidx_bytes there = names_text(m, m->table[i] - 1);
        if (there.len == text.len &&
            (text.len == 0 || memcmp(there.data, text.data, text.len) == 0))
            break;
    }
    return &m->table[i];
}

static void grow(struct names *m)
{
    m->cap = m->cap ? 2 * m->cap : 1024;
    m->size = 4 * m->cap;
    free(m->table);
    m->starts = realloc(m->starts, (m->cap + (size_t)1) * sizeof(*m->starts));
    m->table = calloc(m->size, sizeof(*m->table));
    if (!m->starts || !m->table)
        abort();
    m->starts[m->n] = m->bytes.len;
    for (uint32_t i = 0; i < m->n; i++)
        *slot_of(m, names_text(m, i)) = i + 1;
}

uint32_t names_add(struct names *m, struct nidx_bytes text)
{
    if (m->n == m->cap)
        grow(m);
    uint32_t *slot = slot_of(m, text);
    if (*slot)
        return *slot - 1;
    nidx_buf_put(&m->bytes, text.data, text.len);
    if (m->bytes.oom)
        abort();
    *slot = ++m->n;
    m->starts[m->n] = m->bytes.len;
    return m->n - 1;
}

uint32_t names_find(const struct names *m, struct nidx_bytes text)
{
    return m->n ? *slot_of(m, text) - 1 : UINT32_MAX;
}

void names_done(struct names *m)
{
    nidx_buf_done(&m->bytes);
    free(m->starts);
    free(m->table);
    *m = (struct names){0};
}
