package helios_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/helios-stream/helios"
)

// TestSecretsInMessages holds that no message shows the value of a secret option,
// whatever is wrong with the file, and that places stay where they are.
func TestSecretsInMessages(t *testing.T) {
	env := func(name string) (string, bool) {
		return map[string]string{"PW": "hunter2'x", "LONG": strings.Repeat("swordfish", 20)}[name], name == "PW" || name == "LONG"
	}
	f := func(options, col string) {
		t.Helper()
		text := "CREATE TABLE u (id BIGINT)\nWITH (" + options + ");\nSELECT id FROM u;"
		files := []helios.File{{Name: "q.sql", Text: text}}
		o := helios.Options{LookupEnv: env}
		_, compiled := helios.Compile(context.Background(), files, o)
		_, dumped := helios.DumpAST(files, o)
		_, formatted := helios.FormatSQL(files[0])
		for _, err := range []error{compiled, dumped, formatted} {
			var wrong *helios.CompileError
			if !errors.As(err, &wrong) {
				continue
			}
			var b bytes.Buffer
			if err := errors.Join(wrong.Render(&b, false), wrong.RenderJSON(&b)); err != nil {
				t.Fatal(err)
			}
			b.WriteString(err.Error())
			for _, secret := range []string{"hunter2", "swordfish", "äöü"} {
				if strings.Contains(b.String(), secret) {
					t.Errorf("%s: %q is shown:\n%s", options, secret, &b)
				}
			}
			if err == compiled && !strings.Contains(b.String(), "q.sql:2:"+col+": error") {
				t.Errorf("%s: no error at column %s:\n%s", options, col, &b)
			}
		}
		if compiled == nil {
			t.Errorf("%s compiles", options)
		}
	}
	f("'connector' = 'nowhere', 'password' = 'hunter2'", "21")
	f("'password' = 'hunter2', 'connector' = 'nowhere'", "45")
	f("'password' = 'äöü €𝄞 it''s', 'connector' = 'nowhere'", "50")
	f("'connector' = 'file', 'path' = 'x', 'password' = 'hunter2'", "43")
	f("'connector' = 'file', 'path' = 'x', 'api.key' 'hunter2'", "53")
	f("'connector' = 'file', 'token' = hunter2", "39")
	f("'connector' = 'file', token = 'hunter2'", "29")
	f("'connector' = 'file', \"token\" = \"hunter2\"", "29")
	f("'connector' = 'file', 'secret' == 'hunter2'", "38")
	f("'connector' = 'file', 'secret' = 'hunter2' 'x' = 'y'", "49")
	f("'connector' = 'file', 'secret' = 'hunter2'x'", "50")
	f("'connector' = 'file', 'password' = '${PW}'", "48")
	f("'connector' = 'file', 'password' = '${LONG}' x", "52")
	f("'connector' = 'file', 'password' = 'hunter2\nhunter2', 'x' = 'y'", "29")
	f("'connector' = 'file', 'sasl.jaas.config' = 'Login required password=\"hunter2\";'", "29")
}
