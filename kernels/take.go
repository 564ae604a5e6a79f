package kernels

// Take sets dst[i] = src[idx[i]] for every i.
func Take[T any](dst, src []T, idx []int32) {
	dst = dst[:len(idx)]
	for i, j := range idx {
		dst[i] = src[j]
	}
}

// TakeSel sets dst[i] = src[idx[i]] for the rows of sel; nil is Take.
func TakeSel[T any](dst, src []T, idx, sel []int32) {
	if sel == nil {
		Take(dst, src, idx)
		return
	}
	for _, i := range sel {
		dst[i] = src[idx[i]]
	}
}

// CopySel sets dst[i] = src[i] for the rows of sel, or for all where sel is nil.
func CopySel[T any](dst, src []T, sel []int32) {
	if sel == nil {
		copy(dst, src)
		return
	}
	for _, i := range sel {
		dst[i] = src[i]
	}
}

// Fill sets dst[i] = x for the rows of sel, or for all where sel is nil.
func Fill[T any](dst []T, x T, sel []int32) {
	if sel == nil {
		for i := range dst {
			dst[i] = x
		}
		return
	}
	for _, i := range sel {
		dst[i] = x
	}
}

// ShiftView returns v with the number of its buffer raised by n: for views that
// move to a vector in which their buffers stand behind n others.
func ShiftView(v View, n int32) View {
	if v.IsInline() {
		return v
	}
	v.Hi = v.Hi&^0xFFFFFFFF | uint64(uint32(v.Buf()+n))
	return v
}

// CopyViews sets dst[i] = ShiftView(src[i], n) for the rows of sel, or for all
// where sel is nil. NULL rows may hold anything: views are not followed.
func CopyViews(dst, src []View, n int32, sel []int32) {
	if n == 0 {
		CopySel(dst, src, sel)
		return
	}
	if sel == nil {
		for i, v := range src {
			dst[i] = ShiftView(v, n)
		}
		return
	}
	for _, i := range sel {
		dst[i] = ShiftView(src[i], n)
	}
}
