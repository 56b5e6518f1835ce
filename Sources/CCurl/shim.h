#pragma once
// curl_easy_setopt, curl_easy_getinfo and curl_multi_setopt are variadic, which Swift cannot call.
// One function per kind of argument, and nothing else: no logic, no state.
#include <curl/curl.h>
#include <sys/socket.h>

static inline CURLcode ccurl_setopt_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_setopt_off_t(CURL *easy, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_setopt_string(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_setopt_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_setopt_slist(
    CURL *easy, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_setopt_blob(CURL *easy, CURLoption option, struct curl_blob *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_setopt_write_callback(
    CURL *easy, CURLoption option, curl_write_callback value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_setopt_read_callback(
    CURL *easy, CURLoption option, curl_read_callback value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_setopt_xferinfo_callback(
    CURL *easy, CURLoption option, curl_xferinfo_callback value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_setopt_debug_callback(
    CURL *easy, CURLoption option, curl_debug_callback value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_setopt_sockopt_callback(
    CURL *easy, CURLoption option, curl_sockopt_callback value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_setopt_close_callback(
    CURL *easy, CURLoption option, curl_closesocket_callback value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_getinfo_long(CURL *easy, CURLINFO info, long *value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode ccurl_getinfo_off_t(CURL *easy, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode ccurl_getinfo_string(CURL *easy, CURLINFO info, char **value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode ccurl_getinfo_pointer(CURL *easy, CURLINFO info, void **value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode ccurl_multi_setopt_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

// The C library's search, which its headers hide from Swift: where a piece begins in a text, or -1.
extern void *memmem(const void *text, size_t length, const void *piece, size_t pieceLength);

static inline long ccurl_find(
    const void *text, size_t length, const void *piece, size_t pieceLength) {
  const char *found = memmem(text, length, piece, pieceLength);
  return found ? (long)(found - (const char *)text) : -1;
}

// How many bytes a TCP socket received, `tcpi_bytes_received` of <linux/tcp.h>; 0 for what is no such socket.
// That header and the C library's, which Swift knows, declare one structure twice: hence the place by number.
static inline unsigned long long ccurl_bytes_received(int socket) {
  unsigned long long info[32] = {0};
  socklen_t length = sizeof info;
  if (getsockopt(socket, 6 /* IPPROTO_TCP */, 11 /* TCP_INFO */, info, &length) != 0) return 0;
  return info[16];
}

// The message's union, which Swift reads awkwardly.
static inline CURLcode ccurl_message_result(const CURLMsg *message) {
  return message->data.result;
}
