# network cards
aw_test(readers ofdm aw_readers)
aw_test(readers intel5300 aw_readers)
aw_test(readers awk1 aw_readers)
# ESP32
aw_test(readers ruview aw_readers)
