aw_layer(readers USES base FILES
    table.c
)
