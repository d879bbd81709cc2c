# network cards
aw_test(readers ofdm aw_readers)
aw_test(readers intel5300 aw_readers)
aw_test(readers awk1 aw_readers)
aw_test(readers nexmon aw_readers)
aw_test(readers atheros aw_readers)
aw_test(readers feitcsi aw_readers)
aw_test(readers picoscenes aw_readers)
aw_test(readers cross aw_readers)

# ESP32
aw_test(readers ruview aw_readers)
aw_test(readers text aw_readers)
aw_test(readers esp_layout aw_readers)
aw_test(readers esp_console aw_readers)
aw_test(readers esp_text_files aw_readers)
aw_test(readers esp_binary aw_readers)
aw_test(readers esp_recordings aw_readers)
aw_test(readers esp_cross aw_readers)
