package plan

import (
	"fmt"
	"slices"

	"github.com/gijctl/gijctl/pkg/gijspec"
)

// Lines returns what an entry wants as "key=value", in the order of the fields.
func (e *Entry) Lines() []string {
	var lines []string
	if e.ID != 0 {
		lines = append(lines, fmt.Sprint("id=", e.ID))
	}
	spec := e.spec()
	for _, v := range spec.Values() {
		lines = append(lines, v.Key+"="+Display(v.Value))
	}
	for _, f := range gijspec.Fields() {
		if ref, found := e.References[f.Key]; found {
			lines = append(lines, f.Key+"="+ref.String())
		}
	}
	return slices.Clip(lines)
}
