package compiler_test

import (
	"strings"
	"testing"

	"github.com/helios-stream/helios/compiler"
)

// TestLater checks that what is in the grammar but not in this version is refused
// with its name and its place, and that the rest of the file is still looked at.
func TestLater(t *testing.T) {
	const setup = "CREATE MAPPING t (k BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts) TYPE File OPTIONS ('path' = 'x', 'format' = 'ndjson');\n"
	f := func(statement, place, want string) {
		t.Helper()
		c, messages := compile(t, setup+statement+";\nSELECT nothing FROM t", compiler.Options{})
		if c != nil {
			t.Errorf("%s compiles", statement)
		}
		if line := "q.sql:2:" + place + ": error[H0112]: " + want + " is not supported yet"; !strings.Contains(messages, line) {
			t.Errorf("%s\nwant %s\ngot:\n%s", statement, line, messages)
		}
		if !strings.Contains(messages, "q.sql:3:8: error[H0202]") {
			t.Errorf("%s: the error behind it is lost:\n%s", statement, messages)
		}
	}
	f("CREATE FUNCTION f AS 'x'", "1", "CREATE FUNCTION")
	f("CREATE JOB j AS INSERT INTO t SELECT * FROM t", "1", "CREATE JOB")
	f("ALTER JOB j SUSPEND", "1", "ALTER JOB")
	f("DROP JOB j", "1", "DROP JOB")
	f("DROP FUNCTION f", "1", "DROP FUNCTION")
	f("CREATE SNAPSHOT s FOR JOB j", "1", "CREATE SNAPSHOT")
	f("SHOW JOBS", "1", "SHOW JOBS")
	f("ALTER JOB j OPTIONS ('a' = 'b')", "1", "ALTER JOB")
	f("DROP TEMPORARY SYSTEM FUNCTION f", "1", "DROP FUNCTION")
	f("SHOW SNAPSHOTS", "1", "SHOW SNAPSHOTS")
	f("SELECT JSON_ARRAYAGG(k ORDER BY ts ABSENT ON NULL) FROM t", "36", "a clause of JSON_ARRAYAGG")
	f("SELECT FINAL SUM(k) FROM t", "8", "FINAL outside of MATCH_RECOGNIZE")
	f("SELECT * FROM t MATCH_RECOGNIZE (PATTERN (a b) DEFINE a AS TRUE)", "17", "MATCH_RECOGNIZE")
}
