/* Objects as Python keeps them: behind two links of its garbage collector. */
#include <stdlib.h>

struct object {
    long references;
    struct object *type;
};

static struct object type_of_types = {1, &type_of_types}, type = {1, &type_of_types};
static struct object *volatile held[2];

static struct object *make(size_t header)
{
    char *block = calloc(1, header + 2 * sizeof(struct object));
    struct object *object = (struct object *)(void *)(block + header);
    object->references = 1;
    object->type = &type;
    return object;
}

int main(void)
{
    held[0] = make(2 * sizeof(void *));
    held[1] = make(4 * sizeof(void *));
    return 0;
}
