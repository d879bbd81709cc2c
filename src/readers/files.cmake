aw_layer(readers USES base FILES
    table.c
    # network cards
    atheros.c
    awk1.c
    feitcsi.c
    intel5300.c
    intel_ax.c
    nexmon.c
    ofdm.c
    picoscenes.c
    # ESP32
    text.c
    esp_layout.c
    ruview.c
    esp_console.c
    esp_tool.c
    esp_lines.c
    esp_npz.c
    esp_csi.c
    esp_study.c
    esp_ampl.c
    json_scan.c
    ruview_jsonl.c
    esp_json.c
    csibin1.c
    esp_log.c
)
