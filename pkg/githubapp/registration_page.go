package githubapp

import (
	"crypto/sha256"
	_ "embed" // the pages
	"encoding/base64"
	"encoding/json"
	"errors"
	"html"
	"maps"
	"slices"
	"strings"
)

// page is a page with the policy that its browser enforces.
type page struct {
	html   markup
	policy string
}

// markup is text that a browser may take for HTML. Only [text], [fill] and constants make it.
type markup string

//go:embed page/layout.html
var layoutHTML string

//go:embed page/form.html
var formHTML string

//go:embed page/fact.html
var factHTML string

//go:embed page/message.html
var messageHTML string

//go:embed page/page.css
var pageCSS string

// text makes markup that shows a text, also between double quotes.
func text(s string) markup { return markup(html.EscapeString(s)) }

// fill puts values into the places of a template, {{name}}. html/template could do it, but a program that links it keeps every
// method of every type; what is filled in here stands between tags and in double quotes only, and links are checked where they come from.
func fill(template string, values map[string]markup) markup {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		pairs = append(pairs, "{{"+name+"}}", string(values[name]))
	}
	return markup(strings.NewReplacer(pairs...).Replace(template))
}

// layout makes a whole page. head is for what only some pages have.
func layout(title string, head, body markup) markup {
	return fill(layoutHTML, map[string]markup{"title": text(title), "head": head, "body": body, "style": markup(pageCSS)})
}

// policy allows our style sheet alone. To forms and scripts it allows what is given.
func policy(formAction, script string) string {
	p := "default-src 'none'; base-uri 'none'; form-action " + formAction + "; style-src " + hashOf(pageCSS)
	if script != "" {
		p += "; script-src " + hashOf(script)
	}
	return p
}

// framing forbids a page in a frame. It works in a header only.
const framing = "; frame-ancestors 'none'"

func hashOf(source string) string {
	sum := sha256.Sum256([]byte(source))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// source is an address as a policy names it: without a query, and with nothing that ends it.
func source(address string) string {
	address, _, _ = strings.Cut(address, "?")
	return strings.NewReplacer(";", "%3B", ",", "%2C", " ", "%20").Replace(address)
}

// formPage is the page with the form. The policy governs where the form goes and where GitHub redirects it to.
func formPage(h Host, org, state string, m Manifest) (page, error) {
	last := []string{"Come back", "GitHub sends this tab back here with a code that is good once. It is exchanged for the app’s private key, which " +
		"GitHub tells this one time only, and which stays on the machine where you began. Then you install the app."}
	body, err := formBody(h, org, state, m, last)
	if err != nil {
		return page{}, err
	}
	allowed := source(h.RegistrationURL(org, state)) + " " + source(m.RedirectURL)
	return page{html: layout("Create a GitHub App for "+org, "", body), policy: policy(allowed, "") + framing}, nil
}

func formBody(h Host, org, state string, m Manifest, last []string) (markup, error) {
	manifest, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	name := m.Name
	if name == "" {
		name = "an app"
	}
	return fill(formHTML, map[string]markup{
		"org": text(org), "name": text(name), "host": text(h.Name()), "login": text(h.Web() + "/login"),
		"action": text(h.RegistrationURL(org, state)), "manifest": text(string(manifest)), "facts": facts(org, m),
		"last": text(last[0]), "after": text(last[1]),
	}), nil
}

// facts tells what a manifest asks for, so that nobody has to agree unseen.
func facts(org string, m Manifest) markup {
	var permissions []string
	for _, key := range slices.Sorted(maps.Keys(m.Permissions)) {
		permissions = append(permissions, strings.ReplaceAll(key, "_", " ")+": "+m.Permissions[key])
	}
	webhook := "none"
	if m.Hook != nil {
		webhook = m.Hook.URL
	}
	installs := "only " + org
	if m.Public {
		installs = "anybody"
	}
	all := fact("Homepage", m.URL) + fact("Permissions", strings.Join(permissions, ", ")) + fact("Webhook", webhook)
	if len(m.Events) > 0 {
		all += fact("Events", strings.Join(m.Events, ", "))
	}
	if m.SetupURL != "" {
		all += fact("Setup page", m.SetupURL)
	}
	return all + fact("Who may install it", installs)
}

func fact(name, value string) markup {
	return fill(factHTML, map[string]markup{"name": text(name), "value": text(value)})
}

// message is a page that says one thing.
type message struct {
	title, class, mark string
	text               []markup // paragraphs
	refresh            bool
}

func (m message) page() page {
	var paragraphs markup
	for _, p := range m.text {
		paragraphs += "<p>" + p + "</p>\n"
	}
	head := markup("")
	if m.refresh {
		head = "<meta http-equiv=\"refresh\" content=\"1\">\n"
	}
	body := fill(messageHTML, map[string]markup{"title": text(m.title), "class": text(m.class), "mark": text(m.mark), "text": paragraphs})
	return page{html: layout(m.title, head, body), policy: policy("'none'", "") + framing}
}

func workingPage() page {
	return message{title: "GitHub has created the app", class: "quiet", mark: "…", refresh: true, text: []markup{
		"Its private key is being fetched and kept. This page goes on by itself in a moment.",
	}}.page()
}

func donePage(h Host, e Ending) page {
	m := message{title: e.App.Name + " is created", class: "good", mark: "✓", text: []markup{
		"GitHub told the app’s private key, and it is kept on the machine where you began.",
	}}
	if h.owns(e.Next) {
		m.text = append(m.text,
			"What is left is to install the app, and to choose the repositories that it may reach.",
			`<a class="button" href="`+text(e.Next)+`">Install it on `+text(h.Name())+"</a>",
			"Or go back to the terminal, which says how to go on, too.")
	} else {
		m.text = append(m.text, "Go back to the terminal, which says how to go on. This tab can be closed.")
	}
	return m.page()
}

// failedPage shows the error of the exchange. The code is spent then.
func failedPage(h Host, org string, err error) page {
	m := message{title: "The app could not be taken over", class: "bad", mark: "!", text: []markup{"Why: " + text(err.Error())}}
	var hinting interface{ Hint() string }
	if errors.As(err, &hinting) && hinting.Hint() != "" {
		m.text = append(m.text, "What to do: "+text(hinting.Hint()))
	}
	m.text = append(m.text, "GitHub may have created it all the same. Look at "+appsLink(h, org)+" before you begin again in the terminal.")
	return m.page()
}

// deniedPage answers a callback of the right state without a code.
func deniedPage(code, description, again string) page {
	why := "GitHub sent no code for it."
	if code != "" {
		why = "GitHub said: " + code + "."
	}
	m := message{title: "The app was not created", class: "bad", mark: "!", text: []markup{text(why)}}
	if description != "" {
		m.text = append(m.text, text(description))
	}
	m.text = append(m.text, `<a class="button" href="`+text(again)+`">Try again</a>`, "Or end it in the terminal, with Ctrl-C.")
	return m.page()
}

// spentPage answers a second callback of the right state.
func spentPage(h Host, org string) page {
	return message{title: "This was done already", class: "quiet", mark: "–", text: []markup{
		"Another tab has brought GitHub’s answer, and the terminal went on with that one.",
		"If you created the app twice, delete the other one among " + appsLink(h, org) + ": nobody has its key.",
	}}.page()
}

func stoppedPage() page {
	return message{title: "The wait has ended", class: "quiet", mark: "–", text: []markup{"The terminal says why, and what to do."}}.page()
}

func refusedPage(why string) page {
	return message{title: "This is not answered", class: "bad", mark: "!", text: []markup{
		text("Your request was not taken: " + why),
		"Nothing was changed, and the wait goes on. Open the address that the terminal shows, as it is there.",
	}}.page()
}

func appsLink(h Host, org string) markup {
	return `<a href="` + text(h.organization(org)+"/settings/apps") + `">the apps of ` + text(org) + "</a>"
}

// owns reports whether an address is one of the host's pages.
func (h Host) owns(address string) bool { return strings.HasPrefix(address, h.Web()+"/") }
