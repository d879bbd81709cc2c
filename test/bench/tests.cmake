aw_test(bench ruview_compat aw_ruview_compat)
aw_test(bench rivals aw_rivals)
