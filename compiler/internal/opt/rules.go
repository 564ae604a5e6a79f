package opt

// rules is the list of all rules, in the order of a pass.
var rules = []Rule{
	{Name: "FoldConstants", Apply: foldConstants,
		Doc: "Computes expressions without columns once, at compile time."},
	{Name: "SimplifyBooleans", Apply: simplifyBooleans,
		Doc: "Removes conditions that are known to hold or not to."},
	{Name: "MergeFilters", Apply: mergeFilters,
		Doc: "Makes one filter of two that follow each other."},
	{Name: "PushFilterThroughProject", Apply: pushFilterThroughProject,
		Doc: "Filters before computing a projection."},
	{Name: "PushFilterThroughUnion", Apply: pushFilterThroughUnion,
		Doc: "Filters each input of a union."},
	{Name: "PushFilterBelowWindowTVF", Apply: pushFilterBelowWindowTVF,
		Doc: "Filters before assigning windows, by conditions on other columns."},
	{Name: "PushWatermarkThroughProject", Apply: pushWatermarkThroughProject,
		Doc: "Fixes event time below a projection, so that the scan can do it."},
	{Name: "MergeProjects", Apply: mergeProjects,
		Doc: "Makes one projection of two that follow each other."},
	{Name: "UseWindowPanes", Apply: useWindowPanes,
		Doc: "Aggregates by window on shared panes instead of copying rows into each window."},
	{Name: "RemoveNoopProject", Apply: removeNoopProject,
		Doc: "Removes a projection that gives its input's columns as they are."},
	{Name: "PruneColumns", Apply: pruneColumns, Root: true,
		Doc: "Leaves out columns that nothing above uses, down to what scans decode."},
	{Name: "PushTermsIntoScan", Apply: pushTermsIntoScan, Root: true,
		Doc: "Tells scans which rows a filter above them keeps, by conditions on single columns, so that decoders can leave out the others."},
}
