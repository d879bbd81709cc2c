/* What a client may do; each scope includes those before it. */
#ifndef AW_SERVER_SCOPE_H
#define AW_SERVER_SCOPE_H

enum aw_scope { AW_SCOPE_OPEN, AW_SCOPE_READ, AW_SCOPE_CONTROL, AW_SCOPE_ADMIN };

#endif
