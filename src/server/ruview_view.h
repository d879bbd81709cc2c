/* What we know in the field names of RuView's server, so that its web page and phone app work
 * unchanged. The one place of this mapping; docs/ruview.md says for each field what it is measured
 * from, or why it is null. Nothing is made up: no person is drawn that was not seen (there are no
 * keypoints), and a field without a measurement is null, empty or left out.
 *
 * All take the struct aw_http as `arg`, as aw_note_json() passes it. */
#ifndef AW_SERVER_RUVIEW_VIEW_H
#define AW_SERVER_RUVIEW_VIEW_H

#include "server/loop.h"

enum {
    AW_RUVIEW_NODES = 32,      /* shown at most */
    AW_RUVIEW_AMPLITUDES = 56, /* values per node at most */
    AW_RUVIEW_FORGET_S = 60,   /* nodes silent for longer are left out */
};

/* Messages of their WebSockets. */
void aw_ruview_sensing(struct aw_json *j, void *arg); /* /ws/sensing */
void aw_ruview_pose(struct aw_json *j, void *arg);    /* /api/v1/stream/pose */
void aw_ruview_introspection(struct aw_json *j, void *arg);

/* Answers of their routes. */
void aw_ruview_status(struct aw_json *j, void *arg);
void aw_ruview_nodes(struct aw_json *j, void *arg);
void aw_ruview_vital_signs(struct aw_json *j, void *arg);
void aw_ruview_edge_vitals(struct aw_json *j, void *arg);
void aw_ruview_pose_current(struct aw_json *j, void *arg);
void aw_ruview_pose_stats(struct aw_json *j, void *arg);
void aw_ruview_zones(struct aw_json *j, void *arg);
void aw_ruview_stream_status(struct aw_json *j, void *arg);
void aw_ruview_health(struct aw_json *j, void *arg);
void aw_ruview_metrics(struct aw_json *j, void *arg);

#endif
