/* fuzz_json.c: any bytes as a JSON text and as a record.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tests/fuzz/fuzz.h"

#include "common/analysis/charset.h"
#include "indexer/source/json_record.h"

#include <stdlib.h>

/* What is read whole is valid JSON, and gives valid UTF-8 of valid UTF-8. */
static void check_record(const uint8_t *data, size_t size)
{
    struct nidx_document *d = nidx_document_new();
    struct nidx_json j = nidx_json_of(data, size);
    struct nidx_json_record r;

    if (!d || nidx_json_record_init(&r, NULL, NULL) != NIDX_OK)
        abort();
    nidx_json_record_read(&r, &j, d, NULL);
    if (!j.error && !nidx_json_valid(data, (size_t)(j.p - data)))
        abort();
    if (!j.error && nidx_utf8_valid(data, size) &&
        !nidx_utf8_valid(d->bytes.data, d->bytes.len))
        abort();
    for (uint32_t i = 0; i < d->n_values; i++) {
        const struct nidx_document_value *v = &d->values[i];
        if (v->offset > d->bytes.len || v->len > d->bytes.len - v->offset)
            abort();
    }
    nidx_json_record_done(&r);
    nidx_document_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nidx_json_valid(data, size);
    check_record(data, size);
    return 0;
}
