/* The parts of the program that routes talk to. NULL: that part is off, and a route that needs it
 * answers 503 with the reason. */
#ifndef AW_SERVER_SERVICES_H
#define AW_SERVER_SERVICES_H

struct aw_services {
    struct aw_access *access; /* NULL: everybody who reaches us may do everything */
    struct aw_engine *engine;
    struct aw_tune *tune; /* the settings in effect */
    struct aw_history *history;
    struct aw_mqtt *mqtt;
    struct aw_rooms *rooms;
    struct aw_models *models; /* NULL: none is configured */
};

#endif
