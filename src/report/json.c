#include "report/json.h"

/* Before each value and name. */
static void separate(struct json *json)
{
    if (json->comma) {
        strbuf_char(json->out, ',');
    }
    json->comma = true;
}

void json_open(struct json *json, char bracket)
{
    separate(json);
    strbuf_char(json->out, bracket);
    json->comma = false;
}

void json_close(struct json *json, char bracket)
{
    strbuf_char(json->out, bracket);
    json->comma = true;
}

void json_unsigned(struct json *json, uint64_t value)
{
    separate(json);
    strbuf_printf(json->out, "%lu", (unsigned long)value);
}

void json_signed(struct json *json, int64_t value)
{
    separate(json);
    strbuf_printf(json->out, "%ld", (long)value);
}

void json_bool(struct json *json, bool value)
{
    separate(json);
    strbuf_str(json->out, value ? "true" : "false");
}

/* Length of the valid UTF-8 sequence at `p` (RFC 3629: no overlong form, no surrogate, nothing
 * above U+10FFFF), 0 if there is none. The text ends with a NUL, which no sequence holds. */
static unsigned utf8_length(const unsigned char *p)
{
    if (p[0] < 0x80) {
        return 1;
    }
    unsigned length = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    unsigned least = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
    unsigned most = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
    if (p[0] < 0xc2 || p[0] > 0xf4 || p[1] < least || p[1] > most) {
        return 0;
    }
    for (unsigned i = 2; i < length; i++) {
        if (p[i] < 0x80 || p[i] > 0xbf) {
            return 0;
        }
    }
    return length;
}

static void escaped(struct strbuf *out, unsigned char c)
{
    switch (c) {
    case '"':
    case '\\':
        strbuf_char(out, '\\');
        strbuf_char(out, (char)c);
        break;
    case '\n':
        strbuf_str(out, "\\n");
        break;
    case '\t':
        strbuf_str(out, "\\t");
        break;
    default:
        strbuf_printf(out, "\\u%04x", c);
        break;
    }
}

static bool is_plain(unsigned char c)
{
    return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

static void quoted(struct strbuf *out, const char *text)
{
    strbuf_char(out, '"');
    const unsigned char *p = (const unsigned char *)text;
    while (*p) {
        const unsigned char *from = p;
        while (is_plain(*p)) {
            p++;
        }
        strbuf_bytes(out, (const char *)from, (size_t)(p - from));
        if (!*p) {
            break;
        }
        unsigned length = utf8_length(p);
        if (length > 1) {
            strbuf_bytes(out, (const char *)p, length);
        } else if (length == 1) {
            escaped(out, *p);
        } else {
            strbuf_str(out, "\\ufffd");
        }
        p += length ? length : 1;
    }
    strbuf_char(out, '"');
}

void json_text(struct json *json, const char *text)
{
    separate(json);
    quoted(json->out, text);
}

void json_name(struct json *json, const char *name)
{
    separate(json);
    quoted(json->out, name);
    strbuf_char(json->out, ':');
    json->comma = false;
}

void json_hex_bytes(struct json *json, const uint8_t *bytes, size_t length)
{
    separate(json);
    strbuf_char(json->out, '"');
    for (size_t i = 0; i < length; i++) {
        strbuf_printf(json->out, "%02x", bytes[i]);
    }
    strbuf_char(json->out, '"');
}

void json_address(struct json *json, uint64_t address)
{
    separate(json);
    strbuf_printf(json->out, "\"0x%lx\"", (unsigned long)address);
}

void json_unsigned_at(struct json *json, const char *name, uint64_t value)
{
    json_name(json, name);
    json_unsigned(json, value);
}

void json_text_at(struct json *json, const char *name, const char *text)
{
    json_name(json, name);
    json_text(json, text);
}

void json_open_at(struct json *json, const char *name, char bracket)
{
    json_name(json, name);
    json_open(json, bracket);
}
