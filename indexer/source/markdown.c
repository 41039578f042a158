/* markdown.c: the text of a line of Markdown, without its markup.
 *
 * Not a renderer: what would glue words together or hide them is taken away,
 * and where markup is ambiguous the text stays as it is, since a stray sign
 * between words harms no search.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "indexer/source/markdown.h"

/* Links within links: an image in a link in brackets, and no more. */
#define DEPTH_MAX 4

/* A link's brackets close within so many bytes; and after so many that do not
 * a text has no more links, so that a megabyte of brackets costs no more than
 * one of letters. */
#define REACH      4096
#define MISSES_MAX 64

struct state {
    struct nidx_buf *out;
    unsigned depth, misses;
};

static bool is_word_byte(uint8_t c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           c >= 0x80;
}

static bool is_punct(uint8_t c)
{
    return c > ' ' && c < 0x7f && !is_word_byte(c);
}

/* Where the bracket that opens at i closes, or 0. */
static size_t find_close(struct nidx_bytes t, size_t i, uint8_t open,
                         uint8_t close)
{
    const size_t end = t.len - i < REACH ? t.len : i + REACH;
    unsigned depth = 0;

    for (; i < end; i++) {
        if (t.data[i] == '\\')
            i++;
        else if (t.data[i] == open)
            depth++;
        else if (t.data[i] == close && --depth == 0)
            return i;
    }
    return 0;
}

static void text_of(struct nidx_bytes t, struct state *s);

/* Where the link that begins at i ends, or 0; close: its first bracket. */
static size_t link_end(struct nidx_bytes t, size_t i, size_t *close)
{
    *close = find_close(t, i, '[', ']');
    if (*close == 0 || *close + 1 >= t.len)
        return 0;
    if (t.data[*close + 1] == '(')
        return find_close(t, *close + 1, '(', ')');
    if (t.data[*close + 1] == '[')
        return find_close(t, *close + 1, '[', ']');
    return 0;
}

/* "[text](address)" and "[text][name]" at i: the text alone. Returns what
 * stands behind it, or i where it is no link. */
static size_t take_link(struct nidx_bytes t, size_t i, struct state *s)
{
    size_t close;

    if (s->depth >= DEPTH_MAX || s->misses >= MISSES_MAX)
        return i;
    const size_t end = link_end(t, i, &close);
    if (end == 0) {
        s->misses++;
        return i;
    }
    s->depth++;
    text_of((struct nidx_bytes){t.data + i + 1, close - i - 1}, s);
    s->depth--;
    return end + 1;
}

static bool is_inline_tag(const uint8_t *name, size_t len)
{
    static const char names[] =
        " a abbr b cite code em i kbd mark q s small span strong sub sup u ";
    char word[12];

    if (len == 0 || len > 8)
        return false;
    word[0] = ' ';
    for (size_t i = 0; i < len; i++)
        word[i + 1] = (char)(name[i] | 0x20);
    word[len + 1] = ' ';
    word[len + 2] = '\0';
    return strstr(names, word) != NULL;
}

/* A tag at i, for which a blank stands unless it is one within words, or an
 * address in angles. */
static size_t take_tag(struct nidx_bytes t, size_t i, struct nidx_buf *out)
{
    const size_t reach = t.len - i < REACH ? t.len - i : REACH;
    const uint8_t *close = memchr(t.data + i, '>', reach);
    size_t from = i + 1;

    if (!close || close == t.data + from)
        return i;
    const size_t end = (size_t)(close - t.data);
    if (t.data[from] == '/')
        from++;
    size_t n = 0;
    while (from + n < end && is_word_byte(t.data[from + n]))
        n++;
    if (from + n < end &&
        (t.data[from + n] == ':' || t.data[from + n] == '@')) {
        nidx_buf_put(out, t.data + from, end - from);
        return end + 1;
    }
    if (n == 0 && t.data[from] != '!')
        return i;
    if (!is_inline_tag(t.data + from, n))
        nidx_buf_u8(out, ' ');
    return end + 1;
}

static size_t take_entity(struct nidx_bytes t, size_t i, struct nidx_buf *out)
{
    static const struct {
        const char *name, *text;
    } entities[] = {{"&amp;", "&"},   {"&lt;", "<"},   {"&gt;", ">"},
                    {"&quot;", "\""}, {"&nbsp;", " "}, {"&#39;", "'"}};

    for (size_t k = 0; k < sizeof(entities) / sizeof(*entities); k++) {
        const size_t n = strlen(entities[k].name);
        if (t.len - i >= n && memcmp(t.data + i, entities[k].name, n) == 0) {
            nidx_buf_put(out, entities[k].text, strlen(entities[k].text));
            return i + n;
        }
    }
    return i;
}

/* Emphasis stands at the border of a word; "5*3" and "snake_case" do not. */
static bool is_emphasis(struct nidx_bytes t, size_t i)
{
    const bool before = i > 0 && is_word_byte(t.data[i - 1]);
    const bool after = i + 1 < t.len && is_word_byte(t.data[i + 1]);
    const bool blank_before = i == 0 || t.data[i - 1] == ' ';
    const bool blank_after = i + 1 == t.len || t.data[i + 1] == ' ';

    return !(before && after) && !(blank_before && blank_after);
}

/* What markup stands at i: appends its text and returns what stands behind
 * it; i where there is none. */
static size_t take_markup(struct nidx_bytes t, size_t i, struct state *s)
{
    const uint8_t next = i + 1 < t.len ? t.data[i + 1] : 0;

    switch (t.data[i]) {
    case '\\':
        if (!is_punct(next))
            return i;
        nidx_buf_u8(s->out, next);
        return i + 2;
    case '`':
        return i + 1;
    case '*':
    case '_':
        return is_emphasis(t, i) ? i + 1 : i;
    case '~':
        return next == '~' ? i + 2 : i;
    case '!':
        return next == '[' ? i + 1 : i;
    case '[':
        return take_link(t, i, s);
    case '<':
        return take_tag(t, i, s->out);
    case '&':
        return take_entity(t, i, s->out);
    case '|':
        nidx_buf_u8(s->out, ' ');
        return i + 1;
    default:
        return i;
    }
}

static void text_of(struct nidx_bytes t, struct state *s)
{
    size_t i = 0;

    while (i < t.len) {
        const size_t behind = take_markup(t, i, s);
        if (behind == i) {
            nidx_buf_u8(s->out, t.data[i]);
            i++;
        } else {
            i = behind;
        }
    }
}

void nidx_markdown_inline(struct nidx_bytes text, struct nidx_buf *out)
{
    struct state s = {out, 0, 0};
    text_of(text, &s);
}
