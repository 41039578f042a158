/* term.h: text for terminals: made safe, measured, wrapped, lit.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef NIDX_CLI_TERM_H
#define NIDX_CLI_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** The code point at text, and its bytes in *len; what is no UTF-8 is one
 * byte of U+FFFD. left is at least 1. */
uint32_t nidx_cli_code_point(const char *text, size_t left, size_t *len);
/** Columns of a code point: 0, 1 or 2. */
unsigned nidx_cli_width(uint32_t c);
/** Columns of a text. */
size_t nidx_cli_text_width(const char *text, size_t len);
/** What may be shown for c: itself, a blank for white space, U+FFFD for what
 * a terminal would obey or what changes the direction of writing. */
uint32_t nidx_cli_safe(uint32_t c);
/** Writes text so that no terminal obeys it; lines become blanks. */
void nidx_cli_put_safe(FILE *out, const char *text, size_t len);
/** The same, but lines stay lines. */
void nidx_cli_put_lines(FILE *out, const char *text, size_t len);

/** How stdout shows things. */
struct nidx_cli_style {
    bool terminal;
    bool colour;
    size_t width;
};
void nidx_cli_style(struct nidx_cli_style *style);

/** Ranges of bytes that are lit, rising, not overlapping. */
struct nidx_cli_lit {
    size_t start, end;
};

/**
 * Prints text from column `indent`, wrapped, further lines indented as well,
 * lit ranges in colour or between « and ». bold: what is not lit is bold.
 * Ends with a newline.
 */
void nidx_cli_wrap(const struct nidx_cli_style *style, size_t indent,
                   const char *text, size_t len, const struct nidx_cli_lit *lit,
                   size_t n_lit, bool bold);

#endif
