package parse

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/helios-stream/helios/compiler/internal/ast"
	"github.com/helios-stream/helios/compiler/internal/diag"
	"github.com/helios-stream/helios/ir"
)

// number takes a tokNumber; start is the token that the literal begins with: the
// number, or the sign before it.
func (p *parser) number(start *token, sign string) *ast.Literal {
	text := p.text(p.tok)
	p.next()
	lit := &ast.Literal{Place: p.from(start)}
	var problem string
	switch {
	case strings.ContainsAny(text, "eE"):
		lit.V, lit.T, problem = floatValue(sign + text)
	case strings.Contains(text, ".") && !strings.HasSuffix(text, "."):
		lit.V, lit.T, problem = decimalValue(sign, text)
	default:
		lit.V, lit.T, problem = intValue(sign, strings.TrimSuffix(text, "."))
	}
	if problem != "" {
		p.soft++ // the rest of the statement can be read, and bound
		p.errorAt(diag.NumberRange, lit.At, problem, "at most 38 digits, or a DOUBLE with an exponent: 1e40")
		return &ast.Literal{Place: lit.Place}
	}
	return lit
}

func floatValue(text string) (ir.Value, *ir.Type, string) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		return nil, nil, "the number is too large for DOUBLE"
	}
	return f, ir.TDouble, ""
}

func intValue(sign, digits string) (ir.Value, *ir.Type, string) {
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		digits = "0"
	}
	if n, err := strconv.ParseInt(sign+digits, 10, 64); err == nil {
		if n >= math.MinInt32 && n <= math.MaxInt32 {
			return n, ir.TInteger, ""
		}
		return n, ir.TBigInt, ""
	}
	return decimal(sign, digits, len(digits), 0)
}

// decimalValue keeps the digits as written: 0.90 is DECIMAL(3, 2).
func decimalValue(sign, text string) (ir.Value, *ir.Type, string) {
	whole, frac, _ := strings.Cut(text, ".")
	if len(whole)+len(frac) > ir.MaxPrecision {
		whole = strings.TrimLeft(whole, "0")
	}
	return decimal(sign, whole+frac, len(whole)+len(frac), len(frac))
}

func decimal(sign, digits string, p, s int) (ir.Value, *ir.Type, string) {
	if p > ir.MaxPrecision {
		return nil, nil, fmt.Sprintf("the number has %d digits", p)
	}
	n, _ := new(big.Int).SetString(sign+digits, 10)
	d, _ := ir.DecFromBig(n) // 38 digits fit in 128 bits
	return d, ir.TDecimal(p, s), ""
}

// binary takes x'00FF'.
func (p *parser) binary() *ast.Literal {
	t := p.tok
	p.next()
	text := p.text(t)
	b, err := hex.DecodeString(text[2 : len(text)-1])
	if err != nil && !p.holdsPlaceholder(text) {
		p.soft++
		p.errorAt(diag.BadNumber, p.spanOf(t), "a binary string holds pairs of hexadecimal digits, and '"+clip(text[2:len(text)-1])+"' does not", binaryHint(text[2:len(text)-1]))
		return &ast.Literal{Place: p.from(t)}
	}
	return &ast.Literal{Place: p.from(t), V: b, T: ir.TVarbinary}
}

// binaryHint is for the digits of a binary string that is none.
func binaryHint(digits string) string {
	if _, err := hex.DecodeString("0" + digits); err == nil {
		return "write x'0" + clip(digits) + "'"
	}
	return "write two of 0-9 and A-F for each byte, as in x'00FF'; a text is written without the x"
}

// timeLiteral takes DATE, TIME or TIMESTAMP with the string behind it.
func (p *parser) timeLiteral() *ast.Literal {
	start := p.tok
	p.next()
	text := p.stringValue(p.tok)
	at := p.here()
	p.next()
	v, digits, problem := parseTime(start.word, text)
	if p.holdsPlaceholder(text) {
		problem = ""
	}
	if problem != "" {
		p.soft++ // the rest of the statement can be read, and bound
		p.errorAt(diag.BadTime, at, fmt.Sprintf("'%s' is no %s: %s", clip(text), start.word, problem), timeHint(start.word, text))
		return &ast.Literal{Place: p.from(start)}
	}
	t := ir.TDate
	switch start.word {
	case "TIME":
		t = &ir.Type{Kind: ir.Time, P: digits}
	case "TIMESTAMP":
		t = &ir.Type{Kind: ir.Timestamp, P: digits}
	}
	return &ast.Literal{Place: p.from(start), V: v, T: t}
}

var timeExample = map[string]string{
	"DATE": "DATE '2024-01-31'", "TIME": "TIME '23:59:59.5'", "TIMESTAMP": "TIMESTAMP '2024-01-31 23:59:59.123'",
}
