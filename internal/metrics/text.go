package metrics

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Text is families in the text format of Prometheus, version 0.0.4.
func Text(families []Family) []byte {
	var b []byte
	for _, f := range families {
		b = append(b, "# HELP "+f.Name+" "+strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(f.Help)+"\n"...)
		b = append(b, "# TYPE "+f.Name+" "+f.Type+"\n"...)
		for _, s := range f.Samples {
			b = append(append(b, f.Name...), labels(s.Labels)...)
			b = append(b, ' ')
			b = append(strconv.AppendFloat(b, s.Value, 'g', -1, 64), '\n')
		}
	}
	return b
}

var escaped = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)

func labels(list []Label) string {
	if len(list) == 0 {
		return ""
	}
	var parts []string
	for _, l := range list {
		parts = append(parts, l.Name+`="`+escaped.Replace(l.Value)+`"`)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// MarshalJSON is the labels as an object beside the value.
func (s Sample) MarshalJSON() ([]byte, error) {
	m := map[string]string{}
	for _, l := range s.Labels {
		m[l.Name] = l.Value
	}
	return json.Marshal(struct {
		Labels map[string]string `json:"labels,omitempty"`
		Value  float64           `json:"value"`
	}{m, s.Value})
}
