package procfile

import (
	"fmt"
	"regexp"
	"strings"
)

// envReference is a dollar and what may belong to it: a letter or digit that it
// stands right behind, an opening brace or parenthesis, a name, a closing brace.
var envReference = regexp.MustCompile(`(\w)?` + referenceDollar + `([{(])?(\w+)?(\})?`)

var (
	envCapitals   = regexp.MustCompile(`^[A-Z0-9_]+$`)       // what godotenv expands
	envLikelyName = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`) // not $2 of a password's hash
)

// expandReferences puts the values of other variables into the value of one. With
// the first mistake it gives up. Plain godotenv takes
//
//	(\\)?(\$)(\()?\{?([A-Z0-9_]+)?\}?
//
// for a reference, so $HOST} loses its brace and $(HOST) its parenthesis, $Host is
// the value of H and "ost", ${HOST:-x} the value of HOST and ":-x}", $host stays as
// it is, and what is not set vanishes. All these are mistakes here. A dollar before
// anything else stays.
func expandReferences(variable, value string, lookup func(string) (string, bool)) (string, description) {
	var flaw description
	expanded := envReference.ReplaceAllStringFunc(value, func(match string) string {
		ref := newEnvRef(match)
		if ref.isPlainDollar() {
			return ref.glued + "$" + ref.closing
		}
		text, problem := ref.expand(lookup)
		if problem != "" && flaw == nil {
			flaw = said(fmt.Sprintf("cannot expand %s in %s: %s", ref.shown(variable), variable, problem),
				"write ${NAME} for a variable that is set; to keep the $ as it is, "+quoteHint(variable))
		}
		return ref.glued + text
	})
	return strings.ReplaceAll(expanded, literalDollar, "$"), flaw
}

// envRef is one match of envReference.
type envRef struct{ glued, opening, name, closing string }

func newEnvRef(match string) envRef {
	m := envReference.FindStringSubmatch(match)
	return envRef{m[1], m[2], m[3], m[4]}
}

func (r envRef) isPlainDollar() bool { return r.opening == "" && r.name == "" }

// expand gives the value, or says why there is none.
func (r envRef) expand(lookup func(string) (string, bool)) (value, problem string) {
	switch {
	case r.opening == "(":
		return "", "commands are not run"
	case r.opening == "{" && (r.closing == "" || r.name == ""):
		return "", "only a plain name can stand in the braces"
	case r.opening == "" && r.closing == "}":
		return "", "the } behind it would be lost"
	case !envCapitals.MatchString(r.name):
		return "", "only names all in capitals are expanded"
	}
	value, ok := lookup(r.name)
	if !ok {
		return "", "it is not set above this line or in the environment"
	}
	return value, ""
}

// shown names the reference in a message, unless it may be a piece of a password
// such as pa$SWORD.
func (r envRef) shown(variable string) string {
	isName := envLikelyName.MatchString(r.name)
	switch {
	case isName && r.opening == "{":
		if r.closing == "" { // the rest may be a default, and that a secret
			return "${" + r.name + "…"
		}
		return "${" + r.name + "}"
	case isName && r.opening == "" && r.glued == "" && !Secret(variable):
		return "$" + r.name
	}
	return "a $"
}
