aw_test(bench ruview_compat aw_ruview_compat)
