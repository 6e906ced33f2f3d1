/* One question over the control socket, and its answer. */
#ifndef INTERPOSE_CONTROL_SESSION_H
#define INTERPOSE_CONTROL_SESSION_H

/* Serves who is connected to `fd`, whatever comes; does not close it. */
void control_session(int fd);

#endif
