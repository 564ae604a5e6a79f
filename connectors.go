package helios

import (
	"github.com/helios-stream/helios/ir"
	"github.com/helios-stream/helios/vexec"
	"github.com/helios-stream/helios/vexec/connect/blackhole"
	"github.com/helios-stream/helios/vexec/connect/console"
	"github.com/helios-stream/helios/vexec/connect/file"
	"github.com/helios-stream/helios/vexec/connect/function"
	"github.com/helios-stream/helios/vexec/connect/generator"
	"github.com/helios-stream/helios/vexec/connect/http"
	"github.com/helios-stream/helios/vexec/connect/nexmark"
	"github.com/helios-stream/helios/vexec/connect/rest"
	"github.com/helios-stream/helios/vexec/connect/webhook"
)

// ConnectorSpec is what a connector says of itself, OptionSpec one option of it.
type (
	ConnectorSpec = ir.ConnectorSpec
	OptionSpec    = ir.OptionSpec
)

// LookupFunc finds rows by key for a mapping of TYPE Function (Options.Lookups). RetryError is
// an error of it after which another try may succeed.
type (
	LookupFunc = function.Func
	RetryError = vexec.RetryError
)

// Connectors returns the built-in connectors, new ones at each call: what TYPE can
// name. docs/CONNECTORS.md is printed from their descriptions.
func Connectors() []vexec.Connector {
	return []vexec.Connector{
		file.New(),
		generator.New(),
		nexmark.New(),
		http.New(),
		webhook.New(),
		rest.New(),
		blackhole.New(),
		console.NewPrint(),
	}
}
