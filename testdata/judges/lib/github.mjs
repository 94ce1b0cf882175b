// A client of GitHub's API that is not ours: node's fetch, and the JWT of Octokit.
import githubAppJwt from 'universal-github-app-jwt';

const userAgent = 'judge';

export class GitHub {
	constructor(origin, id, privateKey) {
		Object.assign(this, { origin, id, privateKey });
	}

	// call sends a request, and returns status and body. token replaces the app's JWT; null sends none.
	async call(method, path, { body, token } = {}) {
		if (token === undefined) ({ token } = await githubAppJwt({ id: this.id, privateKey: this.privateKey }));
		const res = await fetch(`${this.origin}/api/v3${path}`, {
			method,
			headers: {
				accept: 'application/vnd.github+json', 'user-agent': userAgent, 'x-github-api-version': '2022-11-28',
				...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-type': 'application/json' }),
			},
			body: body && JSON.stringify(body),
		});
		const text = await res.text();
		return { status: res.status, headers: res.headers, body: text && JSON.parse(text), text };
	}
}
