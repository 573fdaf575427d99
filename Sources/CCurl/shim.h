#pragma once

/* libcurl as a table of functions, found when first wanted.
 *
 * Linking libcurl costs every start some 4 ms, for it brings thirty libraries with it; a command that sends
 * nothing should not pay that. So its header is compiled against and the library is opened by name. */

#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

struct muster_curl {
    __typeof__(&curl_global_init) global_init;
    __typeof__(&curl_version_info) version_info;
    __typeof__(&curl_slist_append) slist_append;
    __typeof__(&curl_slist_free_all) slist_free_all;
    __typeof__(&curl_easy_init) easy_init;
    __typeof__(&curl_easy_reset) easy_reset;
    __typeof__(&curl_easy_cleanup) easy_cleanup;
    __typeof__(&curl_easy_strerror) easy_strerror;
    CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
    CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
    __typeof__(&curl_multi_init) multi_init;
    __typeof__(&curl_multi_cleanup) multi_cleanup;
    __typeof__(&curl_multi_add_handle) multi_add_handle;
    __typeof__(&curl_multi_remove_handle) multi_remove_handle;
    __typeof__(&curl_multi_perform) multi_perform;
    __typeof__(&curl_multi_poll) multi_poll;
    __typeof__(&curl_multi_wakeup) multi_wakeup;
    __typeof__(&curl_multi_info_read) multi_info_read;
    CURLMcode (*multi_setopt)(CURLM *, CURLMoption, ...);
};

/* Fills the table. Gives back 0, or 1 with the reason, which lives until the thread's next dlerror. */
static inline int muster_curl_open(struct muster_curl *curl, const char *library, const char **why) {
    void *opened = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (!opened) {
        *why = dlerror();
        return 1;
    }
#define MUSTER_FIND(member)                                                \
    do {                                                                   \
        void *found = dlsym(opened, "curl_" #member);                      \
        if (!found) {                                                      \
            *why = dlerror();                                              \
            return 1;                                                      \
        }                                                                  \
        memcpy(&curl->member, &found, sizeof found);                       \
    } while (0)
    MUSTER_FIND(global_init);
    MUSTER_FIND(version_info);
    MUSTER_FIND(slist_append);
    MUSTER_FIND(slist_free_all);
    MUSTER_FIND(easy_init);
    MUSTER_FIND(easy_reset);
    MUSTER_FIND(easy_cleanup);
    MUSTER_FIND(easy_strerror);
    MUSTER_FIND(easy_setopt);
    MUSTER_FIND(easy_getinfo);
    MUSTER_FIND(multi_init);
    MUSTER_FIND(multi_cleanup);
    MUSTER_FIND(multi_add_handle);
    MUSTER_FIND(multi_remove_handle);
    MUSTER_FIND(multi_perform);
    MUSTER_FIND(multi_poll);
    MUSTER_FIND(multi_wakeup);
    MUSTER_FIND(multi_info_read);
    MUSTER_FIND(multi_setopt);
#undef MUSTER_FIND
    return 0;
}

/* Swift cannot call a variadic function, nor read a union's member. */

static inline CURLcode muster_curl_set_long(const struct muster_curl *c, CURL *h, CURLoption o, long v) {
    return c->easy_setopt(h, o, v);
}
static inline CURLcode muster_curl_set_text(const struct muster_curl *c, CURL *h, CURLoption o, const char *v) {
    return c->easy_setopt(h, o, v);
}
static inline CURLcode muster_curl_set_bytes(const struct muster_curl *c, CURL *h, CURLoption o, const void *v) {
    return c->easy_setopt(h, o, v);
}
static inline CURLcode muster_curl_set_size(const struct muster_curl *c, CURL *h, CURLoption o, curl_off_t v) {
    return c->easy_setopt(h, o, v);
}
static inline CURLcode muster_curl_set_data_callback(
    const struct muster_curl *c, CURL *h, CURLoption o, size_t (*v)(char *, size_t, size_t, void *)) {
    return c->easy_setopt(h, o, v);
}
static inline CURLcode muster_curl_set_begin_callback(
    const struct muster_curl *c, CURL *h, int (*v)(void *, char *, char *, int, int)) {
    return c->easy_setopt(h, CURLOPT_PREREQFUNCTION, v);
}
static inline CURLcode muster_curl_get_long(const struct muster_curl *c, CURL *h, CURLINFO i, long *v) {
    return c->easy_getinfo(h, i, v);
}
static inline CURLMcode muster_curl_multi_set_long(
    const struct muster_curl *c, CURLM *m, CURLMoption o, long v) {
    return c->multi_setopt(m, o, v);
}
static inline CURL *muster_curl_message_handle(const CURLMsg *m) { return m->easy_handle; }
static inline CURLcode muster_curl_message_result(const CURLMsg *m) { return m->data.result; }
static inline int muster_curl_message_is_done(const CURLMsg *m) { return m->msg == CURLMSG_DONE; }
