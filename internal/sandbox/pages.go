package sandbox

func htmlAnswer(status int, page string) answer {
	return answer{status: status, contentType: typeHTML, body: []byte(page)}
}

func loginPage() string {
	return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Log in - Acme Jira</title>
<meta name="ajs-is-admin" content="false"></head>
<body id="jira" class="aui-layout aui-theme-default page-type-login">
<h1>Welcome to Acme Jira</h1>
<form action="/jira/login.jsp" id="login-form" method="post">
<label for="login-form-username">Username</label> <input id="login-form-username" name="os_username" type="text">
<label for="login-form-password">Password</label> <input id="login-form-password" name="os_password" type="password">
<input id="login-form-submit" type="submit" value="Log In">
</form></body></html>
`
}

func loginFailedPage() string {
	return `<html><head><title>Unauthorized (401)</title></head>
<body><h1>Unauthorized (401)</h1>
<p>Encountered a <code>"401 - Unauthorized"</code> error while loading this page.</p>
<p>Authentication Failure - Reason : AUTHENTICATED_FAILED</p></body></html>
`
}

func jiraNotFound() string {
	return `<!DOCTYPE html>
<html><head><title>Oops, you&#39;ve found a dead link. - Acme Jira</title></head>
<body id="jira"><h1>Oops, you&#39;ve found a dead link.</h1><p>Go back to the previous page</p></body></html>
`
}

func tomcatNotFound() string {
	return `<!doctype html><html lang="en"><head><title>HTTP Status 404 – Not Found</title></head>` +
		`<body><h1>HTTP Status 404 – Not Found</h1><hr class="line" /><p><b>Type</b> Status Report</p>` +
		`<p><b>Description</b> The origin server did not find a current representation for the target resource.</p>` +
		`<hr class="line" /><h3>Apache Tomcat</h3></body></html>`
}

func proxyPage(title string) string {
	return "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title +
		"</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
}

// hostileText does to a terminal what the name of an integration should not be able to: colours, the window's title, a
// hyperlink, an overwritten line, a C1 control and reversed text.
func hostileText() string {
	return " \x1b[31mred\x1b[0m\x1b]0;owned\x07\x1b]8;;https://evil.example/\x1b\\link\x1b]8;;\x1b\\" +
		"\rover\u009b2Jclear \u202egnp.exe\u202c\u2066x\u2069 \u200bend"
}
