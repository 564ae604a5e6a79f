package explain

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Sizes of the picture, in pixels.
const (
	charWidth  = 7.3 // of 12 pixel monospace text, the widest there is
	lineHeight = 16
	padding    = 10
	gapX       = 36 // between boxes of a layer
	gapY       = 64 // between layers: room for the labels of arrows
	margin     = 20
	laneWidth  = 12
)

// placed is a box with its place in the picture, or a lane: a place without a box, by
// which an arrow passes a layer.
type placed struct {
	*Box
	lanes      [][]*placed // by arrow of In: what it passes, from above
	lines      []labelLine
	layer      int
	x, y, w, h float64
	top, end   float64 // of the layer
	outs, ins  int     // arrows
	outN, inN  int     // those drawn so far
}

// SVG is the graph as a picture: sources above, sinks below.
func (g *Graph) SVG() string {
	boxes, width, height := g.layout()
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="12">`+"\n", width, height, width, height)
	b.WriteString(`<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L10 5L0 10z" fill="#5b6770"/></marker></defs>` + "\n")
	fmt.Fprintf(&b, `<rect width="%.0f" height="%.0f" fill="#ffffff"/>`+"\n", width, height)
	if g.Run != nil {
		svgText(&b, margin, margin+12, g.Run.text(), `fill="#7a3e00"`)
	}
	byID := map[int]*placed{}
	for _, p := range boxes {
		byID[p.ID] = p
	}
	for _, p := range boxes {
		for i, a := range p.In {
			drawArrow(&b, byID[a.From], p.lanes[i], p, a.Label)
		}
	}
	for _, p := range boxes {
		p.draw(&b)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// layout puts each box below all that it reads, and the boxes of a layer side by side.
func (g *Graph) layout() (boxes []*placed, width, height float64) {
	byID := map[int]*placed{}
	var layers [][]*placed
	for _, box := range g.Boxes {
		p := &placed{Box: box, lines: box.label(), ins: len(box.In)}
		for _, a := range box.In {
			from := byID[a.From]
			from.outs++
			p.layer = max(p.layer, from.layer+1)
		}
		for _, l := range p.lines {
			p.w = max(p.w, float64(utf8.RuneCountInString(l.text))*charWidth)
		}
		p.w += 2 * padding
		p.h = float64(len(p.lines))*lineHeight + 2*padding
		byID[box.ID] = p
		boxes = append(boxes, p)
		for len(layers) <= p.layer {
			layers = append(layers, nil)
		}
		for _, a := range box.In {
			p.lanes = append(p.lanes, addLanes(layers, byID[a.From].layer+1, p.layer))
		}
		layers[p.layer] = append(layers[p.layer], p)
	}
	width = widest(layers)
	y := float64(margin)
	if g.Run != nil {
		width = max(width, float64(utf8.RuneCountInString(g.Run.text()))*charWidth+2*margin)
		y += 2 * lineHeight
	}
	for _, layer := range layers {
		x, tallest := (width-layerWidth(layer))/2, 0.0
		for _, p := range layer {
			p.x, p.y = x, y
			x += p.w + gapX
			tallest = max(tallest, p.h)
		}
		for _, p := range layer {
			p.top, p.end = y, y+tallest
		}
		y += tallest + gapY
	}
	return boxes, width, y - gapY + margin
}

// addLanes makes room for an arrow in the layers from..to-1.
func addLanes(layers [][]*placed, from, to int) []*placed {
	var out []*placed
	for i := from; i < to; i++ {
		l := &placed{layer: i, w: laneWidth}
		out, layers[i] = append(out, l), append(layers[i], l)
	}
	return out
}

func widest(layers [][]*placed) float64 {
	w := 0.0
	for _, l := range layers {
		w = max(w, layerWidth(l))
	}
	return w + 2*margin
}

func layerWidth(layer []*placed) float64 {
	w := -float64(gapX)
	for _, p := range layer {
		w += p.w + gapX
	}
	return w
}

// drawArrow draws from the lower edge of one box to the upper edge of another; the
// arrows of a box share its edge. It bends between layers alone, where no boxes are.
func drawArrow(b *strings.Builder, from *placed, lanes []*placed, to *placed, label string) {
	from.outN++
	to.inN++
	x1 := from.x + from.w*float64(from.outN)/float64(from.outs+1)
	x2 := to.x + to.w*float64(to.inN)/float64(to.ins+1)
	y2 := to.y
	fmt.Fprintf(b, `<path d="M%.1f %.1fL%.1f %.1f`, x1, from.y+from.h, x1, from.end)
	x, y := x1, from.end
	bend := func(toX, toY float64) {
		half := (toY - y) / 2
		fmt.Fprintf(b, "C%.1f %.1f %.1f %.1f %.1f %.1f", x, y+half, toX, toY-half, toX, toY)
		x, y = toX, toY
	}
	for _, l := range lanes {
		bend(l.x+l.w/2, l.top)
		y = l.end
		fmt.Fprintf(b, "L%.1f %.1f", x, y)
	}
	bend(x2, y2)
	b.WriteString(`" fill="none" stroke="#5b6770" stroke-width="1.5" marker-end="url(#arrow)"/>` + "\n")
	if label == "" {
		return
	}
	// Beside the arrow's head, on a ground of its own where lines cross.
	w := float64(utf8.RuneCountInString(label))*charWidth*11/12 + 6
	x, y = x2+6, y2-24
	fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="15" fill="#ffffff" fill-opacity="0.85"/>`+"\n", x, y-11.5, w)
	svgText(b, x+3, y, label, `fill="#3c4852" font-size="11"`)
}

func (p *placed) draw(b *strings.Builder) {
	fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="6" fill="#f4f7fa" stroke="#5b6770"/>`+"\n", p.x, p.y, p.w, p.h)
	styles := [...]string{
		titleLine: `font-weight="bold" fill="#1f4e79"`, stepLine: `fill="#111111"`, columnLine: `fill="#2f6b3a"`, noteLine: `fill="#5b6770"`, measuredLine: `fill="#7a3e00"`,
	}
	for i, l := range p.lines {
		svgText(b, p.x+padding, p.y+padding+12+float64(i)*lineHeight, l.text, styles[l.kind])
	}
}

// svgText writes a line of text; blanks at its begin move it.
func svgText(b *strings.Builder, x, y float64, text, style string) {
	trimmed := strings.TrimLeft(text, " ")
	x += float64(len(text)-len(trimmed)) * charWidth
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" %s>%s</text>`+"\n", x, y, style, svgEscape(trimmed))
}

// svgEscape is text as XML takes it: without the characters that XML cannot hold.
func svgEscape(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0xFFFE || r == 0xFFFF || r == utf8.RuneError {
			return '?'
		}
		return r
	}, s)
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}
