package main

import (
	"archive/tar"
	"bytes"
	"encoding/pem"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// gijctl runs as nobody in particular, with a home for its state that can be written.
const (
	user = 65532
	home = "/home/gijctl"
)

// rootLayer is all that is in the image.
func rootLayer(o options, program string) (v1.Layer, error) {
	binary, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	var data bytes.Buffer
	w := tarWriter{tar.NewWriter(&data), o.created}
	for _, folder := range []string{"etc", "etc/ssl", "etc/ssl/certs", "home", "usr", "usr/bin", "usr/share", "usr/share/doc", "usr/share/doc/gijctl"} {
		w.folder(folder, 0o755, 0)
	}
	w.folder("tmp", 0o1777, 0)
	w.folder(home[1:], 0o700, user)
	w.file("etc/passwd", []byte("gijctl:x:65532:65532::"+home+":/sbin/nologin\n"), 0o644)
	w.file("etc/group", []byte("gijctl:x:65532:\n"), 0o644)
	w.file("etc/ssl/certs/ca-certificates.crt", certificates(), 0o644)
	w.file("usr/bin/gijctl", binary, 0o755)
	for _, name := range []string{"LICENSE", "THIRD_PARTY_LICENSES"} {
		text, err := os.ReadFile(filepath.Join(o.doc, name))
		if err != nil {
			return nil, err
		}
		w.file("usr/share/doc/gijctl/"+name, text, 0o644)
	}
	if err := w.to.Close(); err != nil { // it keeps the first error of those above
		return nil, err
	}
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data.Bytes())), nil
	}, tarball.WithMediaType(types.OCILayer))
}

// certificates are the roots that every program may trust. A few are trusted only for certificates of before some day, which a
// file of certificates cannot say: they are left out.
func certificates() []byte {
	var all bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			_ = pem.Encode(&all, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // a buffer never fails
		}
	}
	return all.Bytes()
}

// tarWriter writes entries of one time. archive/tar fails in all that follows an error, and in Close.
type tarWriter struct {
	to   *tar.Writer
	time time.Time
}

func (w tarWriter) folder(name string, mode int64, owner int) {
	_ = w.to.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: mode, Uid: owner, Gid: owner, ModTime: w.time})
}

func (w tarWriter) file(name string, data []byte, mode int64) {
	_ = w.to.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(data)), ModTime: w.time})
	_, _ = w.to.Write(data)
}

// tarFolder writes the files of a folder into a tar file, in the order of their names.
func tarFolder(name, folder string, at time.Time) error {
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	w := tarWriter{tar.NewWriter(out), at}
	err = filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || file == folder {
			return err
		}
		inside, err := filepath.Rel(folder, file)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			w.folder(path.Clean(filepath.ToSlash(inside)), 0o755, 0)
			return nil
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		w.file(filepath.ToSlash(inside), data, 0o644)
		return nil
	})
	for _, end := range []func() error{w.to.Close, out.Close} {
		if failed := end(); err == nil {
			err = failed
		}
	}
	return err
}
