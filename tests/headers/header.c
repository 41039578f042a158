/* header.c: nidx.h needs nothing before it, in C.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <nidx.h>

/* Every option struct begins with its size, which its macro sets. */
int main(void)
{
    const struct nidx_open_options open = NIDX_OPEN_OPTIONS_INIT;
    const struct nidx_writer_options writer = NIDX_WRITER_OPTIONS_INIT;
    const struct nidx_import_options import = NIDX_IMPORT_OPTIONS_INIT;
    const struct nidx_query_options query = NIDX_QUERY_OPTIONS_INIT;
    const struct nidx_search_options search = NIDX_SEARCH_OPTIONS_INIT;
    const struct nidx_passage_options passage = NIDX_PASSAGE_OPTIONS_INIT;

    return open.size != sizeof(open) || writer.size != sizeof(writer) ||
           import.size != sizeof(import) || query.size != sizeof(query) ||
           search.size != sizeof(search) || passage.size != sizeof(passage) ||
           nidx_version()[0] == '\0';
}
