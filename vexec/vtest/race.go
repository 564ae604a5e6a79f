package vtest

// Seeds is how many of n random cases a test runs: n, and a quarter of them under the race
// detector. It looks for what goroutines do to each other and makes a test ten times
// slower; of more values in one goroutine, or under the simulator, which lets one go at
// a time, it learns nothing. The same tests run all n without it.
func Seeds[N int | uint64](n N) N {
	if Race {
		return (n + 3) / 4
	}
	return n
}
