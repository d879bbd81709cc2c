#ifndef AW_SERVER_NAMES_H
#define AW_SERVER_NAMES_H

#include "server/feed.h"

/* The name of a link as people see it: format, then what tells it from others:
 * "ruview node 3", "esp32-csi-tool aa:bb:cc:dd:ee:ff", "intel5300", "nexmon aa:... rx1".
 * Two links may share a name (two senders calling themselves node 1): their numbers differ. */
void aw_link_name(const struct aw_link_info *info, char name[AW_LINK_NAME]);

#endif
