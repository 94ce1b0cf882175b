package cli

import (
	"fmt"
	"time"

	"github.com/gijctl/gijctl/pkg/githubapp"
)

// compareIntegration looks at GIJ's side.
func (u *audit) compareIntegration(askedJira bool) {
	row := u.app.row
	if !askedJira {
		u.add(auditFinding{Check: "integration", Severity: severityNote, Message: "no Jira was asked, so that GIJ's integration is not compared", Remedy: "name one: --context or --url"})
		return
	}
	if row == nil {
		f := auditFinding{Check: "integration", Severity: severityError, Message: "GIJ shows no integration of this app"}
		f.Remedy = "the integrations of apps are listed by: gijctl gha list; if nobody needs the app: gijctl gha delete"
		if u.base != nil {
			f.Expected = idOrNone(u.base.IntegrationID)
		}
		u.add(f)
		return
	}
	if u.base != nil && u.base.IntegrationID != 0 && u.base.IntegrationID != row.ID {
		u.add(auditFinding{
			Check: "integration", Severity: severityWarning, Expected: idOrNone(u.base.IntegrationID), Actual: idOrNone(row.ID), Message: "another integration of GIJ has the app",
			Remedy: "if that is as it should be, save the baseline anew",
		})
	}
	if row.Disabled {
		u.add(auditFinding{
			Check: "integration", Severity: severityWarning, Expected: "enabled", Actual: "disabled", Message: fmt.Sprintf("GIJ's integration %d is switched off", row.ID),
			Remedy: fmt.Sprintf("switch it on: gijctl integration enable %d", row.ID),
		})
	}
	if row.NeverIndexed {
		u.add(auditFinding{
			Check: "integration", Severity: severityError, Message: fmt.Sprintf("GIJ's integration %d was never indexed: it stands at INSTALLING [inferred]", row.ID),
			Remedy: "what to do: gijctl gha get " + idOrNone(row.ID),
		})
	}
	u.compareFlag()
}

// compareFlag holds GIJ's own flag against GitHub's.
func (u *audit) compareFlag() {
	here, err := u.seen.installation(u.app, 0)
	if err != nil || u.app.row.Suspended == nil || u.app.row.InstallationID != 0 && u.app.row.InstallationID != here.ID {
		return
	}
	atGIJ, atGitHub := *u.app.row.Suspended, here.SuspendedAt != nil
	u.differs(auditFinding{
		Check: "gij_suspended", Severity: severityWarning, Expected: yesNo(atGitHub), Actual: yesNo(atGIJ),
		Message: fmt.Sprintf("suspended at GitHub: %s; GIJ's own flag: %s: GIJ was not told", yesNo(atGitHub), yesNo(atGIJ)),
		Remedy:  "use the button of the integration in GIJ (Edit integration connection settings)",
	})
}

// checkDeliveries counts the events that Jira did not take, each once: GitHub may have sent one several times.
func (u *audit) checkDeliveries(sent []githubapp.Delivery, err error) {
	if githubapp.IsKind(err, githubapp.KindNotFound) {
		return
	}
	if err != nil {
		u.unread("deliveries", "the events that were sent", err)
		return
	}
	taken, failed := map[string]bool{}, map[string]bool{}
	for _, d := range sent {
		if d.Failed() {
			failed[d.GUID] = true
		} else {
			taken[d.GUID] = true
		}
	}
	for guid := range taken {
		delete(failed, guid)
	}
	if len(failed) == 0 {
		return
	}
	last := sent[0]
	for _, d := range sent {
		if failed[d.GUID] && d.Failed() {
			last = d // the newest comes first
			break
		}
	}
	f := auditFinding{
		Check: "deliveries", Severity: severityWarning, Expected: "0", Actual: fmt.Sprint(len(failed)),
		Message: fmt.Sprintf("of the last %s Jira did not take %d; the last of them: %s at %s, %s", counted(len(taken)+len(failed), "event"), len(failed),
			last.Event, last.DeliveredAt.UTC().Format(time.RFC3339), deliveryText(last)),
		Remedy: "see Recent deliveries under Advanced on the app's page, and that GitHub reaches Jira: " + u.page(),
	}
	if sent[0].Failed() { // it is so now
		f.Severity = severityError
	}
	u.add(f)
}

func deliveryText(d githubapp.Delivery) string {
	if d.StatusCode == 0 {
		return "no answer (" + d.Status + ")"
	}
	return fmt.Sprintf("answered %d", d.StatusCode)
}

// noteHidden lists what must not change and GitHub's API does not show.
func (u *audit) noteHidden() {
	for _, hidden := range []struct{ check, what, where string }{
		{"public", "whether the app is public", "Advanced"},
		{"setup_url", "the setup URL and the callback URLs", "General"},
		{"webhook_secret", "the webhook's secret, and whether it is switched on", "General"},
		{"private_keys", "how many private keys the app has, and their fingerprints", "General"},
	} {
		u.add(auditFinding{
			Check: hidden.check, Severity: severityNote, Message: "GitHub's API does not show " + hidden.what,
			Remedy: "look under " + hidden.where + ": " + u.page(),
		})
	}
}
