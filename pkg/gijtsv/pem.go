package gijtsv

import (
	"bytes"
	"errors"

	"github.com/gijctl/gijctl/pkg/secret"
)

// checkPEM looks at a private key. No message shows any of it.
func (v *Validator) checkPEM(column int, cell *Cell) {
	value := bytes.TrimSpace(cell.Value)
	if len(value) == 0 {
		return
	}
	pkcs8, err := v.pem.Check(value)
	failure, failed := errors.AsType[*secret.PEMError](err)
	switch {
	case !failed && pkcs8:
		v.warn(column, CodePKCS8PEM, v.name(column)+" is in PKCS#8 form, which GIJ may not take",
			"use the file as GitHub made it, or convert it: openssl rsa -in key.pem -traditional")
	case !failed:
	case failure.Reason == secret.PEMMissing:
		v.warn(column, CodeUnclearPEM, v.name(column)+" is no PEM, perhaps because the server exports it encrypted",
			"leave it blank to keep what the server has, or give the new key")
	case failure.Reason == secret.PEMFlattened:
		v.checkFlattened(column, value)
	default:
		v.fail(column, CodeBadPEM, v.name(column)+" is no usable private key: "+failure.Error(), failure.Hint())
	}
}

func (v *Validator) checkFlattened(column int, value []byte) {
	message := v.name(column) + " is a private key without its line breaks"
	const remedy = "use the .pem file as GitHub made it, enclosed in double quotes"
	repaired, ok := secret.RepairPEM(value)
	if !ok {
		v.fail(column, CodeFlattenedPEM, message, remedy)
		return
	}
	v.fixable(column, SeverityError, CodeFlattenedPEM, message, remedy, string(repaired))
}

// isOpenPEM reports whether a raw cell is the first line of a key whose other lines follow as lines of the file.
func isOpenPEM(cell *Cell) bool {
	value := cell.Value
	if cell.Quoted || len(value) == 0 || value[0] != '-' || !bytes.HasPrefix(value, []byte(pemPrefix)) {
		return false
	}
	label, rest, ok := bytes.Cut(value[len(pemPrefix):], []byte("-----"))
	return ok && len(label) > 0 && len(bytes.TrimSpace(rest)) == 0
}

// isPEMLine reports whether the row is one more line of a key that nobody quoted: its last line, which other cells may follow, or
// one cell without a blank.
func (v *Validator) isPEMLine() bool {
	first := v.row.Cells[0].Value
	if bytes.HasPrefix(first, []byte("-----END ")) {
		v.insidePEM = false
		return true
	}
	const longest = 80
	return len(v.row.Cells) == 1 && len(first) <= longest && bytes.IndexByte(first, ' ') < 0
}
