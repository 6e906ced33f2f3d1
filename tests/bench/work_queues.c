/* Allocation-heavy work for tests/bench/leaks: threads hand messages to each other, so that most
 * blocks are freed by another thread than the one that allocated them. Prints a sum, the same each
 * time. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STAGES = 3, MESSAGES = 400000, ROOM = 256 };

struct message {
    uint64_t number;
    size_t bytes;
    char *text;
};

struct queue {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct message *waiting[ROOM]; /* under mutex, as are the next two */
    size_t first, count;
};

static struct queue queues[STAGES - 1];

static void put(struct queue *queue, struct message *message)
{
    pthread_mutex_lock(&queue->mutex);
    while (queue->count == ROOM) {
        pthread_cond_wait(&queue->changed, &queue->mutex);
    }
    queue->waiting[(queue->first + queue->count++) % ROOM] = message;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->mutex);
}

static struct message *take(struct queue *queue)
{
    pthread_mutex_lock(&queue->mutex);
    while (queue->count == 0) {
        pthread_cond_wait(&queue->changed, &queue->mutex);
    }
    struct message *message = queue->waiting[queue->first];
    queue->first = (queue->first + 1) % ROOM;
    queue->count--;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->mutex);
    return message;
}

static void *produce(void *unused)
{
    for (uint64_t i = 0; i < MESSAGES; i++) {
        struct message *message = malloc(sizeof *message);
        size_t bytes = 16 + i * 7919 % 200;
        char *text = malloc(bytes);
        if (!message || !text) {
            abort();
        }
        memset(text, (int)(i % 64), bytes);
        *message = (struct message){i, bytes, text};
        put(&queues[0], message);
    }
    put(&queues[0], NULL);
    return unused;
}

/* Doubles each text. */
static void *work(void *unused)
{
    struct message *message;
    while ((message = take(&queues[0]))) {
        char *text = realloc(message->text, message->bytes * 2);
        if (!text) {
            abort();
        }
        memcpy(text + message->bytes, text, message->bytes);
        message->text = text;
        message->bytes *= 2;
        put(&queues[1], message);
    }
    put(&queues[1], NULL);
    return unused;
}

int main(void)
{
    pthread_t threads[STAGES - 1];
    for (int i = 0; i < STAGES - 1; i++) {
        pthread_mutex_init(&queues[i].mutex, NULL);
        pthread_cond_init(&queues[i].changed, NULL);
    }
    if (pthread_create(&threads[0], NULL, produce, NULL) != 0 ||
        pthread_create(&threads[1], NULL, work, NULL) != 0) {
        abort();
    }
    uint64_t sum = 0;
    struct message *message;
    while ((message = take(&queues[1]))) {
        sum += message->number ^ (uint64_t)message->text[message->bytes - 1];
        free(message->text);
        free(message);
    }
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    printf("%lu\n", (unsigned long)sum);
    return 0;
}
