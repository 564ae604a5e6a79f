package kernels

const (
	everyByte = 0x0101010101010101
	highBits  = 0x80 * everyByte
)

// letters marks, by its high bit, each byte of w between lo and hi; no byte of w
// has its high bit set.
func letters(w uint64, lo, hi byte) uint64 {
	atLeast := w + uint64(0x80-lo)*everyByte
	above := w + uint64(0x7F-hi)*everyByte
	return (atLeast ^ above) & highBits
}

// UpperShort returns an ASCII string of at most InlineLen bytes in upper case; ok
// is false for others.
func UpperShort(v View) (u View, ok bool) {
	text := v.Lo &^ 0xFFFFFFFF
	if !v.IsInline() || (text|v.Hi)&highBits != 0 {
		return v, false
	}
	// 'a' and 'A' differ by 0x20, two below the mark.
	return View{v.Lo ^ letters(text, 'a', 'z')>>2, v.Hi ^ letters(v.Hi, 'a', 'z')>>2}, true
}

// LowerShort is UpperShort for lower case.
func LowerShort(v View) (u View, ok bool) {
	text := v.Lo &^ 0xFFFFFFFF
	if !v.IsInline() || (text|v.Hi)&highBits != 0 {
		return v, false
	}
	return View{v.Lo ^ letters(text, 'A', 'Z')>>2, v.Hi ^ letters(v.Hi, 'A', 'Z')>>2}, true
}
