aw_layer(readers USES base FILES
    table.c
    # ESP32
    text.c
    esp_layout.c
    ruview.c
    esp_console.c
    esp_tool.c
    esp_lines.c
    esp_npz.c
    esp_csi.c
)
