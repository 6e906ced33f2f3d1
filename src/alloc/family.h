/* Which releasing functions fit which allocating ones. */
#ifndef ALLOC_FAMILY_H
#define ALLOC_FAMILY_H

#include "alloc/finding.h"

enum api_family { FAMILY_MALLOC, FAMILY_NEW, FAMILY_NEW_ARRAY };

static inline enum api_family api_family(enum api api)
{
    static const unsigned char families[] = {
#define API(id, name, family) FAMILY_##family,
#include "alloc/api.def"
#undef API
    };
    return (enum api_family)families[api];
}

#endif
