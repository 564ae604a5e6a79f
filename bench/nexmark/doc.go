// Package nexmark writes the data of the Nexmark benchmark as files of NDJSON: the
// events that TYPE Nexmark gives to queries, whose model it shares.
package nexmark
