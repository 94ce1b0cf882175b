// The person in the browser: opens pages, fills in their forms, and follows where they lead. No JavaScript runs.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { parse } from 'node-html-parser';

const isLoopback = (url) => url.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname);

export class Person {
	cookies = new Map();
	history = []; // every address that was asked

	// visit opens a page, and follows redirects as a browser does. Nothing but loopback is asked, and nothing below this.stopAt.
	async visit(address, { method = 'GET', body } = {}) {
		let url = new URL(address);
		for (let hops = 0; hops < 10; hops++) {
			assert.ok(isLoopback(url), `the person was sent to ${url}, out of the test`);
			this.history.push(String(url));
			if (this.stopAt && String(url).startsWith(this.stopAt)) return { url: String(url) };
			const res = await fetch(url, { method, body, redirect: 'manual', headers: this.headers(url, body) });
			for (const line of res.headers.getSetCookie()) this.keep(url, line);
			if (res.status < 300 || res.status > 399) return page(url, res);
			await res.arrayBuffer();
			url = new URL(res.headers.get('location'), url);
			if (res.status !== 307 && res.status !== 308) [method, body] = ['GET', undefined];
		}
		throw new Error(`${address} redirects for ever`);
	}

	// open opens a page that is a file.
	async open(file) {
		const text = await readFile(file, 'utf8');
		return { url: String(pathToFileURL(file)), status: 200, text, document: parse(text) };
	}

	headers(url, body) {
		const cookies = [...(this.cookies.get(url.host) ?? [])].map(([k, v]) => `${k}=${v}`).join('; ');
		return {
			'user-agent': 'Mozilla/5.0 (judge)', accept: 'text/html',
			...(cookies && { cookie: cookies }), ...(body && { origin: url.origin }),
		};
	}

	keep(url, line) {
		const [pair] = line.split(';');
		const at = pair.indexOf('=');
		if (!this.cookies.has(url.host)) this.cookies.set(url.host, new Map());
		this.cookies.get(url.host).set(pair.slice(0, at).trim(), pair.slice(at + 1));
	}

	// submit presses the button with this text, which may be a pattern, in a form of a page. values replace what its fields have.
	async submit(on, button, values = {}) {
		const { form, control } = findButton(on, button);
		const fields = new URLSearchParams();
		for (const field of form.querySelectorAll('input, textarea, select')) {
			const name = field.getAttribute('name');
			if (name && isSent(field)) fields.append(name, field.tagName === 'TEXTAREA' ? field.textContent : valueOf(field));
		}
		if (control.getAttribute('name')) fields.set(control.getAttribute('name'), control.getAttribute('value') ?? '');
		for (const [name, value] of Object.entries(values)) {
			assert.ok(form.querySelector(`[name="${name}"]`), `the form has no field ${name}: ${form.outerHTML}`);
			fields.set(name, value);
		}
		const action = new URL(form.getAttribute('action') || on.url, on.url);
		if ((form.getAttribute('method') ?? 'get').toLowerCase() === 'get') {
			action.search = fields;
			return this.visit(action);
		}
		return this.visit(action, { method: 'POST', body: fields });
	}
}

async function page(url, res) {
	const text = await res.text();
	const isPage = (res.headers.get('content-type') ?? '').startsWith('text/html');
	return { url: String(url), status: res.status, headers: res.headers, text, document: isPage ? parse(text) : undefined };
}

// newCode lets a person make an app from a manifest on GitHub's pages, and returns the code that GitHub hands to whoever asked for it.
export async function newCode(github, org, manifest) {
	const person = new Person();
	person.stopAt = 'http://127.0.0.1:9/callback'; // is never asked
	const state = randomUUID();
	const body = new URLSearchParams({ manifest: JSON.stringify({ redirect_url: person.stopAt, url: 'https://judge.example', ...manifest }) });
	const confirm = await person.visit(`${github}/organizations/${org}/settings/apps/new?state=${state}`, { method: 'POST', body });
	const end = new URL((await person.submit(confirm, `Create GitHub App for ${org}`)).url);
	assert.equal(end.origin + end.pathname, person.stopAt, 'GitHub sends the person back');
	assert.equal(end.searchParams.get('state'), state);
	assert.ok(end.searchParams.get('code'));
	return end.searchParams.get('code');
}

function isSent(field) {
	const type = (field.getAttribute('type') ?? '').toLowerCase();
	if (['submit', 'button', 'reset', 'image'].includes(type) || field.hasAttribute('disabled')) return false;
	return !['radio', 'checkbox'].includes(type) || field.hasAttribute('checked');
}

function valueOf(field) {
	if (field.tagName !== 'SELECT') return field.getAttribute('value') ?? (field.getAttribute('type') === 'checkbox' ? 'on' : '');
	const option = field.querySelector('option[selected]') ?? field.querySelector('option');
	return option?.getAttribute('value') ?? option?.textContent ?? '';
}

function findButton(on, text) {
	assert.ok(on.document, `${on.url} is no page: status ${on.status}\n${on.text}`);
	for (const form of on.document.querySelectorAll('form')) {
		for (const control of form.querySelectorAll('button, input[type=submit]')) {
			const label = (control.getAttribute('value') && control.tagName === 'INPUT' ? control.getAttribute('value') : control.textContent).trim();
			if (text instanceof RegExp ? text.test(label) : label === text) return { form, control };
		}
	}
	throw new assert.AssertionError({ message: `${on.url} (status ${on.status}) has no button ${text}:\n${on.document.textContent.replace(/\s+/g, ' ')}` });
}
