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
	return (&listStream{reply: a, yield: yield}).run()
}

// DecodeOne decodes an answer that holds one integration.
func DecodeOne(data []byte) (Integration, error) {
	a := newReply(&http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(data))})
	if err := json.Unmarshal(data, &a.env); err != nil && !isTypeError(err) {
		return Integration{}, err
	}
	return a.one(data)
}
