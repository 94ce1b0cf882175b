package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// demoCommits are what GIJ has found in the repositories of the demo: a few commits of each of a few issues, the same each time.
func demoCommits() []*gitCommit {
	const platformAPI, webShop, handbook = 3, 4, 9
	commits := []*gitCommit{
		demoCommit(1, platformAPI, "PLAT-1 Refuse tokens that have expired", []string{"main", "PLAT-1-token-expiry"}, "PLAT-1"),
		demoCommit(2, platformAPI, "PLAT-1 Say when a token expires", []string{"main"}, "PLAT-1"),
		demoCommit(3, webShop, "PLAT-1 WEB-5 Renew the token before the checkout", []string{"main"}, "PLAT-1", "WEB-5"),
		demoCommit(4, webShop, "WEB-5 Merge branch 'WEB-5-checkout'", []string{"main", "WEB-5-checkout"}, "WEB-5"),
		demoCommit(5, handbook, "OPS-7 Describe the rotation of keys", []string{"main"}, "OPS-7"),
	}
	commits[0].Tags = []string{"v2.4.1"}
	commits[1].Tags = []string{"v2.4.0", "v2.4.0-rc1"}
	commits[2].Tags = []string{"shop-118"}
	commits[2].Notes = map[string]string{"refs/notes/commits": "reviewed with PLAT"}
	commits[3].Merge = true
	return commits
}

// demoCommit makes the n-th commit, which is n hours older than the seed.
func demoCommit(n int, repository int64, message string, branches []string, issues ...string) *gitCommit {
	sum := sha256.Sum256(fmt.Appendf(nil, "demo commit %d", n))
	authors := []string{"Ada Admin <ada@acme.example>", "Devon Developer <devon@acme.example>"}
	return &gitCommit{
		Hash: hex.EncodeToString(sum[:20]), Repository: repository, Author: authors[n%len(authors)],
		Date: seedTime - int64(n)*60*minute, Message: message, Branches: branches, Issues: issues,
		Files: []gitFile{
			{Path: fmt.Sprintf("src/part%d.go", n), Added: int64(3 * n), Changed: int64(n), Deleted: int64(n - 1)},
			{Path: fmt.Sprintf("doc/part%d.md", n), Added: int64(10 + n), New: true},
		},
	}
}
