/* `coalmine ctl PID COMMAND`: asks a running program over its control socket. */
#ifndef TOOL_CTL_H
#define TOOL_CTL_H

/* `arguments` follow the word ctl; NULL-terminated. Returns an exit status. */
int ctl(char **arguments);

#endif
