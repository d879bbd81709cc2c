aw_layer(core USES base readers sense FILES
    clock.c
    link.c
    order.c
    rate.c
    session.c
)
target_link_libraries(aw_core PUBLIC m)
