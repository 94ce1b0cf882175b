// Octokit's own app authentication is a client of the sandbox: it signs in with a JWT of its making, and takes a token of the installation.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createAppAuth } from '@octokit/auth-app';
import { request } from '@octokit/request';
import { startSandbox } from './lib/program.mjs';

test('octokit', async (t) => {
	const { githubUrl, app } = await startSandbox(t);
	const api = request.defaults({ baseUrl: `${githubUrl}/api/v3` });
	const privateKey = await readFile(app.pemFile, 'utf8');
	const signedIn = (appId, key = privateKey) => {
		const auth = createAppAuth({ appId, privateKey: key, request: api });
		return { auth, request: api.defaults({ request: { hook: auth.hook } }) };
	};
	for (const [what, issuer] of [['app id', app.id], ['client id', app.clientId]]) {
		await t.test(`its JWT by ${what}`, async () => {
			const { data } = await signedIn(issuer).request('GET /app');
			assert.equal(data.id, app.id);
			assert.equal(data.client_id, app.clientId);
		});
		await t.test(`a token of the installation, by ${what}`, async () => {
			const octokit = signedIn(issuer);
			const { data: installations } = await octokit.request('GET /app/installations');
			const { id: installationId, account } = installations.find((i) => i.account.login === app.org);
			const { token, expiresAt, permissions } = await octokit.auth({ type: 'installation', installationId });
			assert.ok(token.startsWith('ghs_'), 'a token of an installation begins with ghs_'); // it is not shown
			assert.ok(Date.parse(expiresAt) > Date.now(), `the token ended at ${expiresAt}`);
			assert.deepEqual(permissions, { metadata: 'read', contents: 'write', pull_requests: 'write', issues: 'read' });
			const { data } = await api('GET /installation/repositories', { headers: { authorization: `token ${token}` } });
			assert.equal(data.total_count, data.repositories.length);
			assert.ok(data.repositories.length > 0, 'the installation has no repository');
			for (const repository of data.repositories) assert.equal(repository.owner.login, account.login);
			await api('DELETE /installation/token', { headers: { authorization: `token ${token}` } });
			await assert.rejects(api('GET /installation/repositories', { headers: { authorization: `token ${token}` } }), { status: 401 });
		});
	}
	await t.test('a key of another app is refused', async () => {
		const { privateKey: other } = generateKeyPairSync('rsa', {
			modulusLength: 2048, privateKeyEncoding: { type: 'pkcs1', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' },
		});
		await assert.rejects(signedIn(app.id, other).request('GET /app'), { status: 401 });
		await assert.rejects(signedIn(app.clientId, other).auth({ type: 'installation', installationId: 1 }), { status: 401 });
	});
	await t.test('an app that does not exist is refused', async () => {
		await assert.rejects(signedIn(app.id + 1).request('GET /app'), (err) => [401, 404].includes(err.status));
	});
});
