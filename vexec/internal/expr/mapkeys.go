package expr

import (
	"slices"

	"github.com/helios-stream/helios/vexec"
)

// dropEqualKeys leaves of each key of the maps in the result the last entry, as MAP[...] does.
func dropEqualKeys(c *call) {
	key := &c.out.Kids[0]
	drop := map[int32]bool{}
	var order []int32
	c.each(func(i int) {
		order = order[:0]
		for e := c.out.Offs[i]; e < c.out.Offs[i+1]; e++ {
			order = append(order, e)
		}
		slices.SortStableFunc(order, func(a, b int32) int { return partOrder(key, int(a), key, int(b)) })
		for k := 1; k < len(order); k++ {
			if partOrder(key, int(order[k-1]), key, int(order[k])) == 0 {
				drop[order[k-1]] = true
			}
		}
	})
	if len(drop) == 0 {
		return
	}
	var keep []int32
	from := slices.Clone(c.out.Offs[:c.n+1])
	c.every(func(i int, live bool) {
		for e := from[i]; live && e < from[i+1]; e++ {
			if !drop[e] {
				keep = append(keep, e)
			}
		}
		c.out.Offs[i+1] = int32(len(keep))
	})
	c.out.Offs[0] = 0
	for k := range c.out.Kids {
		all := c.out.Kids[k]
		pickRows(&c.out.Kids[k], all.Type, []*vexec.Vec{&all}, nil, keep)
	}
}
