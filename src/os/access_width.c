#include "os/access_width.h"

#include <stdbool.h>

#if defined(__x86_64__)

/* Intel's manual, volume 2: chapter 2 for the form of an instruction, appendix A for the maps of
 * opcodes. Kept here is what compilers and libraries use on data; all else is not known. */

enum prefix { PREFIX_NONE, PREFIX_66, PREFIX_F3, PREFIX_F2 }; /* numbered as VEX does */
enum map { MAP_ONE_BYTE, MAP_0F, MAP_0F38, MAP_0F3A };        /* likewise */

struct instruction {
    enum map map;
    enum prefix prefix; /* the last one that chooses among instructions */
    bool has_66, repeats, wide /* REX.W and kin */;
    bool is_vex, is_masked, broadcasts;
    unsigned vector;     /* bytes of a whole vector */
    unsigned plain;      /* bytes of a general operand */
    uint8_t opcode, reg; /* the latter of the ModRM byte: part of some opcodes */
};

static bool is_in(uint8_t opcode, uint8_t first, uint8_t last)
{
    return opcode >= first && opcode <= last;
}

static unsigned x87_width(const struct instruction *in)
{
    static const uint8_t widths[8][8] = {
        {4, 4, 4, 4, 4, 4, 4, 4},   {4, 0, 4, 4, 0, 2, 0, 2},   {4, 4, 4, 4, 4, 4, 4, 4},
        {4, 4, 4, 4, 0, 10, 0, 10}, {8, 8, 8, 8, 8, 8, 8, 8},   {8, 8, 8, 8, 0, 0, 0, 2},
        {2, 2, 2, 2, 2, 2, 2, 2},   {2, 2, 2, 2, 10, 8, 10, 8},
    };
    return widths[in->opcode & 7][in->reg];
}

static unsigned one_byte_width(const struct instruction *in)
{
    uint8_t op = in->opcode;
    unsigned by_lowest_bit = op & 1 ? in->plain : 1;
    if (op < 0x40) {
        return (op & 7) < 4 ? by_lowest_bit : 0;
    }
    if (is_in(op, 0xa4, 0xa7) || is_in(op, 0xaa, 0xaf)) {
        return in->repeats ? 0 : by_lowest_bit;
    }
    if (is_in(op, 0xd8, 0xdf)) {
        return x87_width(in);
    }
    switch (op) {
    case 0x63:
        return 4;
    case 0x69:
    case 0x6b:
    case 0x83:
        return in->plain;
    case 0x8c:
    case 0x8e:
        return 2;
    case 0x8f:
        return in->reg > 0 ? 0 : in->has_66 ? 2 : 8; /* else another vendor's */
    case 0xff:
        return in->reg < 2                    ? in->plain
               : in->reg == 3 || in->reg == 5 ? 0
               : in->has_66 && in->reg == 6   ? 2
                                              : 8;
    default:
        return is_in(op, 0x80, 0x8b) || is_in(op, 0xa0, 0xa3) || is_in(op, 0xc0, 0xc1) ||
                       is_in(op, 0xc6, 0xc7) || is_in(op, 0xd0, 0xd3) || is_in(op, 0xf6, 0xf7) ||
                       op == 0xfe
                   ? by_lowest_bit
                   : 0;
    }
}

/* Whole vectors, or the one element that F3 and F2 mean. */
static unsigned by_prefix(const struct instruction *in)
{
    return in->prefix == PREFIX_F3 ? 4 : in->prefix == PREFIX_F2 ? 8 : in->vector;
}

static unsigned integer_vector(const struct instruction *in)
{
    return in->prefix == PREFIX_NONE && !in->is_vex ? 8 /* MMX */ : in->vector;
}

static unsigned vector_0f_width(const struct instruction *in)
{
    uint8_t op = in->opcode;
    unsigned general = in->wide ? 8 : 4;
    bool is_double = in->prefix == PREFIX_66;
    switch (op) {
    case 0x10:
    case 0x11:
        return by_prefix(in);
    case 0x12:
    case 0x16:
        return in->prefix == PREFIX_F3   ? in->vector
               : in->prefix == PREFIX_F2 ? in->vector == 16 ? 8 : in->vector
                                         : 8;
    case 0x13:
    case 0x17:
    case 0xd6:
        return 8;
    case 0x2a:
        return in->prefix >= PREFIX_F3 ? general : 8;
    case 0x2c:
    case 0x2d:
        return in->prefix == PREFIX_F3 ? 4 : is_double ? 16 : 8;
    case 0x2e:
    case 0x2f:
        return is_double ? 8 : 4;
    case 0x5a:
        return in->prefix == PREFIX_NONE ? in->vector / 2 : by_prefix(in);
    case 0x5b:
        return in->vector;
    case 0x6e:
        return general;
    case 0x7e:
        return in->prefix == PREFIX_F3 ? 8 : general;
    case 0xc4:
        return 2;
    case 0xe6:
        return in->prefix == PREFIX_F3 ? in->vector / 2 : in->vector;
    case 0xf7:
        return 0;
    default:
        break;
    }
    if (is_in(op, 0x14, 0x15) || is_in(op, 0x28, 0x29) || op == 0x2b || op == 0xc6) {
        return in->vector;
    }
    if (is_in(op, 0x51, 0x5f) || op == 0xc2) {
        return by_prefix(in);
    }
    if (is_in(op, 0x60, 0x62)) {
        return in->prefix == PREFIX_NONE && !in->is_vex ? 4 : in->vector;
    }
    bool shifts =
        op == 0xd1 || op == 0xd2 || op == 0xd3 || op == 0xe1 || op == 0xe2 || is_in(op, 0xf1, 0xf3);
    if (shifts) {
        return in->prefix == PREFIX_NONE ? 8 : 16; /* the count, whatever the vector */
    }
    return is_in(op, 0x63, 0x70) || is_in(op, 0x74, 0x76) || op == 0x7c || op == 0x7d ||
                   op == 0x7f || op >= 0xd0
               ? integer_vector(in)
               : 0;
}

static unsigned map_0f_width(const struct instruction *in)
{
    uint8_t op = in->opcode;
    if (in->is_vex || is_in(op, 0x10, 0x17) || is_in(op, 0x28, 0x2f) || is_in(op, 0x50, 0x7f) ||
        op == 0xc2 || is_in(op, 0xc4, 0xc6) || op >= 0xd0) {
        return vector_0f_width(in);
    }
    if (is_in(op, 0x40, 0x4f)) {
        return in->plain;
    }
    if (is_in(op, 0x90, 0x9f)) {
        return 1;
    }
    switch (op) {
    case 0xb0:
    case 0xb6:
    case 0xbe:
    case 0xc0:
        return 1;
    case 0xb7:
    case 0xbf:
        return 2;
    case 0xa3:
    case 0xa4:
    case 0xa5:
    case 0xab:
    case 0xac:
    case 0xad:
    case 0xaf:
    case 0xb1:
    case 0xb3:
    case 0xb8:
    case 0xba:
    case 0xbb:
    case 0xbc:
    case 0xbd:
    case 0xc1:
    case 0xc3:
        return in->plain;
    case 0xae: /* ldmxcsr, stmxcsr */
        return in->reg == 2 || in->reg == 3 ? 4 : 0;
    case 0xc7:
        return in->reg == 1 ? in->wide ? 16 : 8 : 0;
    default:
        return 0;
    }
}

static unsigned map_0f38_width(const struct instruction *in)
{
    static const uint8_t parts[6] = {2, 4, 8, 2, 4, 2}; /* of a vector, that is extended to one */
    uint8_t op = in->opcode;
    if (op >= 0xf0) {
        bool byte = op == 0xf0 && in->prefix == PREFIX_F2; /* crc32; else movbe, and BMI */
        return byte ? 1 : in->is_vex ? in->wide ? 8 : 4 : op <= 0xf1 ? in->plain : 0;
    }
    if (is_in(op & 0xef, 0x20, 0x25) && in->prefix == PREFIX_66) {
        return in->vector / parts[op & 7];
    }
    if (is_in(op, 0x96, 0xbf)) { /* fused multiply and add */
        bool scalar = (op & 1) && (op & 0xf) > 8;
        return scalar ? in->wide ? 8 : 4 : in->vector;
    }
    switch (op) {
    case 0x18:
    case 0x58:
        return 4;
    case 0x19:
    case 0x59:
        return 8;
    case 0x1a:
    case 0x5a:
        return 16;
    case 0x78:
        return 1;
    case 0x79:
        return 2;
    default:
        return op <= 0x0b || (is_in(op, 0x14, 0x17) && op != 0x14 && op != 0x15) ||
                       is_in(op, 0x1c, 0x1e) || is_in(op, 0x26, 0x2b) || is_in(op, 0x36, 0x40) ||
                       is_in(op, 0x45, 0x47) || is_in(op, 0xdb, 0xdf)
                   ? integer_vector(in)
                   : 0;
    }
}

static unsigned map_0f3a_width(const struct instruction *in)
{
    switch (in->opcode) {
    case 0x14:
    case 0x20:
        return 1;
    case 0x15:
        return 2;
    case 0x0a:
    case 0x17:
    case 0x21:
        return 4;
    case 0x0b:
        return 8;
    case 0x16:
    case 0x22:
    case 0xf0:
        return in->wide ? 8 : 4;
    case 0x18:
    case 0x19:
    case 0x38:
    case 0x39:
        return 16;
    default:
        return in->opcode <= 0x02 || in->opcode == 0x06 || is_in(in->opcode, 0x08, 0x0f) ||
                       is_in(in->opcode, 0x1e, 0x1f) || is_in(in->opcode, 0x3e, 0x3f) ||
                       is_in(in->opcode, 0x42, 0x46) || is_in(in->opcode, 0x60, 0x63)
                   ? integer_vector(in)
                   : 0;
    }
}

/* Past the prefixes of old, REX among them. */
static const uint8_t *read_prefixes(const uint8_t *p, const uint8_t *end, struct instruction *in)
{
    for (; p < end; p++) {
        switch (*p) {
        case 0x66:
            in->has_66 = true;
            in->prefix = in->prefix == PREFIX_NONE ? PREFIX_66 : in->prefix;
            break;
        case 0xf2:
        case 0xf3:
            in->repeats = true;
            in->prefix = *p == 0xf2 ? PREFIX_F2 : PREFIX_F3;
            break;
        case 0x26:
        case 0x2e:
        case 0x36:
        case 0x3e:
        case 0x64:
        case 0x65:
        case 0x67:
        case 0xf0:
            break;
        default:
            if ((*p & 0xf0) == 0x40) {
                in->wide = *p & 8;
                p++;
            }
            return p;
        }
    }
    return p;
}

/* VEX has two forms, EVEX one: the last byte of each of the first two has W, L and the prefix. */
static const uint8_t *read_vex(const uint8_t *p, const uint8_t *end, struct instruction *in)
{
    uint8_t kind = *p;
    size_t length = kind == 0xc5 ? 2 : kind == 0xc4 ? 3 : 4;
    if ((size_t)(end - p) <= length) {
        return end;
    }
    in->is_vex = true;
    in->map = kind == 0xc5 ? MAP_0F : (enum map)(p[1] & (kind == 0x62 ? 7 : 31));
    uint8_t last = kind == 0xc5 ? p[1] : p[2];
    in->prefix = (enum prefix)(last & 3);
    in->wide = kind != 0xc5 && (last & 0x80);
    in->vector = last & 4 ? 32 : 16;
    if (kind == 0x62) {
        in->vector = 16u << (p[3] >> 5 & 3);
        in->broadcasts = p[3] & 0x10;
        in->is_masked = p[3] & 7;
    }
    return p + length;
}

static const uint8_t *read_map(const uint8_t *p, const uint8_t *end, struct instruction *in)
{
    if (p < end && (*p == 0xc4 || *p == 0xc5 || *p == 0x62)) {
        return read_vex(p, end, in);
    }
    if (end - p > 2 && *p == 0x0f) {
        p++;
        in->map = *p == 0x38 ? MAP_0F38 : *p == 0x3a ? MAP_0F3A : MAP_0F;
        return in->map == MAP_0F ? p : p + 1;
    }
    return p;
}

unsigned os_access_width(const uint8_t *code, size_t length)
{
    static unsigned (*const width_in[])(const struct instruction *) = {
        [MAP_ONE_BYTE] = one_byte_width,
        [MAP_0F] = map_0f_width,
        [MAP_0F38] = map_0f38_width,
        [MAP_0F3A] = map_0f3a_width,
    };
    const uint8_t *end = code + length;
    struct instruction in = {.vector = 16};
    const uint8_t *p = read_map(read_prefixes(code, end, &in), end, &in);
    if (end - p < 1 || in.map > MAP_0F3A || in.is_masked) {
        return 0;
    }
    in.plain = in.wide ? 8 : in.has_66 ? 2 : 4;
    in.opcode = *p;
    in.reg = end - p > 1 ? p[1] >> 3 & 7 : 0;
    return in.broadcasts ? in.wide ? 8 : 4 : width_in[in.map](&in);
}

#else

unsigned os_access_width(const uint8_t *code UNUSED, size_t length UNUSED)
{
    return 0;
}

#endif
