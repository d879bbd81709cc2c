/* Streams that a WebSocket client subscribes to, as binary messages (layout: streams_binary.h);
 * breathing, once per second, as text (breathing_json.h).
 *
 *     {"type":"subscribe","stream":"csi"|"spectrogram"|"phase"|"breathing","link":ID}
 *                                                                    -> "subscribed" or "error"
 *     {"type":"unsubscribe","stream":...,"link":ID}                  -> "unsubscribed"
 *
 * A link that is dropped ends its subscriptions with "unsubscribed" and the reason "gone". For one
 * client at most AW_CLIENT_STREAM messages wait, after everything else it is sent; then the oldest
 * is left out and counted, and the gap in the index tells. */
#ifndef AW_SERVER_STREAMS_H
#define AW_SERVER_STREAMS_H

#include "server/loop.h"

void aw_streams_request(struct aw_client *c, const char *text, size_t len);
struct aw_note *aw_streams_next(struct aw_client *c); /* NULL: nothing waits */
void aw_streams_closed(struct aw_client *c);          /* it is out of h->clients already */

/* The link in this place of the board is dropped. */
void aw_streams_gone(struct aw_http *h, uint32_t place);
/* Passes on what the sensing thread tapped. */
void aw_streams_drain(struct aw_http *h);
void aw_streams_end(struct aw_http *h);

#endif
