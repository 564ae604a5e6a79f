package helios

// SetFlush has the next run of q end its input where Options.For stops it.
func SetFlush(q *Query) { q.opt.Flush = true }
