package kernels

// SelDiff writes to out the rows of sel (of [0, n) where sel is nil) that are not
// in sub, and returns them. sub is a part of sel. out may be sel, not sub.
func SelDiff(sel, sub []int32, n int, out []int32) []int32 {
	k, j := 0, 0
	if sel == nil {
		for i := range int32(n) {
			if j < len(sub) && sub[j] == i {
				j++
				continue
			}
			out[k] = i
			k++
		}
		return out[:k]
	}
	for _, i := range sel {
		if j < len(sub) && sub[j] == i {
			j++
			continue
		}
		out[k] = i
		k++
	}
	return out[:k]
}

// SelUnion writes to out the rows that are in a or in b, and returns them. out is
// neither of them and as long as both together.
func SelUnion(a, b, out []int32) []int32 {
	k, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		x, y := a[i], b[j]
		out[k] = min(x, y)
		k++
		if x <= y {
			i++
		}
		if y <= x {
			j++
		}
	}
	k += copy(out[k:], a[i:])
	k += copy(out[k:], b[j:])
	return out[:k]
}

// SelAll writes 0, 1, ... n-1 to out and returns it.
func SelAll(n int, out []int32) []int32 {
	out = out[:n]
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

// SelByCode writes to out the rows of sel (of [0, len(codes)) where sel is nil)
// whose code's bit is set, and returns them. out may be sel.
func SelByCode(bits []byte, codes, sel, out []int32) []int32 {
	k := 0
	if sel == nil {
		out = out[:len(codes)]
		for i, c := range codes {
			out[k] = int32(i)
			k += int(bits[c>>3]>>(c&7)) & 1
		}
		return out[:k]
	}
	for _, i := range sel {
		c := codes[i]
		out[k] = i
		k += int(bits[c>>3]>>(c&7)) & 1
	}
	return out[:k]
}
