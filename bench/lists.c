/* lists.c: nanoseconds for what evaluators do with a posting list.
 *
 * One list of 200,000 documents in memory, one in 40 (a bitmap where the
 * argument `dense` is given: one in 4), frequencies as a common word's.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/codec/postings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    DF = 200000,
    WEIGHT = 4,
    TRIES = 9
};

/* Chunks in memory, as a store would lend them. */
struct memory {
    struct nidx_part_sink sink;
    struct nidx_part_source source;
    struct nidx_bytes chunks[NIDX_PART_COUNT][256];
};

static uint64_t seed = 1;
static volatile uint32_t sink;

static uint32_t below(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 16) % n;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void *need(void *p)
{
    if (!p)
        exit(2);
    return p;
}

static enum nidx_status put(struct nidx_part_sink *s, enum nidx_part part,
                            uint32_t chunk, struct nidx_bytes payload,
                            struct nidx_error *err)
{
    struct memory *m = (struct memory *)s;
    uint8_t *copy = need(calloc(1, payload.len + NIDX_PAD));

    if (chunk >= 256)
        return nidx_fail(err, NIDX_ERR_LIMIT, "too many chunks");
    memcpy(copy, payload.data, payload.len);
    m->chunks[part][chunk] = (struct nidx_bytes){copy, payload.len};
    return NIDX_OK;
}

static enum nidx_status get(struct nidx_part_source *s, enum nidx_part part,
                            uint32_t chunk, struct nidx_bytes *out,
                            struct nidx_error *err)
{
    size_t before = offsetof(struct memory, source);
    struct memory *m = (struct memory *)(void *)((char *)s - before);

    if (chunk >= 256 || !m->chunks[part][chunk].data)
        return nidx_corrupt(err, "a chunk is not there");
    *out = m->chunks[part][chunk];
    return NIDX_OK;
}

static void add_doc(struct nidx_postings_writer *w, nidx_docid doc)
{
    struct nidx_occurrence items[64];
    uint32_t n = 1;
    nidx_pos pos = below(300);

    while (n < 64 && below(3) == 0)
        n++;
    for (uint32_t i = 0; i < n; i++, pos += 1 + below(200))
        items[i] = (struct nidx_occurrence){pos, 1, 0};
    if (nidx_postings_add(w, doc, below(30) == 0, items, n, NULL))
        exit(2);
}

static void write_list(struct memory *m, uint32_t gap, struct nidx_buf *value)
{
    uint32_t n_docs = DF * gap;
    uint32_t *lens = need(malloc(n_docs * sizeof(*lens)));
    struct nidx_postings_writer *w = NULL;

    for (uint32_t i = 0; i < n_docs; i++)
        lens[i] = 100 + below(1000);
    if (nidx_postings_writer_new(&m->sink, n_docs, lens, lens, WEIGHT, &w,
                                 NULL) ||
        nidx_postings_begin(w, DF, 1, NULL))
        exit(2);
    double start = now();
    for (uint32_t i = 0; i < DF; i++)
        add_doc(w, i * gap + below(gap));
    if (nidx_postings_end(w, value, NULL) ||
        nidx_postings_writer_finish(w, NULL))
        exit(2);
    printf("writing, a posting      %7.1f\n", (now() - start) / DF);
    nidx_postings_writer_free(w);
    free(lens);
}

enum what {
    OPEN,
    WALK,
    DOCS,
    FREQS,
    PLAIN,
    FREQ_AT,
    ONE_POS,
    FOUR_POS,
    BITS
};
static const char *const names[] = {"open",
                                    "next block",
                                    "+ documents",
                                    "+ frequencies",
                                    "+ plain freqs",
                                    "+ one frequency",
                                    "+ one document's positions",
                                    "+ four documents' positions",
                                    "+ 64 words of bits"};

static void use_block(struct nidx_postings *p, enum what what)
{
    uint32_t out[NIDX_PACK_SLOTS];
    uint64_t bits[64];

    switch (what) {
    case OPEN:
    case WALK:
        break;
    case DOCS:
        nidx_postings_docs(p, out);
        break;
    case FREQS:
        nidx_postings_freqs(p, WEIGHT, out);
        break;
    case PLAIN:
        nidx_postings_freqs(p, 1, out);
        break;
    case FREQ_AT:
        sink = nidx_postings_freq_at(p, p->n / 2, WEIGHT);
        break;
    case ONE_POS:
        nidx_postings_positions(p, p->n / 2, out, NIDX_BLOCK);
        break;
    case FOUR_POS:
        for (uint32_t i = 1; i < 5; i++)
            nidx_postings_positions(p, p->n * i / 5, out, NIDX_BLOCK);
        break;
    case BITS:
        if (p->info.dense)
            nidx_postings_bits(p, p->first / 64 * 64, 4096, bits);
        break;
    }
}

static void measure(struct memory *m, const struct nidx_term_info *info,
                    uint32_t n_docs, enum what what)
{
    double best = 1e300;

    for (int try = 0; try < TRIES; try++) {
        struct nidx_postings p;
        uint32_t n = 0;
        double start = now();
        if (what == OPEN)
            for (; n < 1000; n++)
                nidx_postings_open(&p, &m->source, info, n_docs, NULL);
        else if (!nidx_postings_open(&p, &m->source, info, n_docs, NULL))
            do {
                use_block(&p, what);
                n++;
            } while (nidx_postings_next(&p));
        double took = (now() - start) / n;
        best = took < best ? took : best;
    }
    printf("%-27s %7.1f\n", names[what], best);
}

int main(int argc, char **argv)
{
    static struct memory m = {.sink = {put}, .source = {get}};
    uint32_t gap = argc > 1 && strcmp(argv[1], "dense") == 0 ? 4 : 40;
    struct nidx_buf value = {0};
    struct nidx_term_info info;

    write_list(&m, gap, &value);
    struct nidx_bytes bytes = {value.data, value.len};
    if (nidx_term_info_read(bytes, &info, NULL))
        return 2;
    for (int what = OPEN; what <= (int)BITS; what++)
        measure(&m, &info, DF * gap, (enum what)what);
    nidx_buf_done(&value);
    return 0;
}
