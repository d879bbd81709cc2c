# ESP32
aw_test(readers ruview aw_readers)
