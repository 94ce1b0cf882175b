package sandbox

import (
	"strconv"
	"strings"
	"time"
)

// seedTime is the moment that every date of a seed is counted from: 2026-03-02T09:00:00Z. Seeds are the same each time.
const seedTime = int64(1772442000000)

const (
	minute = int64(60_000)
	day    = 24 * 60 * minute
)

// Sizes of the large seed.
const (
	defaultLarge = 10_000
	maxLarge     = 200_000
)

// seedFor returns what makes a state for the name of a seed.
func seedFor(name string) (func() *state, error) {
	base, size, sized := strings.Cut(name, ":")
	switch {
	case name == "" || name == "demo":
		return demoSeed, nil
	case name == "empty":
		return func() *state { return emptySeed("empty") }, nil
	case name == "fleet":
		return fleetSeed, nil
	case name == "large":
		return func() *state { return largeSeed(defaultLarge) }, nil
	case base == "large" && sized:
		return sizedSeed(size)
	}
	valid := []string{"demo", "empty", "fleet", "large", "large:N"}
	return nil, badOption("seed", "unknown sandbox seed %q: %s(seeds: %s)",
		name, meant(name, valid), strings.Join(valid, ", "))
}

func sizedSeed(size string) (func() *state, error) {
	n, err := strconv.Atoi(size)
	if err != nil || n < 1 || n > maxLarge {
		return nil, badOption("seed", "sandbox seed large:%s: N is a number from 1 to %d", size, maxLarge)
	}
	return func() *state { return largeSeed(n) }, nil
}

// emptySeed has people and projects, and nothing of GIJ.
func emptySeed(name string) *state {
	return &state{
		Version: stateVersion,
		Seed:    name,
		NextID:  1,
		Accounts: []account{
			adminIndex:   {Name: "admin", Display: "Ada Admin", Admin: true},
			managerIndex: {Name: "mira", Display: "Mira Manager", Manager: true},
			userIndex:    {Name: "devon", Display: "Devon Developer"},
		},
		Projects: []project{
			{10000, "PLAT", "Platform"},
			{10100, "WEB", "Web Shop"},
			{10200, "MOB", "Mobile Apps"},
			{10300, "OPS", "Operations"},
		},
	}
}

// complete fills in what differs from one state to the next: its date, tokens, the password and the salt. Credentials
// of old accounts of the same name stay.
func (st *state) complete(now time.Time, old []account) (*state, error) {
	st.Created = now.UTC().Format(time.RFC3339)
	st.Salt, st.Stamp = randomHex(), randomHex()
	for i := range st.Accounts {
		a := &st.Accounts[i]
		if i < len(old) && old[i].Name == a.Name {
			a.Token, a.Password = old[i].Token, old[i].Password
			continue
		}
		a.Token = newToken()
		if a.Admin {
			a.Password = randomHex()[:20]
		}
	}
	for _, r := range st.Rows {
		if err := st.completeSecrets(r); err != nil {
			return nil, err
		}
	}
	st.hostGitHub()
	return st, nil
}

// completeSecrets invents the credentials of a seeded row, and a private key where the seed wants one.
func (st *state) completeSecrets(r *row) error {
	for field := range r.Secrets {
		if field != columnPEM {
			st.setSecret(r, field, st.seedValue(r, field), false)
			continue
		}
		key, err := newPEM()
		if err != nil {
			return err
		}
		st.setSecret(r, field, key, false)
	}
	return nil
}

// seedValue is what a seed sets a credential to. A user name is the same in each state, since an export shows it.
func (st *state) seedValue(r *row, field string) string {
	if field == "username" {
		return "svc-jira"
	}
	return seedSecret(st.Salt, r.ID, field)
}

// put appends rows, which get their ids in this order.
func (st *state) put(rows ...*row) *state {
	for _, r := range rows {
		st.add(r)
	}
	return st
}

// seeded returns an integration as it looks some time after it was added, to be adorned by the caller.
func seeded(kind, name, origin string, ageDays int64) *row {
	r := &row{
		Type: kind, DisplayName: name, Origin: origin, Author: "admin",
		InitDate: seedTime - ageDays*day, LastIndexed: seedTime - (ageDays%50+3)*minute,
		Global: true, features: defaultFeatures(),
	}
	r.SendCommitEmails = true
	r.Secrets = map[string]string{"pat": ""}
	return r
}

func seededRepository(parent int64, kind, name, origin, group string, ageDays int64) *row {
	r := seeded(kind, name, origin, ageDays)
	r.Secrets = nil
	r.Repository = &repository{Group: group, MainBranch: "main", TrackedFolderID: parent}
	return r
}

func (r *row) restrictedTo(projects ...int64) *row {
	r.Global, r.Projects = false, projects
	return r
}

func (r *row) withLogin() *row {
	r.Secrets = map[string]string{"username": "", "password": ""}
	return r
}

func text(s string) *string { return &s }
