/* One HTTP reply: status line, headers, body. */
#ifndef AW_SERVER_REPLY_H
#define AW_SERVER_REPLY_H

#include "server/loop.h"

struct aw_reply {
    unsigned status;
    const char *type;                     /* content type; NULL: no body, as with 304 */
    const char *cache;                    /* cache-control; NULL: "no-store" */
    const char *etag;                     /* NULL none */
    const char *encoding;                 /* content-encoding; NULL none */
    const char *extra_name, *extra_value; /* one more header, "allow:", "GET, HEAD"; NULL none */
    bool head;                            /* headers only */
    bool close;                           /* the connection after it */
    struct aw_note *body;                 /* taken over; NULL with a type: out of memory, 500 */
    int file;                             /* instead of body: a descriptor + 1, taken over */
    uint64_t file_len;                    /* bytes to send of it, from its position on */
    const char *content_range;            /* of 206 and 416; NULL none */
};

/* All return what the lws callback returns. */
int aw_reply_send(struct lws *wsi, struct aw_conn *c, const struct aw_reply *r);
int aw_reply_continue(struct lws *wsi, struct aw_conn *c); /* when the socket takes more */
void aw_reply_drop(struct aw_conn *c);                     /* the connection is gone */

/* An RFC 9457 problem document. The connection is closed after it when a body might follow. */
int aw_reply_problem(struct lws *wsi, struct aw_conn *c, unsigned status, const char *detail,
                     bool close);

/* 422: the field and what is allowed for it are members of the document. */
int aw_reply_range(struct lws *wsi, struct aw_conn *c, const char *field, const char *allowed);

/* The document alone; and what a reply holds, given back unsent. */
struct aw_reply aw_reply_of_problem(unsigned status, const char *detail);
void aw_reply_unsent(struct aw_reply *r);

/* 405 with the methods allowed here. */
int aw_reply_not_allowed(struct lws *wsi, struct aw_conn *c, const char *allow);

/* The same on an upgrade request, where the reply must leave in one piece: then hang up. */
int aw_reply_refuse_upgrade(struct lws *wsi, unsigned status, const char *detail);

#endif
