/* Calibrations outlive the program: those that links report armed are kept in a file, and given back
 * to a link of the same name and source kind that comes without one. Of two links that share a name
 * neither gets one back: it may be the other's. */
#ifndef AW_SERVER_CALIBRATIONS_H
#define AW_SERVER_CALIBRATIONS_H

#include "server/keep.h"
#include "server/sink.h"

enum { AW_CALIBRATIONS = 256 };

struct aw_calibration_kept {
    char name[AW_LINK_NAME];
    enum aw_origin_kind origin;
    int64_t calibrated_ns;
    struct aw_calibration_saved saved;
    uint32_t link, serial;             /* of the link that has it now; serial 0 none */
    uint32_t asked_link, asked_serial; /* it was last offered to */
};

struct aw_calibrations {
    char path[AW_KEEP_PATH];      /* "" they are not kept */
    char why[AW_KEEP_PATH];       /* "" or what went wrong last */
    struct aw_services *services; /* the engine to ask */
    bool dirty;
    int64_t saved_ns;
    uint32_t n;
    struct aw_calibration_kept kept[AW_CALIBRATIONS];
};

/* dir: "" or NULL keeps nothing. Whatever is wrong with the file is in c->why; the server runs. */
void aw_calibrations_open(struct aw_calibrations *c, const char *dir, struct aw_services *services);
void aw_calibrations_close(struct aw_calibrations *c);

/* Hears what links report. */
struct aw_sink aw_calibrations_sink(struct aw_calibrations *c);

#endif
