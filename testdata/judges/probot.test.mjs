// Probot makes an app in the sandbox by its own manifest flow, through the sandbox's web pages, and then is that app.
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseEnv } from 'node:util';
import { Probot } from 'probot';
import { Person } from './lib/person.mjs';
import { freePort, start, startSandbox, tempFolder, until } from './lib/program.mjs';

const require = createRequire(import.meta.url);
const org = 'hooli'; // the person owns it, and it has no app
const name = 'judge-probot';

test('probot', async (t) => {
	const { githubUrl } = await startSandbox(t);
	const folder = await tempFolder(t);
	await writeFile(join(folder, 'package.json'), JSON.stringify({ name, type: 'module', homepage: 'https://probot.example' }));
	await writeFile(join(folder, 'index.js'), 'export default () => {};\n');
	await writeFile(join(folder, 'app.yml'), 'default_permissions:\n  metadata: read\n  contents: write\ndefault_events:\n  - push\n');
	const port = await freePort();
	const own = `http://127.0.0.1:${port}`;
	// Not by npx; and with a webhook address that is never asked, so that nothing outside is.
	const run = start(t, process.execPath, [join(require.resolve('probot'), '../../bin/probot.js'), 'run', './index.js'], {
		cwd: folder,
		env: {
			PATH: process.env.PATH, HOME: folder, HOST: '127.0.0.1', PORT: String(port), GHE_HOST: new URL(githubUrl).host,
			GHE_PROTOCOL: 'http', GH_ORG: org, NO_SMEE_SETUP: 'true', WEBHOOK_PROXY_URL: 'https://hook.example/probot',
		},
	});
	await until(run, 'probot', () => /Listening on/.test(run.stdout + run.stderr));

	const person = new Person();
	let callback;
	let app;
	await t.test('its page leads to GitHub, and GitHub back to it', async () => {
		const first = await person.visit(`${own}/probot`);
		const form = first.document.querySelector('form');
		assert.equal(form.getAttribute('action'), `${githubUrl}/organizations/${org}/settings/apps/new`);
		const confirm = await person.submit(first, /Register/i);
		assert.equal(confirm.status, 200, confirm.text);
		const last = await person.submit(confirm, `Create GitHub App for ${org}`);
		callback = person.history.find((url) => url.startsWith(`${own}/probot/setup?`));
		assert.ok(callback, `GitHub did not send the person to probot, but: ${person.history.join(' ')}`);
		assert.equal(last.status, 200, last.text);
		assert.match(last.url, new RegExp(`^${githubUrl}/.*/installations/new`), 'probot sends the person to the page to install it');
	});

	await t.test('the .env has what the conversion told', async () => {
		app = parseEnv(await readFile(join(folder, '.env'), 'utf8'));
		assert.match(app.APP_ID ?? '', /^\d+$/);
		const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(app.PRIVATE_KEY ?? '');
		assert.deepEqual([asymmetricKeyType, asymmetricKeyDetails.modulusLength], ['rsa', 2048]);
		for (const key of ['WEBHOOK_SECRET', 'GITHUB_CLIENT_ID', 'GITHUB_CLIENT_SECRET']) assert.ok(app[key], `${key} is empty`);
	});

	await t.test('a code that was used is refused', async () => {
		const again = await person.visit(callback);
		assert.ok(again.status >= 400, `the same code was taken twice: status ${again.status}`);
		const { APP_ID } = parseEnv(await readFile(join(folder, '.env'), 'utf8'));
		assert.equal(APP_ID, app.APP_ID, 'and the .env is as it was');
	});

	await t.test('it is the app that it made', async () => {
		const options = { appId: app.APP_ID, privateKey: app.PRIVATE_KEY, secret: app.WEBHOOK_SECRET, baseUrl: `${githubUrl}/api/v3`, logLevel: 'fatal' };
		const octokit = await new Probot(options).auth();
		const { data } = await octokit.request('GET /app');
		assert.equal(String(data.id), app.APP_ID);
		assert.equal(data.owner.login, org);
		assert.deepEqual(data.permissions, { metadata: 'read', contents: 'write' });
		assert.deepEqual(data.events, ['push']);
		const { data: hook } = await octokit.request('GET /app/hook/config');
		assert.equal(hook.url, 'https://hook.example/probot');
	});
});
