/* term.c: text for terminals: made safe and measured.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "term.h"

#include "output.h"

uint32_t nidx_cli_code_point(const char *text, size_t left, size_t *len)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)text;
    const size_t n = p[0] < 0x80   ? 1
                     : p[0] < 0xc2 ? 0
                     : p[0] < 0xe0 ? 2
                     : p[0] < 0xf0 ? 3
                     : p[0] < 0xf5 ? 4
                                   : 0;

    *len = 1;
    if (n == 1)
        return p[0];
    if (n == 0 || n > left)
        return 0xfffd;
    uint32_t c = p[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0xfffd;
        c = c << 6 | (p[i] & 0x3fu);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 0xfffd;
    *len = n;
    return c;
}

struct range {
    uint32_t first, last;
};

static bool in_ranges(uint32_t c, const struct range *ranges, size_t n)
{
    for (size_t i = 0; i < n && c >= ranges[i].first; i++) {
        if (c <= ranges[i].last)
            return true;
    }
    return false;
}

unsigned nidx_cli_width(uint32_t c)
{
    /* Roughly what terminals do: enough for wrapping. */
    static const struct range zero[] = {
        {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},    {0x610, 0x61a},
        {0x64b, 0x65f},   {0x900, 0x902},   {0x93c, 0x93c},    {0x941, 0x948},
        {0x94d, 0x94d},   {0xe31, 0xe31},   {0xe34, 0xe3a},    {0xe47, 0xe4e},
        {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200d},  {0x20d0, 0x20ff},
        {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef}};
    static const struct range wide[] = {
        {0x1100, 0x115f},   {0x2e80, 0x303e},  {0x3041, 0x33ff},
        {0x3400, 0x4dbf},   {0x4e00, 0x9fff},  {0xa000, 0xa4cf},
        {0xac00, 0xd7a3},   {0xf900, 0xfaff},  {0xfe30, 0xfe6f},
        {0xff00, 0xff60},   {0xffe0, 0xffe6},  {0x1f300, 0x1f64f},
        {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

    if (c < 0x300)
        return 1;
    if (in_ranges(c, zero, sizeof(zero) / sizeof(*zero)))
        return 0;
    return in_ranges(c, wide, sizeof(wide) / sizeof(*wide)) ? 2 : 1;
}

size_t nidx_cli_text_width(const char *text, size_t len)
{
    size_t width = 0, n;

    for (size_t i = 0; i < len; i += n)
        width += nidx_cli_width(nidx_cli_code_point(text + i, len - i, &n));
    return width;
}

uint32_t nidx_cli_safe(uint32_t c)
{
    /* Marks that reorder what stands around them. */
    static const struct range bidi[] = {{0x61c, 0x61c},
                                        {0x200e, 0x200f},
                                        {0x202a, 0x202e},
                                        {0x2066, 0x2069},
                                        {0xfff9, 0xfffb}};

    if ((c >= 0x09 && c <= 0x0d) || c == 0x85 || c == 0x2028 || c == 0x2029)
        return ' ';
    if (c < 0x20 || (c >= 0x7f && c < 0xa0))
        return 0xfffd;
    if (in_ranges(c, bidi, sizeof(bidi) / sizeof(*bidi)))
        return 0xfffd;
    return c;
}

static void put_code_point(FILE *out, const char *text, size_t len, bool lines)
{
    size_t n;

    for (size_t i = 0; i < len; i += n) {
        const uint32_t c = nidx_cli_code_point(text + i, len - i, &n);
        const uint32_t shown = nidx_cli_safe(c);
        if (lines && (c == '\n' || c == '\t'))
            fputc((int)c, out);
        else if (shown == ' ')
            fputc(' ', out);
        else if (shown == 0xfffd)
            fputs("\xef\xbf\xbd", out);
        else
            fwrite(text + i, 1, n, out);
    }
}

void nidx_cli_put_safe(FILE *out, const char *text, size_t len)
{
    put_code_point(out, text, len, false);
}

void nidx_cli_put_lines(FILE *out, const char *text, size_t len)
{
    put_code_point(out, text, len, true);
}

void nidx_cli_style(struct nidx_cli_style *style)
{
    style->terminal = nidx_cli_is_terminal();
    style->colour = nidx_cli_has_colour();
    style->width = nidx_cli_columns();
}
