// The programs under judgement: gijctl, and the sandbox that it serves.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// program is the gijctl that .ci/judges built.
const program = process.env.GIJCTL;
assert.ok(program, 'GIJCTL must name the built program: run .ci/judges');

const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));
process.on('SIGTERM', () => process.exit(1)); // so does the test runner end a test that takes too long

const cleanups = new WeakMap();

// cleanup does something after a test, the last thing first.
export function cleanup(t, undo) {
	if (!cleanups.has(t)) {
		cleanups.set(t, []);
		t.after(async () => {
			for (const undo of cleanups.get(t).reverse()) await undo();
		});
	}
	cleanups.get(t).push(undo);
}

// tempFolder makes a folder that only we can read, and that is gone after the test. Keys are kept nowhere else.
export async function tempFolder(t) {
	const folder = await mkdtemp(join(tmpdir(), 'gijctl-judge-'));
	cleanup(t, () => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
	return folder;
}

export async function freePort() {
	const server = createServer();
	await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
	const { port } = server.address();
	await new Promise((resolve) => server.close(resolve));
	return port;
}

// start runs a program until the test ends. Its environment is the given one and nothing else.
export function start(t, command, args, { env, cwd } = {}) {
	const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
	children.add(child);
	const ended = new Promise((resolve) => child.on('close', (code) => { children.delete(child); resolve(code); }));
	const run = { child, stdout: '', stderr: '', ended };
	child.on('error', (err) => { run.stderr += String(err); });
	for (const name of ['stdout', 'stderr']) {
		child[name].setEncoding('utf8');
		child[name].on('data', (text) => { run[name] += text; run.heard?.(); });
	}
	cleanup(t, () => stop(run));
	return run;
}

async function stop(run) {
	if (run.child.exitCode !== null || run.child.signalCode !== null) return;
	run.child.kill('SIGINT');
	const impatience = setTimeout(() => run.child.kill('SIGKILL'), 5000);
	await run.ended;
	clearTimeout(impatience);
}

// until waits until what a program wrote gives a value. It fails if the program ends before, or after a while.
export function until(run, what, look, seconds = 60) {
	return new Promise((resolve, reject) => {
		const fail = (why) => reject(new Error(`${what}: ${why}\nstdout: ${run.stdout}\nstderr: ${run.stderr}`));
		const impatience = setTimeout(() => fail(`nothing in ${seconds} s`), seconds * 1000);
		const check = () => {
			const found = look(run);
			if (!found) return;
			clearTimeout(impatience);
			run.heard = undefined;
			resolve(found);
		};
		run.heard = check;
		run.ended.then(() => { check(); clearTimeout(impatience); fail('it ended'); });
		check();
	});
}

function environment(folder, more) {
	return { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, XDG_STATE_HOME: join(folder, 'state'), NO_COLOR: '1', ...more };
}

// startSandbox serves a sandbox of its own, and returns what it prints: url, token, githubUrl, app.
export async function startSandbox(t, ...faults) {
	const folder = await tempFolder(t);
	const args = ['sandbox', 'serve', '-o', 'json', ...faults.flatMap((fault) => ['--fault', fault])];
	const run = start(t, program, args, { env: environment(folder) });
	const sandbox = await until(run, 'sandbox serve', () => parsed(run.stdout));
	assert.match(sandbox.githubUrl ?? '', /^http:\/\/127\.0\.0\.1:\d+$/, 'sandbox serve tells githubUrl');
	for (const key of ['id', 'clientId', 'org', 'pemFile']) assert.ok(sandbox.app?.[key], `sandbox serve tells app.${key}`);
	return sandbox;
}

function parsed(text) {
	try {
		return JSON.parse(text);
	} catch {
		return undefined; // not all of it is there yet
	}
}

// Operator runs gijctl against a sandbox, in a home of its own, with a GitHub of the test's choice.
export class Operator {
	constructor(t, folder, sandbox, github) {
		this.t = t;
		this.folder = folder;
		this.env = environment(folder, { GIJCTL_URL: sandbox.url, GIJCTL_TOKEN: sandbox.token, GIJCTL_GITHUB_URL: github });
	}

	static async of(t, sandbox, github) {
		return new Operator(t, await tempFolder(t), sandbox, github);
	}

	// begin runs gijctl, and does not wait for its end.
	begin(...args) {
		return start(this.t, program, args, { env: this.env, cwd: this.folder });
	}

	// end waits for the end of what was begun, and returns it with its exit status. No status excuses a crash.
	async end(run) {
		const code = await run.ended;
		assert.doesNotMatch(run.stderr, /^panic:|^goroutine \d+ \[|runtime error/m, 'gijctl crashed');
		assert.notEqual(code, null, 'gijctl was ended by a signal');
		return { code, stdout: run.stdout, stderr: run.stderr };
	}

	async run(...args) {
		return this.end(this.begin(...args));
	}

	// does runs gijctl, which must succeed, and returns its stdout: the value where that is JSON.
	async does(...args) {
		const { code, stdout, stderr } = await this.run(...args);
		assert.equal(code, 0, `gijctl ${args.join(' ')}: exit status ${code}\n${stdout}${stderr}`);
		return parsed(stdout) ?? stdout;
	}

	// fails runs gijctl, which must end with this status and with a sentence.
	async fails(status, ...args) {
		const { code, stdout, stderr } = await this.run(...args);
		assert.equal(code, status, `gijctl ${args.join(' ')}: exit status\n${stdout}${stderr}`);
		assert.match(stderr, /^gijctl: .+: .+|^gijctl: .+/m, 'gijctl says what failed');
		return stderr;
	}
}
