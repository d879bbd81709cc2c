aw_layer(infer USES base FILES
    conv.c
    elementwise.c
    gru.c
    linear.c
    net.c
    norm.c
    onnx.c
    op.c
    plain.c
    reduce.c
    resize.c
    shape.c
    wire.c
)
