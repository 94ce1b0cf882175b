package githubapp

import "io"

// submit is the script of [WriteForm]. The button does the same without it.
const submit = "document.forms[0].submit()"

// WriteForm writes the page for another machine: the form that submits itself, also without JavaScript by its button. state is
// what GitHub sends back with the code.
func WriteForm(w io.Writer, h Host, org, state string, m Manifest) error {
	last := []string{"Copy the address", "GitHub then sends the browser to an address with code=… and state=… in it. The page there does not open, which is " +
		"right: only the address counts. Copy it whole, and give it within an hour to the command that the terminal shows. The code is " +
		"good once, and whoever has it gets the app’s private key."}
	body, err := formBody(h, org, state, m, last)
	if err != nil {
		return err
	}
	back := "https:" // where GitHub sends a browser without a redirect_url is not documented
	if m.RedirectURL != "" {
		back = source(m.RedirectURL)
	}
	allowed := policy(source(h.RegistrationURL(org, state))+" "+back, submit)
	head := `<meta http-equiv="Content-Security-Policy" content="` + text(allowed) + "\">\n"
	_, err = io.WriteString(w, string(layout("Create a GitHub App for "+org, head, body+"\n<script>"+submit+"</script>")))
	return err
}
