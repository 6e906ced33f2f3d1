/* `coalmine report`: saved reports as text, JSON or suppressions. */
#ifndef TOOL_RENDER_H
#define TOOL_RENDER_H

/* `arguments`: those after the word "report", ended by NULL. Returns an exit status. */
int render_reports(char **arguments);

#endif
