package rest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	nethttp "net/http"
	"strings"
	"testing"
	"time"

	"github.com/helios-stream/helios/vexec"
)

// echo is a service that answers each request with a text, in which there are the Authorization
// header and X-Key that came.
func echo(t *testing.T, answer string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				r, err := nethttp.ReadRequest(bufio.NewReader(c))
				if err != nil {
					return
				}
				text := strings.ReplaceAll(answer, "TOKEN", r.Header.Get("Authorization"))
				fmt.Fprint(c, strings.ReplaceAll(text, "KEY", r.Header.Get("X-Key")))
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

// A service may say what was sent to it wherever it likes: no error has it.
func TestErrorsHideSecrets(t *testing.T) {
	long := "planted" + strings.Repeat("Swordfish", 60)
	for _, token := range []string{"plantedSwordfish", `planted"\Sword%fish`, long} {
		for _, c := range []struct{ answer, says string }{
			{"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"n\": \"TOKEN\"}", "column n"},
			{"HTTP/1.1 200 OK\r\nX TOKEN\r\n\r\n", "malformed MIME header"},
			{"HTTP/1.1 200 OK\r\nContent-Length: TOKEN\r\n\r\n", "bad Content-Length"},
			{"HTTP/1.1 302 Found\r\nLocation: http://x:TOKEN\r\nContent-Length: 0\r\n\r\n", "failed to parse Location header"},
			{"HTTP/1.1 403 No\r\nConnection: close\r\n\r\nnobody knows TOKEN", "answers 403: nobody knows"},
			{"HTTP/1.1 503 No\r\nConnection: close\r\nRetry-After: 3\r\n\r\nKEY of TOKEN", "answers 503: ***"},
			{"TOKEN", "malformed HTTP"},
			{"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"n\": \"KEY\"}", "column n"},
		} {
			if token != "plantedSwordfish" && strings.HasPrefix(c.says, "column") {
				c.answer = strings.ReplaceAll(c.answer, `"TOKEN"`, `"x", "n": TOKEN`)
				c.says = "the answer of"
			}
			table := usersTable(echo(t, c.answer) + "/{id}")
			table.Options["token"], table.Options["headers"] = token, "X-Key: plantedKey"
			l := opened(t, table, []int{0, 1, 2}, 0)
			out := &vexec.Batch{}
			out.Reset(table.Physical())
			err := l.Find(context.Background(), keyBatch("k"), out)
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "planted") || strings.Contains(err.Error(), "Swordfish") {
				t.Errorf("%.20s: %q: %v", token, c.answer, err)
			}
			var again *vexec.RetryError
			if strings.Contains(c.answer, "503") && (!errors.As(err, &again) || again.After != 3*time.Second) {
				t.Errorf("%v is not tried again", err)
			}
			_ = l.Close()
		}
	}
}
