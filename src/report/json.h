/* JSON, token by token, into a buffer: commas, quoting and valid UTF-8 are seen to here. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

struct json {
    struct strbuf *out;
    bool comma; /* the next value or name needs one before it */
};

void json_open(struct json *json, char bracket); /* '{' or '[' */
void json_close(struct json *json, char bracket);
void json_name(struct json *json, const char *name);

void json_unsigned(struct json *json, uint64_t value);
void json_signed(struct json *json, int64_t value);
void json_bool(struct json *json, bool value);

/* Bytes that are no UTF-8 become U+FFFD. */
void json_text(struct json *json, const char *text);

void json_hex_bytes(struct json *json, const uint8_t *bytes, size_t length); /* "4142…" */
void json_address(struct json *json, uint64_t address);                      /* "0x…" */

/* A name with its value, and an object or array under a name. */
void json_unsigned_at(struct json *json, const char *name, uint64_t value);
void json_text_at(struct json *json, const char *name, const char *text);
void json_open_at(struct json *json, const char *name, char bracket);

#endif
