/* markdown.h: the text of a line of Markdown, without its markup.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_INDEXER_MARKDOWN_H
#define NIDX_INDEXER_MARKDOWN_H

#include "common/base/bytes.h"

/** Appends text without emphasis, code marks, tags and addresses of links. */
void nidx_markdown_inline(struct nidx_bytes text, struct nidx_buf *out);

#endif
