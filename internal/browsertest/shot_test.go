package browsertest

import (
	"bytes"
	"cmp"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/chromedp/chromedp"
)

var guide = flag.Bool("guide", false, "write the pictures of docs/guides/images as well")

const (
	guidePrefix = "github-app-" // of the pictures that the guide shows
	maxPicture  = 60 << 10      // bytes
)

// shot keeps a picture of the whole page in the folder shots, and with -guide among those of the guide if it is named so.
func (b *tab) shot(name string) {
	b.t.Helper()
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	b.keep("shots", name, picture)
	if !*guide || !strings.HasPrefix(name, guidePrefix) {
		return
	}
	small := shrink(picture)
	if len(small) > maxPicture {
		b.t.Errorf("%s has %d bytes", name, len(small))
	}
	b.keep(filepath.Join("..", "..", "docs", "guides", "images"), name, small)
}

func (b *tab) keep(folder, name string, picture []byte) {
	b.t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// shrink leaves a picture its commonest colours, which is enough for text, and a third of the bytes.
func shrink(picture []byte) []byte {
	from, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return picture
	}
	small := image.NewPaletted(from.Bounds(), commonest(from, 64))
	index := map[color.Color]uint8{}
	each(from, func(x, y int, c color.Color) {
		i, known := index[c]
		if !known {
			i = uint8(small.Palette.Index(c))
			index[c] = i
		}
		small.SetColorIndex(x, y, i)
	})
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, small); err != nil {
		return picture
	}
	return b.Bytes()
}

func commonest(from image.Image, n int) color.Palette {
	count := map[color.Color]int{}
	each(from, func(_, _ int, c color.Color) { count[c]++ })
	var all color.Palette
	for c := range count {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b color.Color) int { return cmp.Or(cmp.Compare(count[b], count[a]), compare(a, b)) })
	return all[:min(n, len(all))]
}

// compare gives colours an order, so that the same page is the same file.
func compare(a, b color.Color) int {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	return cmp.Or(cmp.Compare(ar, br), cmp.Compare(ag, bg), cmp.Compare(ab, bb))
}

func each(from image.Image, do func(x, y int, c color.Color)) {
	bounds := from.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			do(x, y, from.At(x, y))
		}
	}
}
