package gijspec

import (
	"fmt"
	"slices"
	"strings"
)

// checkPresence reports a field that must be there and is not, and secrets that are there and empty.
func (c *checker) checkPresence(field Field) {
	if c.op == Update {
		c.checkEmptySecret(field)
		return
	}
	if !c.known {
		return
	}
	key := field.Key
	switch {
	case slices.Contains(c.info.Required, key) && !c.given(key):
		c.fail(CodeMissingField, key, fmt.Sprintf("%s needs %s", c.info.Type, key), "for example "+c.info.Example)
	case key == "folderDepth" && c.info.Type == Filespace && !c.has(key):
		// Contradictory: the field table requires it, the vendor's own sample omits it, the reference says 1.
		c.note(CodeDefaultFolderDepth, key, "without folderDepth the server takes 1", "give folderDepth to scan deeper, up to 5")
	case key == "pat":
		c.checkCredentials() // pat is the last of the credential fields
	}
}

// checkEmptySecret warns on update: whether an empty secret clears the stored one or keeps it is unknown.
func (c *checker) checkEmptySecret(field Field) {
	if field.Kind == KindSecret && c.in[field.Key] == "" {
		c.warn(CodeEmptySecret, field.Key, fmt.Sprintf("whether an empty %s clears the stored one or keeps it is not documented", field.Key),
			"leave it out to keep the stored one")
	}
}

// checkCredentials looks for one complete set of credentials, and for more than one.
func (c *checker) checkCredentials() {
	if len(c.info.Credentials) == 0 {
		return
	}
	complete := 0
	for _, set := range c.info.Credentials {
		if len(c.missingOf(set)) == 0 {
			complete++
		}
	}
	if complete == 0 {
		c.failCredentials()
		return
	}
	c.checkMixed()
	if c.info.Type == GitHub && !c.given("pat") {
		c.warn(CodePasswordRefused, "password", "GitHub.com has not accepted a password for its API since 2020-11-13", "use pat")
	}
}

func (c *checker) missingOf(set []string) []string {
	var missing []string
	for _, key := range set {
		if !c.given(key) {
			missing = append(missing, key)
		}
	}
	return missing
}

// failCredentials names what is missing from the alternative that was begun, or all alternatives if none was.
func (c *checker) failCredentials() {
	var begun []string
	for _, set := range c.info.Credentials {
		missing := c.missingOf(set)
		if len(missing) < len(set) && begun == nil {
			begun = missing
		}
	}
	key := c.info.Credentials[0][0]
	message := fmt.Sprintf("%s needs credentials: %s", c.info.Type, c.info.credentialWords())
	if begun != nil {
		key = begun[0]
		message = fmt.Sprintf("%s; %s is missing", message, strings.Join(begun, " and "))
	}
	c.fail(CodeMissingCredential, key, message, "for example "+c.info.Example)
}

// checkMixed warns when a pat comes with a password or a user: the vendor wants these left blank with a pat.
func (c *checker) checkMixed() {
	if !c.given("pat") || !c.info.Uses("pat") {
		return
	}
	for _, key := range []string{"username", "password"} {
		needed := c.info.Type == TFSServer && key == "username"
		if c.given(key) && c.info.Uses(key) && !needed {
			c.warn(CodeMixedCredentials, key, fmt.Sprintf("%s is to be left out when a pat is given", key), "give one or the other")
		}
	}
}

func (c *checker) checkUsername(name string) {
	if c.info.Type == TFSServer && c.given("pat") && !c.given("password") && name != "" && name != "all" {
		c.warn(CodeUsernameNotAll, "username", "with a pat, TFS_SERVER is documented with the user name all", "use all, or a password instead of the pat")
	}
}
