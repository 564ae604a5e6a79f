package diag

import (
	"slices"
	"strings"
)

// DidYouMean returns the candidate that name was likely meant to be, or "" where
// none is near. Case is ignored; of equally near ones the first is taken, but one
// of the same letters before others: FORM is FROM, not FOR.
func DidYouMean(name string, candidates []string) string {
	best, limit := "", maxDistance(name)
	for _, c := range candidates {
		if c == name {
			continue
		}
		d := EditDistance(strings.ToLower(name), strings.ToLower(c), limit)
		if d < limit || d == limit && (best == "" || sameLetters(name, c) && !sameLetters(name, best)) {
			best, limit = c, d
		}
	}
	return best
}

func sameLetters(a, b string) bool {
	x, y := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// maxDistance is how many slips a name of that length may hold.
func maxDistance(name string) int {
	switch n := len([]rune(name)); {
	case n <= 2:
		return 0
	case n <= 4:
		return 1
	case n <= 8:
		return 2
	}
	return 3
}

// EditDistance returns how many single characters must be put in, left out,
// replaced or swapped with their neighbour to make b from a. Where that is more
// than limit, any number above limit is returned.
func EditDistance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > limit || len(y)-len(x) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
