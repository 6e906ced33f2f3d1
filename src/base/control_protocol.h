/* What `coalmine ctl` and the programs it talks to agree on.
 *
 * A program listens on a stream socket in the abstract name space, called
 * "coalmine.PID.RANDOM" with its process id as it knows it. Who connects sends one line,
 *
 *     coalmine 1 FORM COMMAND [ARGUMENT]\n        FORM: text or json
 *
 * and is answered by one line and that many bytes, after which the connection is closed:
 *
 *     coalmine 1 ok STATUS LENGTH\n               the command was carried out
 *     coalmine 1 no STATUS LENGTH\n               it was not; the bytes say why
 *
 * STATUS is what the asking command is to exit with. */
#ifndef BASE_CONTROL_PROTOCOL_H
#define BASE_CONTROL_PROTOCOL_H

#define CONTROL_NAME "coalmine."
#define CONTROL_GREETING "coalmine 1 "

enum {
    CONTROL_LINE_MOST = 256, /* bytes of a question or an answer's first line, newline included */
    CONTROL_STATUS_FAILED = 1,
    CONTROL_STATUS_USAGE = 2,
};

#endif
