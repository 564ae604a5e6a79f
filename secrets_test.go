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
	f("'connector' = 'file', 'path' = 'x', 'pasword' = 'hunter2'", "43")
	f("'connector' = 'file', 'path' = 'x', 'ulr' = 'http://h/hunter2'", "43")
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

// diagnosed is everything that is said of a wrong file, as text and as JSON.
func diagnosed(t *testing.T, text string) string {
	t.Helper()
	_, err := helios.Compile(context.Background(), []helios.File{{Name: "q.sql", Text: text}}, helios.Options{})
	var wrong *helios.CompileError
	if !errors.As(err, &wrong) {
		t.Fatalf("%s: %v", text, err)
	}
	var b bytes.Buffer
	if err := errors.Join(wrong.Render(&b, false), wrong.RenderJSON(&b)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestSecretsElsewhere holds that what only looks like a secret option is shown.
func TestSecretsElsewhere(t *testing.T) {
	const table = "CREATE TABLE k (id BIGINT, kind VARCHAR, token VARCHAR, ts TIMESTAMP(3)) WITH ('connector'='file','path'='p','format'='csv');\n"
	for text, want := range map[string]string{
		"CREATE TABLE u (id BIGINT) WITH ('connector'='filesystem','path'='tokens', 'format'='jsn');":                    "one of json, ndjson, csv",
		"CREATE TABLE u (id BIGINT) WITH ('connector'='file','path'='secret' 'format'='jsn');":                           "'path'='secret' 'format'",
		table + "SELECT idd FROM k WHERE kind = 'token' AND ts > 'b';":                                                   "kind = 'token' AND ts > 'b'",
		table + "SELECT idd FROM k WHERE token = 'hello';":                                                               "token = 'hello'",
		table + "SELECT idd, kind AS \"password\" FROM k WHERE kind IN ('password', 'hello');":                           "IN ('password', 'hello')",
		"CREATE TABLE u (id BIGINT) WITH ('connector' = 'jdbc', 'password' = 'x');":                                      "nexmark",
		"CREATE TABLE u (id BIGINT) WITH ('connector' = 'jdbc', 'password' = 'mark');":                                   "nexmark",
		"CREATE TABLE u (id BIGINT) WITH ('connector' = 'jdbc', 'uri' = 'pg://me:swordfish@h/d');":                       "'pg://me:*********@h/d'",
		"CREATE TABLE u (id BIGINT) WITH ('connector' = 'file', 'path' = 'x', 'format' = 'pg://me:swordfish@h');":        "pg://me:***@h",
		"CREATE TABLE u (id BIGINT) WITH ('connector' = 'jdbc', 'path' = 's3://b/k?a=1&X-Amz-Signature=swordfish&b=2');": "X-Amz-Signature=*********&b=2",
		"CREATE TABLE u (id BIGINT) WITH ('connector' = 'jdbc', 'pwd' = 'swordfish', 'dsn' = 'swordfish@h');":            "'pwd' = '*********'",
		table + "SELECT idd FROM k /*+ OPTIONS('db.pwd'='swordfish') */;":                                                "OPTIONS('db.pwd'='*********')",
		"CREATE MAPPING u (id BIGINT) TYPE jdbc OPTIONS (-- 'a' = 'b'\n 'x' = 'y', 'token'='pwx');":                      "there is no connector `jdbc`",
	} {
		got := diagnosed(t, text)
		if !strings.Contains(got, want) || strings.Contains(got, "swordfish") {
			t.Errorf("%s: without %q, or with the secret:\n%s", text, want, got)
		}
	}
}

// TestSecretsInForms holds that the forms of a query that are meant to be looked at
// show no password of an option that is not secret as a whole.
func TestSecretsInForms(t *testing.T) {
	files := []helios.File{{Name: "q.sql", Text: "CREATE TABLE k (id BIGINT) WITH ('connector'='file','path'='x?token=swordfish','format'='csv','csv.null-literal'='pg://me:swordfish@h');\n" +
		"SHOW CREATE TABLE k;\nSELECT id FROM k /*+ OPTIONS('path'='y?sig=swordfish') */;"}}
	ast, err := helios.DumpAST(files, helios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	q, err := helios.Compile(context.Background(), files, helios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	forms := []string{ast}
	for _, s := range []helios.Stage{helios.Logical, helios.Optimized, helios.Physical} {
		for _, d := range []helios.Drawing{helios.DrawText, helios.DrawJSON, helios.DrawDot} {
			text, err := q.Draw(s, d, nil)
			if err != nil {
				t.Fatal(err)
			}
			forms = append(forms, text)
		}
		plan, err := q.PlanJSON(s, ".")
		if err != nil {
			t.Fatal(err)
		}
		forms = append(forms, string(plan))
	}
	for _, f := range forms {
		if strings.Contains(f, "swordfish") {
			t.Errorf("the secret is shown:\n%s", f)
		}
	}
	if !strings.Contains(ast, "x?token=***") {
		t.Errorf("the path is not shown:\n%s", ast)
	}
}
