/* Takes of a calibration, as our routes and RuView's ask for them. */
#ifndef AW_SERVER_ROUTES_CALIBRATION_H
#define AW_SERVER_ROUTES_CALIBRATION_H

#include "server/board.h"
#include "server/command.h"
#include "server/route.h"

enum aw_calibration_status {
    AW_LINK_UNCALIBRATED,
    AW_LINK_ARMED,
    AW_LINK_REFUSED,
    AW_LINK_COLLECTING,
};

enum aw_calibration_status aw_calibration_status(const struct aw_board_link *l);
bool aw_calibration_drifted(const struct aw_board_link *l); /* a new one is due */

/* Every link that has told what it is goes to c, or only this one, or only those of the room. */
void aw_calibration_choose(struct aw_command *c, const struct aw_board *b, const uint32_t *link,
                           const struct aw_board_room *room);

/* Hands the command to the sensing thread; c->reply.replied answers the request later. */
int aw_calibration_ask(struct aw_request *r, struct aw_command *c);

/* Answers a request whose take was not begun; false: it was. */
bool aw_calibration_refused(struct aw_http *h, const struct aw_msg *m);

enum { AW_TAKE_S = 30 }; /* of a take, unless asked otherwise */

#endif
