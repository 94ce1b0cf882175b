package gij

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
)

// Encode returns what is sent for a spec, with its secrets.
func Encode(spec IntegrationSpec) ([]byte, error) { return spec.encode(true) }

// DecodeList decodes a list answer with everything that [IntegrationsService.All] does of it but the network.
func DecodeList(r io.Reader, yield func(Integration) bool) error {
	a := newReply(&http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(r)})
	var i Integration
	return integrationStream(a, &i, func() bool { return yield(i) }).run()
}

// DecodeOne decodes an answer that holds one integration.
func DecodeOne(data []byte) (Integration, error) {
	a := newReply(&http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(data))})
	if err := json.Unmarshal(data, &a.env); err != nil && !isTypeError(err) {
		return Integration{}, err
	}
	return a.one(data)
}

// EncodeRepository returns what is sent for a spec of a repository, with its secrets.
func EncodeRepository(spec RepositorySpec) []byte {
	body, _ := encodeValues(spec.Values(), true)
	return body
}

// DecodeRepository decodes an answer that holds one repository.
func DecodeRepository(data []byte) (Repository, error) {
	a := newReply(&http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(data))})
	if err := json.Unmarshal(data, &a.env); err != nil && !isTypeError(err) {
		return Repository{}, err
	}
	return a.oneRepository(data)
}
