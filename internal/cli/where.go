package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

// condition is the expression of --where, which is asked of each object alone.
type condition struct {
	query   *gijspec.Query
	example string // an expression that is one
}

// compileWhere compiles the expression of --where. noun is what it chooses.
func compileWhere(text, noun, example string) (*condition, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		return nil, usageError("write it without brackets, like: --where \""+example+"\"", "--where is asked of each %s alone, not of a list", noun)
	}
	q, err := gijspec.CompileQuery(text)
	if err != nil {
		return nil, badQuery("--where", err)
	}
	return &condition{query: q, example: example}, nil
}

// holds asks the expression of one object. A key that is absent makes it null, which is no. what names the object.
func (c *condition) holds(form any, what string) (bool, error) {
	answer, err := c.query.Search(form)
	if err != nil {
		return false, usageError("JMESPath is explained at https://jmespath.org", "--where: %v", err)
	}
	yes, isBool := answer.(bool)
	if answer != nil && !isBool {
		return false, usageError("compare, like: --where \""+c.example+"\"", "--where is neither true nor false for %s", what)
	}
	return yes, nil
}

// holdsFor asks the expression of the view of an object.
func (c *condition) holdsFor(view any, object plan.Object, id int64) (bool, error) {
	form, err := jsonForm(view)
	if err != nil {
		return false, err
	}
	return c.holds(form, fmt.Sprintf("%s %d", object, id))
}

// jsonForm is a view as an expression sees it.
func jsonForm(view any) (any, error) {
	data, err := json.Marshal(view)
	if err != nil {
		return nil, err
	}
	var form any
	err = json.Unmarshal(data, &form)
	return form, err
}
