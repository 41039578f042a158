/* fuzz_source.c: any bytes as a file of each format.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/fuzz/fuzz.h"

#include "common/analysis/charset.h"
#include "common/analysis/language.h"
#include "indexer/source/source.h"

#include <stdlib.h>

/* Every document has a key, and values that are UTF-8. */
static void check(const struct nidx_document *d)
{
    if (d->key.len == 0)
        abort();
    for (uint32_t i = 0; i < d->n_values; i++) {
        const struct nidx_document_value *v = &d->values[i];
        const char *text = (const char *)d->bytes.data + v->offset;
        if (v->len == 0 || !nidx_utf8_valid(text, v->len))
            abort();
        nidx_language_detect(text, v->len);
    }
}

static void read_all(const struct nidx_source_input *input)
{
    struct nidx_document *d = nidx_document_new();
    struct nidx_source *s = NULL;
    const char *message;
    enum nidx_skip why;
    bool done = false;

    if (!d || nidx_source_open(input, NULL, &s, &why, &message, NULL))
        abort();
    while (s && !done) {
        nidx_document_clear(d);
        if (s->ops->next(s, d, &done, NULL) != NIDX_OK)
            abort();
        if (!done)
            check(d);
    }
    nidx_source_close(s);
    nidx_document_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a.txt", "a.md", "a.jsonl", "a.json",
                                        "a"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const struct nidx_source_input input = {
            .name = names[i], .data = data, .len = size, .fd = -1};
        read_all(&input);
    }
    return 0;
}
