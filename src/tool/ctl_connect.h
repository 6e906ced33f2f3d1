/* Finds the control socket of a process and connects to it. */
#ifndef TOOL_CTL_CONNECT_H
#define TOOL_CTL_CONNECT_H

#include <sys/types.h>

#include "base/compiler.h"

/* A connected socket whose other end is that very process, or -1 after a complaint. Sends and
 * receives on it end after `timeout_s`. May move this process into the network name space of the
 * other, for a container's. */
MUST_USE int ctl_connect(pid_t pid, unsigned timeout_s);

#endif
