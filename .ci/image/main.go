// Image writes gijctl's container image as an OCI layout in a tar file, without a Docker daemon, a registry, or a base image:
//
//	image -out gijctl_1.2.3_image.tar -version 1.2.3 -revision COMMIT -created 2026-01-02T03:04:05Z -doc FOLDER amd64=FILE arm64=FILE
//
// In it are gijctl, the root certificates that golang.org/x/crypto takes from Mozilla, and two empty folders. The same arguments and
// the same files give the same bytes.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// options are what the image says of itself.
type options struct {
	out, version, revision, doc string
	created                     time.Time
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	var o options
	flags := flag.NewFlagSet("image", flag.ContinueOnError)
	flags.StringVar(&o.out, "out", "", "the tar file to write")
	flags.StringVar(&o.version, "version", "", "the version")
	flags.StringVar(&o.revision, "revision", "", "the commit")
	flags.StringVar(&o.doc, "doc", "", "folder with the licences")
	created := flags.String("created", "", "when the commit was made, as RFC 3339")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var err error
	if o.created, err = time.Parse(time.RFC3339, *created); err != nil {
		return fmt.Errorf("read -created: %w", err)
	}
	o.created = o.created.UTC()

	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, arg := range flags.Args() {
		arch, program, _ := strings.Cut(arg, "=")
		image, err := build(o, arch, program)
		if err != nil {
			return fmt.Errorf("build the image of %s: %w", arch, err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add:        image,
			Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: arch}},
		})
	}
	index = mutate.Annotations(index, labels(o)).(v1.ImageIndex)
	return write(o, index)
}

// labels are the annotations of https://github.com/opencontainers/image-spec/blob/main/annotations.md.
func labels(o options) map[string]string {
	return map[string]string{
		"org.opencontainers.image.title":       "gijctl",
		"org.opencontainers.image.description": "Administer Git Integration for Jira Self-Managed",
		"org.opencontainers.image.source":      "https://github.com/gijctl/gijctl",
		"org.opencontainers.image.licenses":    "Apache-2.0",
		"org.opencontainers.image.version":     o.version,
		"org.opencontainers.image.revision":    o.revision,
		"org.opencontainers.image.created":     o.created.Format(time.RFC3339),
	}
}

func build(o options, arch, program string) (v1.Image, error) {
	layer, err := rootLayer(o, program)
	if err != nil {
		return nil, err
	}
	base := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err := mutate.Append(base, mutate.Addendum{
		Layer:   layer,
		History: v1.History{Created: v1.Time{Time: o.created}, CreatedBy: "gijctl"},
	})
	if err != nil {
		return nil, err
	}
	file, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Created = "linux", arch, v1.Time{Time: o.created}
	file.Config = v1.Config{
		Entrypoint: []string{"/usr/bin/gijctl"},
		Env:        []string{"PATH=/usr/bin", "HOME=" + home},
		User:       fmt.Sprintf("%d:%d", user, user),
		WorkingDir: home,
		Labels:     labels(o),
	}
	return mutate.ConfigFile(image, file)
}

// write puts the layout into a tar file, as `docker load`, `podman load` and `skopeo copy oci-archive:` read it.
func write(o options, index v1.ImageIndex) error {
	folder, err := os.MkdirTemp("", "gijctl-image")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a temporary folder
	to, err := layout.Write(folder, mutate.IndexMediaType(empty.Index, types.OCIImageIndex))
	if err != nil {
		return err
	}
	if err := to.AppendIndex(index, layout.WithAnnotations(map[string]string{
		"org.opencontainers.image.ref.name": o.version,
		"io.containerd.image.name":          "gijctl:" + o.version,
	})); err != nil {
		return err
	}
	digest, err := index.Digest()
	if err != nil {
		return err
	}
	if err := tarFolder(o.out, folder, o.created); err != nil {
		return fmt.Errorf("write %s: %w", o.out, err)
	}
	_, err = fmt.Println(digest)
	return err
}
