aw_test(sense amplitude aw_sense)
aw_test(sense motion aw_sense)
