package githubapp

import (
	"maps"
	"slices"
	"strings"
)

const (
	levelNone = iota
	levelRead
	levelWrite
	levelAdmin
)

func levelOf(permission string) int {
	switch permission {
	case "read":
		return levelRead
	case "write":
		return levelWrite
	case "admin":
		return levelAdmin
	}
	return levelNone
}

// PermissionChange is a permission that two sides have differently.
type PermissionChange struct {
	Name string
	From string // "" is none
	To   string // "" is none
}

// DiffPermissions returns what differs between two sets of permissions, by name.
func DiffPermissions(from, to map[string]string) []PermissionChange {
	var changes []PermissionChange
	for _, name := range unionOfKeys(from, to) {
		if from[name] != to[name] {
			changes = append(changes, PermissionChange{name, from[name], to[name]})
		}
	}
	return changes
}

// PendingPermissions returns what an app asks for and an installation does not grant: upgrades that its account has not accepted.
// From is what is granted. What is granted beyond is not in it; see [DiffPermissions].
//
// https://docs.github.com/en/apps/using-github-apps/approving-updated-permissions-for-a-github-app
func PendingPermissions(app App, in Installation) []PermissionChange {
	return slices.DeleteFunc(DiffPermissions(in.Permissions, app.Permissions), func(c PermissionChange) bool {
		from, to := levelOf(c.From), levelOf(c.To)
		return c.To == "" || from != levelNone && to != levelNone && to < from
	})
}

// PendingEvents returns the events that an app asks for and an installation does not have.
func PendingEvents(app App, in Installation) []string {
	var pending []string
	for _, event := range app.Events {
		if !slices.Contains(in.Events, event) {
			pending = append(pending, event)
		}
	}
	slices.Sort(pending)
	return slices.Compact(pending)
}

func unionOfKeys(a, b map[string]string) []string {
	all := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(all)
	return slices.Compact(all)
}

// permissionLevels returns the levels that a permission has on a kind of host, from the schema app-permissions of GitHub's OpenAPI
// descriptions: GitHub.com, and GitHub Enterprise Server 3.17 to 3.19. GHE.com is taken for GitHub.com.
func permissionLevels(kind HostKind, name string) ([]string, bool) {
	switch name {
	case "workflows", "profile":
		return []string{"write"}, true
	case "organization_plan", "organization_events":
		return []string{"read"}, true
	case "organization_custom_properties", "organization_projects", "repository_projects":
		return []string{"read", "write", "admin"}, true
	case "custom_properties_for_organizations":
		return []string{"read", "write"}, kind != KindServer
	}
	return []string{"read", "write"}, slices.Contains(strings.Fields(commonPermissions), name)
}

// commonPermissions are those that are read or write on every kind of host.
const commonPermissions = `actions administration artifact_metadata attestations checks code_quality codespaces contents dependabot_secrets
deployments discussions email_addresses environments followers git_ssh_keys gpg_keys interaction_limits issues members merge_queues metadata
organization_administration organization_announcement_banners organization_copilot_agent_settings
organization_copilot_seat_management organization_custom_org_roles organization_custom_roles organization_hooks
organization_packages organization_personal_access_token_requests organization_personal_access_tokens organization_secrets
organization_self_hosted_runners organization_user_blocking packages pages pull_requests repository_custom_properties
repository_hooks secret_scanning_alerts secrets security_events single_file starring statuses vulnerability_alerts`
