package secret

import (
	"bytes"
	"encoding/base64"
	"math/big"
)

const (
	armorBegin  = "-----BEGIN "
	armorEnd    = "-----END "
	armorDashes = "-----"
)

// PEMChecker checks many private keys with one set of buffers. The zero value is ready; it is not safe for concurrent use.
type PEMChecker struct {
	der         []byte
	n, p, q, pq big.Int
}

// Check reports why text is no usable RSA private key, as a *[PEMError], and whether the PEM is in PKCS#8 form.
//
// It is [ParsePrivateKey] at a hundredth of its cost: of the numbers it checks the form of all, and that the modulus is the
// product of the primes, but not the exponents.
func (c *PEMChecker) Check(text []byte) (pkcs8 bool, err error) {
	pkcs8, failure := c.check(text)
	if failure != nil { // a nil *PEMError is no nil error
		return false, failure
	}
	return pkcs8, nil
}

func (c *PEMChecker) check(text []byte) (pkcs8 bool, failure *PEMError) {
	a, failure := splitArmor(text)
	if failure != nil {
		return false, failure
	}
	pkcs8 = string(a.label) == "PRIVATE KEY"
	if failure := a.unusable(pkcs8); failure != nil {
		return false, failure
	}
	c.der, failure = decodeBase64(c.der, a.body)
	if failure != nil {
		return false, failure
	}
	return pkcs8, c.checkDER(c.der, pkcs8)
}

// armor is a PEM taken apart. Its parts are slices of the text.
type armor struct{ label, body []byte }

func splitArmor(text []byte) (armor, *PEMError) {
	text = bytes.TrimSpace(text)
	rest, ok := bytes.CutPrefix(text, []byte(armorBegin))
	if !ok {
		return armor{}, &PEMError{Reason: PEMMissing}
	}
	label, rest, ok := bytes.Cut(rest, []byte(armorDashes))
	if !ok {
		return armor{}, &PEMError{Reason: PEMTruncated}
	}
	body, rest, ok := bytes.Cut(rest, []byte(armorEnd))
	if !ok {
		return armor{}, &PEMError{Reason: PEMTruncated}
	}
	rest, ok = bytes.CutPrefix(rest, label)
	if !ok {
		return armor{}, &PEMError{Reason: PEMTruncated}
	}
	rest, ok = bytes.CutPrefix(rest, []byte(armorDashes))
	if !ok {
		return armor{}, &PEMError{Reason: PEMTruncated}
	}
	if rest = bytes.TrimSpace(rest); len(rest) > 0 && !bytes.Equal(rest, []byte(`\n`)) && !bytes.Equal(rest, []byte(`\r\n`)) {
		return armor{}, &PEMError{Reason: PEMTrailing}
	}
	return armor{label: label, body: body}, nil
}

// unusable says what is wrong with the lines, before anything is decoded.
func (a armor) unusable(pkcs8 bool) *PEMError {
	switch {
	case string(a.label) == "ENCRYPTED PRIVATE KEY" || bytes.Contains(a.body, []byte("Proc-Type:")):
		return &PEMError{Reason: PEMEncrypted}
	case bytes.HasSuffix(a.label, []byte("PUBLIC KEY")):
		return &PEMError{Reason: PEMPublic}
	case !bytes.HasSuffix(a.label, []byte("PRIVATE KEY")):
		return &PEMError{Reason: PEMNotPrivate}
	case string(a.label) == "EC PRIVATE KEY":
		return &PEMError{Reason: PEMEC}
	case !pkcs8 && string(a.label) != "RSA PRIVATE KEY":
		return &PEMError{Reason: PEMNotRSA}
	case a.flattened():
		return &PEMError{Reason: PEMFlattened}
	}
	return nil
}

// flattened reports whether the first and the last line are not lines of their own, or blanks or the characters \n stand where
// line breaks should.
func (a armor) flattened() bool {
	body := bytes.TrimRight(a.body, "\r\n")
	if len(body) == 0 {
		return false
	}
	if len(body) == len(a.body) {
		return true
	}
	unindented := bytes.TrimLeft(body, "\r\n")
	return len(unindented) == len(body) || bytes.IndexByte(unindented, ' ') >= 0 || bytes.IndexByte(unindented, '\\') >= 0
}

func decodeBase64(buffer, body []byte) ([]byte, *PEMError) {
	need := base64.StdEncoding.DecodedLen(len(body))
	if cap(buffer) < need {
		buffer = make([]byte, need)
	}
	n, err := base64.StdEncoding.Decode(buffer[:need], body) // it skips line breaks
	if err != nil || n == 0 {
		return buffer[:0], &PEMError{Reason: PEMDamaged}
	}
	return buffer[:n], nil
}

// The tags of DER that occur in a private key.
const (
	tagInteger  = 0x02
	tagOctets   = 0x04
	tagOID      = 0x06
	tagSequence = 0x30
)

// checkDER reads RSAPrivateKey of RFC 8017, A.1.2, or PrivateKeyInfo of RFC 5208 around it.
func (c *PEMChecker) checkDER(der []byte, pkcs8 bool) *PEMError {
	if pkcs8 {
		inner, failure := unwrapPKCS8(der)
		if failure != nil {
			return failure
		}
		der = inner
	}
	damaged := &PEMError{Reason: PEMDamaged}
	content, rest, ok := element(der, tagSequence)
	if !ok || len(rest) > 0 {
		return damaged
	}
	// version, modulus, public exponent, private exponent, two primes, two exponents, coefficient
	var numbers [9][]byte
	for i := range numbers {
		if numbers[i], content, ok = element(content, tagInteger); !ok || len(numbers[i]) == 0 || numbers[i][0] > 0x7f {
			return damaged
		}
	}
	twoPrimes := len(numbers[0]) == 1 && numbers[0][0] == 0
	if len(content) > 0 || !twoPrimes || !c.productFits(numbers[1], numbers[4], numbers[5]) {
		return damaged
	}
	return nil
}

func (c *PEMChecker) productFits(modulus, p, q []byte) bool {
	c.pq.Mul(c.p.SetBytes(p), c.q.SetBytes(q))
	return c.pq.Sign() > 0 && c.pq.Cmp(c.n.SetBytes(modulus)) == 0
}

func unwrapPKCS8(der []byte) ([]byte, *PEMError) {
	const (
		rsaEncryption = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
		ecPublicKey   = "\x2a\x86\x48\xce\x3d\x02\x01"
	)
	content, rest, ok := element(der, tagSequence)
	if !ok || len(rest) > 0 {
		return nil, &PEMError{Reason: PEMDamaged}
	}
	_, content, okVersion := element(content, tagInteger)
	algorithm, content, okAlgorithm := element(content, tagSequence)
	oid, _, okOID := element(algorithm, tagOID)
	key, _, okKey := element(content, tagOctets)
	if !okVersion || !okAlgorithm || !okOID || !okKey {
		return nil, &PEMError{Reason: PEMDamaged}
	}
	switch string(oid) {
	case rsaEncryption:
		return key, nil
	case ecPublicKey:
		return nil, &PEMError{Reason: PEMEC}
	}
	return nil, &PEMError{Reason: PEMNotRSA}
}

// element takes one DER element with the given tag off data.
func element(data []byte, tag byte) (content, rest []byte, ok bool) {
	if len(data) < 2 || data[0] != tag {
		return nil, nil, false
	}
	length, data := int(data[1]), data[2:]
	if length > 0x7f { // the long form: so many bytes of length follow
		count := length & 0x7f
		if count == 0 || count > 3 || count > len(data) {
			return nil, nil, false
		}
		length = 0
		for _, b := range data[:count] {
			length = length<<8 | int(b)
		}
		data = data[count:]
	}
	if length > len(data) {
		return nil, nil, false
	}
	return data[:length], data[length:], true
}
