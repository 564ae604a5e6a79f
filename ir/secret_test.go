package ir

import "testing"

func TestHideSecretParts(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "",
		"https://example.org/a:b@c":           "https://example.org/a:b@c",
		"https://example.org:8080/x@y":        "https://example.org:8080/x@y",
		"postgres://me:pw@db:5432/x":          "postgres://me:***@db:5432/x",
		"amqp://a:p@ss@h1,amqp://b:q@h2":      "amqp://a:***@h1,amqp://b:***@h2",
		"https://h/x?a=1&X-Amz-Signature=f00": "https://h/x?a=1&X-Amz-Signature=***",
		"https://h/x?sig=a%2F&se=2026":        "https://h/x?sig=***&se=2026",
		"https://h?access_key=k&token=t&x=y":  "https://h?access_key=***&token=***&x=y",
		"Server=h;Password=p;Database=d":      "Server=h;Password=***;Database=d",
		"AccountKey=a;SharedAccessKey=b":      "AccountKey=***;SharedAccessKey=***",
		"day/token=5/x?design=1":              "day/token=5/x?design=1",
	} {
		if got := HideSecretParts(text); got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

func TestIsSecretName(t *testing.T) {
	for name, want := range map[string]bool{
		"password": true, "db.pwd": true, "dsn": true, "my.dsn": true, "url": false, "path": false,
		"secret.access.key": true, "x-amz-signature": true, "s3.sig": true, "design": false, "config": false,
	} {
		if IsSecretName(name) != want {
			t.Errorf("IsSecretName(%q) is %v", name, !want)
		}
	}
}
