aw_layer(base FILES
    arena.c
    byte_ring.c
    crc32.c
    err.c
    json.c
    names.c
    ring.c
    sha256.c
)
target_link_libraries(aw_base PUBLIC m)
