/* wrap.c: paragraphs on a terminal, with their matches lit.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "term.h"

#include <string.h>

#define LIT_ON  "\033[1;31m"
#define BOLD_ON "\033[1m"
#define ALL_OFF "\033[0m"

/** A word that waits for its end: then it is known where it fits. */
struct wrap {
    const struct nidx_cli_style *style;
    size_t indent, column;
    char word[512];
    size_t word_len, word_width;
    bool lit; /**< state at the end of the word */
    bool bold;
    bool blank; /**< a blank stands before the word */
    bool blank_lit;
};

static void set_state(struct wrap *w, bool lit)
{
    if (w->style->colour)
        fputs(lit ? LIT_ON : w->bold ? ALL_OFF BOLD_ON : ALL_OFF, stdout);
}

static void start_line(struct wrap *w)
{
    if (w->style->colour)
        fputs(ALL_OFF, stdout);
    printf("\n%*s", (int)w->indent, "");
    if (w->style->colour && (w->bold || w->blank_lit))
        set_state(w, w->blank_lit);
    w->column = w->indent;
}

static void flush_word(struct wrap *w)
{
    if (w->word_len == 0)
        return;
    const size_t blank = w->blank && w->column > w->indent ? 1 : 0;
    if (w->column > w->indent &&
        w->column + blank + w->word_width > w->style->width) {
        start_line(w);
    } else if (blank) {
        fputc(' ', stdout);
        w->column++;
    }
    fwrite(w->word, 1, w->word_len, stdout);
    w->column += w->word_width;
    w->word_len = w->word_width = 0;
    w->blank = false;
}

static void add_bytes(struct wrap *w, const char *bytes, size_t len,
                      size_t width)
{
    if (w->word_len + len > sizeof(w->word) ||
        w->word_width + width > w->style->width - w->indent)
        flush_word(w);
    memcpy(w->word + w->word_len, bytes, len);
    w->word_len += len;
    w->word_width += width;
}

/** Marks that the lit state changes before the next character. */
static void change(struct wrap *w, bool lit)
{
    if (w->lit == lit)
        return;
    w->lit = lit;
    if (!w->style->colour) {
        add_bytes(w, lit ? "\xc2\xab" : "\xc2\xbb", 2, 1);
        return;
    }
    const char *code = lit ? LIT_ON : w->bold ? ALL_OFF BOLD_ON : ALL_OFF;
    add_bytes(w, code, strlen(code), 0);
}

static void add_code_point(struct wrap *w, const char *text, size_t n,
                           uint32_t c)
{
    const unsigned width = nidx_cli_width(c);

    if (c == ' ') {
        flush_word(w);
        w->blank = true;
        w->blank_lit = w->lit;
        return;
    }
    if (width == 2)
        flush_word(w);
    if (c == 0xfffd)
        add_bytes(w, "\xef\xbf\xbd", 3, 1);
    else
        add_bytes(w, text, n, width);
}

/** Whether only blanks stand between two lit ranges: they are shown as one. */
static bool joined(const char *text, const struct nidx_cli_lit *lit, size_t i,
                   size_t n_lit)
{
    if (i + 1 >= n_lit)
        return false;
    for (size_t p = lit[i].end; p < lit[i + 1].start; p++) {
        if (!strchr(" \t\r\n", text[p]) || text[p] == '\0')
            return false;
    }
    return true;
}

void nidx_cli_wrap(const struct nidx_cli_style *style, size_t indent,
                   const char *text, size_t len, const struct nidx_cli_lit *lit,
                   size_t n_lit, bool bold)
{
    struct wrap w = {
        .style = style, .indent = indent, .column = indent, .bold = bold};
    size_t next = 0, n;

    if (style->width < indent + 10)
        w.indent = w.column = 0;
    if (style->colour && bold)
        fputs(BOLD_ON, stdout);
    for (size_t i = 0; i < len; i += n) {
        while (next < n_lit && i >= lit[next].end) {
            if (!joined(text, lit, next, n_lit))
                change(&w, false);
            next++;
        }
        if (next < n_lit && i >= lit[next].start)
            change(&w, true);
        const uint32_t c = nidx_cli_code_point(text + i, len - i, &n);
        add_code_point(&w, text + i, n, nidx_cli_safe(c));
    }
    change(&w, false);
    flush_word(&w);
    fputs(style->colour ? ALL_OFF "\n" : "\n", stdout);
}
