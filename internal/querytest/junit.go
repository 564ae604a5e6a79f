package querytest

import (
	"encoding/xml"
	"fmt"
	"io"
	"time"
)

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	File    string        `xml:"file,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes what became of tests as JUnit XML, which build servers read.
func WriteJUnit(w io.Writer, cases []*Case, elapsed time.Duration) error {
	seconds := func(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
	s := junitSuite{Name: "heliosc", Tests: len(cases), Time: seconds(elapsed)}
	for _, c := range cases {
		jc := junitCase{Class: c.Dir, Name: c.Name, File: c.Path, Time: seconds(c.Elapsed)}
		if c.Failed() {
			s.Failures++
			jc.Failure = &junitFailure{Message: c.Name + " failed", Text: c.Text()}
		}
		s.Cases = append(s.Cases, jc)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(s); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
