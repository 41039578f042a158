/* fold.c: words without their diacritics.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "common/analysis/fold.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "common/analysis/utf8.h"

/* Latin letters that Unicode does not take apart: sorted by code point. The
 * choices are those of Lucene's ASCIIFoldingFilter. */
static const struct {
    uint16_t from;
    char to[3];
} letters[] = {
    {0x00C6, "ae"}, {0x00D0, "d"},  {0x00D8, "o"}, {0x00DE, "th"},
    {0x00DF, "ss"}, {0x00E6, "ae"}, {0x00F0, "d"}, {0x00F8, "o"},
    {0x00FE, "th"}, {0x0110, "d"},  {0x0111, "d"}, {0x0126, "h"},
    {0x0127, "h"},  {0x0131, "i"},  {0x0138, "q"}, {0x0141, "l"},
    {0x0142, "l"},  {0x014A, "n"},  {0x014B, "n"}, {0x0152, "oe"},
    {0x0153, "oe"}, {0x0166, "t"},  {0x0167, "t"}, {0x0180, "b"},
    {0x0183, "b"},  {0x0188, "c"},  {0x018C, "d"}, {0x0192, "f"},
    {0x0199, "k"},  {0x019A, "l"},  {0x019E, "n"}, {0x01A5, "p"},
    {0x01AB, "t"},  {0x01AD, "t"},  {0x01B4, "y"}, {0x01B6, "z"},
    {0x01DD, "e"},  {0x01E5, "g"},  {0x0221, "d"}, {0x0225, "z"},
    {0x0234, "l"},  {0x0235, "n"},  {0x0236, "t"}, {0x0237, "j"},
    {0x023C, "c"},  {0x023F, "s"},  {0x0240, "z"}, {0x0247, "e"},
    {0x0249, "j"},  {0x024B, "q"},  {0x024D, "r"}, {0x024F, "y"},
    {0x0253, "b"},  {0x0254, "o"},  {0x0256, "d"}, {0x0257, "d"},
    {0x0259, "e"},  {0x025B, "e"},  {0x0260, "g"}, {0x0268, "i"},
    {0x026B, "l"},  {0x0272, "n"},  {0x0289, "u"}, {0x2C65, "a"},
    {0x2C66, "t"},
};

/* What the letter before a combining mark allows to be dropped. */
enum base {
    BASE_OTHER,
    BASE_LATIN,
    BASE_GREEK,
    BASE_CYRILLIC
};

static int compare_letter(const void *key, const void *entry)
{
    uint16_t from;
    memcpy(&from, entry, sizeof(from));
    uint32_t cp = *(const uint32_t *)key;

    return cp < from ? -1 : cp > from;
}

static const char *find_letter(uint32_t cp)
{
    const void *found =
        bsearch(&cp, letters, sizeof(letters) / sizeof(*letters),
                sizeof(*letters), compare_letter);

    return found ? (const char *)found + sizeof(uint16_t) : NULL;
}

static bool is_greek(uint32_t cp)
{
    return (cp >= 0x370 && cp < 0x400) || (cp >= 0x1F00 && cp < 0x2000);
}

static bool is_latin(uint32_t cp)
{
    return (cp >= 0xC0 && cp < 0x250) || (cp >= 0x1E00 && cp < 0x1F00);
}

/* The first code point of the full canonical decomposition. */
static uint32_t decomposed(uint32_t cp)
{
    utf8proc_int32_t parts[8];
    int boundary = 0;
    utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)cp, parts, 8,
                                                 UTF8PROC_DECOMPOSE, &boundary);

    return n >= 1 && n <= 8 ? (uint32_t)parts[0] : cp;
}

static bool droppable(uint32_t cp, enum base before)
{
    if (before == BASE_LATIN || before == BASE_GREEK)
        return cp >= 0x300 && cp < 0x370;
    return before == BASE_CYRILLIC && (cp == 0x300 || cp == 0x301);
}

static enum base put_folded(uint32_t cp, struct nidx_buf *out)
{
    if (cp < 0x80) {
        nidx_buf_u8(out, (uint8_t)cp);
        return (cp | 0x20) - 'a' < 26 ? BASE_LATIN : BASE_OTHER;
    }
    const char *letter = find_letter(cp);
    if (letter) {
        nidx_buf_put(out, letter, strlen(letter));
        return BASE_LATIN;
    }
    if (is_latin(cp) || is_greek(cp)) {
        uint32_t base = decomposed(cp);
        if (base != cp)
            return put_folded(base, out);
        nidx_utf8_put(out, cp);
        return is_greek(cp) ? BASE_GREEK : BASE_LATIN;
    }
    if (cp == 0x451)
        cp = 0x435;
    nidx_utf8_put(out, cp);
    return cp >= 0x400 && cp < 0x530 ? BASE_CYRILLIC : BASE_OTHER;
}

void nidx_fold_diacritics(const char *form, size_t len, struct nidx_buf *out)
{
    const uint8_t *p = (const uint8_t *)form, *end = p + len;
    const uint8_t *ascii = p;

    while (ascii < end && *ascii < 0x80)
        ascii++;
    if (ascii == end) {
        nidx_buf_put(out, form, len);
        return;
    }
    enum base before = BASE_OTHER;
    while (p < end) {
        uint32_t cp;
        p += nidx_utf8_decode(p, end, &cp);
        cp &= ~NIDX_UTF8_BAD;
        if (!droppable(cp, before))
            before = put_folded(cp, out);
    }
}
