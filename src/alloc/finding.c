#include "alloc/finding.h"

static void ignore(const struct finding *finding)
{
    (void)finding;
}

void (*finding_sink)(const struct finding *finding) = ignore;

const char *api_name(enum api api)
{
    static const char *const names[] = {
#define API(id, name, family) name,
#include "alloc/api.def"
#undef API
    };
    return (unsigned)api < API_COUNT ? names[api] : "?";
}
