package parse

import (
	"slices"
	"testing"
)

// TestLost holds which names a file that cannot be read as a whole may declare.
func TestLost(t *testing.T) {
	f := func(text string, some, any bool, names ...string) {
		t.Helper()
		tree, _ := File("q.sql", text, Vars{})
		if l := tree.Lost; l.Some != some || l.Any != any || !slices.Equal(l.Names, names) {
			t.Errorf("%s: %+v", text, l)
		}
	}
	f("SELECT 1;", false, false)
	f("SELCT id FROM k; SELECT 1;", true, false)
	f("SELECT FROM TABLE(TUMBLE(TABLE t, x;", true, false)
	f("CREATE TABLE k (id BIGINT kind VARCHAR) WITH ('connector'='file');", true, false, "k")
	f("CREATE OR REPLACE TEMPORARY VIEW `v` AS SELCT 1;", true, false, "v")
	f("CREAT MAPPING IF NOT EXISTS m (id BIGINT) TYPE File;", true, false, "m")
	f("CREATE TABLE (id BIGINT);", true, true)
	f("CREATE TBLE k (id BIGINT);", true, true)
	f("CREATE TABLE ${x} (id BIGINT);", true, true)
	f("SELECT ${x};", true, false)
	f("SELECT 'a; CREATE VIEW v AS SELECT 1;", true, true)
	f("SELECT 1 /* CREATE VIEW v AS SELECT 1;", true, true)
	f("SELECT TIMESTAMP 'x';", false, false)
}
