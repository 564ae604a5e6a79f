package diag

import (
	"encoding/json"
	"io"
)

// jsonDiagnostic is a diagnostic as tools read it. Lines and columns count from 1,
// columns in characters; end is the first place behind. Without a place, file is
// "", and line, col and end are left out.
type jsonDiagnostic struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	jsonPlace
	Hint    string        `json:"hint,omitempty"`
	Related []jsonRelated `json:"related,omitempty"`
}

type jsonPlace struct {
	File string   `json:"file"`
	Line int      `json:"line,omitempty"`
	Col  int      `json:"col,omitempty"`
	End  *jsonEnd `json:"end,omitempty"`
}

type jsonEnd struct {
	Line int `json:"line"`
	Col  int `json:"col"`
}

type jsonRelated struct {
	Message string `json:"message"`
	jsonPlace
}

// RenderJSON prints the diagnostics in order of place, a JSON object in a line each.
func RenderJSON(w io.Writer, list List, sources *Sources) error {
	sorted := append(List(nil), list...)
	sorted.Sort()
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range sorted {
		d := &sorted[i]
		out := jsonDiagnostic{Code: d.Code, Severity: d.Severity.String(), Message: d.Message,
			jsonPlace: placeOf(d.Span, sources), Hint: d.Hint}
		for _, r := range d.Related {
			out.Related = append(out.Related, jsonRelated{Message: r.Message, jsonPlace: placeOf(r.Span, sources)})
		}
		if err := enc.Encode(out); err != nil {
			return err
		}
	}
	return nil
}

func placeOf(at Span, sources *Sources) jsonPlace {
	p := jsonPlace{File: at.File}
	from := sources.Pos(at)
	if from.Line == 0 {
		return p
	}
	p.Line, p.Col = from.Line, from.Col
	end := sources.Pos(Span{File: at.File, Start: max(at.Start, at.End), End: max(at.Start, at.End)})
	p.End = &jsonEnd{Line: end.Line, Col: end.Col}
	return p
}
