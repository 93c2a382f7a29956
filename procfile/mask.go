package procfile

import (
	"regexp"
	"strings"
	"unicode"
)

// mask is what is printed in the place of a secret, whatever its length.
const mask = "****"

// leastMaskedBytes is the length from which MaskText looks for a secret. "1", "on",
// "dev" and "false" stand in many texts, and hiding them there would hide nothing.
const leastMaskedBytes = 6

// Secret tells from a variable's name whether its value must not be printed: the
// name contains KEY, SECRET, TOKEN, PASSWORD, PASSWD, PASSPHRASE, CREDENTIAL or
// PRIVATE, or one of its words (between _ . and -) is PASS, PWD, PW, CREDS, DSN,
// SALT, PEM or WEBHOOK, or the last one is AUTH. Upper and lower case are the same.
// PWD and OLDPWD are folders.
func Secret(name string) bool {
	name = strings.ToUpper(name)
	if name == "PWD" || name == "OLDPWD" {
		return false
	}
	return secretName.MatchString(name)
}

var secretName = regexp.MustCompile(`KEY|SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|PRIVATE` +
	`|(^|[_.-])(PASS|PWD|PW|CREDS|DSN|SALT|PEM|WEBHOOK|AUTH$)($|[_.-])`)

// MaskValue is the value of a variable as it may be printed: "****" if the name is
// Secret, else as MaskText has it, since a secret of c may have been expanded in it.
// An empty value stays empty.
func MaskValue(name, value string, c *Config) string {
	if value != "" && Secret(name) {
		return mask
	}
	return MaskText(value, c)
}

// MaskText is text that may hold expanded variables, as a command does, in a form
// that may be printed: with "****" for every value of 6 bytes or more whose
// variable in c is Secret, and for every URL's password. A nil Config has no
// secrets.
func MaskText(text string, c *Config) string {
	hidden := make([]bool, len(text))
	hideURLPasswords(text, hidden)
	if c != nil {
		for _, v := range c.variables {
			if Secret(v.Name) && len(v.Value) >= leastMaskedBytes {
				hideAll(text, v.Value, hidden)
			}
		}
	}
	return cover(text, hidden)
}

func hide(hidden []bool) {
	for i := range hidden {
		hidden[i] = true
	}
}

// hideAll hides every occurrence, also those that overlap.
func hideAll(text, secret string, hidden []bool) {
	for start := 0; ; start++ {
		i := strings.Index(text[start:], secret)
		if i < 0 {
			return
		}
		start += i
		hide(hidden[start : start+len(secret)])
	}
}

var (
	urlScheme   = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://`)
	urlPassword = regexp.MustCompile(`^[^/?#:@]*:(.+)@`) // behind the scheme
	urlPort     = regexp.MustCompile(`^\d+[/?#]`)
	urlQuery    = regexp.MustCompile(`[?&]([\w.-]+)=([^&#]+)`)
)

// hideURLPasswords hides the secrets of every URL, which ends at a blank or where
// the next one begins.
func hideURLPasswords(text string, hidden []bool) {
	schemes := urlScheme.FindAllStringIndex(text, -1)
	for i, scheme := range schemes {
		start, end := scheme[1], len(text)
		if i+1 < len(schemes) {
			end = schemes[i+1][0]
		}
		if blank := strings.IndexFunc(text[start:end], unicode.IsSpace); blank >= 0 {
			end = start + blank
		}
		hideURLPassword(text[start:end], hidden[start:end])
	}
}

// hideURLPassword hides what stands between the colon of the user (RFC 3986, 3.2.1)
// and the last @, for few people escape the / and @ of a password and too much
// hidden is better than too little, and ?password=… by the rules of Secret.
func hideURLPassword(url string, hidden []bool) {
	m := urlPassword.FindStringSubmatchIndex(url)
	if m != nil && !urlPort.MatchString(url[m[2]:]) {
		hide(hidden[m[2]:m[3]])
	}
	for _, m := range urlQuery.FindAllStringSubmatchIndex(url, -1) {
		if Secret(url[m[2]:m[3]]) {
			hide(hidden[m[4]:m[5]])
		}
	}
}

// cover writes the mask for every stretch that is hidden.
func cover(text string, hidden []bool) string {
	var b strings.Builder
	for i := range len(text) {
		switch {
		case !hidden[i]:
			b.WriteByte(text[i])
		case i == 0 || !hidden[i-1]:
			b.WriteString(mask)
		}
	}
	return b.String()
}
