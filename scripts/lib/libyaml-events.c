/* The least that reading YAML with libyaml can cost: every event of some files, looked at by nobody.
 *
 *     cc -O2 -o libyaml-events libyaml-events.c -lyaml
 *     libyaml-events RUNS FILE…          least and median milliseconds, and least of CPU, for all files
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <yaml.h>

static double milliseconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static void fail(const char *path, const char *why) {
    fprintf(stderr, "%s: %s\n", path, why);
    exit(1);
}

static unsigned char *contents(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) fail(path, "cannot be read");
    *size = ftell(file);
    rewind(file);
    unsigned char *bytes = malloc(*size + 1);
    if (!bytes || fread(bytes, 1, *size, file) != *size) fail(path, "cannot be read");
    fclose(file);
    return bytes;
}

static void read_events(const char *path) {
    size_t size;
    unsigned char *bytes = contents(path, &size);
    yaml_parser_t parser;
    yaml_event_t event;
    if (!yaml_parser_initialize(&parser)) fail(path, "out of memory");
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, bytes, size);
    for (int done = 0; !done;) {
        if (!yaml_parser_parse(&parser, &event)) fail(path, parser.problem);
        done = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    free(bytes);
}

static int ascending(const void *a, const void *b) {
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

int main(int argc, char **argv) {
    int runs = argc > 2 ? atoi(argv[1]) : 0;
    if (runs < 1) fail("usage", "libyaml-events RUNS FILE...");
    double wall[runs], processor[runs];
    for (int run = 0; run < runs; run++) {
        wall[run] = -milliseconds(CLOCK_MONOTONIC);
        processor[run] = -milliseconds(CLOCK_PROCESS_CPUTIME_ID);
        for (int file = 2; file < argc; file++) read_events(argv[file]);
        wall[run] += milliseconds(CLOCK_MONOTONIC);
        processor[run] += milliseconds(CLOCK_PROCESS_CPUTIME_ID);
    }
    qsort(wall, runs, sizeof wall[0], ascending);
    qsort(processor, runs, sizeof processor[0], ascending);
    printf("%.2f %.2f %.2f\n", wall[0], wall[runs / 2], processor[0]);
    return 0;
}
