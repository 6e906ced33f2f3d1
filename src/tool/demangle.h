/* Names of C++ functions as people write them. */
#ifndef TOOL_DEMANGLE_H
#define TOOL_DEMANGLE_H

/* Memory of the callee, valid until the next call. Other names, and all where no C++ runtime is
 * installed, come back as they are. */
const char *demangle(const char *name);

#endif
